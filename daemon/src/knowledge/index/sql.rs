//! The queries of the index.

use super::fresh::{Fresh, decode as decode_terms, encode as encode_terms};
use super::postings::{Posting, encode as encode_postings};
use super::search::Scope;
use super::slots::{SEGMENT, Slots};
use crate::store::{Db, Row, Statement, StoreError, Value, places};

/// Most values of one list in a statement.
const LIST: usize = 500;

/// A segment of a collection.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Segment {
    pub(super) id: i64,
    pub(super) collection: String,
    /// Slots given out, also to passages that are gone.
    pub(super) used: usize,
    pub(super) passages: u64,
    /// The lengths of its passages together.
    pub(super) length: u64,
    /// The codes of the languages in it, each once, parted by spaces; `-` for none.
    pub(super) languages: String,
}

const SEGMENT_COLUMNS: &str = "s.id, s.collection, s.used, s.passages, s.length, s.languages";

fn segment(row: &Row) -> Segment {
    Segment {
        id: row.int(0),
        collection: row.text(1),
        used: row.int(2).try_into().unwrap_or(0),
        passages: row.int(3).try_into().unwrap_or(0),
        length: row.int(4).try_into().unwrap_or(0),
        languages: row.text(5),
    }
}

/// `s` is a segment of the scope, with the parameters pushed.
fn within(scope: &Scope, params: &mut Vec<Value>) -> String {
    params.push((&scope.team).into());
    let mut condition = format!("s.team = ?{}", params.len());
    if let Some(collections) = &scope.collections {
        condition += &format!(" AND s.collection IN ({})", places(params.len() + 1, collections.len()));
        params.extend(collections.iter().map(Value::from));
    }
    condition
}

fn list(values: impl ExactSizeIterator<Item = Value>, params: &mut Vec<Value>) -> String {
    let list = places(params.len() + 1, values.len());
    params.extend(values);
    list
}

/// The segments of a scope, the oldest first.
pub(super) async fn segments(db: &Db, scope: &Scope) -> Result<Vec<Segment>, StoreError> {
    let mut params = Vec::new();
    let condition = within(scope, &mut params);
    let sql = format!("SELECT {SEGMENT_COLUMNS} FROM segments s WHERE {condition} ORDER BY s.id");
    Ok(db.rows(sql, params).await?.iter().map(segment).collect())
}

/// Segments by their ids.
pub(super) async fn segments_of(db: &Db, ids: &[i64]) -> Result<Vec<Segment>, StoreError> {
    let mut params = Vec::new();
    let ids = list(ids.iter().map(|id| (*id).into()), &mut params);
    let sql = format!("SELECT {SEGMENT_COLUMNS} FROM segments s WHERE s.id IN ({ids})");
    Ok(db.rows(sql, params).await?.iter().map(segment).collect())
}

/// The number of a new segment: no passage stands there, also none that is still to be indexed again.
pub(super) async fn next_segment(db: &Db) -> Result<i64, StoreError> {
    let sql = format!(
        "SELECT COALESCE(MAX(id), 0) + 1 FROM segments
         UNION ALL SELECT COALESCE(MAX(id), 0) / {SEGMENT} + 1 FROM passages"
    );
    Ok(db.rows(sql, vec![]).await?.iter().map(|row| row.int(0)).max().unwrap_or(1))
}

/// Sets of a scope's segments by their names, part by part: the segment, the name, the slots.
pub(super) async fn sets(
    db: &Db,
    scope: &Scope,
    names: &[String],
) -> Result<Vec<(i64, String, Slots)>, StoreError> {
    let mut params = Vec::new();
    let condition = within(scope, &mut params);
    let names = list(names.iter().map(Value::from), &mut params);
    let sql = format!(
        "SELECT m.segment, m.name, m.slots FROM segments s JOIN segment_sets m ON m.segment = s.id
         WHERE {condition} AND m.name IN ({names})"
    );
    Ok(db.rows(sql, params).await?.iter().map(set).collect())
}

