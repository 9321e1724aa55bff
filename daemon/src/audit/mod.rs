//! The audit log: one row a call, each holding the hash of the one before.

mod sql;

pub(crate) use sql::list;

use crate::call::Ending;
use crate::error::Error;
use crate::gate::{Caller, keys};
use crate::store::{Db, Statement, StoreError};
use crate::trace::sql::Owner;
use crate::trace::{self, Record};
use contract::time::Time;
use contract::version::hex;
use contract::wire::analytics::Chain;
use serde::Serialize;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, timeout};

/// The `prev` of the first row.
pub(crate) const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// Rows that may wait for the ledger; past that, calls wait.
const QUEUE: usize = 4096;

/// How often it is written how keys were used.
const NOTE_EVERY: Duration = Duration::from_secs(10);

/// Secrets of which that is remembered until it is written.
const MOST_NOTED: usize = 10_000;

/// Rows that share one commit at most.
const GROUP: usize = 256;

/// One call as the log will hold it.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    trace_id: String,
    team: String,
    key_id: Option<String>,
    user: Option<String>,
    endpoint: &'static str,
    decision: &'static str,
    status: u16,
    latency_us: u64,
    /// The text that the row's hash covers.
    body: String,
    /// The text of the trace.
    trace: String,
    /// Which secret of the key.
    generation: i64,
    /// What is stored with the row, or not at all.
    statements: Vec<Statement>,
    at: Time,
}

/// What a row holds beside its columns.
#[derive(Serialize)]
struct Body<'a> {
    key_generation: Option<i64>,
    stages: &'a Map<String, Value>,
    model: Option<&'a str>,
    usage: TokenCounts,
    cost_nanos: i64,
    guardrails: Option<&'a str>,
    status: u16,
    latency_us: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    change: Option<&'a Value>,
}

#[derive(Serialize)]
struct TokenCounts {
    input_tokens: u64,
    output_tokens: u64,
}

impl Entry {
    /// The row of a call, from what was recorded of it.
    pub(crate) fn of(record: &Record, caller: Option<&Caller>, ending: Ending) -> Self {
        let denied = ending.label == "denied" || matches!(ending.status, 401 | 403 | 429);
        let latency_us = (record.elapsed_ms() * 1000.0).round() as u64;
        let body = Body {
            key_generation: caller.map(|caller| caller.generation),
            stages: &record.stages,
            model: record.model.as_deref(),
            usage: TokenCounts {
                input_tokens: record.usage.input_tokens,
                output_tokens: record.usage.output_tokens,
            },
            cost_nanos: record.cost().nanos(),
            guardrails: record.guardrails_summary.as_deref(),
            status: ending.status,
            latency_us,
            change: record.change.as_ref(),
        };
        Self {
            trace_id: record.trace_id.clone(),
            team: caller.map(|caller| caller.team.clone()).unwrap_or_default(),
            key_id: caller.map(|caller| caller.key_id.clone()),
            user: caller.and_then(|caller| caller.user.clone()),
            endpoint: record.endpoint,
            decision: if denied { "denied" } else { "allowed" },
            status: ending.status,
            latency_us,
            // Everything in it is text and numbers.
            body: serde_json::to_string(&body).unwrap_or_default(),
            trace: trace::body(record, caller, ending),
            generation: caller.map_or(0, |caller| caller.generation),
            statements: Vec::new(),
            at: record.created_at,
        }
    }
}

impl Entry {
    /// The same with statements that are stored with the row, or not at all.
    pub(crate) fn with(self, statements: Vec<Statement>) -> Self {
        Self { statements, ..self }
    }
}

type Waiting = (Entry, oneshot::Sender<Result<(), StoreError>>);

