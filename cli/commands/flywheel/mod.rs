//! `katonic flywheel`: traces worth learning from, and datasets made of them.

mod harvest;
mod review;

use crate::args::PageArgs;
use crate::failure::{Answer, Failure};
use crate::output::clean;
use crate::output::table::{or_dash, table};
use crate::session::Session;
use clap::{Args, Subcommand, ValueEnum};
use contract::catalogue::{CurateDataset, GetDataset, ListCandidates};
use contract::time::Time;
use contract::wire::flywheel::{
    Candidate, CurateRequest, Dataset, DatasetCaps, DatasetFilter, DatasetFormat, DatasetPath, Dedupe,
    ListCandidatesQuery, Rating, Reason, Split,
};
use serde::Serialize;
use std::collections::BTreeMap;

/// Characters of a question that a table shows.
const SHOWN: usize = 60;

/// Traces worth learning from, and datasets made of them.
#[derive(Debug, Args)]
pub(crate) struct Flywheel {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List traces worth a look, each reason in its turn
    Candidates(Candidates),
    /// Make a version of a dataset of traces
    Curate(Curate),
    /// Look at the items of a dataset one by one: accept, edit or reject each
    Review(review::Review),
    /// Make accepted corrections cases of a suite that must pass, if their agent fails them
    Harvest(harvest::Harvest),
    /// Print a dataset in a form that others read
    Export(Export),
}

#[derive(Debug, Args)]
struct Candidates {
    #[command(flatten)]
    page: PageArgs,
    /// Only of this agent
    #[arg(long)]
    agent: Option<String>,
    /// Only for this reason, such as negative_feedback
    #[arg(long, value_parser = reason)]
    reason: Option<Reason>,
    /// From this time on; the last seven days by default
    #[arg(long, value_name = "TIME", value_parser = crate::commands::audit::time)]
    since: Option<Time>,
}

