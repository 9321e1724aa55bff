//! A question against the index: which passages match, the best first, of those that the caller may find.

use super::super::words::{self, Asked, Language};
use super::filter::Filter;
use super::rank::{Ranking, Scored, Weight};
use super::slots::Slots;
use super::sql::{self, Segment};
use super::vectors::{self, Vector};
use super::{fresh, place};
use crate::error::Error;
use crate::store::Db;
use std::collections::HashMap;
use tokio::task::spawn_blocking;

/// Segments whose postings are in memory at the same time.
const AT_ONCE: usize = 64;

/// Where to search: some collections of a team, or all of them. What is rare and what is long is told by all that stands
/// there, so that everybody sees the same ranking, each the part that they may read.
#[derive(Clone, Debug)]
pub(in super::super) struct Scope {
    pub(in super::super) team: String,
    pub(in super::super) collections: Option<Vec<String>>,
}

/// What is asked.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Question<'a> {
    pub(in super::super) text: &'a str,
    /// What the embedding model makes of it, where passages are looked for by their meaning too.
    pub(in super::super) vector: Option<&'a Vector>,
}

/// What was found.
#[derive(Debug, Default)]
pub(in super::super) struct Found {
    /// Passages that have words of the question, with their scores, the best first.
    pub(in super::super) lexical: Vec<Scored>,
    /// Passages whose vectors are near to the question's, with their cosines, the best first.
    pub(in super::super) dense: Vec<Scored>,
    /// How many have words of the question that the caller may find.
    pub(in super::super) matched: usize,
    /// How many have them that others may find, but not the caller.
    pub(in super::super) hidden: usize,
    /// How many passages the caller may find.
    pub(in super::super) total: u64,
    /// The words that were looked for, and in how many of these each is.
    pub(in super::super) words: Vec<(Asked, u64)>,
}

/// The best passages for a question, so many of each ranking, among those that are in one of the sets of readers, and in
/// all filters.
///
/// # Errors
/// If the store fails.
pub(in super::super) async fn search(
    db: &Db,
    scope: &Scope,
    readers: &[String],
    filters: &[Filter],
    question: Question<'_>,
    most: usize,
) -> Result<Found, Error> {
    let allowed = allowed(db, scope, readers, filters).await?;
    let dense = match question.vector {
        Some(vector) => vectors::nearest(db, allowed.clone(), vector, most).await?,
        None => Vec::new(),
    };
    Ok(Found { dense, ..by_words(db, scope, allowed, question.text, most).await? })
}

async fn by_words(
    db: &Db,
    scope: &Scope,
    allowed: HashMap<i64, Slots>,
    question: &str,
    most: usize,
) -> Result<Found, Error> {
    let segments = sql::segments(db, scope).await?;
    let mut asked = words::asked(question, &languages(&segments));
    if asked.is_empty() {
        return Ok(Found::default());
    }
    let fresh = sql::fresh(db, scope).await?;
    let frequencies = frequencies(db, scope, &fresh, &mut asked).await?;
    let terms = terms(&asked);
    let total: u64 = segments.iter().map(|segment| segment.passages).sum();
    let length: u64 = segments.iter().map(|segment| segment.length).sum();
    let weights = Weight::all(&asked, &frequencies, total);
    let findable = allowed.values().map(Slots::len).sum();
    let mut ranking = Ranking::new(most, weights, length as f32 / total.max(1) as f32, allowed);
    let ids: Vec<i64> = segments.iter().map(|segment| segment.id).collect();
    for ids in ids.chunks(AT_ONCE) {
        let postings = sql::postings(db, ids, &terms).await?;
        let lengths = sql::lengths(db, ids).await?;
        let rank = move || {
            ranking.add_segments(&postings, &lengths);
            ranking
        };
        ranking = spawn_blocking(rank).await.map_err(Error::internal)?;
    }
    let terms = in_order(&terms);
    for (passage, length, bytes) in &fresh {
        ranking.add_fresh(place(*passage), *length, fresh::among(bytes, &terms));
    }
    let (matched, hidden) = (ranking.matched, ranking.hidden);
    let words = asked.into_iter().zip(ranking.counts.iter().copied()).collect();
    Ok(Found { lexical: ranking.best(), dense: Vec::new(), matched, hidden, total: findable, words })
}