/// Sets of a scope's segments whose names begin with a text, and end before another.
pub(super) async fn sets_between(
    db: &Db,
    scope: &Scope,
    start: &str,
    end: &str,
) -> Result<Vec<(i64, String, Slots)>, StoreError> {
    let mut params = Vec::new();
    let condition = within(scope, &mut params);
    params.extend([start.into(), end.into()]);
    let sql = format!(
        "SELECT m.segment, m.name, m.slots FROM segments s JOIN segment_sets m ON m.segment = s.id
         WHERE {condition} AND m.name >= ?{} AND m.name < ?{}",
        params.len() - 1,
        params.len()
    );
    Ok(db.rows(sql, params).await?.iter().map(set).collect())
}

fn set(row: &Row) -> (i64, String, Slots) {
    (row.int(0), row.text(1), Slots::from_bytes(row.bytes(2)))
}

/// Some sets of one segment, part by part.
pub(super) async fn sets_of(
    db: &Db,
    segment: i64,
    names: &[String],
) -> Result<Vec<(String, Slots)>, StoreError> {
    let mut found = Vec::new();
    for names in names.chunks(LIST) {
        let mut params = vec![segment.into()];
        let names = list(names.iter().map(Value::from), &mut params);
        let sql =
            format!("SELECT segment, name, slots FROM segment_sets WHERE segment = ?1 AND name IN ({names})");
        found.extend(db.rows(sql, params).await?.iter().map(set).map(|(_, name, slots)| (name, slots)));
    }
    Ok(found)
}

/// In how many passages of a scope each term is, not counting the fresh ones.
pub(super) async fn frequencies(
    db: &Db,
    scope: &Scope,
    terms: &[String],
) -> Result<Vec<(String, u64)>, StoreError> {
    let mut params = Vec::new();
    let condition = within(scope, &mut params);
    let terms = list(terms.iter().map(Value::from), &mut params);
    let sql = format!(
        "SELECT t.term, CAST(SUM(t.passages) AS BIGINT) FROM segments s JOIN segment_terms t ON t.segment = s.id
         WHERE {condition} AND t.term IN ({terms}) GROUP BY t.term"
    );
    let rows = db.rows(sql, params).await?;
    Ok(rows.iter().map(|row| (row.text(0), row.int(1).try_into().unwrap_or(0))).collect())
}

/// The postings of terms in segments: the segment, the term, the bytes.
pub(super) async fn postings(
    db: &Db,
    segments: &[i64],
    terms: &[String],
) -> Result<Vec<(i64, String, Vec<u8>)>, StoreError> {
    let mut found = Vec::new();
    for terms in terms.chunks(LIST) {
        let mut params = Vec::new();
        let segments = list(segments.iter().map(|id| (*id).into()), &mut params);
        let terms = list(terms.iter().map(Value::from), &mut params);
        let sql = format!(
            "SELECT segment, term, postings FROM segment_terms WHERE segment IN ({segments}) AND term IN ({terms})"
        );
        found.extend(
            db.rows(sql, params).await?.into_iter().map(|row| (row.int(0), row.text(1), row.into_bytes(2))),
        );
    }
    Ok(found)
}

/// The lengths of segments' passages, each in two bytes; nothing where a slot is fresh or its passage gone.
pub(super) async fn lengths(db: &Db, segments: &[i64]) -> Result<Vec<(i64, Vec<u8>)>, StoreError> {
    let mut params = Vec::new();
    let segments = list(segments.iter().map(|id| (*id).into()), &mut params);
    let sql = format!("SELECT segment, lengths FROM segment_lengths WHERE segment IN ({segments})");
    Ok(db.rows(sql, params).await?.into_iter().map(|row| (row.int(0), row.into_bytes(1))).collect())
}

/// The fresh passages of a scope.
pub(super) async fn fresh(db: &Db, scope: &Scope) -> Result<Vec<(i64, u32, Vec<u8>)>, StoreError> {
    let mut params = Vec::new();
    let condition = within(scope, &mut params);
    let sql = format!(
        "SELECT f.passage, f.length, f.terms FROM segments s JOIN fresh_passages f ON f.segment = s.id
         WHERE {condition} ORDER BY f.passage"
    );
    let rows = db.rows(sql, params).await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.int(0), row.int(1).try_into().unwrap_or(0), row.into_bytes(2)))
        .collect())
}

/// The same, with their terms read.
pub(super) async fn fresh_with_terms(db: &Db, scope: &Scope) -> Result<Vec<Fresh>, StoreError> {
    let read = |(passage, length, bytes): (i64, u32, Vec<u8>)| {
        let terms = decode_terms(&bytes).map(|(term, count)| (term.to_owned(), count)).collect();
        Fresh { passage, length, terms }
    };
    Ok(fresh(db, scope).await?.into_iter().map(read).collect())
}

