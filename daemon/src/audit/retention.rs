//! Retention: rows that are older than they are kept go, with their traces, up to a checkpoint, which proves what went.
//! The log says first that they go.

use super::{Entry, Ledger, sql};
use crate::error::Error;
use crate::store::Db;
use contract::chain::RETENTION;
use contract::time::Time;
use serde_json::json;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How often it is looked for rows that are too old.
const EVERY: Duration = Duration::from_secs(3600);

/// Rows that go at once: calls are not to wait for long.
const STEP: usize = 500;

const DAY: i64 = 24 * 60 * 60 * 1000;

/// Keeps the log to its retention, until the daemon stops.
pub(crate) async fn keep(db: Db, ledger: Ledger, days: u32, stopped: CancellationToken) {
    loop {
        if let Err(error) = cut(&db, &ledger, Time::now().0 - i64::from(days) * DAY).await {
            tracing::error!(%error, "the audit log can't be kept to its retention");
        }
        tokio::select! {
            () = stopped.cancelled() => return,
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}

/// Removes what is older than a time; how many rows went.
pub(super) async fn cut(db: &Db, ledger: &Ledger, older_than: i64) -> Result<usize, Error> {
    let Some(up_to) = sql::cut(db, older_than).await? else { return Ok(0) };
    ledger.write(Entry::own(RETENTION, json!({"removed_up_to": up_to}))).await?;
    let mut removed = 0;
    loop {
        let step = sql::remove(db, up_to, STEP).await?;
        removed += step;
        if step < STEP {
            if removed > 0 {
                tracing::info!(rows = removed, up_to, "audit rows went at the end of their retention");
            }
            return Ok(removed);
        }
    }
}
