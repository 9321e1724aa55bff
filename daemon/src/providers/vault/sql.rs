//! The queries of stored keys and of the teams' settings.

use super::NewKey;
use crate::error::Error;
use crate::store::Db;
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

pub(super) async fn put_key(db: &Db, new: &NewKey<'_>, sealed: &[u8]) -> Result<(), Error> {
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
        Time::now().0.into(),
    ];
    db.execute(sql, params).await?;
    Ok(())
}

pub(super) async fn remove_key(db: &Db, team: &str, provider: &str, is_shared: bool) -> Result<bool, Error> {
    let sql = "DELETE FROM provider_keys WHERE team = ?1 AND provider = ?2 AND is_shared = ?3";
    let changed = db.execute(sql, vec![team.into(), provider.into(), is_shared.into()]).await?;
    Ok(changed > 0)
}

pub(super) async fn teams(db: &Db) -> Result<BTreeMap<String, TeamSettings>, Error> {
    let rows = db.rows("SELECT team, settings FROM team_settings", vec![]).await?;
    rows.iter().map(|row| Ok((row.text(0), row.json(1)?))).collect()
}

pub(super) async fn put_team(db: &Db, team: &str, settings: &TeamSettings) -> Result<(), Error> {
    let sql = "INSERT INTO team_settings (team, settings) VALUES (?1, ?2)
               ON CONFLICT (team) DO UPDATE SET settings = excluded.settings";
    db.execute(sql, vec![team.into(), serde_json::to_string(settings)?.into()]).await?;
    Ok(())
}
