//! Knowledge: documents in sections, found by words and by meaning, only by those who may read them.

pub(crate) mod api;
mod embedding;
mod files;
mod formats;
mod fusion;
#[cfg(feature = "fuzzing")]
pub(crate) mod fuzzing;
mod index;
mod ingest;
mod log;
mod sources;
mod sql;
mod structure;
mod words;

pub(crate) use embedding::{embed_passages, embedding_model};
pub(crate) use files::{Files, run as read_files};
#[cfg(test)]
pub(crate) use formats::read as read_file;
pub use formats::read_in_child;
pub(crate) use ingest::index_outdated;
pub(crate) use sources::{Sources, follow as follow_sources};
pub(crate) use sql::{collection_revisions, find, list};

use crate::app::App;
use crate::call::Context;
use crate::error::Error;
use crate::gate::Caller;
use crate::guardrails::Engine;
use crate::providers::Terms;
use crate::store::Db;
use contract::wire::Object;
use contract::wire::knowledge::Passage;
use fusion::{Fused, fuse};
use index::{Filter, Question, Scope, Vector};
use serde_json::json;
use words::Language;

/// Most passages that a search may ask for.
pub(crate) const MAX_TOP_K: u32 = 100;

/// How many of each ranking are fused, at least.
const FUSED: usize = 100;

/// How passages are looked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Mode {
    /// By words, and by meaning where a model embeds.
    #[default]
    Hybrid,
    /// By words.
    Lexical,
    /// By meaning.
    Dense,
}

impl Mode {
    /// The modes by their names in a request.
    const NAMES: [(&str, Self); 3] =
        [("hybrid", Self::Hybrid), ("lexical", Self::Lexical), ("dense", Self::Dense)];

    /// The mode of a name.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(known, _)| *known == name).map(|(_, mode)| *mode)
    }

    /// The name.
    pub(crate) fn as_str(self) -> &'static str {
        Self::NAMES.iter().find(|(_, mode)| *mode == self).map_or("", |(name, _)| name)
    }
}

/// What to search for, and where.
pub(crate) struct Wanted<'a> {
    pub(crate) query: &'a str,
    pub(crate) collections: Option<&'a [String]>,
    pub(crate) filters: Option<&'a Object>,
    pub(crate) top_k: u32,
    pub(crate) mode: Mode,
}

/// What was found.
#[derive(Default)]
pub(crate) struct Retrieved {
    /// The passages, the best first.
    pub(crate) passages: Vec<Passage>,
    /// How many matched that the caller may read.
    pub(crate) considered: usize,
    /// How many have words of the question that the caller may not read: nothing to tell the caller.
    pub(crate) hidden: usize,
    /// How common the question's words are in what the caller may read.
    pub(crate) terms: Terms,
    /// How they were looked for.
    pub(crate) mode: Mode,
    /// The terms of the index that were searched for.
    searched: Vec<String>,
    /// The language of each passage.
    languages: Vec<Option<Language>>,
}

/// Searches what the caller may read. Where the question can't be embedded it is looked for by its words.
///
/// # Errors
/// If a filter is malformed, the store fails, or the question can't be embedded and is to be looked for by meaning only.
pub(crate) async fn retrieve(app: &App, context: &Context, wanted: &Wanted<'_>) -> Result<Retrieved, Error> {
    let vector = match wanted.mode {
        Mode::Lexical => None,
        mode => match embedding::of_question(app, context, wanted.query).await {
            Ok(None) if mode == Mode::Dense => {
                let message = "No embedding model is configured: search is lexical.";
                return Err(Error::invalid("mode", message));
            }
            Err(error) if mode == Mode::Dense => return Err(error),
            Err(error) => {
                let now = std::time::Instant::now();
                context.recorder.span("embedding", now, Some(json!({"error": error.code})));
                None
            }
            Ok(vector) => vector,
        },
    };
    search(&app.db, &context.caller, wanted, vector.as_ref()).await
}

/// The same with the question's vector: the filter is part of the query, before the rankings are cut.
async fn search(
    db: &Db,
    caller: &Caller,
    wanted: &Wanted<'_>,
    vector: Option<&Vector>,
) -> Result<Retrieved, Error> {
    let mode = if vector.is_some() { wanted.mode } else { Mode::Lexical };
    let Some(scope) = scope(caller, wanted.collections) else {
        return Ok(Retrieved { mode, ..Retrieved::default() });
    };
    let filters = wanted.filters.into_iter().flatten().map(|(field, wanted)| Filter::read(field, wanted));
    let filters = filters.collect::<Result<Vec<_>, _>>()?;
    let top_k = wanted.top_k as usize;
    let most = if vector.is_some() { top_k.max(FUSED) } else { top_k };
    let question = Question { text: wanted.query, vector };
    let found = index::search(db, &scope, &readers(caller), &filters, question, most).await?;
    let by_words = if mode == Mode::Dense { &[][..] } else { &found.lexical };
    let mut fused = fuse(by_words, &found.dense);
    let considered = found.matched.max(fused.len());
    fused.truncate(top_k);
    let ids: Vec<i64> = fused.iter().map(|fused| fused.passage).collect();
    let mut passages = sql::passages(db, caller, &ids).await?;
    // One that went, or that the caller may read no longer since, is not there.
    let ranked = |Fused { passage, ranks, score }| {
        let (passage, language) = passages.remove(&passage)?;
        Some((Passage { score, ranks, ..passage }, language))
    };
    let (passages, languages) = fused.into_iter().filter_map(ranked).unzip();
    Ok(Retrieved {
        passages,
        languages,
        considered,
        mode,
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
