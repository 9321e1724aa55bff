//! The one task that appends: rows share commits, each with its trace and what must be stored with it.

use super::ledger::{Reply, Waiting};
use super::uses::{NOTE_EVERY, Uses};
use super::{AuditKey, Entry, Head, HeadFile, sql};
use crate::act::Then;
use crate::store::{Db, Statement, StoreError};
use contract::chain::MAX_UNSIGNED;
use std::collections::VecDeque;
use std::mem;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{broadcast, mpsc, watch};
use tokio::task::spawn_blocking;
use tokio::time::timeout;

/// Rows that share one commit at most.
const GROUP: usize = 256;

/// Rows after which the head is signed with the group that it is in; in a lull, it always is.
const SIGNED_TOGETHER: i64 = MAX_UNSIGNED - GROUP as i64;

/// How long until a store that could not be written is tried again.
const TRY_AGAIN: Duration = Duration::from_secs(1);

/// Rows that are kept for such a store at most: more than calls can be under way, as none is let in meanwhile.
const MOST_KEPT: usize = 16_384;

/// A row that is to be stored; nobody waits for it any longer, where it could not be at once.
struct Row {
    entry: Entry,
    reply: Option<Reply>,
}

/// What a batch stores: known to be there once it was answered, or once the store was asked.
struct Batch {
    /// Its last row.
    head: Head,
    /// So many of the rows that wait, from the first on.
    rows: usize,
    /// Where it is an act: its trace, and what happens then.
    act: Option<(String, Vec<Then>)>,
}

/// Who appends.
pub(super) struct Appender {
    db: Db,
    key: Arc<AuditKey>,
    file: HeadFile,
    head: Arc<Mutex<Head>>,
    /// The last row that is signed.
    signed: i64,
    uses: Uses,
    /// Rows that aren't stored yet, in the order in which they came.
    rows: VecDeque<Row>,
    /// Tells how many of them could not be.
    keeping: watch::Sender<usize>,
    /// A batch that may or may not have been stored.
    doubt: Option<Batch>,
    written: broadcast::Sender<i64>,
}

impl Appender {
    /// One that goes on from the log's last row, up to which it is signed by the key so far; who tells how many rows could
    /// not be stored, and which were.
    pub(super) fn new(
        db: Db,
        (key, signed): (Arc<AuditKey>, i64),
        (file, head): (HeadFile, Arc<Mutex<Head>>),
        (keeping, written): (watch::Sender<usize>, broadcast::Sender<i64>),
    ) -> Self {
        let (uses, rows) = (Uses::default(), VecDeque::new());
        Self { db, key, file, head, signed, uses, rows, keeping, doubt: None, written }
    }

    /// Appends until nobody can ask for it any longer.
    pub(super) async fn run(mut self, mut waiting: mpsc::Receiver<Waiting>) {
        let mut group = Vec::with_capacity(GROUP);
        while self.next(&mut waiting, &mut group).await {
            let mut acts = Vec::new();
            for Waiting { entry, act, reply } in group.drain(..) {
                match act {
                    None => self.rows.push_back(Row { entry, reply: Some(reply) }),
                    Some(then) => acts.push((entry, then, reply)),
                }
            }
            self.append_rows().await;
            // What an act expects may not be so: it shares its transaction with nobody.
            for (entry, then, reply) in acts {
                let result = self.append_act(entry, then).await;
                // The call may have gone.
                drop(reply.send(result));
            }
        }
        self.append_rows().await;
    }

    /// Appends all rows that wait, or keeps them: who waits for one is told.
    async fn append_rows(&mut self) {
        let mut result = self.look_again().await.map(drop);
        while result.is_ok() && !self.rows.is_empty() {
            result = self.append_some().await;
        }
        let before = self.keeping.send_replace(self.rows.len());
        let Err(error) = result else {
            if before > 0 {
                tracing::info!(rows = before, "the audit rows that waited are written");
            }
            return;
        };
        tracing::error!(%error, rows = self.rows.len(), "audit rows can't be written: no call is let in");
        for Row { entry, reply } in &mut self.rows {
            if let Some(reply) = reply.take() {
                entry.fail();
                tracing::error!(
                    trace_id = entry.trace_id,
                    entry = &*entry.body,
                    "an audit row is kept for later"
                );
                // The call may have gone.
                drop(reply.send(Err(error.clone())));
            }
        }
        self.rows.truncate(MOST_KEPT);
    }

