//! The one task that appends: rows share commits, each with its trace and what must be stored with it.

use super::uses::{NOTE_EVERY, Uses};
use super::{AuditKey, Entry, Head, HeadFile, resume, sql};
use crate::error::Error;
use crate::metrics::Metrics;
use crate::store::{Db, StoreError};
use crate::trace;
use contract::chain::{GENESIS, MAX_UNSIGNED};
use std::sync::{Arc, Mutex, PoisonError};
use std::{fmt, mem};
use tokio::sync::{broadcast, mpsc, oneshot};
use tokio::time::timeout;

/// Rows that may wait for the ledger; past that, calls wait.
const QUEUE: usize = 4096;

/// Rows that share one commit at most.
const GROUP: usize = 256;

/// Rows after which the head is signed with the group that it is in; in a lull, it always is.
const SIGNED_TOGETHER: i64 = MAX_UNSIGNED - GROUP as i64;

/// Rows that who watches may be behind.
const WATCHED: usize = 256;

type Waiting = (Entry, oneshot::Sender<Result<(), StoreError>>);

/// The handle to the one task that appends.
#[derive(Clone)]
pub(crate) struct Ledger {
    queue: mpsc::Sender<Waiting>,
    head: Arc<Mutex<Head>>,
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
        let (written, _) = broadcast::channel(WATCHED);
        let (head, key) = (Arc::new(Mutex::new(found)), Arc::new(key));
        let public_key = key.public_key().into();
        let appender = Appender {
            db,
            key: Arc::clone(&key),
            file,
            head: Arc::clone(&head),
            signed,
            uses: Uses::default(),
            unsure: None,
            written: written.clone(),
        };
        tokio::spawn(appender.run(waiting));
        let ledger = Self { queue, head, written, key, public_key, metrics };
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
    key: Arc<AuditKey>,
    file: HeadFile,
    head: Arc<Mutex<Head>>,
    /// The last row that is signed.
    signed: i64,
    uses: Uses,
    /// The last of the rows that may or may not have been written.
    unsure: Option<Head>,
    written: broadcast::Sender<i64>,
}

impl Appender {
    async fn run(mut self, mut waiting: mpsc::Receiver<Waiting>) {
        let mut group = Vec::with_capacity(GROUP);
        while self.next(&mut waiting, &mut group).await {
            let result = self.append(&mut group).await;
            if let Err(error) = &result {
                tracing::error!(?error, rows = group.len(), "audit rows could not be written");
            }
            for (_, reply) in group.drain(..) {
                // The call may have gone.
                drop(reply.send(result.clone()));
            }
        }
    }

    async fn append(&mut self, group: &mut [Waiting]) -> Result<(), StoreError> {
        self.be_sure().await?;
        let (mut seq, mut hash) = self.last();
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
        self.unsure = Some((seq, hash));
        self.db.batch(batch).await?;
        if is_signed {
            self.signed = seq;
        }
        self.be_at_unsure().await;
        // Nobody may be watching.
        drop(self.written.send(seq));
        Ok(())
    }

    fn last(&self) -> Head {
        self.head.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Takes the last rows, of which it is known now that they were written, for the log's end.
    async fn be_at_unsure(&mut self) {
        let Some(head) = self.unsure.take() else { return };
        if let Err(error) = self.file.write(head.0, &head.1).await {
            tracing::error!(%error, "the end of the audit log could not be noted outside the store");
        }
        *self.head.lock().unwrap_or_else(PoisonError::into_inner) = head;
    }

    /// Finds out whether the last rows were written: a commit that was not answered may have happened. A log that ends
    /// otherwise was written to by somebody else, and is not gone on with.
    async fn be_sure(&mut self) -> Result<(), StoreError> {
        let Some(unsure) = &self.unsure else { return Ok(()) };
        // After a batch, even an empty one, what came before it is decided.
        self.db.batch(Vec::new()).await?;
        let (found, last) = (sql::head(&self.db).await?, self.last());
        match found {
            Some(found) if found == *unsure => self.be_at_unsure().await,
            Some(found) if found != last => {
                let what =
                    "somebody else has written to the audit log: a start of the daemon will note it there";
                return Err(StoreError::Failed(what.into()));
            }
            _ => self.unsure = None,
        }
        Ok(())
    }

    /// Waits for rows; true as long as there may be more. In a lull, what was noted is written, and the head signed.
    async fn next(&mut self, waiting: &mut mpsc::Receiver<Waiting>, group: &mut Vec<Waiting>) -> bool {
        let is_signed = self.signed == self.last().0;
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
        let (head, hash) = self.last();
        let mut batch = self.uses.take();
        if self.signed < head {
            batch.push(self.key.checkpoint(head, &hash));
        }
        match self.db.batch(batch).await {
            Ok(_) => self.signed = head,
            Err(error) => tracing::warn!(?error, "the audit log's head could not be signed"),
        }
    }
}