/// The handle to the one task that appends.
#[derive(Clone)]
pub(crate) struct Ledger {
    queue: mpsc::Sender<Waiting>,
    /// The number of the last row.
    head: Arc<AtomicI64>,
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
    pub(crate) async fn start(db: Db) -> Result<Self, Error> {
        let (seq, hash) = sql::head(&db).await?.unwrap_or((0, GENESIS.into()));
        let (sender, receiver) = mpsc::channel(QUEUE);
        let head = Arc::new(AtomicI64::new(seq));
        tokio::spawn(append(db, receiver, Arc::clone(&head), hash));
        Ok(Self { queue: sender, head })
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
        let (reply, done) = oneshot::channel();
        let gone = |_| Error::internal("the audit log's task has ended");
        self.queue
            .send((entry, reply))
            .await
            .map_err(|_| Error::internal("the audit log's task has ended"))?;
        Ok(done.await.map_err(gone)??)
    }
}

async fn append(db: Db, mut waiting: mpsc::Receiver<Waiting>, head: Arc<AtomicI64>, mut hash: String) {
    let mut group = Vec::with_capacity(GROUP);
    let mut uses = Uses::default();
    while next(&db, &mut waiting, &mut group, &mut uses).await {
        let (mut next_seq, mut next_hash) = (head.load(Ordering::Acquire), hash.clone());
        let mut batch = Vec::with_capacity(group.len() * 2);
        for (entry, _) in &mut group {
            next_seq += 1;
            let link = link(&next_hash, next_seq, entry.at.0, &entry.trace_id, &columns(entry), &entry.body);
            batch.push(sql::insert(next_seq, entry, &next_hash, &link));
            let (key, user) = (entry.key_id.as_deref(), entry.user.as_deref());
            let owner = Owner { team: &entry.team, key, user };
            batch.push(trace::sql::insert(&entry.trace_id, &owner, &entry.trace, next_seq, entry.at));
            next_hash = link;
            batch.append(&mut entry.statements);
            uses.note(entry);
        }
        if uses.are_due() {
            batch.extend(uses.take());
        }
        let result = db.batch(batch).await.map(drop);
        if let Err(error) = &result {
            tracing::error!(?error, rows = group.len(), "audit rows could not be written");
        } else {
            head.store(next_seq, Ordering::Release);
            hash = next_hash;
        }
        for (_, reply) in group.drain(..) {
            // The call may have gone.
            drop(reply.send(result.clone()));
        }
    }
}

/// Waits for rows; true as long as there may be more. In a lull, what was noted of the keys' use is written.
async fn next(
    db: &Db,
    waiting: &mut mpsc::Receiver<Waiting>,
    group: &mut Vec<Waiting>,
    uses: &mut Uses,
) -> bool {
    if !uses.are_any() {
        return waiting.recv_many(group, GROUP).await > 0;
    }
    match timeout(NOTE_EVERY, waiting.recv_many(group, GROUP)).await {
        Ok(0) => {
            write_uses(db, uses).await;
            false
        }
        Ok(_) => true,
        Err(_) => {
            write_uses(db, uses).await;
            waiting.recv_many(group, GROUP).await > 0
        }
    }
}

async fn write_uses(db: &Db, uses: &mut Uses) {
    if let Err(error) = db.batch(uses.take()).await {
        tracing::warn!(?error, "how keys were used could not be noted");
    }
}

/// How often, and when last, each secret of a key was used since that was last written.
#[derive(Default)]
struct Uses {
    counts: HashMap<(String, i64), (i64, i64)>,
    since: Option<Instant>,
}

impl Uses {
    fn note(&mut self, entry: &Entry) {
        let Some(key) = &entry.key_id else { return };
        let count = self.counts.entry((key.clone(), entry.generation)).or_default();
        *count = (count.0 + 1, count.1.max(entry.at.0));
        self.since.get_or_insert_with(Instant::now);
    }

    fn are_any(&self) -> bool {
        !self.counts.is_empty()
    }

    fn are_due(&self) -> bool {
        self.since.is_some_and(|since| since.elapsed() >= NOTE_EVERY) || self.counts.len() >= MOST_NOTED
    }

