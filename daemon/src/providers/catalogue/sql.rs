//! The queries of refreshed facts.

use super::Model;
use crate::error::Error;
use crate::store::{Db, Statement};
use contract::time::Time;
use std::collections::HashMap;

pub(super) async fn load(db: &Db) -> Result<HashMap<String, Vec<Model>>, Error> {
    let rows = db.rows("SELECT provider, models FROM catalogue_models", vec![]).await?;
    rows.iter().map(|row| Ok((row.text(0), row.json(1)?))).collect()
}

/// What was refreshed of a provider, as it is stored.
pub(super) async fn refreshed(db: &Db, provider: &str) -> Result<Option<String>, Error> {
    let sql = "SELECT models FROM catalogue_models WHERE provider = ?1";
    Ok(db.row(sql, vec![provider.into()]).await?.map(|row| row.text(0)))
}

/// Stores newer facts of a provider's models in place of those that were read; a conflict where they are others by now.
pub(super) fn put(
    provider: &str,
    team: &str,
    before: Option<&str>,
    newer: &[Model],
) -> Result<Statement, Error> {
    let models = serde_json::to_string(newer)?;
    let mut params = vec![provider.into(), team.into(), models.into(), Time::now().0.into()];
    let Some(before) = before else {
        let sql = "INSERT INTO catalogue_models (provider, team, models, created_at) VALUES (?1, ?2, ?3, ?4)";
        return Ok(Statement::new(sql, params));
    };
    params.push(before.into());
    let sql = "UPDATE catalogue_models SET team = ?2, models = ?3, created_at = ?4
               WHERE provider = ?1 AND models = ?5";
    Ok(Statement::new(sql, params).expect(1))
}
