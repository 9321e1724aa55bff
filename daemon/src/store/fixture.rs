//! Stores for tests: SQLite in a folder, or a schema of its own on the PostgreSQL server that is named for tests.

use super::postgres::execute;
use super::{Db, StoreError};
use crate::config::{Database, Durability, test_server};
use secrecy::ExposeSecret;
use tempfile::TempDir;

/// Where a test has its store, which it may open again and again.
pub(crate) struct Place {
    directory: TempDir,
    pub(crate) database: Database,
}

impl Place {
    /// A place where nothing is yet.
    pub(crate) async fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let Some(server) = test_server() else { return Self { directory, database: Database::Sqlite } };
        let schema = contract::id::new("test");
        execute(&server, &format!("CREATE SCHEMA {schema}")).await.unwrap();
        let separator = if server.contains('?') { '&' } else { '?' };
        let url = format!("{server}{separator}options=-csearch_path%3D{schema}");
        Self { directory, database: url.parse().unwrap() }
    }

    /// The same where sessions are set up not to wait for the disk; SQLite has no such setting.
    pub(crate) async fn hasty() -> Self {
        let place = Self::new().await;
        let database = match &place.database {
            Database::Sqlite => Database::Sqlite,
            Database::Postgres(url) => {
                let url = format!("{}%20-csynchronous_commit%3Doff", url.expose_secret());
                Database::Postgres(url.into())
            }
        };
        Self { database, ..place }
    }

    /// Opens the store there.
    pub(crate) async fn open(&self) -> Result<Db, StoreError> {
        self.open_with(Durability::Process).await
    }

    /// The same with another promise of what outlives what.
    pub(crate) async fn open_with(&self, durability: Durability) -> Result<Db, StoreError> {
        Db::open(&self.database, self.directory.path(), durability).await
    }
}

/// An empty store, and where it is.
pub(crate) async fn store() -> (Place, Db) {
    let place = Place::new().await;
    let db = place.open().await.unwrap();
    (place, db)
}
