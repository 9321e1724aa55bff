//! The queries of stored keys and of the teams' settings.

use super::NewKey;
use crate::error::Error;
use crate::store::{Db, Statement};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use contract::time::Time;
use contract::wire::admin::TeamSettings;
use std::collections::BTreeMap;

/// A key as it is stored.
pub(super) struct Row {
    pub(super) team: String,
    pub(super) provider: String,
    pub(super) is_shared: bool,
    pub(super) sealed: Vec<u8>,
    pub(super) params: BTreeMap<String, String>,
    pub(super) created_by: String,
    pub(super) created_at: Time,
}

pub(super) async fn keys(db: &Db) -> Result<Vec<Row>, Error> {
    let sql = "SELECT team, provider, is_shared, sealed, params, created_by, created_at FROM provider_keys
               ORDER BY provider, team";
    let rows = db.rows(sql, vec![]).await?;
    let read = |row: &crate::store::Row| {
        Ok(Row {
            team: row.text(0),
            provider: row.text(1),
            is_shared: row.flag(2),
            sealed: STANDARD.decode(row.text(3)).map_err(Error::internal)?,
            params: row.json(4)?,
            created_by: row.text(5),
            created_at: Time(row.int(6)),
        })
    };
    rows.iter().map(read).collect()
}

pub(super) fn put_key(new: &NewKey<'_>, sealed: &[u8], now: Time) -> Result<Statement, Error> {
    let sql = "INSERT INTO provider_keys (team, provider, is_shared, sealed, params, created_by, created_at)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
               ON CONFLICT (team, provider, is_shared) DO UPDATE SET sealed = excluded.sealed,
                   params = excluded.params, created_by = excluded.created_by, created_at = excluded.created_at";
    let params = vec![
        new.team.into(),
        new.provider.into(),
        new.is_shared.into(),
        STANDARD.encode(sealed).into(),
        serde_json::to_string(&new.params)?.into(),
        new.created_by.into(),
        now.0.into(),
    ];
    Ok(Statement::new(sql, params))
}

pub(super) fn remove_key(team: &str, provider: &str, is_shared: bool) -> Statement {
    let sql = "DELETE FROM provider_keys WHERE team = ?1 AND provider = ?2 AND is_shared = ?3";
    Statement::new(sql, vec![team.into(), provider.into(), is_shared.into()]).expect(1)
}

pub(super) async fn teams(db: &Db) -> Result<BTreeMap<String, TeamSettings>, Error> {
    let rows = db.rows("SELECT team, settings FROM team_settings", vec![]).await?;
    rows.iter().map(|row| Ok((row.text(0), row.json(1)?))).collect()
}

/// What a team wants, as it is stored.
pub(super) async fn team(db: &Db, team: &str) -> Result<Option<String>, Error> {
    let row = db.row("SELECT settings FROM team_settings WHERE team = ?1", vec![team.into()]).await?;
    Ok(row.map(|row| row.text(0)))
}

/// Stores what a team wants in place of what was read; a conflict where it is something else by now.
pub(super) fn put_team(
    team: &str,
    before: Option<&str>,
    settings: &TeamSettings,
) -> Result<Statement, Error> {
    let mut params = vec![team.into(), serde_json::to_string(settings)?.into()];
    let Some(before) = before else {
        return Ok(Statement::new("INSERT INTO team_settings (team, settings) VALUES (?1, ?2)", params));
    };
    params.push(before.into());
    let sql = "UPDATE team_settings SET settings = ?2 WHERE team = ?1 AND settings = ?3";
    Ok(Statement::new(sql, params).expect(1))
}
