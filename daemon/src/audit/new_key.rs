//! A new key for the log: begun on purpose, while no daemon runs, and said in the log by a row that the key before signed.

use super::checkpoint::AuditKey;
use super::{Entry, Head, HeadFile, resume, sql};
use crate::error::Error;
use crate::store::Db;
use contract::chain::{GENESIS, NEW_KEY, key_text};
use contract::wire::analytics::NewKey;
use serde_json::json;

/// Whether nothing was logged yet.
///
/// # Errors
/// If the store fails.
pub(crate) async fn is_empty(db: &Db) -> Result<bool, Error> {
    Ok(sql::head(db).await?.is_none() && sql::checkpoints(db, "", i64::MAX, 1).await?.is_empty())
}

/// Goes on with a new key: what stands in the log is the last that the one before signs, where it is there.
///
/// # Errors
/// If the log is not signed with the key before, or the store fails.
pub(crate) async fn begin(
    db: &Db,
    before: Option<&AuditKey>,
    new: &AuditKey,
    (file, written): (HeadFile, Option<Head>),
) -> Result<NewKey, Error> {
    let newest = match before {
        Some(before) => before.newest(db).await?,
        None => None,
    };
    let mut last = sql::head(db).await?.or(newest).unwrap_or((0, GENESIS.into()));
    let mut statements = Vec::new();
    if let Some(written) = written.filter(|written| *written != last) {
        let resumed = resume::entry(db, &written, &last).await?;
        // Numbers of rows that were lost are not given again.
        last.0 = last.0.max(written.0);
        resumed.append(&mut statements, &mut last);
    }
    let (old, after) = (before.map(AuditKey::public_key), new.public_key());
    let signature = before.map(|before| before.sign(&key_text(&last.1, &after)));
    let change = json!({"before": old, "after": after, "signature": signature.unwrap_or_default()});
    Entry::own(NEW_KEY, change).append(&mut statements, &mut last);
    statements.push(new.checkpoint(last.0, &last.1));
    db.batch(statements).await?;
    file.write(last.0, &last.1).await.map_err(Error::internal)?;
    Ok(NewKey { row: last.0, before: old, after })
}
