//! Knowledge: documents in sections, found by words, only by those who may read them.

pub(crate) mod api;
mod files;
mod formats;
mod index;
mod ingest;
mod sources;
mod sql;
mod structure;
mod words;

pub(crate) use files::{Files, run as read_files};
#[cfg(test)]
pub(crate) use formats::read as read_file;
pub use formats::read_in_child;
pub(crate) use ingest::index_outdated;
pub(crate) use sources::{Sources, follow as follow_sources};
pub(crate) use sql::{collection_revisions, find, list};

use crate::error::Error;
use crate::gate::Caller;
use crate::guardrails::Engine;
use crate::providers::Terms;
use crate::store::Db;
use contract::wire::Object;
use contract::wire::knowledge::{Passage, Ranks};
use index::{Filter, Scope};
use words::Language;

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
#[derive(Default)]
pub(crate) struct Retrieved {
    /// The passages, the best first.
    pub(crate) passages: Vec<Passage>,
    /// How many matched that the caller may read.
    pub(crate) considered: usize,
    /// How many matched that the caller may not read: nothing to tell the caller.
    pub(crate) hidden: usize,
    /// How common the question's words are in what the caller may read.
    pub(crate) terms: Terms,
    /// The terms of the index that were searched for.
    searched: Vec<String>,
    /// The language of each passage.
    languages: Vec<Option<Language>>,
}

/// Searches what the caller may read: the filter is part of the query, before the ranking is cut.
///
/// # Errors
/// If a filter is malformed, or the store fails.
pub(crate) async fn retrieve(db: &Db, caller: &Caller, wanted: &Wanted<'_>) -> Result<Retrieved, Error> {
    let Some(scope) = scope(caller, wanted.collections) else { return Ok(Retrieved::default()) };
    let filters = wanted.filters.into_iter().flatten().map(|(field, wanted)| Filter::read(field, wanted));
    let filters = filters.collect::<Result<Vec<_>, _>>()?;
    let most = wanted.top_k as usize;
    let found = index::search(db, &scope, &readers(caller), &filters, wanted.query, most).await?;
    let ids: Vec<i64> = found.passages.iter().map(|scored| scored.passage).collect();
    let mut passages = sql::passages(db, caller, &ids).await?;
    // One that went, or that the caller may read no longer since, is not there.
    let ranked = |((passage, language), rank)| {
        let ranks = Ranks { lexical: Some(rank), dense: None };
        (Passage { score: 1.0 / (RRF_K + f64::from(rank)), ranks, ..passage }, language)
    };
    let (passages, languages) =
        ids.iter().filter_map(|id| passages.remove(id)).zip(1u32..).map(ranked).unzip();
    Ok(Retrieved {
        passages,
        languages,
        considered: found.matched,
        hidden: found.hidden,
        searched: found.words.iter().flat_map(|(asked, _)| asked.terms.iter().cloned()).collect(),
        terms: Terms {
            total: found.total,
            counts: found.words.into_iter().map(|(asked, passages)| (asked.word, passages)).collect(),
        },
    })
}

/// Where a caller searches: where it asks to, within what its key may read.
fn scope(caller: &Caller, wanted: Option<&[String]>) -> Option<Scope> {
    let collections = match wanted {
        Some(wanted) => Some(wanted.iter().filter(|name| caller.may_read(name)).cloned().collect::<Vec<_>>()),
        None if caller.collections.is_empty() => None,
        None => Some(caller.collections.clone()),
    };
    let nowhere = collections.as_ref().is_some_and(Vec::is_empty);
    (!nowhere).then(|| Scope { team: caller.team.clone(), collections })
}

/// The sets of passages that a caller may find.
fn readers(caller: &Caller) -> Vec<String> {
    if caller.sees_all() {
        return vec![index::ALL.to_owned()];
    }
    caller.readers().into_iter().chain([index::PUBLIC.to_owned()]).collect()
}

/// Whether a passage speaks to the model, in any of its fields that a model reads.
pub(crate) fn is_hostile(rails: &Engine, passage: &Passage) -> bool {
    let section = passage.section.as_deref().unwrap_or_default();
    [passage.text.as_str(), &passage.title, section].into_iter().any(|text| rails.is_hostile_passage(text))
}

/// The words of passages that a search looked for, as they stand there.
pub(crate) fn highlight(retrieved: &mut Retrieved) {
    let terms = retrieved.searched.iter().map(String::as_str).collect();
    for (passage, language) in retrieved.passages.iter_mut().zip(&retrieved.languages) {
        passage.highlights = words::found_in(&passage.text, &terms, *language);
    }
}

#[cfg(test)]
mod tests;
