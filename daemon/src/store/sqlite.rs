//! SQLite under the store: one writer thread that commits in groups, and readers beside it (WAL).

use super::{Engine, Row, Statement, StoreError, Stored, Value, migrations};
use crate::config::Durability;
use rusqlite::ffi::SQLITE_CONSTRAINT_TRIGGER;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ErrorCode, OpenFlags, ToSql, params_from_iter};
use std::borrow::Cow;
use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use tokio::task::spawn_blocking;

/// Jobs that may wait for the writer or the readers; past that, callers wait.
const QUEUE: usize = 1024;

/// Batches that share one commit at most.
const GROUP: usize = 128;

const READERS: usize = 4;

/// Pages of the write-ahead log that a checkpoint waits for, of 4 KiB each: pages that change often are then copied once.
const CHECKPOINT_PAGES: i64 = 8000;

/// Statements that a connection keeps prepared: more than a call asks.
const STATEMENTS: usize = 128;

/// The writer's cache of pages, in KiB.
const CACHE_KIB: i64 = 8192;

type Reply<T> = oneshot::Sender<Result<T, StoreError>>;
type BatchResult = Result<Vec<usize>, StoreError>;

#[derive(Debug)]
struct Read {
    sql: Cow<'static, str>,
    params: Vec<Value>,
    reply: Reply<Vec<Row>>,
}

struct Write {
    statements: Vec<Statement>,
    then: Option<Stored>,
    reply: Reply<Vec<usize>>,
}

#[derive(Debug)]
pub(super) struct Sqlite {
    /// What the writing connection says of its `synchronous` setting.
    pub(super) synchronous: &'static str,
    path: PathBuf,
    reads: mpsc::Sender<Read>,
    writes: mpsc::Sender<Write>,
}

impl Sqlite {
    pub(super) fn open(path: &Path, durability: Durability) -> Result<Self, StoreError> {
        // The journal's files take the mode of the database's.
        OpenOptions::new().create(true).append(true).mode(0o600).open(path)?;
        let mut connection =
            connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE, durability)?;
        migrate(&mut connection)?;
        let synchronous = match connection.pragma_query_value(None, "synchronous", |row| row.get(0))? {
            0 => "off",
            1 => "normal",
            2 => "full",
            _ => "extra",
        };
        let (writes, jobs) = mpsc::channel(QUEUE);
        spawn("store-writer", move || write_loop(&mut connection, jobs))?;
        let (reads, jobs) = mpsc::channel(QUEUE);
        let jobs = Arc::new(Mutex::new(jobs));
        for n in 0..READERS {
            let (jobs, path) = (Arc::clone(&jobs), PathBuf::from(path));
            spawn(&format!("store-reader-{n}"), move || read_loop(&path, &jobs))?;
        }
        Ok(Self { synchronous, path: path.to_owned(), reads, writes })
    }

    pub(super) async fn rows(
        &self,
        sql: Cow<'static, str>,
        params: Vec<Value>,
    ) -> Result<Vec<Row>, StoreError> {
        let (reply, answer) = oneshot::channel();
        self.reads.send(Read { sql, params, reply }).await.map_err(|_| closed())?;
        answer.await.map_err(|_| closed())?
    }

    /// Copies what is committed into an empty file.
    pub(super) async fn copy_to(&self, file: &Path) -> Result<(), StoreError> {
        let (path, file) = (self.path.clone(), file.to_owned());
        let copy = move || {
            let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
            connection.execute("VACUUM INTO ?1", [file.to_string_lossy()])?;
            Ok::<_, StoreError>(())
        };
        spawn_blocking(copy).await.map_err(|error| StoreError::Failed(error.to_string()))?
    }

    pub(super) async fn batch(
        &self,
        statements: Vec<Statement>,
        then: Option<Stored>,
    ) -> Result<Vec<usize>, StoreError> {
        let (reply, answer) = oneshot::channel();
        self.writes.send(Write { statements, then, reply }).await.map_err(|_| closed())?;
        answer.await.map_err(|_| closed())?
    }
}

fn closed() -> StoreError {
    StoreError::Failed("the store's thread has ended".into())
}

fn spawn(name: &str, run: impl FnOnce() + Send + 'static) -> Result<(), StoreError> {
    let spawned = thread::Builder::new().name(name.into()).spawn(run);
    spawned.map(drop).map_err(|e| StoreError::Failed(e.to_string()))
}

