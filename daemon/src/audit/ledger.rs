//! The audit log's one entrance: calls wait here until their rows are stored.

use super::append::Appender;
use super::{AuditKey, Entry, Head, HeadFile, UNANSWERED, resume, sql};
use crate::act::Then;
use crate::error::Error;
use crate::metrics::Metrics;
use crate::store::{Db, StoreError};
use contract::chain::GENESIS;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::{broadcast, mpsc, oneshot, watch};
use tokio::time::timeout;

/// Rows that may wait for the ledger; past that, calls wait.
const QUEUE: usize = 4096;

/// Rows that who watches may be behind.
const WATCHED: usize = 256;

/// How long a daemon that stops waits for them.
const LAST_TRIES: Duration = Duration::from_secs(3);

pub(super) type Reply = oneshot::Sender<Result<(), StoreError>>;

/// What waits for the ledger.
pub(super) struct Waiting {
    pub(super) entry: Entry,
    /// Where the row is of an act: what happens once it is stored.
    pub(super) act: Option<Vec<Then>>,
    pub(super) reply: Reply,
}

/// The handle to the one task that appends.
#[derive(Clone)]
pub(crate) struct Ledger {
    queue: mpsc::Sender<Waiting>,
    head: Arc<Mutex<Head>>,
    /// How many rows wait for a store that could not be written.
    kept: watch::Receiver<usize>,
    /// Tells the numbers of rows as they are written.
    written: broadcast::Sender<i64>,
    key: Arc<AuditKey>,
    public_key: Arc<str>,
    metrics: Metrics,
}

impl fmt::Debug for Ledger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ledger")
    }
}

impl Ledger {
    /// Starts the task that appends, from the log's last row on. Where that is not the row that the daemon wrote last, the
    /// log says so in its next row.
    ///
    /// # Errors
    /// If the last row can't be read, or the log is signed with another key.
    pub(crate) async fn start(
        db: Db,
        key: AuditKey,
        (file, written): (HeadFile, Option<Head>),
        metrics: Metrics,
    ) -> Result<Self, Error> {
        let newest = key.newest(&db).await?;
        let signed = newest.as_ref().map_or(0, |(seq, _)| *seq);
        let found = sql::head(&db).await?.or(newest).unwrap_or((0, GENESIS.into()));
        let resumed = match &written {
            Some(written) if *written != found => Some(resume::entry(&db, written, &found).await?),
            _ => None,
        };
        // Numbers of rows that were lost are not given again: traces may have them.
        let found = (found.0.max(written.map_or(0, |(seq, _)| seq)), found.1);
        let (queue, waiting) = mpsc::channel(QUEUE);
        let (keeping, kept) = watch::channel(0);
        let (written, _) = broadcast::channel(WATCHED);
        let (head, key) = (Arc::new(Mutex::new(found)), Arc::new(key));
        let public_key = key.public_key().into();
        let appender = Appender::new(
            db,
            (Arc::clone(&key), signed),
            (file, Arc::clone(&head)),
            (keeping, written.clone()),
        );
        tokio::spawn(appender.run(waiting));
        let ledger = Self { queue, head, kept, written, key, public_key, metrics };
        if let Some(entry) = resumed {
            ledger.write(entry).await?;
        }
        Ok(ledger)
    }

    /// What signs.
    pub(super) fn key(&self) -> &AuditKey {
        &self.key
    }

    /// Whose signatures the checkpoints bear, in hex.
    pub(crate) fn public_key(&self) -> &str {
        &self.public_key
    }

    /// The last row.
    pub(super) fn last(&self) -> Head {
        self.head.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The number of the last row.
    pub(crate) fn head(&self) -> i64 {
        self.last().0
    }

    /// The numbers of the last rows, as they are written from now on.
    pub(crate) fn watch(&self) -> broadcast::Receiver<i64> {
        self.written.subscribe()
    }

    /// How many rows wait for a store that could not be written: until it can be, no call is let in.
    pub(crate) fn kept(&self) -> usize {
        *self.kept.borrow()
    }

    /// Waits a few seconds for the rows that wait for the store.
    pub(crate) async fn close(&self) {
        let mut kept = self.kept.clone();
        if timeout(LAST_TRIES, kept.wait_for(|rows| *rows == 0)).await.is_err() {
            tracing::error!(rows = self.kept(), "audit rows are lost: this log has what they say");
        }
    }

    /// Appends a row and its trace, with what must be stored with it, and waits until they are. Where they can't be, the
    /// call has failed, and its row is kept until it can be written.
    ///
    /// # Errors
    /// If the store fails.
    pub(crate) async fn write(&self, entry: Entry) -> Result<(), StoreError> {
        self.append(entry, None).await
    }

    /// The same for an act, which is done once it is stored. Where it can't be, it is not done, and has no row.
    ///
    /// # Errors
    /// If the store fails; [`StoreError::Conflict`] if what the act expected is so no longer.
    pub(crate) async fn act(&self, entry: Entry, then: Vec<Then>) -> Result<(), StoreError> {
        self.append(entry, Some(then)).await
    }

    async fn append(&self, entry: Entry, act: Option<Vec<Then>>) -> Result<(), StoreError> {
        let (mut ended, is_act, began) = (entry.ended.clone(), act.is_some(), Instant::now());
        tracing::info!(
            trace_id = entry.trace_id,
            endpoint = entry.endpoint,
            key = entry.key_id,
            status = entry.status,
            latency_us = entry.latency_us,
            "call"
        );
        let (reply, done) = oneshot::channel();
        let ended_task = || StoreError::Unavailable("the audit log's task has ended".into());
        self.queue.send(Waiting { entry, act, reply }).await.map_err(|_| ended_task())?;
        let stored = done.await.map_err(|_| ended_task())?;
        self.metrics.commit_seconds.observe(began.elapsed().as_secs_f64());
        if stored.is_err() {
            ended.status = UNANSWERED;
        }
        // An act that could not be stored is settled as a call that failed.
        if stored.is_ok() || !is_act {
            self.metrics.count(&ended);
        }
        stored
    }
}
