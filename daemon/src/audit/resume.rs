//! A start that finds the log's end otherwise than the daemon had left it says so in the log.

use super::{Entry, Head, sql};
use crate::error::Error;
use crate::store::Db;
use contract::chain::RESUME;
use serde_json::json;

/// The row that says it: what was written last, what was found, and whether what was written was lost. More rows than
/// were written down are none: the daemon, or its machine, died before it did.
///
/// # Errors
/// If the store fails.
pub(super) async fn entry(db: &Db, written: &Head, found: &Head) -> Result<Entry, Error> {
    let is_lost = sql::hash(db, written.0).await?.as_ref() != Some(&written.1);
    if is_lost {
        tracing::error!(written = written.0, found = found.0, "the end of the audit log was lost or changed");
    }
    Ok(Entry::own(
        RESUME,
        json!({
            "written": written.0, "written_hash": written.1, "found": found.0, "found_hash": found.1,
            "lost": is_lost,
        }),
    ))
}
