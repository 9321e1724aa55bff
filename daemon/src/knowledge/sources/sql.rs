//! The queries of sources: what was taken from each, in which version.

use crate::error::Error;
use crate::store::Db;
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

/// Notes what was taken from a place.
pub(super) async fn note(db: &Db, team: &str, source: &str, place: &str, item: &Item) -> Result<(), Error> {
    let sql = "INSERT INTO source_items (team, source, place, version, hash) VALUES (?1, ?2, ?3, ?4, ?5)
               ON CONFLICT (team, source, place) DO UPDATE SET version = ?4, hash = ?5";
    let params = vec![team.into(), source.into(), place.into(), (&item.version).into(), (&item.hash).into()];
    db.execute(sql, params).await?;
    Ok(())
}

/// Forgets a place that is gone.
pub(super) async fn forget(db: &Db, team: &str, source: &str, place: &str) -> Result<(), Error> {
    let sql = "DELETE FROM source_items WHERE team = ?1 AND source = ?2 AND place = ?3";
    db.execute(sql, vec![team.into(), source.into(), place.into()]).await?;
    Ok(())
}

/// How many files that a source brought wait to be read.
pub(super) async fn waiting(db: &Db, team: &str, key_id: &str) -> Result<usize, Error> {
    let sql = "SELECT count(*) FROM ingests i JOIN documents d ON d.id = i.document
               WHERE i.team = ?1 AND d.added_by = ?2";
    let row = db.row(sql, vec![team.into(), key_id.into()]).await?;
    Ok(row.map_or(0, |row| row.int(0).try_into().unwrap_or(0)))
}
