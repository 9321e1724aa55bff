//! The one task that appends: rows share commits, each with its trace and what must be stored with it.

use super::checkpoint::{self, AuditKey};
use super::uses::{NOTE_EVERY, Uses};
use super::{Entry, sql};
use crate::error::Error;
use crate::metrics::Metrics;
use crate::store::{Db, StoreError};
use crate::trace;
use contract::chain::GENESIS;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::{fmt, mem};
use tokio::sync::{broadcast, mpsc, oneshot};
use tokio::time::timeout;

/// Rows that may wait for the ledger; past that, calls wait.
const QUEUE: usize = 4096;

/// Rows that share one commit at most.
const GROUP: usize = 256;

/// Rows that are signed together at most; in a lull, all are.
const SIGNED_TOGETHER: i64 = 1000;

/// Rows that who watches may be behind.
const WATCHED: usize = 256;

type Waiting = (Entry, oneshot::Sender<Result<(), StoreError>>);

/// The handle to the one task that appends.
#[derive(Clone)]
pub(crate) struct Ledger {
    queue: mpsc::Sender<Waiting>,
    /// The number of the last row.
    head: Arc<AtomicI64>,
    /// Tells the numbers of rows as they are written.
    written: broadcast::Sender<i64>,
    /// Whose signatures the checkpoints bear.
    public_key: String,
    metrics: Metrics,
}

impl fmt::Debug for Ledger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ledger")
    }
}

impl Ledger {
    /// Starts the task that appends, from the log's last row on.
    ///
    /// # Errors
    /// If the last row can't be read.
    pub(crate) async fn start(db: Db, key: AuditKey, metrics: Metrics) -> Result<Self, Error> {
        let (seq, hash) = match sql::head(&db).await? {
            Some(head) => head,
            // All rows may have been cut off by retention: the chain goes on from the checkpoint that proves them.
            None => checkpoint::newest(&db).await?.unwrap_or((0, GENESIS.into())),
        };
        let signed = checkpoint::newest(&db).await?.map_or(0, |(seq, _)| seq);
        let (queue, waiting) = mpsc::channel(QUEUE);
        let head = Arc::new(AtomicI64::new(seq));
        let (written, _) = broadcast::channel(WATCHED);
        let public_key = key.public_key();
        let appender = Appender {
            db,
            key,
            head: Arc::clone(&head),
            hash,
            signed,
            uses: Uses::default(),
            is_unsure: false,
            written: written.clone(),
        };
        tokio::spawn(appender.run(waiting));
        Ok(Self { queue, head, written, public_key, metrics })
    }

    /// Whose signatures the checkpoints bear, in hex.
    pub(crate) fn public_key(&self) -> &str {
        &self.public_key
    }

    /// The number of the last row.
    pub(crate) fn head(&self) -> i64 {
        self.head.load(Ordering::Acquire)
    }

    /// The numbers of the last rows, as they are written from now on.
    pub(crate) fn watch(&self) -> broadcast::Receiver<i64> {
        self.written.subscribe()
    }

    /// Appends a row and its trace, and waits until they are stored.
    ///
    /// # Errors
    /// If the store fails.
    pub(crate) async fn write(&self, entry: Entry) -> Result<(), Error> {
        tracing::info!(
            trace_id = entry.trace_id,
            endpoint = entry.endpoint,
            key = entry.key_id,
            status = entry.status,
            latency_us = entry.latency_us,
            "call"
        );
        self.metrics.count(&entry.ended);
        let (reply, done) = oneshot::channel();
        let ended = || Error::internal("the audit log's task has ended");
        self.queue.send((entry, reply)).await.map_err(|_| ended())?;
        Ok(done.await.map_err(|_| ended())??)
    }
}

/// Who appends.
struct Appender {
    db: Db,
    key: AuditKey,
    head: Arc<AtomicI64>,
    /// The hash of the last row.
    hash: String,
    /// The last row that is signed.
    signed: i64,
    uses: Uses,
    /// Whether the last rows may or may not have been written.
    is_unsure: bool,
    written: broadcast::Sender<i64>,
}

impl Appender {
    async fn run(mut self, mut waiting: mpsc::Receiver<Waiting>) {
        let mut group = Vec::with_capacity(GROUP);
        while self.next(&mut waiting, &mut group).await {
            let result = self.append(&mut group).await;
            if let Err(error) = &result {
                self.is_unsure = true;
                tracing::error!(?error, rows = group.len(), "audit rows could not be written");
            }
            for (_, reply) in group.drain(..) {
                // The call may have gone.
                drop(reply.send(result.clone()));
            }
        }
    }

    async fn append(&mut self, group: &mut [Waiting]) -> Result<(), StoreError> {
        if self.is_unsure {
            self.look_again().await?;
        }
        let (mut seq, mut hash) = (self.head.load(Ordering::Acquire), self.hash.clone());
        let mut batch = Vec::with_capacity(group.len() * 2);
        for (entry, _) in group {
            seq += 1;
            let next = entry.link(seq).hash(&hash);
            self.uses.note(entry);
            batch.push(trace::sql::insert(seq, &entry.team, mem::take(&mut entry.trace)));
            batch.push(sql::insert(seq, entry, mem::replace(&mut hash, next.clone()), next));
            batch.append(&mut entry.statements);
        }
        if self.uses.are_due() {
            batch.extend(self.uses.take());
        }
        let is_signed = seq - self.signed >= SIGNED_TOGETHER;
        if is_signed {
            batch.push(self.key.checkpoint(seq, &hash));
        }
        self.db.batch(batch).await?;
        self.head.store(seq, Ordering::Release);
        self.hash = hash;
        if is_signed {
            self.signed = seq;
        }
        // Nobody may be watching.
        drop(self.written.send(seq));
        Ok(())
    }

    /// Goes on from the log's last row as the store has it: a commit that was not answered may have happened.
    async fn look_again(&mut self) -> Result<(), StoreError> {
        // After a batch, even an empty one, what came before it is decided.
        self.db.batch(Vec::new()).await?;
        if let Some((seq, hash)) = sql::head(&self.db).await? {
            self.head.store(seq, Ordering::Release);
            self.hash = hash;
        }
        self.is_unsure = false;
        Ok(())
    }

    /// Waits for rows; true as long as there may be more. In a lull, what was noted is written, and the head signed.
    async fn next(&mut self, waiting: &mut mpsc::Receiver<Waiting>, group: &mut Vec<Waiting>) -> bool {
        let is_signed = self.signed == self.head.load(Ordering::Acquire);
        if is_signed && !self.uses.are_any() {
            return waiting.recv_many(group, GROUP).await > 0;
        }
        match timeout(NOTE_EVERY, waiting.recv_many(group, GROUP)).await {
            Ok(0) => {
                self.rest().await;
                false
            }
            Ok(_) => true,
            Err(_) => {
                self.rest().await;
                waiting.recv_many(group, GROUP).await > 0
            }
        }
    }

    async fn rest(&mut self) {
        let head = self.head.load(Ordering::Acquire);
        let mut batch = self.uses.take();
        if self.signed < head {
            batch.push(self.key.checkpoint(head, &self.hash));
        }
        match self.db.batch(batch).await {
            Ok(_) => self.signed = head,
            Err(error) => tracing::warn!(?error, "the audit log's head could not be signed"),
        }
    }
}
