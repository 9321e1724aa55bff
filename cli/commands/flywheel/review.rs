//! `katonic flywheel review`: the items of a dataset, one by one.

use crate::client::Client;
use crate::failure::Failure;
use crate::output::clean;
use crate::session::Session;
use clap::Args;
use contract::admin::ReviewDataset;
use contract::catalogue::GetDataset;
use contract::wire::flywheel::{
    DatasetDetail, DatasetItem, DatasetPath, ItemState, ReviewDecision, ReviewRequest, ReviewedDataset,
};
use contract::wire::page::ListQuery;
use std::collections::VecDeque;
use tokio::io::{AsyncBufReadExt, BufReader};

/// Items that are read at once.
const PAGE: u32 = 100;

/// Decides on the items of a dataset, by what is read from standard input where none is named.
#[derive(Debug, Args)]
pub(super) struct Review {
    /// The dataset: its name or id
    dataset: String,
    /// The version, or its beginning; the newest by default
    #[arg(long)]
    version: Option<String>,
    /// Accept these items, by their numbers
    #[arg(long, value_name = "NUMBER", value_delimiter = ',')]
    accept: Vec<i64>,
    /// Reject these items, by their numbers
    #[arg(long, value_name = "NUMBER", value_delimiter = ',')]
    reject: Vec<i64>,
    /// Accept an item with another answer
    #[arg(long, value_name = "NUMBER=ANSWER", value_parser = edit)]
    edit: Vec<(i64, String)>,
}

fn edit(text: &str) -> Result<(i64, String), String> {
    let wrong = || "write NUMBER=ANSWER".to_owned();
    let (number, answer) = text.split_once('=').ok_or_else(wrong)?;
    Ok((number.parse().map_err(|_| wrong())?, answer.to_owned()))
}

pub(super) async fn run(session: &Session, args: Review) -> Result<(), Failure> {
    let client = session.client()?;
    let decided = |number: &i64, state| ReviewDecision { number: *number, state, answer: None };
    let mut decisions: Vec<ReviewDecision> =
        args.accept.iter().map(|number| decided(number, ItemState::Accepted)).collect();
    decisions.extend(args.reject.iter().map(|number| decided(number, ItemState::Rejected)));
    decisions.extend(args.edit.iter().map(|(number, answer)| ReviewDecision {
        answer: Some(answer.clone()),
        ..decided(number, ItemState::Accepted)
    }));
    if decisions.is_empty() {
        return each(session, &client, &args).await;
    }
    let reviewed = send(&client, &args, decisions).await?;
    session.output.either(&reviewed, || format!("{} items were decided on.", reviewed.reviewed))
}

async fn send(
    client: &Client,
    args: &Review,
    decisions: Vec<ReviewDecision>,
) -> Result<ReviewedDataset, Failure> {
    let (dataset_id, version) = (args.dataset.clone(), args.version.clone());
    client.call::<ReviewDataset>(&ReviewRequest { dataset_id, version, decisions }).await
}

/// Shows each item that nobody has looked at, and asks. A decision is kept at once, so that one may go on another time.
async fn each(session: &Session, client: &Client, args: &Review) -> Result<(), Failure> {
    let mut after = None;
    let mut decided = 0;
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    loop {
        let page = page(client, args, after.take()).await?;
        let mut items: VecDeque<DatasetItem> =
            page.data.into_iter().filter(|item| item.state == ItemState::Pending).collect();
        while let Some(item) = items.pop_front() {
            show(session, &item)?;
            session.output.prompt("[a]ccept, [r]eject, [e]dit, [s]kip, [q]uit: ");
            let Some(line) = lines.next_line().await? else { return end(session, decided) };
            let number = item.number;
            let decision = match line.trim() {
                "a" => ReviewDecision { number, state: ItemState::Accepted, answer: None },
                "r" => ReviewDecision { number, state: ItemState::Rejected, answer: None },
                "e" => {
                    session.output.prompt("What should have been answered: ");
                    let Some(answer) = lines.next_line().await? else { return end(session, decided) };
                    ReviewDecision { number, state: ItemState::Accepted, answer: Some(answer) }
                }
                "s" => continue,
                "q" => return end(session, decided),
                _ => {
                    items.push_front(item);
                    continue;
                }
            };
            send(client, args, vec![decision]).await?;
            decided += 1;
        }
        match page.next {
            Some(next) => after = Some(next),
            None => return end(session, decided),
        }
    }
}

async fn page(client: &Client, args: &Review, after: Option<String>) -> Result<DatasetDetail, Failure> {
    let path = DatasetPath {
        dataset_id: args.dataset.clone(),
        version: args.version.clone(),
        page: ListQuery { limit: Some(PAGE), after },
        ..DatasetPath::default()
    };
    client.call::<GetDataset>(&path).await
}

fn show(session: &Session, item: &DatasetItem) -> Result<(), Failure> {
    let mut text =
        format!("\n{}. {}\n   answered: {}", item.number, clean(&item.question), clean(&item.answer));
    if let Some(correction) = &item.correction {
        text += &format!("\n   should be: {}", clean(correction));
    }
    session.output.result(&text)
}

fn end(session: &Session, decided: usize) -> Result<(), Failure> {
    session.output.result(&format!("\n{decided} items were decided on."))
}
