//! What operators set for the whole daemon while it runs: a JSON text a name.

use super::{Db, Statement, StoreError};
use crate::error::Error;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// What is set under the names that begin so, by the rest of each name.
///
/// # Errors
/// If the store fails, or what is set can't be read.
pub(crate) async fn settings<T: DeserializeOwned>(db: &Db, prefix: &str) -> Result<Vec<(String, T)>, Error> {
    let rows = db.rows("SELECT name, value FROM settings ORDER BY name", vec![]).await?;
    let found = rows.iter().filter_map(|row| Some((row.str(0).strip_prefix(prefix)?.to_owned(), row)));
    found.map(|(name, row)| Ok((name, row.json(1)?))).collect()
}

/// The name under which a database notes whose it is.
const OWNER: &str = "home";

/// Whose the database is, if that is noted.
///
/// # Errors
/// If the store fails, or the note can't be read.
pub(crate) async fn owner<T: DeserializeOwned>(db: &Db) -> Result<Option<T>, Error> {
    let found = settings(db, OWNER).await?;
    Ok(found.into_iter().find(|(rest, _): &(String, T)| rest.is_empty()).map(|(_, owner)| owner))
}

/// Notes whose it is, before any call is served; nothing, where somebody else noted it meanwhile.
///
/// # Errors
/// If the store fails.
pub(crate) async fn note_owner<T: Serialize>(db: &Db, before: Option<&T>, owner: &T) -> Result<(), Error> {
    match db.batch(vec![set(OWNER, before, Some(owner))?]).await {
        Ok(_) | Err(StoreError::Conflict) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// What sets a name, or clears it, where it is still as it was.
///
/// # Errors
/// If a value can't be written.
pub(crate) fn set<T: Serialize>(
    name: &str,
    before: Option<&T>,
    after: Option<&T>,
) -> Result<Statement, Error> {
    let text = |value: Option<&T>| value.map(serde_json::to_string).transpose();
    let (before, after) = (text(before)?, text(after)?);
    let (sql, params) = match after {
        Some(after) => (
            "INSERT INTO settings (name, team, value) VALUES (?1, '', ?2)
             ON CONFLICT (name) DO UPDATE SET value = ?2 WHERE settings.value = CAST(?3 AS TEXT)",
            vec![name.into(), after.into(), before.into()],
        ),
        None => {
            let sql = "DELETE FROM settings WHERE name = ?1 AND value = CAST(?2 AS TEXT)";
            (sql, vec![name.into(), before.into()])
        }
    };
    Ok(Statement::new(sql, params).expect(1))
}