#[derive(Debug, Args)]
struct Curate {
    /// Its name; the same name again makes its next version
    name: String,
    /// Only of this agent
    #[arg(long)]
    agent: Option<String>,
    /// From this time on
    #[arg(long, value_name = "TIME", value_parser = crate::commands::audit::time)]
    since: Option<Time>,
    /// Only answers that were rated so
    #[arg(long, value_enum)]
    rating: Option<Rated>,
    /// Only answers that somebody corrected
    #[arg(long)]
    corrected: bool,
    /// Only with one of these tags in their feedback
    #[arg(long = "tag", value_name = "TAG", value_delimiter = ',')]
    tags: Vec<String>,
    /// Items at most
    #[arg(long, value_name = "N")]
    total: Option<u32>,
    /// Items of one user at most
    #[arg(long, value_name = "N")]
    per_user: Option<u32>,
    /// From which likeness of two questions the later goes: 0.5 to 1
    #[arg(long, value_name = "N", default_value_t = 0.85)]
    near: f64,
    /// Shares of the parts, such as train=0.8,dev=0.1,test=0.1
    #[arg(long, value_delimiter = ',', value_parser = share)]
    split: Vec<(Split, f64)>,
    /// Take every item without a look
    #[arg(long)]
    no_review: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Rated {
    Up,
    Down,
}

#[derive(Debug, Args)]
struct Export {
    /// The dataset: its name or id
    dataset: String,
    /// The form
    #[arg(long, value_enum, default_value_t = Form::OpenaiSft)]
    format: Form,
    /// The version, or its beginning; the newest by default
    #[arg(long)]
    version: Option<String>,
    /// Only this part
    #[arg(long, value_parser = part)]
    split: Option<Split>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Form {
    OpenaiSft,
    Dpo,
    Suite,
    Csv,
}

pub(super) async fn run(session: &Session, flywheel: Flywheel) -> Result<Answer, Failure> {
    match flywheel.command {
        Command::Candidates(args) => candidates(session, args).await?,
        Command::Curate(args) => curate(session, args).await?,
        Command::Harvest(args) => harvest::run(session, args).await?,
        Command::Review(args) => review::run(session, args).await?,
        Command::Export(args) => export(session, args).await?,
    }
    Ok(Answer::Yes)
}

async fn candidates(session: &Session, args: Candidates) -> Result<(), Failure> {
    let query = ListCandidatesQuery {
        page: args.page.into(),
        agent: args.agent,
        reason: args.reason,
        since: args.since,
    };
    let page = session.client()?.call::<ListCandidates>(&query).await?;
    session.output.either(&page, || {
        let row = |candidate: &Candidate| {
            let reasons: Vec<String> =
                candidate.reasons.iter().map(|because| name(&because.reason)).collect();
            let question = candidate.question.as_deref().unwrap_or_default();
            [
                format!("{:.2}", candidate.score),
                reasons.join(" "),
                or_dash(candidate.agent.as_ref()),
                clean(&question.chars().take(SHOWN).collect::<String>()),
                candidate.trace_id.clone(),
            ]
        };
        table(["score", "reasons", "agent", "question", "trace"], page.data.iter().map(row))
    })?;
    session.output.more(page.next.as_deref());
    Ok(())
}

async fn curate(session: &Session, args: Curate) -> Result<(), Failure> {
    let rating = args.rating.map(|rated| match rated {
        Rated::Up => Rating::Up,
        Rated::Down => Rating::Down,
    });
    let request = CurateRequest {
        name: args.name,
        agent: args.agent,
        filter: DatasetFilter {
            since: args.since,
            rating,
            corrected: args.corrected,
            tags: args.tags,
            ..DatasetFilter::default()
        },
        caps: DatasetCaps { per_user: args.per_user, total: args.total },
        dedupe: Dedupe { near: args.near },
        redact: true,
        split: args.split.into_iter().collect::<BTreeMap<_, _>>(),
        review: !args.no_review,
        into_suite: None,
    };
    let made = session.client()?.call::<CurateDataset>(&request).await?;
    session.output.either(&made, || described(&made))
}

fn described(made: &Dataset) -> String {
    let counts = &made.counts;
    let version = made.version.as_ref().map_or("under way", |version| &version[..version.len().min(12)]);
    let parts: Vec<String> =
        counts.by_split.iter().map(|(split, count)| format!("{} {count}", split.as_str())).collect();
    format!(
        "{} ({}), version {version}: {} kept ({}) of {} that match; {} duplicates, {} dropped.",
        made.name,
        made.dataset_id,
        counts.kept,
        parts.join(", "),
        counts.matched,
        counts.duplicates,
        counts.dropped
    )
}

async fn export(session: &Session, args: Export) -> Result<(), Failure> {
    let format = match args.format {
        Form::OpenaiSft => DatasetFormat::OpenaiSft,
        Form::Dpo => DatasetFormat::Dpo,
        Form::Suite => DatasetFormat::Suite,
        Form::Csv => DatasetFormat::Csv,
    };
    let path = DatasetPath {
        dataset_id: args.dataset,
        version: args.version,
        format: Some(format),
        split: args.split,
        ..DatasetPath::default()
    };
    let text = session.client()?.text::<GetDataset>(&path).await?;
    if text.is_empty() {
        session.output.note("No item was accepted: look at them by `katonic flywheel review`.");
        return Ok(());
    }
    session.output.result(text.trim_end())
}

/// A value of a set as it is written.
fn name(value: &impl Serialize) -> String {
    let value = serde_json::to_value(value).unwrap_or_default();
    value.as_str().unwrap_or_default().to_owned()
}

fn reason(text: &str) -> Result<Reason, String> {
    serde_json::from_value(text.replace('-', "_").into()).map_err(|error| error.to_string())
}

fn part(text: &str) -> Result<Split, String> {
    serde_json::from_value(text.into()).map_err(|_| "it is train, dev or test".into())
}

fn share(text: &str) -> Result<(Split, f64), String> {
    let wrong = || "write it as train=0.8".to_owned();
    let (name, share) = text.split_once('=').ok_or_else(wrong)?;
    Ok((part(name)?, share.parse().map_err(|_| wrong())?))
}
