//! Where the daemons under test have their store: a file of the home; or, where KATONIC_TEST_DATABASE names a PostgreSQL
//! server, a schema of its own there.

use std::path::{Path, PathBuf};
use std::process::Command;
use tokio_postgres::{Client, NoTls, SimpleQueryMessage};

/// The PostgreSQL server that tests are to use, if any.
fn server() -> Option<String> {
    std::env::var("KATONIC_TEST_DATABASE").ok().filter(|url| !url.is_empty())
}

async fn connect(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

/// Where one daemon has its store.
#[derive(Clone, Debug)]
pub struct Database {
    server: String,
    schema: String,
}

impl Database {
    /// A new one; none where the store is a file of the home.
    pub async fn create() -> Option<Self> {
        Some(Self::create_on(&server()?).await)
    }

    /// A new one on a server.
    pub async fn create_on(server: &str) -> Self {
        let schema = contract::id::new("test");
        connect(server).await.batch_execute(&format!("CREATE SCHEMA {schema}")).await.unwrap();
        Self { server: server.to_owned(), schema }
    }

    pub fn url(&self) -> String {
        format!("{}?options=-csearch_path%3D{}", self.server, self.schema)
    }

    /// The line of a `katonic.toml`.
    pub fn setting(&self) -> String {
        format!("database = \"{}\"\n", self.url())
    }

    /// A session in it.
    pub async fn connect(&self) -> Client {
        connect(&self.url()).await
    }

    /// All that its tables hold, each with its name.
    pub async fn contents(&self) -> Vec<(String, Vec<u8>)> {
        let client = self.connect().await;
        let tables = client
            .query("SELECT tablename FROM pg_tables WHERE schemaname = $1", &[&self.schema])
            .await
            .unwrap();
        let mut contents = Vec::new();
        for table in tables {
            let table: String = table.get(0);
            let rows = client.simple_query(&format!("SELECT CAST(t AS TEXT) FROM {table} t")).await.unwrap();
            let texts = rows.iter().filter_map(|row| match row {
                SimpleQueryMessage::Row(row) => row.get(0),
                _ => None,
            });
            contents.push((table, texts.collect::<String>().into_bytes()));
        }
        assert!(!contents.is_empty());
        contents
    }
}

/// The settings of a home: those given, on a new database where tests use one.
pub async fn settings(settings: &str) -> (Option<Database>, String) {
    let database = Database::create().await;
    let first = database.as_ref().map(Database::setting).unwrap_or_default();
    (database, format!("{first}{settings}"))
}

/// All that the tables of a SQLite file hold, each with its name.
pub fn file(path: &Path) -> Vec<(String, String)> {
    let store = rusqlite::Connection::open(path).unwrap();
    let mut tables = store.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").unwrap();
    let tables = tables.query_map([], |row| row.get(0)).unwrap().collect::<Result<Vec<String>, _>>().unwrap();
    let rows = |table: &String| {
        let mut all = store.prepare(&format!("SELECT * FROM {table}")).unwrap();
        let columns = all.column_count();
        let row = |row: &rusqlite::Row<'_>| -> rusqlite::Result<String> {
            Ok((0..columns).map(|n| format!("{:?}|", row.get_ref(n).unwrap())).collect())
        };
        all.query_map([], row).unwrap().collect::<Result<String, _>>().unwrap()
    };
    tables.iter().map(|table| (table.clone(), rows(table))).collect()
}

/// A PostgreSQL server of a test's own, removed when dropped.
pub struct Cluster {
    folder: tempfile::TempDir,
    pub url: String,
}

impl Cluster {
    /// Creates and starts one.
    pub fn create() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = run("create", &folder.path().join("cluster"));
        Self { folder, url: url.trim().to_owned() }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("cluster")
    }

    /// Ends it as a crash would.
    pub fn stop(&self) {
        run("stop", &self.path());
    }

    /// Starts it again, on the same port.
    pub fn start(&self) {
        run("start", &self.path());
    }

    /// The authority that its certificate can be checked with.
    pub fn authority(&self) -> PathBuf {
        self.path().join("authority.pem")
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        run("remove", &self.path());
    }
}

fn run(command: &str, folder: &Path) -> String {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/postgres/cluster");
    let output = Command::new(script).arg(command).arg(folder).output().unwrap();
    assert!(output.status.success(), "{command}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}