    async fn append_some(&mut self) -> Result<(), StoreError> {
        let (rows, mut head) = (self.rows.len().min(GROUP), self.last());
        let mut statements = Vec::with_capacity(rows * 3);
        for Row { entry, .. } in self.rows.range(..rows) {
            entry.append(&mut statements, &mut head);
        }
        if self.uses.are_due() {
            statements.extend(self.uses.take());
        }
        self.store(statements, Batch { head, rows, act: None }).await
    }

    async fn append_act(&mut self, mut entry: Entry, then: Vec<Then>) -> Result<(), StoreError> {
        self.look_again().await?;
        if !self.rows.is_empty() {
            return Err(StoreError::Unavailable("audit rows wait for it".into()));
        }
        let mut head = self.last();
        // What it expects comes first, and it is not tried again.
        let mut statements = mem::take(&mut entry.statements);
        entry.append(&mut statements, &mut head);
        self.store(statements, Batch { head, rows: 0, act: Some((entry.trace_id, then)) }).await
    }

    /// Stores a batch. A commit that was not answered may have happened.
    async fn store(&mut self, mut statements: Vec<Statement>, batch: Batch) -> Result<(), StoreError> {
        let (seq, hash) = &batch.head;
        let (seq, is_signed) = (*seq, seq - self.signed >= SIGNED_TOGETHER);
        if is_signed {
            statements.push(self.key.checkpoint(seq, hash));
        }
        match self.db.batch_then(statements, self.file.noting(seq, hash)).await {
            Ok(_) => self.stored(batch),
            // Who does not hold the database's lock has written nothing.
            Err(error @ StoreError::Locked(_)) => return Err(error),
            Err(error) => {
                self.doubt = Some(batch);
                return if matches!(self.look_again().await, Ok(true)) { Ok(()) } else { Err(error) };
            }
        }
        if is_signed {
            self.signed = seq;
        }
        Ok(())
    }

