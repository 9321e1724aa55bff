//! Knowledge: documents in sections, found by words, only by those who may read them.

pub(crate) mod api;
mod fulltext;
mod ingest;
mod query;
mod sql;
mod structure;

pub(crate) use ingest::add;
pub(crate) use sql::{collection_revisions, delete, find, list};

use crate::error::Error;
use crate::gate::Caller;
use crate::providers::Terms;
use crate::store::Db;
use contract::wire::Object;
use contract::wire::knowledge::{Passage, Ranks};

/// Most passages that a search may ask for.
pub(crate) const MAX_TOP_K: u32 = 100;

/// The constant of reciprocal rank fusion (Cormack, Clarke and Büttcher, SIGIR 2009).
const RRF_K: f64 = 60.0;

/// What to search for, and where.
pub(crate) struct Wanted<'a> {
    pub(crate) query: &'a str,
    pub(crate) collections: Option<&'a [String]>,
    pub(crate) filters: Option<&'a Object>,
    pub(crate) top_k: u32,
}

/// What was found.
pub(crate) struct Retrieved {
    /// The passages, the best first.
    pub(crate) passages: Vec<Passage>,
    /// How many matched that the caller may read.
    pub(crate) considered: usize,
}

/// Searches what the caller may read: the filter is part of the query, before the ranking is cut.
///
/// # Errors
/// If a filter is malformed, or the store fails.
pub(crate) async fn retrieve(db: &Db, caller: &Caller, wanted: &Wanted<'_>) -> Result<Retrieved, Error> {
    let words = query::words(wanted.query);
    if words.is_empty() {
        return Ok(Retrieved { passages: Vec::new(), considered: 0 });
    }
    let rows = sql::search(db, caller, &words, wanted).await?;
    let considered = rows.first().map_or(0, |row| row.matched);
    let passages = rows.into_iter().zip(1u32..).map(|(row, rank)| Passage {
        score: 1.0 / (RRF_K + f64::from(rank)),
        ranks: Ranks { lexical: Some(rank), dense: None },
        ..row.passage
    });
    Ok(Retrieved { passages: passages.collect(), considered })
}

/// How common a question's words are in the passages that the caller may read.
///
/// # Errors
/// If the store fails.
pub(crate) async fn terms(
    db: &Db,
    caller: &Caller,
    question: &str,
    collections: &[String],
) -> Result<Terms, Error> {
    let mut terms = Terms { total: sql::readable(db, caller, collections).await?, counts: Vec::new() };
    for word in query::words(question) {
        let count = sql::matching(db, caller, collections, &word).await?;
        terms.counts.push((word, count));
    }
    Ok(terms)
}