    fn take(&mut self) -> Vec<Statement> {
        self.since = None;
        let used =
            |((key, generation), (calls, at)): ((String, i64), _)| keys::used(&key, generation, calls, at);
        self.counts.drain().map(used).collect()
    }
}

fn columns(entry: &Entry) -> [&str; 5] {
    [
        &entry.team,
        entry.key_id.as_deref().unwrap_or(""),
        entry.user.as_deref().unwrap_or(""),
        entry.endpoint,
        entry.decision,
    ]
}

/// A row's hash: SHA-256 over the hash before and every column, each with its length before it.
fn link(prev: &str, seq: i64, at: i64, trace_id: &str, columns: &[&str; 5], body: &str) -> String {
    let mut hash = Sha256::new();
    let numbers = [seq.to_string(), at.to_string()];
    let fields =
        [prev, &numbers[0], &numbers[1], trace_id].into_iter().chain(columns.iter().copied()).chain([body]);
    for field in fields {
        hash.update((field.len() as u64).to_be_bytes());
        hash.update(field.as_bytes());
    }
    hex(&hash.finalize())
}

/// Walks the whole chain, up to the last row that was written: a log whose end is cut off does not verify.
///
/// # Errors
/// If the store fails.
pub(crate) async fn verify(db: &Db, ledger: &Ledger) -> Result<Chain, Error> {
    const STEP: usize = 1000;
    let head = ledger.head.load(Ordering::Acquire);
    let (mut seq, mut hash, mut checked) = (0, GENESIS.to_owned(), 0);
    loop {
        let rows = sql::after(db, seq, STEP).await?;
        for row in &rows {
            let columns =
                [&row.team, &row.key_id, &row.user, &row.endpoint, &row.decision].map(String::as_str);
            let expected = link(&hash, row.seq, row.at, &row.trace_id, &columns, &row.body);
            if row.seq != seq + 1 || row.prev != hash || row.hash != expected {
                return Ok(Chain { ok: false, checked, first_break: Some(row.seq) });
            }
            (seq, hash, checked) = (row.seq, expected, checked + 1);
        }
        if rows.len() < STEP {
            let first_break = (seq < head).then_some(seq + 1);
            return Ok(Chain { ok: first_break.is_none(), checked, first_break });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::Recorder;

    async fn written(rows: usize) -> (tempfile::TempDir, Db, Ledger) {
        let directory = tempfile::tempdir().unwrap();
        let db = Db::open(directory.path()).unwrap();
        let ledger = Ledger::start(db.clone()).await.unwrap();
        for _ in 0..rows {
            let record = Recorder::open("Chat").close().unwrap();
            ledger.write(Entry::of(&record, None, Ending { status: 200, label: "completed" })).await.unwrap();
        }
        (directory, db, ledger)
    }

    #[tokio::test]
    async fn an_untouched_log_verifies_and_goes_on_after_a_restart() {
        let (_directory, db, first) = written(3).await;
        drop(first);
        let ledger = Ledger::start(db.clone()).await.unwrap();
        let record = Recorder::open("Search").close().unwrap();
        ledger.write(Entry::of(&record, None, Ending { status: 200, label: "completed" })).await.unwrap();
        assert_eq!(verify(&db, &ledger).await.unwrap(), Chain { ok: true, checked: 4, first_break: None });
    }

    #[tokio::test]
    async fn a_changed_or_removed_row_is_found() {
        for (sql, place) in [
            ("UPDATE audit SET user_email = 'eve@example.org' WHERE seq = 2", 2),
            ("UPDATE audit SET entry = replace(entry, '200', '403') WHERE seq = 2", 2),
            ("DELETE FROM audit WHERE seq = 1", 2),
            ("DELETE FROM audit WHERE seq = 3", 3),
        ] {
            let (_directory, db, ledger) = written(3).await;
            db.execute(sql, vec![]).await.unwrap();
            let chain = verify(&db, &ledger).await.unwrap();
            assert_eq!((chain.ok, chain.first_break), (false, Some(place)), "{sql}");
        }
    }
}
