//! The store: rows out, batches in. SQL is portable; engines differ only below this file.

pub(crate) mod foreign;
mod migrations;
mod postgres;
mod settings;
mod sqlite;
pub(crate) mod transfer;

pub(crate) use settings::{note_owner, owner, set, settings};
pub(crate) use sqlite::check_file;

use crate::config::{Database, Durability};
use crate::error::{Error, Kind};
use postgres::Postgres;
use serde::de::DeserializeOwned;
use sqlite::Sqlite;
use std::borrow::Cow;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::task::spawn_blocking;

/// A value in or out of the store. Times are integer milliseconds, flags 0 or 1, objects JSON text.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    Null,
    Int(i64),
    Real(f64),
    Text(String),
    /// A text that others hold too, on its way in.
    Shared(Arc<str>),
    Bytes(Vec<u8>),
}

macro_rules! value_from {
    ($($from:ty => |$x:ident| $into:expr;)+) => {
        $(impl From<$from> for Value {
            fn from($x: $from) -> Self {
                $into
            }
        })+
    };
}

value_from! {
    i64 => |x| Self::Int(x);
    u32 => |x| Self::Int(i64::from(x));
    usize => |x| Self::Int(i64::try_from(x).unwrap_or(i64::MAX));
    bool => |x| Self::Int(i64::from(x));
    f64 => |x| Self::Real(x);
    &str => |x| Self::Text(x.to_owned());
    &String => |x| Self::Text(x.clone());
    String => |x| Self::Text(x);
    Arc<str> => |x| Self::Shared(x);
    Vec<u8> => |x| Self::Bytes(x);
}

impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// One statement of a batch, cheap to clone. Parameters are `?1`, `?2`….
#[derive(Clone, Debug)]
pub(crate) struct Statement {
    sql: Cow<'static, str>,
    params: Arc<[Value]>,
    expect: Option<usize>,
}

impl Statement {
    /// A statement with its parameters.
    pub(crate) fn new(sql: impl Into<Cow<'static, str>>, params: Vec<Value>) -> Self {
        Self { sql: sql.into(), params: params.into(), expect: None }
    }

    /// The same, that must change so many rows: else the whole batch is undone and fails as a conflict.
    pub(crate) fn expect(self, rows: usize) -> Self {
        Self { expect: Some(rows), ..self }
    }
}

/// What is done once a batch is stored. It may block.
pub(crate) type Stored = Box<dyn FnOnce() + Send>;

/// One row, its columns in the query's order.
#[derive(Debug)]
pub(crate) struct Row(Vec<Value>);

impl Row {
    fn value(&self, column: usize) -> &Value {
        self.0.get(column).unwrap_or(&Value::Null)
    }

    /// A text where it stands, or the empty text.
    pub(crate) fn str(&self, column: usize) -> &str {
        match self.value(column) {
            Value::Text(text) => text,
            _ => "",
        }
    }

    /// A text, or what stands for its absence: the empty text.
    pub(crate) fn text(&self, column: usize) -> String {
        self.str(column).to_owned()
    }

    /// A text that may be null.
    pub(crate) fn optional_text(&self, column: usize) -> Option<String> {
        match self.value(column) {
            Value::Text(text) => Some(text.clone()),
            _ => None,
        }
    }

    /// Bytes where they stand, or none.
    pub(crate) fn bytes(&self, column: usize) -> &[u8] {
        match self.value(column) {
            Value::Bytes(bytes) => bytes,
            _ => &[],
        }
    }

    /// Bytes, or none.
    pub(crate) fn into_bytes(mut self, column: usize) -> Vec<u8> {
        match self.0.get_mut(column) {
            Some(Value::Bytes(bytes)) => std::mem::take(bytes),
            _ => Vec::new(),
        }
    }

    /// An integer, or 0.
    pub(crate) fn int(&self, column: usize) -> i64 {
        self.optional_int(column).unwrap_or_default()
    }

    /// An integer that may be null.
    pub(crate) fn optional_int(&self, column: usize) -> Option<i64> {
        match self.value(column) {
            Value::Int(int) => Some(*int),
            _ => None,
        }
    }

    /// A flag.
    pub(crate) fn flag(&self, column: usize) -> bool {
        self.int(column) != 0
    }

    /// An object kept as JSON text.
    ///
    /// # Errors
    /// If the text is not such an object.
    pub(crate) fn json<T: DeserializeOwned>(&self, column: usize) -> Result<T, Error> {
        Ok(serde_json::from_str(&self.text(column))?)
    }
}

/// Why the store could not do something.
#[derive(Clone, Debug)]
pub(crate) enum StoreError {
    /// A statement that had to change rows did not, or a unique row was there already.
    Conflict,
    /// The database can't be reached or written to, or does not answer in time: what was to be written may or may not be.
    Unavailable(String),
    /// Another daemon writes to this database.
    Locked(String),
    /// Anything else.
    Failed(String),
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict => Self::new(
                Kind::Conflict,
                "version_conflict",
                "Somebody else changed this at the same time. Read it again, and retry.",
            ),
            StoreError::Failed(cause) => Self::internal(format_args!("store: {cause}")),
            StoreError::Unavailable(_) | StoreError::Locked(_) => unavailable().because(error),
        }
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Conflict => f.write_str("store: a conflict"),
            Self::Locked(place) => write!(f, "store: another katonic daemon uses {place}"),
            Self::Unavailable(cause) | Self::Failed(cause) => write!(f, "store: {cause}"),
        }
    }
}

/// Seconds after which a call may be tried again that found no database: a server restarts in about as long.
const RETRY_AFTER: u64 = 5;