fn connect(path: &Path, flags: OpenFlags, durability: Durability) -> Result<Connection, StoreError> {
    let connection = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    // In a write-ahead log, what was written outlives the process; FULL waits for the disk at each commit.
    let synchronous = match durability {
        Durability::Process => "NORMAL",
        Durability::Power => "FULL",
    };
    connection.pragma_update(None, "synchronous", synchronous)?;
    connection.pragma_update(None, "foreign_keys", "ON")?;
    connection.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES)?;
    connection.pragma_update(None, "cache_size", -CACHE_KIB)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    Ok(connection)
}

fn migrate(connection: &mut Connection) -> Result<(), StoreError> {
    let done: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    for (version, sql) in migrations::pending(Engine::Sqlite, done).map_err(StoreError::Failed)? {
        let transaction = connection.transaction()?;
        transaction.execute_batch(&sql)?;
        transaction.pragma_update(None, "user_version", version)?;
        transaction.commit()?;
    }
    Ok(())
}

/// Whether a file is a sound store that this program can read. Blocks.
///
/// # Errors
/// If it is not.
pub(crate) fn check_file(path: &Path) -> Result<(), StoreError> {
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if version == 0 {
        return Err(StoreError::Failed("it is no store of Katonic".into()));
    }
    migrations::pending(Engine::Sqlite, version).map_err(StoreError::Failed)?;
    let said: String = connection.pragma_query_value(None, "quick_check", |row| row.get(0))?;
    if said == "ok" { Ok(()) } else { Err(StoreError::Failed(said)) }
}

fn read_loop(path: &Path, jobs: &Mutex<mpsc::Receiver<Read>>) {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
    let mut connection = None;
    loop {
        let Ok(mut waiting) = jobs.lock() else { return };
        let Some(job) = waiting.blocking_recv() else { return };
        drop(waiting);
        if connection.is_none() {
            let opened = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX).ok();
            connection =
                opened.inspect(|connection| connection.set_prepared_statement_cache_capacity(STATEMENTS));
        }
        let result = match &connection {
            Some(connection) => query(connection, &job.sql, &job.params),
            None => Err(StoreError::Failed("the store's file can't be opened".into())),
        };
        // The caller may have gone.
        drop(job.reply.send(result));
    }
}

fn query(connection: &Connection, sql: &str, params: &[Value]) -> Result<Vec<Row>, StoreError> {
    let mut statement = connection.prepare_cached(sql)?;
    let columns = statement.column_count();
    let mut found = statement.query(params_from_iter(params))?;
    let mut rows = Vec::new();
    while let Some(row) = found.next()? {
        let values = (0..columns).map(|n| row.get_ref(n).map(from_sqlite)).collect::<Result<_, _>>()?;
        rows.push(Row(values));
    }
    Ok(rows)
}

fn from_sqlite(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(int) => Value::Int(int),
        ValueRef::Real(real) => Value::Real(real),
        ValueRef::Text(bytes) => Value::Text(String::from_utf8_lossy(bytes).into_owned()),
        ValueRef::Blob(bytes) => Value::Bytes(bytes.to_vec()),
    }
}

fn write_loop(connection: &mut Connection, mut jobs: mpsc::Receiver<Write>) {
    let mut group = Vec::with_capacity(GROUP);
    loop {
        let Some(first) = jobs.blocking_recv() else { return };
        group.push(first);
        while let (true, Ok(next)) = (group.len() < GROUP, jobs.try_recv()) {
            group.push(next);
        }
        match commit(connection, &group) {
            Ok(results) => {
                for (write, result) in group.drain(..).zip(results) {
                    if let (Some(then), Ok(_)) = (write.then, &result) {
                        then();
                    }
                    // The caller may have gone.
                    drop(write.reply.send(result));
                }
            }
            Err(error) => group.drain(..).for_each(|write| drop(write.reply.send(Err(error.clone())))),
        }
    }
}

/// Every batch in a savepoint of one transaction: what one undoes, the others keep.
fn commit(connection: &mut Connection, group: &[Write]) -> Result<Vec<BatchResult>, StoreError> {
    let mut transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    if let [write] = group {
        // What is dropped without a commit is rolled back, also where SQLite did so itself, as on a full disk.
        let changed = run(&transaction, &write.statements)?;
        transaction.commit()?;
        return Ok(vec![Ok(changed)]);
    }
    let mut results = Vec::with_capacity(group.len());
    for write in group {
        let mut savepoint = transaction.savepoint()?;
        let result = run(&savepoint, &write.statements);
        if let Err(error) = &result {
            // Where the whole transaction is gone, this is why.
            savepoint.rollback().map_err(|_| error.clone())?;
        }
        savepoint.commit()?;
        results.push(result);
    }
    transaction.commit()?;
    Ok(results)
}

