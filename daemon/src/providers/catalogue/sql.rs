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

pub(super) async fn put(db: &Db, team: &str, newer: &HashMap<String, Vec<Model>>) -> Result<(), Error> {
    let sql = "INSERT INTO catalogue_models (provider, team, models, created_at) VALUES (?1, ?2, ?3, ?4)
               ON CONFLICT (provider) DO UPDATE SET
                   team = excluded.team, models = excluded.models, created_at = excluded.created_at";
    let row = |(provider, models): (&String, &Vec<Model>)| {
        let models = serde_json::to_string(models)?;
        Ok(Statement::new(sql, vec![provider.into(), team.into(), models.into(), Time::now().0.into()]))
    };
    let rows: Result<Vec<Statement>, Error> = newer.iter().map(row).collect();
    db.batch(rows?).await?;
    Ok(())
}
