//! Other databases than the store's, of which the tool `sql_query` reads rows: one statement, nothing changed, bounded.

use super::{StoreError, postgres};
use crate::config::Database;
use rusqlite::limits::Limit;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};
use serde_json::{Map, Value};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tokio::task::spawn_blocking;
use tokio::time::timeout;

/// Most rows that are read, and most bytes of a row as JSON.
const MOST_ROWS: usize = 200;
const MOST_OF_A_ROW: usize = 65_536;

/// Most bytes of a value in SQLite, of a pattern, and of a statement.
const MOST_OF_A_VALUE: i32 = 1 << 20;
const MOST_OF_A_PATTERN: i32 = 1000;
const MOST_OF_A_STATEMENT: i32 = 1 << 16;

/// Steps of SQLite's machine after which it looks whether anybody still waits.
const STEPS: i32 = 1000;

/// Where a database is.
pub(crate) enum Foreign<'a> {
    /// A file.
    Sqlite(&'a Path),
    /// A server.
    Postgres(&'a Database),
}

/// What was read.
pub(crate) struct Rows {
    /// Each row, its columns by name.
    pub(crate) rows: Vec<Value>,
    /// Whether there are more.
    pub(crate) truncated: bool,
}

/// Rows of one statement that reads.
///
/// # Errors
/// If it is no such statement, the database can't be read, or that takes too long.
pub(crate) async fn query(place: Foreign<'_>, sql: &str, patience: Duration) -> Result<Rows, String> {
    if !begins_to_read(sql) {
        return Err("only a statement that reads is run: it begins with SELECT, WITH or VALUES".into());
    }
    let mut rows = match place {
        Foreign::Sqlite(file) => of_file(file, sql, patience).await?,
        Foreign::Postgres(Database::Postgres(url)) => {
            // Inside another, a statement can't change rows, and there can't be two.
            let sql = sql.trim_end().trim_end_matches(';');
            let wrapped = format!(
                "SELECT left(row_to_json(q)::text, {}) FROM ({sql}\n) q LIMIT {}",
                MOST_OF_A_ROW + 1,
                MOST_ROWS + 1
            );
            let read = timeout(patience, postgres::read(url, &wrapped, patience)).await;
            let read = read.map_err(|_| late())?.map_err(said)?;
            let row = |row: &super::Row| serde_json::from_str(row.str(0)).map_err(|_| too_long());
            read.iter().map(row).collect::<Result<_, _>>()?
        }
        Foreign::Postgres(Database::Sqlite) => return Err("the database has no address".into()),
    };
    let truncated = rows.len() > MOST_ROWS;
    rows.truncate(MOST_ROWS);
    Ok(Rows { rows, truncated })
}

/// What the database says of a statement; where it is, is no affair of who wrote that.
fn said(error: StoreError) -> String {
    match error {
        StoreError::Failed(message) => message,
        _ => "the database can't be reached".into(),
    }
}

fn late() -> String {
    "the database did not answer in time".into()
}

fn too_long() -> String {
    format!("a row is over the bound of {MOST_OF_A_ROW} bytes")
}

/// Whether the first word, after comments, is one that reads.
fn begins_to_read(sql: &str) -> bool {
    let mut rest = sql.trim_start();
    loop {
        let after = match (rest.strip_prefix("--"), rest.strip_prefix("/*")) {
            (Some(comment), _) => comment.split_once('\n').map(|(_, after)| after),
            (_, Some(comment)) => comment.split_once("*/").map(|(_, after)| after),
            _ => break,
        };
        rest = after.unwrap_or_default().trim_start();
    }
    let end = rest.find(|sign: char| !sign.is_ascii_alphabetic()).unwrap_or(rest.len());
    ["select", "with", "values"].contains(&rest[..end].to_ascii_lowercase().as_str())
}

/// Set when who asked waits no longer.
struct Gone(Arc<AtomicBool>);

impl Drop for Gone {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

async fn of_file(file: &Path, sql: &str, patience: Duration) -> Result<Vec<Value>, String> {
    let (file, sql, end) = (file.to_owned(), sql.to_owned(), Instant::now() + patience);
    let asker = Gone(Arc::default());
    let gone = Arc::clone(&asker.0);
    let reading = spawn_blocking(move || {
        let said = |error: rusqlite::Error| error.to_string();
        let mut connection = open(&file).map_err(said)?;
        let is_over = move || gone.load(Ordering::Relaxed) || Instant::now() > end;
        connection.progress_handler(STEPS, Some(is_over)).map_err(said)?;
        let read = read(&connection, &sql);
        if read.is_err() && Instant::now() > end { Err(late()) } else { read }
    });
    reading.await.map_err(|error| error.to_string())?
}

fn open(file: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(file, flags)?;
    connection.set_limit(Limit::SQLITE_LIMIT_LENGTH, MOST_OF_A_VALUE)?;
    connection.set_limit(Limit::SQLITE_LIMIT_LIKE_PATTERN_LENGTH, MOST_OF_A_PATTERN)?;
    connection.set_limit(Limit::SQLITE_LIMIT_SQL_LENGTH, MOST_OF_A_STATEMENT)?;
    connection.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 0)?;
    Ok(connection)
}

fn read(connection: &Connection, sql: &str) -> Result<Vec<Value>, String> {
    let said = |error: rusqlite::Error| error.to_string();
    // A second statement after the first is an error of it.
    let mut statement = connection.prepare(sql).map_err(said)?;
    if !statement.readonly() {
        return Err("the statement would change the database".into());
    }
    let names: Vec<String> = statement.column_names().map(str::to_owned).collect();
    let mut found = statement.query([]).map_err(said)?;
    let mut rows = Vec::new();
    while let Some(row) = found.next().map_err(said)? {
        let mut size = 0;
        let mut fields = Map::new();
        for (n, name) in names.iter().enumerate() {
            let value = json(row.get_ref(n).map_err(said)?);
            size += name.len() + value.as_str().map_or(20, str::len);
            fields.insert(name.clone(), value);
        }
        if size > MOST_OF_A_ROW {
            return Err(too_long());
        }
        rows.push(Value::Object(fields));
        if rows.len() > MOST_ROWS {
            break;
        }
    }
    Ok(rows)
}

fn json(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(whole) => whole.into(),
        ValueRef::Real(real) => real.into(),
        ValueRef::Text(text) => String::from_utf8_lossy(text).into_owned().into(),
        ValueRef::Blob(bytes) => format!("[{} bytes]", bytes.len()).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    async fn ask(file: &Path, sql: &str) -> Result<Rows, String> {
        query(Foreign::Sqlite(file), sql, Duration::from_secs(2)).await
    }

    /// The runtime waits at the end for what its threads do: where the query went on, the test would not end.
    #[tokio::test]
    async fn a_query_that_nobody_waits_for_ends() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("empty.db");
        Connection::open(&file).unwrap().execute_batch("CREATE TABLE t (a)").unwrap();
        let endless =
            "WITH RECURSIVE n(x) AS (VALUES (1) UNION ALL SELECT x + 1 FROM n) SELECT max(x) FROM n";
        let mut asked = Box::pin(query(Foreign::Sqlite(&file), endless, Duration::from_secs(3600)));
        assert!(futures::poll!(&mut asked).is_pending());
        drop(asked);
        let late = query(Foreign::Sqlite(&file), endless, Duration::ZERO).await;
        assert_eq!(late.err().unwrap(), super::late());
    }

    #[tokio::test]
    async fn rows_are_read_and_nothing_is_changed() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("orders.db");
        let connection = Connection::open(&file).unwrap();
        connection
            .execute_batch("CREATE TABLE orders (id INTEGER, who TEXT, amount REAL); INSERT INTO orders VALUES (1, 'ann', 2.5), (2, NULL, 3)")
            .unwrap();
        let read =
            ask(&file, "-- all of them\nSELECT id, who, amount FROM orders ORDER BY id;").await.unwrap();
        let expected =
            [json!({"id": 1, "who": "ann", "amount": 2.5}), json!({"id": 2, "who": null, "amount": 3.0})];
        assert_eq!((read.rows, read.truncated), (expected.to_vec(), false));
        let many = "WITH RECURSIVE n(x) AS (VALUES (1) UNION ALL SELECT x + 1 FROM n) SELECT x FROM n";
        let many = ask(&file, many).await.unwrap();
        assert_eq!((many.rows.len(), many.truncated), (MOST_ROWS, true));
        let attached = folder.path().join("new.db");
        for wrong in [
            "DELETE FROM orders",
            "/* SELECT */ DROP TABLE orders",
            "SELECT 1; DELETE FROM orders",
            "WITH gone AS (SELECT 1) DELETE FROM orders",
            "PRAGMA writable_schema = 1",
            &format!("ATTACH '{}' AS other", attached.display()),
            "SELECT load_extension('/tmp/x.so')",
            "SELECT length(printf('%.*c', 100000000, 'x'))",
            "WITH RECURSIVE n(x) AS (VALUES (1) UNION ALL SELECT x + 1 FROM n) SELECT max(x) FROM n",
            "",
        ] {
            assert!(ask(&file, wrong).await.is_err(), "{wrong}");
        }
        let left: i64 = connection.query_row("SELECT count(*) FROM orders", [], |row| row.get(0)).unwrap();
        assert!(left == 2 && !attached.exists());
        assert!(ask(&folder.path().join("none.db"), "SELECT 1").await.is_err());
    }
}
