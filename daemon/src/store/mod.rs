//! The store: rows out, batches in. SQL is portable; engines differ only below this file.

mod sqlite;

use crate::config::Durability;
use crate::error::{Error, Kind};
use serde::de::DeserializeOwned;
use sqlite::Sqlite;
use std::borrow::Cow;
use std::path::Path;
use std::sync::Arc;

/// A value in or out of the store. Times are integer milliseconds, flags 0 or 1, objects JSON text.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    Null,
    Int(i64),
    Real(f64),
    Text(String),
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
}

impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// One statement of a batch. Parameters are `?1`, `?2`….
#[derive(Clone, Debug)]
pub(crate) struct Statement {
    sql: Cow<'static, str>,
    params: Vec<Value>,
    expect: Option<usize>,
}

impl Statement {
    /// A statement with its parameters.
    pub(crate) fn new(sql: impl Into<Cow<'static, str>>, params: Vec<Value>) -> Self {
        Self { sql: sql.into(), params, expect: None }
    }

    /// The same, that must change so many rows: else the whole batch is undone and fails as a conflict.
    pub(crate) fn expect(self, rows: usize) -> Self {
        Self { expect: Some(rows), ..self }
    }
}

/// One row, its columns in the query's order.
#[derive(Debug)]
pub(crate) struct Row(Vec<Value>);

impl Row {
    fn value(&self, column: usize) -> &Value {
        self.0.get(column).unwrap_or(&Value::Null)
    }

    /// A text, or what stands for its absence: the empty text.
    pub(crate) fn text(&self, column: usize) -> String {
        self.optional_text(column).unwrap_or_default()
    }

    /// A text that may be null.
    pub(crate) fn optional_text(&self, column: usize) -> Option<String> {
        match self.value(column) {
            Value::Text(text) => Some(text.clone()),
            _ => None,
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
        }
    }
}

/// The handle to the store.
#[derive(Clone, Debug)]
pub(crate) struct Db(Arc<Sqlite>);

impl Db {
    /// Opens the store in a directory, and brings it to the newest schema.
    ///
    /// # Errors
    /// If the file can't be opened or a migration fails.
    pub(crate) fn open(directory: &Path, durability: Durability) -> Result<Self, StoreError> {
        Ok(Self(Arc::new(Sqlite::open(&directory.join("katonic.db"), durability)?)))
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
        self.0.rows(sql.into(), params).await
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
        self.0.batch(statements).await
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

/// `?n, ?n+1, …`: places for a list of parameters that begins at `first`. No engine reads an empty list, but nothing
/// equals null.
pub(crate) fn places(first: usize, count: usize) -> String {
    if count == 0 {
        return "NULL".into();
    }
    (first..first + count).map(|n| format!("?{n}")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn store() -> (tempfile::TempDir, Db) {
        let directory = tempfile::tempdir().unwrap();
        let db = Db::open(directory.path(), Durability::Process).unwrap();
        (directory, db)
    }

    fn add(name: &str) -> Statement {
        let sql = "INSERT INTO groups (team, name) VALUES ('t', ?1)";
        Statement::new(sql, vec![name.into()])
    }

    #[tokio::test]
    async fn a_batch_happens_all_or_not_at_all() {
        let (_directory, db) = store().await;
        db.batch(vec![add("one")]).await.unwrap();
        let miss = Statement::new("UPDATE groups SET name = 'x' WHERE name = 'none'", vec![]).expect(1);
        assert!(matches!(db.batch(vec![add("two"), miss]).await, Err(StoreError::Conflict)));
        let rows = db.rows("SELECT name FROM groups", vec![]).await.unwrap();
        assert_eq!(rows.iter().map(|row| row.text(0)).collect::<Vec<_>>(), ["one"]);
    }

    #[tokio::test]
    async fn writers_at_the_same_time_do_not_undo_each_other() {
        let (_directory, db) = store().await;
        let writes = (0..100).map(|n| {
            let db = db.clone();
            tokio::spawn(async move { db.batch(vec![add(&format!("group-{}", n % 50))]).await.is_ok() })
        });
        let mut done = 0;
        for write in writes.collect::<Vec<_>>() {
            done += usize::from(write.await.unwrap());
        }
        assert_eq!(done, 50, "the second of each name is a conflict of its own batch only");
    }

    #[tokio::test]
    async fn what_is_written_is_there_after_opening_again() {
        let (directory, db) = store().await;
        db.batch(vec![add("kept")]).await.unwrap();
        drop(db);
        let again = Db::open(directory.path(), Durability::Process).unwrap();
        assert_eq!(again.rows("SELECT name FROM groups", vec![]).await.unwrap().len(), 1);
    }
}