fn run(connection: &Connection, statements: &[Statement]) -> BatchResult {
    let mut changed = Vec::with_capacity(statements.len());
    for statement in statements {
        let rows =
            connection.prepare_cached(&statement.sql)?.execute(params_from_iter(statement.params.iter()))?;
        if statement.expect.is_some_and(|expected| expected != rows) {
            return Err(StoreError::Conflict);
        }
        changed.push(rows);
    }
    Ok(changed)
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Int(int) => ValueRef::Integer(*int),
            Self::Real(real) => ValueRef::Real(*real),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Shared(text) => ValueRef::Text(text.as_bytes()),
            Self::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

impl From<std::io::Error> for StoreError {
    fn from(error: std::io::Error) -> Self {
        Self::Failed(error.to_string())
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error().map(|error| (error.code, error.extended_code)) {
            // What a trigger refuses is no row against another.
            Some((ErrorCode::ConstraintViolation, code)) if code != SQLITE_CONSTRAINT_TRIGGER => {
                Self::Conflict
            }
            Some((
                ErrorCode::DiskFull
                | ErrorCode::ReadOnly
                | ErrorCode::SystemIoFailure
                | ErrorCode::CannotOpen
                | ErrorCode::PermissionDenied
                | ErrorCode::DatabaseBusy
                | ErrorCode::DatabaseLocked,
                _,
            )) => Self::Unavailable(error.to_string()),
            _ => Self::Failed(error.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_cannot_be_written_is_unavailable_and_no_conflict() {
        let folder = tempfile::tempdir().unwrap();
        let mut store =
            connect(&folder.path().join("s.db"), OpenFlags::default(), Durability::Process).unwrap();
        store.execute_batch("CREATE TABLE t (a TEXT UNIQUE); PRAGMA max_page_count = 8").unwrap();
        let write = |sql: &'static str| Write {
            statements: vec![Statement::new(sql, vec![])],
            then: None,
            reply: oneshot::channel().0,
        };
        let fill = || write("INSERT INTO t VALUES (hex(randomblob(20000)))");
        let full = |result| matches!(result, Err(StoreError::Unavailable(_)));
        assert!(full(commit(&mut store, &[fill()]).map(drop)), "the disk is full");
        let add = || write("INSERT INTO t VALUES ('x')");
        let results = commit(&mut store, &[add(), fill(), add()]);
        assert!(full(results.map(drop)), "which undoes all that share its transaction");
        assert!(commit(&mut store, &[add()]).unwrap()[0].is_ok(), "what fits is written");
        assert!(matches!(commit(&mut store, &[add()]), Err(StoreError::Conflict)));
        store
            .execute_batch("CREATE TRIGGER no BEFORE INSERT ON t BEGIN SELECT RAISE(ABORT, 'no'); END")
            .unwrap();
        assert!(matches!(commit(&mut store, &[add()]), Err(StoreError::Failed(_))), "nor is a trigger");
        store.execute_batch("PRAGMA query_only = ON").unwrap();
        assert!(full(commit(&mut store, &[add()]).map(drop)), "it may only be read");
    }

    /// A home of the release before has schema 4.
    #[test]
    fn a_store_of_before_keeps_its_log_its_traces_and_its_documents() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("katonic.db");
        let mut old = connect(&path, OpenFlags::default(), Durability::Process).unwrap();
        for (_, sql) in migrations::pending(Engine::Sqlite, 0).unwrap().iter().take(4) {
            old.execute_batch(sql).unwrap();
        }
        old.pragma_update(None, "user_version", 4).unwrap();
        old.execute_batch(
            r#"INSERT INTO documents VALUES ('d', 't', 'doc', 'c', 'T', '[]', 0, 1, 'k', '{"kind": "policy"}', 0);
               INSERT INTO audit VALUES (7, 't', 'trace', 'k', NULL, 'Chat', 'allowed', '{}', 'p', 'h', 5);
               INSERT INTO traces VALUES ('trace', 't', 'k', NULL, '{"status": "completed"}', 7, 5);"#,
        )
        .unwrap();
        migrate(&mut old).unwrap();
        let rows = |sql: &str| query(&old, sql, &[]).unwrap();
        let documents = rows("SELECT metadata, indexed FROM documents");
        assert_eq!((documents[0].str(0).contains("policy"), documents[0].int(1)), (true, 0), "to be indexed");
        let kept =
            rows("SELECT a.hash, t.body FROM audit a JOIN traces t ON t.audit_seq = a.seq WHERE a.seq = 7");
        assert_eq!((kept[0].text(0).as_str(), kept[0].text(1).contains("completed")), ("h", true));
    }
}