    fn last(&self) -> Head {
        self.head.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What follows from a batch being stored.
    fn stored(&mut self, batch: Batch) {
        let Batch { head, rows, act } = batch;
        let seq = head.0;
        *self.head.lock().unwrap_or_else(PoisonError::into_inner) = head;
        // Nobody may be watching.
        drop(self.written.send(seq));
        for Row { entry, reply } in self.rows.drain(..rows) {
            self.uses.note(&entry);
            // The call may have gone.
            drop(reply.map(|reply| reply.send(Ok(()))));
        }
        if let Some((trace_id, then)) = act {
            // One that was taken for failed has its row.
            self.rows.retain(|row| row.entry.trace_id != trace_id);
            then.into_iter().for_each(|then| then());
        }
    }

    /// Where the last batch failed, finds out whether it was stored all the same; whether it was. A log that ends otherwise
    /// was written to by somebody else, and is not gone on with.
    async fn look_again(&mut self) -> Result<bool, StoreError> {
        if self.doubt.is_none() {
            return Ok(false);
        }
        // After a batch, even an empty one, what came before it is decided.
        self.db.batch(Vec::new()).await?;
        let (found, last) = (sql::head(&self.db).await?, self.last());
        let Some(batch) = self.doubt.take() else { return Ok(false) };
        match found {
            Some(found) if found == batch.head => {
                let note = self.file.noting(batch.head.0, &batch.head.1);
                // What it fails at, it says.
                drop(spawn_blocking(note).await);
                self.stored(batch);
                Ok(true)
            }
            Some(found) if found != last => {
                self.doubt = Some(batch);
                let what =
                    "somebody else has written to the audit log: a start of the daemon will note it there";
                Err(StoreError::Failed(what.into()))
            }
            _ => Ok(false),
        }
    }

    /// Waits for rows, or until those that are kept may be tried again; true as long as there may be more. In a lull,
    /// what was noted is written, and the head signed.
    async fn next(&mut self, waiting: &mut mpsc::Receiver<Waiting>, group: &mut Vec<Waiting>) -> bool {
        if !self.rows.is_empty() || self.doubt.is_some() {
            return !matches!(timeout(TRY_AGAIN, waiting.recv_many(group, GROUP)).await, Ok(0));
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::{Ledger, verify};
    use crate::call::Ending;
    use crate::metrics::Metrics;
    use crate::store::fixture::{Place, store};
    use crate::trace::Recorder;
    use contract::chain::GENESIS;
    use contract::time::Time;
    use std::sync::atomic::{AtomicBool, Ordering};
    use tempfile::TempDir;

    fn entry() -> Entry {
        let record = Recorder::open("Chat", Time::now()).close().unwrap();
        Entry::of(&record, None, Ending { status: 200, label: "completed" })
    }

    fn key() -> AuditKey {
        AuditKey::new([7; 32])
    }

    fn head_file(home: &TempDir) -> HeadFile {
        HeadFile::open(&home.path().join("audit-head")).unwrap().0
    }

    fn team(name: &str) -> Statement {
        Statement::new("INSERT INTO teams (id, created_at) VALUES (?1, 0)", vec![name.into()])
    }

    async fn ledger() -> (Place, TempDir, Db, Ledger) {
        let ((place, db), home) = (store().await, tempfile::tempdir().unwrap());
        let ledger = Ledger::start(db.clone(), key(), (head_file(&home), None), Metrics::new()).await;
        (place, home, db, ledger.unwrap())
    }

    async fn teams(db: &Db) -> usize {
        db.rows("SELECT id FROM teams", vec![]).await.unwrap().len()
    }

    #[tokio::test]
    async fn an_act_that_conflicts_is_not_done_and_fails_no_other_row() {
        let (_place, _home, db, ledger) = ledger().await;
        let happened = Arc::new(AtomicBool::default());
        let act = |name: &str| {
            let happened = Arc::clone(&happened);
            let then: Then = Box::new(move || happened.store(true, Ordering::Relaxed));
            ledger.act(entry().with(vec![team("one"), team(name)]), vec![then])
        };
        let (row, conflicting, other) =
            tokio::join!(ledger.write(entry()), act("one"), ledger.write(entry()));
        assert!(row.is_ok() && other.is_ok());
        assert!(matches!(conflicting, Err(StoreError::Conflict)));
        assert!(!happened.load(Ordering::Relaxed));
        assert_eq!((teams(&db).await, ledger.head(), ledger.kept()), (1, 2, 0));
        act("two").await.unwrap();
        assert!(happened.load(Ordering::Relaxed), "before anybody is told");
        assert_eq!((teams(&db).await, ledger.head()), (3, 3));
        let chain = verify(&db, &ledger).await.unwrap();
        assert_eq!((chain.ok, chain.checked), (true, 3));
    }

    #[tokio::test]
    async fn what_a_commit_that_was_not_answered_stored_is_not_stored_again() {
        let (_place, home, db, ledger) = ledger().await;
        let row = entry();
        ledger.write(row.clone()).await.unwrap();
        let head = Arc::new(Mutex::new((0, GENESIS.to_owned())));
        let mut appender = Appender::new(
            db,
            (Arc::new(key()), 0),
            (head_file(&home), head),
            (watch::channel(2).0, broadcast::channel(1).0),
        );
        appender.rows = [row, entry()].map(|entry| Row { entry, reply: None }).into();
        appender.doubt = Some(Batch { head: ledger.last(), rows: 1, act: None });
        appender.append_rows().await;
        assert_eq!((appender.last().0, appender.rows.len()), (2, 0), "one of two rows was missing");
        let (act, before) = (entry(), appender.last());
        appender.rows.push_back(Row { entry: act.clone(), reply: None });
        appender.append_rows().await;
        let stored = appender.last();
        *appender.head.lock().unwrap() = before;
        let happened = Arc::new(AtomicBool::default());
        let noting = Arc::clone(&happened);
        let then: Then = Box::new(move || noting.store(true, Ordering::Relaxed));
        appender.rows.push_back(Row { entry: act.clone(), reply: None });
        appender.doubt =
            Some(Batch { head: stored.clone(), rows: 0, act: Some((act.trace_id.clone(), vec![then])) });
        appender.append_rows().await;
        assert!(happened.load(Ordering::Relaxed) && appender.rows.is_empty());
        assert_eq!(appender.last(), stored, "an act that was done has its row, and no other");
        let never: Then = Box::new(|| panic!("it is not there"));
        let other = Batch { head: (4, "none".into()), rows: 0, act: Some((act.trace_id, vec![never])) };
        appender.doubt = Some(other);
        appender.append_rows().await;
    }
}