/// The error of a call that the store can't serve, or whose audit row it can't take.
pub(crate) fn unavailable() -> Error {
    let message = "The daemon's database can't be used just now. Try again in a few seconds.";
    let error = Error::new(Kind::Unavailable, "store_unavailable", message);
    Error { retry_after: Some(RETRY_AFTER), ..error }
}

/// What drives the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Engine {
    /// A file of the home.
    Sqlite,
    /// A server.
    Postgres,
}

#[derive(Debug)]
enum Driver {
    Sqlite(Sqlite),
    Postgres(Postgres),
}

/// The handle to the store.
#[derive(Clone, Debug)]
pub(crate) struct Db(Arc<Driver>);

impl Db {
    /// Opens the store, and brings it to the newest schema; `directory` is where SQLite has its file.
    ///
    /// # Errors
    /// If the file can't be opened or the server not reached, another daemon writes there, or a migration fails.
    pub(crate) async fn open(
        database: &Database,
        directory: &Path,
        durability: Durability,
    ) -> Result<Self, StoreError> {
        let driver = match database {
            Database::Sqlite => {
                let path = file(directory);
                let opened = spawn_blocking(move || Sqlite::open(&path, durability)).await;
                Driver::Sqlite(opened.map_err(|error| StoreError::Failed(error.to_string()))??)
            }
            Database::Postgres(url) => Driver::Postgres(Postgres::open(url, durability).await?),
        };
        Ok(Self(Arc::new(driver)))
    }

    /// What drives it.
    pub(crate) fn engine(&self) -> Engine {
        match &*self.0 {
            Driver::Sqlite(_) => Engine::Sqlite,
            Driver::Postgres(_) => Engine::Postgres,
        }
    }

    /// How its writer waits for the disk at a commit, as the engine says itself: SQLite's `synchronous`, PostgreSQL's
    /// `synchronous_commit`.
    pub(crate) fn synchronous(&self) -> &str {
        match &*self.0 {
            Driver::Sqlite(sqlite) => sqlite.synchronous,
            Driver::Postgres(postgres) => &postgres.synchronous,
        }
    }

    /// Copies it as it is now into an empty file, while it is used.
    ///
    /// # Errors
    /// If it is a server's, which has tools of its own, or the disk fails.
    pub(crate) async fn copy_to(&self, file: &Path) -> Result<(), Error> {
        match &*self.0 {
            Driver::Sqlite(sqlite) => Ok(sqlite.copy_to(file).await?),
            Driver::Postgres(_) => {
                let message = "The daemon's store is a PostgreSQL database: back it up with pg_dump.";
                Err(Error::new(Kind::Conflict, "not_supported", message))
            }
        }
    }

    /// Rows, read beside the writer.
    ///
    /// # Errors
    /// If the query fails.
    pub(crate) async fn rows(
        &self,
        sql: impl Into<Cow<'static, str>>,
        params: Vec<Value>,
    ) -> Result<Vec<Row>, StoreError> {
        match &*self.0 {
            Driver::Sqlite(sqlite) => sqlite.rows(sql.into(), params).await,
            Driver::Postgres(postgres) => postgres.rows(sql.into(), params).await,
        }
    }

    /// Whether the store answers at all.
    pub(crate) async fn answers(&self) -> bool {
        self.row("SELECT 1", vec![]).await.is_ok()
    }

    /// The first row, if there is one.
    ///
    /// # Errors
    /// If the query fails.
    pub(crate) async fn row(
        &self,
        sql: impl Into<Cow<'static, str>>,
        params: Vec<Value>,
    ) -> Result<Option<Row>, StoreError> {
        Ok(self.rows(sql, params).await?.into_iter().next())
    }

    /// Statements that happen all or not at all; how many rows each changed.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if a statement changed other than the expected rows.
    pub(crate) async fn batch(&self, statements: Vec<Statement>) -> Result<Vec<usize>, StoreError> {
        match &*self.0 {
            Driver::Sqlite(sqlite) => sqlite.batch(statements, None).await,
            Driver::Postgres(postgres) => postgres.batch(statements).await,
        }
    }

    /// The same, with what is done once the batch is stored, and before anybody hears of it.
    ///
    /// # Errors
    /// As [`Db::batch`].
    pub(crate) async fn batch_then(
        &self,
        statements: Vec<Statement>,
        then: Stored,
    ) -> Result<Vec<usize>, StoreError> {
        match &*self.0 {
            // By the thread that wrote: to wake another takes longer than all that it does.
            Driver::Sqlite(sqlite) => sqlite.batch(statements, Some(then)).await,
            Driver::Postgres(postgres) => {
                let changed = postgres.batch(statements).await?;
                // What it fails at is its own affair.
                drop(spawn_blocking(then).await);
                Ok(changed)
            }
        }
    }

    /// One statement; how many rows it changed.
    ///
    /// # Errors
    /// As [`Db::batch`].
    pub(crate) async fn execute(
        &self,
        sql: impl Into<Cow<'static, str>>,
        params: Vec<Value>,
    ) -> Result<usize, StoreError> {
        let changed = self.batch(vec![Statement::new(sql, params)]).await?;
        Ok(changed.first().copied().unwrap_or_default())
    }
}

/// The embedded store's file in the data directory.
pub(crate) fn file(directory: &Path) -> PathBuf {
    directory.join("katonic.db")
}

/// `?n, ?n+1, …`: places for a list of parameters that begins at `first`. No engine reads an empty list, but nothing
/// equals null.
pub(crate) fn places(first: usize, count: usize) -> String {
    if count == 0 {
        return "NULL".into();
    }
    (first..first + count).map(|n| format!("?{n}")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
pub(crate) mod fixture;
#[cfg(test)]
mod tests;
