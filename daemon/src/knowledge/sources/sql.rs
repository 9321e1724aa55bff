//! The queries of sources: what was taken from each, in which version.

use crate::error::Error;
use crate::store::{Db, Statement};
use std::collections::HashMap;

/// What was taken from a place.
#[derive(Clone, Debug)]
pub(super) struct Item {
    pub(super) version: String,
    /// The SHA-256 of its bytes.
    pub(super) hash: String,
}

/// What was taken from a source, by where it was.
pub(super) async fn items(db: &Db, team: &str, source: &str) -> Result<HashMap<String, Item>, Error> {
    let sql = "SELECT place, version, hash FROM source_items WHERE team = ?1 AND source = ?2";
    let rows = db.rows(sql, vec![team.into(), source.into()]).await?;
    Ok(rows.iter().map(|row| (row.text(0), Item { version: row.text(1), hash: row.text(2) })).collect())
}

/// What notes what was taken from a place.
pub(super) fn note(team: &str, source: &str, place: &str, item: &Item) -> Statement {
    let sql = "INSERT INTO source_items (team, source, place, version, hash) VALUES (?1, ?2, ?3, ?4, ?5)
               ON CONFLICT (team, source, place) DO UPDATE SET version = ?4, hash = ?5";
    let params = vec![team.into(), source.into(), place.into(), (&item.version).into(), (&item.hash).into()];
    Statement::new(sql, params)
}

/// What forgets a place that is gone.
pub(super) fn forget(team: &str, source: &str, place: &str) -> Statement {
    let sql = "DELETE FROM source_items WHERE team = ?1 AND source = ?2 AND place = ?3";
    Statement::new(sql, vec![team.into(), source.into(), place.into()])
}

/// Notes or forgets, where no document changes.
pub(super) async fn keep(db: &Db, noted: Statement) -> Result<(), Error> {
    db.batch(vec![noted]).await?;
    Ok(())
}

/// How many files that a source brought wait to be read.
pub(super) async fn waiting(db: &Db, team: &str, key_id: &str) -> Result<usize, Error> {
    let sql = "SELECT count(*) FROM ingests i JOIN documents d ON d.id = i.document
               WHERE i.team = ?1 AND d.added_by = ?2";
    let row = db.row(sql, vec![team.into(), key_id.into()]).await?;
    Ok(row.map_or(0, |row| row.int(0).try_into().unwrap_or(0)))
}