fn terms(asked: &[Asked]) -> Vec<String> {
    asked.iter().flat_map(|asked| asked.terms.iter().cloned()).collect()
}

fn in_order(terms: &[String]) -> Vec<&str> {
    let mut terms: Vec<&str> = terms.iter().map(String::as_str).collect();
    terms.sort_unstable();
    terms
}

/// In how many passages each term is. A word that is in none, and is put together of two that are in some, becomes
/// those: a question may ask for a compound that the documents take apart.
async fn frequencies(
    db: &Db,
    scope: &Scope,
    fresh: &[(i64, u32, Vec<u8>)],
    asked: &mut Vec<Asked>,
) -> Result<HashMap<String, u64>, Error> {
    let mut known = count(db, scope, fresh, &terms(asked)).await?;
    let unknown = |asked: &Asked| asked.terms.iter().all(|term| !known.contains_key(term));
    let splits: Vec<(usize, Vec<[Asked; 2]>)> = asked
        .iter()
        .enumerate()
        .filter(|(_, asked)| unknown(asked))
        .map(|(at, asked)| (at, asked.splits()))
        .filter(|(_, splits)| !splits.is_empty())
        .collect();
    if splits.is_empty() {
        return Ok(known);
    }
    let parts: Vec<Asked> = splits.iter().flat_map(|(_, splits)| splits.iter().flatten().cloned()).collect();
    known.extend(count(db, scope, fresh, &terms(&parts)).await?);
    for (at, splits) in splits.into_iter().rev() {
        // By the geometric mean of how common the parts are (Koehn and Knight, "Empirical methods for compound
        // splitting", 2003).
        let common = |part: &Asked| part.terms.iter().filter_map(|term| known.get(term)).sum::<u64>();
        let score = |split: &[Asked; 2]| common(&split[0]).saturating_mul(common(&split[1]));
        if let Some(best) = splits.into_iter().filter(|split| score(split) > 0).max_by_key(score) {
            asked.splice(at..=at, best);
        }
    }
    Ok(known)
}

async fn count(
    db: &Db,
    scope: &Scope,
    fresh: &[(i64, u32, Vec<u8>)],
    terms: &[String],
) -> Result<HashMap<String, u64>, Error> {
    let mut known: HashMap<String, u64> = sql::frequencies(db, scope, terms).await?.into_iter().collect();
    let terms = in_order(terms);
    for (_, _, bytes) in fresh {
        for (term, _) in fresh::among(bytes, &terms) {
            *known.entry(term.to_owned()).or_default() += 1;
        }
    }
    Ok(known)
}

fn languages(segments: &[Segment]) -> Vec<Option<Language>> {
    let mut languages: Vec<Option<Language>> =
        segments.iter().flat_map(|segment| segment.languages.split(' ')).map(Language::of_code).collect();
    languages.sort_unstable();
    languages.dedup();
    languages
}

/// For each segment, the slots that may be found.
async fn allowed(
    db: &Db,
    scope: &Scope,
    readers: &[String],
    filters: &[Filter],
) -> Result<HashMap<i64, Slots>, Error> {
    let mut allowed: HashMap<i64, Slots> = HashMap::new();
    for (segment, _, slots) in sql::sets(db, scope, readers).await? {
        allowed.entry(segment).or_default().add(&slots);
    }
    for filter in filters {
        let through = filter.slots(db, scope).await?;
        allowed.retain(|segment, slots| {
            through.get(segment).is_some_and(|set| {
                slots.keep(set);
                !slots.is_empty()
            })
        });
    }
    Ok(allowed)
}
