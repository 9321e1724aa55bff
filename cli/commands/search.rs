//! `katonic search`.

use crate::failure::{Answer, Failure};
use crate::output::clean;
use crate::session::Session;
use clap::Args;
use contract::catalogue;
use contract::wire::knowledge::{Passage, SearchRequest};

/// Searches what the acting person may read.
#[derive(Debug, Args)]
pub(crate) struct Search {
    /// What to look for
    query: String,
    /// Only in these collections
    #[arg(long = "collection", value_name = "COLLECTION", value_delimiter = ',')]
    collections: Option<Vec<String>>,
    /// How many passages: 1 to 100
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100))]
    top_k: Option<u32>,
}

pub(super) async fn run(session: &Session, args: Search) -> Result<Answer, Failure> {
    let request = SearchRequest {
        query: args.query,
        collections: args.collections,
        top_k: args.top_k,
        filters: None,
        mode: None,
    };
    let found = session.client_for_person()?.call::<catalogue::Search>(&request).await?;
    if session.output.wants_json() {
        session.output.json(&found)?;
    } else if found.data.is_empty() {
        session.output.note("Nothing was found that this person may read.");
    } else {
        let passages: Vec<String> = found.data.iter().map(passage).collect();
        session.output.result(&passages.join("\n\n"))?;
    }
    Ok(Answer::Yes)
}

fn passage(passage: &Passage) -> String {
    let section = passage.section.as_ref().map_or_else(String::new, |section| format!(", {section}"));
    let page = passage.page.map_or_else(String::new, |page| format!(", page {page}"));
    let text = passage.text.trim();
    clean(&format!("{} {}{section}{page}  ({:.3})\n{text}", passage.doc_id, passage.title, passage.score))
}