pub(super) fn put_segment(team: &str, segment: &Segment) -> Statement {
    Statement::new(
        "INSERT INTO segments (id, team, collection, used, passages, length, languages)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
         ON CONFLICT (id) DO UPDATE SET used = ?4, passages = ?5, length = ?6, languages = ?7",
        vec![
            segment.id.into(),
            team.into(),
            (&segment.collection).into(),
            segment.used.into(),
            i64::try_from(segment.passages).unwrap_or(i64::MAX).into(),
            i64::try_from(segment.length).unwrap_or(i64::MAX).into(),
            (&segment.languages).into(),
        ],
    )
}

/// Sets the postings of a term in a segment; without any, the row goes.
pub(super) fn put_postings(segment: i64, term: String, postings: &[Posting]) -> Statement {
    if postings.is_empty() {
        let sql = "DELETE FROM segment_terms WHERE segment = ?1 AND term = ?2";
        return Statement::new(sql, vec![segment.into(), term.into()]);
    }
    Statement::new(
        "INSERT INTO segment_terms (segment, term, passages, postings) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (segment, term) DO UPDATE SET passages = ?3, postings = ?4",
        vec![segment.into(), term.into(), postings.len().into(), encode_postings(postings).into()],
    )
}

pub(super) fn put_lengths(segment: i64, lengths: Vec<u8>) -> Statement {
    Statement::new(
        "INSERT INTO segment_lengths (segment, lengths) VALUES (?1, ?2)
         ON CONFLICT (segment) DO UPDATE SET lengths = ?2",
        vec![segment.into(), lengths.into()],
    )
}

/// Sets a set of a segment, in one part; an empty one goes.
pub(super) fn put_set(segment: i64, name: &str, slots: &Slots) -> Vec<Statement> {
    let forget = "DELETE FROM segment_sets WHERE segment = ?1 AND name = ?2";
    let insert = "INSERT INTO segment_sets (segment, name, part, slots) VALUES (?1, ?2, 0, ?3)";
    let mut batch = vec![Statement::new(forget, vec![segment.into(), name.into()])];
    if !slots.is_empty() {
        batch.push(Statement::new(insert, vec![segment.into(), name.into(), slots.to_bytes().into()]));
    }
    batch
}

pub(super) fn put_fresh(segment: i64, fresh: &Fresh) -> Statement {
    Statement::new(
        "INSERT INTO fresh_passages (passage, segment, length, terms) VALUES (?1, ?2, ?3, ?4)",
        vec![fresh.passage.into(), segment.into(), fresh.length.into(), encode_terms(&fresh.terms).into()],
    )
}

/// Takes away the fresh passages of a segment.
pub(super) fn forget_fresh(segment: i64) -> Statement {
    Statement::new("DELETE FROM fresh_passages WHERE segment = ?1", vec![segment.into()])
}

/// Takes the whole index away.
pub(in super::super) fn forget_all() -> Vec<Statement> {
    ["segment_terms", "segment_lengths", "segment_sets", "fresh_passages", "vector_signs", "segments"]
        .map(|table| Statement::new(format!("DELETE FROM {table}"), vec![]))
        .into()
}

/// Gives slots of a segment out, before anything is written to them.
pub(super) fn reserve(team: &str, segment: &Segment) -> Statement {
    Statement::new(
        "INSERT INTO segments (id, team, collection, used, passages, length, languages) VALUES (?1, ?2, ?3, ?4, 0, 0, '')
         ON CONFLICT (id) DO UPDATE SET used = ?4",
        vec![segment.id.into(), team.into(), (&segment.collection).into(), segment.used.into()],
    )
}

/// Takes away a segment that holds nothing any longer, with all that belongs to it.
pub(super) fn forget_segment(segment: i64) -> Vec<Statement> {
    ["segment_terms", "segment_lengths", "segment_sets", "fresh_passages", "vector_signs"]
        .into_iter()
        .map(|table| format!("DELETE FROM {table} WHERE segment = ?1"))
        .chain(["DELETE FROM segments WHERE id = ?1".to_owned()])
        .map(|sql| Statement::new(sql, vec![segment.into()]))
        .collect()
}
