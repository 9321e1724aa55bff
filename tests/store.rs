//! What a daemon under test has stored, and how it is kept from storing.

use crate::database;
use crate::support::Daemon;

impl Daemon {
    /// Lets the store take no audit row that a condition holds of.
    pub async fn refuse_rows(&self, when: &str) {
        let (create, when) = ("CREATE TRIGGER refusing BEFORE INSERT ON audit FOR EACH ROW WHEN", when);
        let function = "CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql
                        AS $$ BEGIN RAISE EXCEPTION 'no'; END $$";
        self.in_store(
            &format!("{create} {when} BEGIN SELECT RAISE(ABORT, 'no'); END"),
            &format!("{function}; {create} ({when}) EXECUTE FUNCTION refuse()"),
        )
        .await;
    }

    /// Lets it take all again.
    pub async fn accept_rows(&self) {
        self.in_store("DROP TRIGGER refusing", "DROP TRIGGER refusing ON audit").await;
    }

    /// Puts an event that was delivered to a webhook into its log.
    pub async fn delivered(&self, webhook: &str) {
        let sql = format!(
            "INSERT INTO webhook_deliveries (id, team, webhook_id, event, body, status, attempts, created_at)
             VALUES ('evt_1', 'default', '{webhook}', 'budget.threshold', '{{}}', 'delivered', 1, 0)"
        );
        self.in_store(&sql, &sql).await;
    }

    /// Does something to the store, beside the daemon, as its engine reads it.
    async fn in_store(&self, sqlite: &str, postgres: &str) {
        match &self.database {
            Some(database) => database.connect().await.batch_execute(postgres).await.unwrap(),
            None => {
                let store = rusqlite::Connection::open(self.home.path().join("data/katonic.db")).unwrap();
                store.execute_batch(sqlite).unwrap();
            }
        }
    }

    /// What its store holds but for what calls alone write: tables and their rows.
    pub async fn governed(&self) -> Vec<(String, String)> {
        let calls =
            ["audit", "audit_checkpoints", "traces", "idempotency", "usage_rollups", "usage_progress"];
        let mut tables = match &self.database {
            Some(database) => database
                .contents()
                .await
                .into_iter()
                .map(|(table, rows)| (table, String::from_utf8_lossy(&rows).into_owned()))
                .collect(),
            None => database::file(&self.home.path().join("data/katonic.db")),
        };
        tables.retain(|(table, _)| !calls.contains(&table.as_str()));
        tables.sort();
        tables
    }

    /// Everything in the home's data and in its database, as somebody sees it who reads the disk, each with its name.
    pub async fn at_rest(&self) -> Vec<(String, Vec<u8>)> {
        let files =
            std::fs::read_dir(self.home.path().join("data")).unwrap().map(|entry| entry.unwrap().path());
        let mut found: Vec<_> =
            files.map(|path| (path.display().to_string(), std::fs::read(path).unwrap_or_default())).collect();
        if let Some(database) = &self.database {
            found.extend(database.contents().await);
        }
        found
    }
}
