//! Retention: rows that are older than they are kept go, with their traces, up to a checkpoint, which proves what went.
//! The log says first that they go. Traces, which no checkpoint covers, may go before their rows.

use super::periods::Periods;
use super::{Entry, Ledger, sql};
use crate::error::Error;
use crate::store::Db;
use contract::chain::RETENTION;
use contract::time::Clock;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How often it is looked for rows that are too old.
const EVERY: Duration = Duration::from_secs(3600);

/// Rows that go at once: calls are not to wait for long.
const STEP: usize = 500;

const DAY: i64 = 24 * 60 * 60 * 1000;

/// Keeps the log to its retention, until the daemon stops.
pub(crate) async fn keep(
    db: Db,
    ledger: Ledger,
    (clock, periods): (Clock, Arc<Periods>),
    stopped: CancellationToken,
) {
    loop {
        let changed = periods.changed.notified();
        let (rows, traces) = periods.days();
        let ago = |days: u32| clock.now().0 - i64::from(days) * DAY;
        let kept = async {
            cut(&db, &ledger, ago(rows)).await?;
            cut_traces(&db, ago(traces)).await
        };
        if let Err(error) = kept.await {
            tracing::error!(%error, "the audit log can't be kept to its retention");
        }
        tokio::select! {
            () = stopped.cancelled() => return,
            () = changed => {}
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}

/// Removes the traces of rows that are older than a time.
pub(super) async fn cut_traces(db: &Db, older_than: i64) -> Result<(), Error> {
    let Some(up_to) = sql::newest_before(db, older_than).await? else { return Ok(()) };
    while sql::remove_traces(db, up_to, STEP).await? == STEP {}
    Ok(())
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
            sql::remove_checkpoints(db, up_to).await?;
            if removed > 0 {
                tracing::info!(rows = removed, up_to, "audit rows went at the end of their retention");
            }
            return Ok(removed);
        }
    }
}
