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

    /// Has an operator's `Idempotency-Key` used already, for another body.
    pub async fn claim_key(&self, key: &str) {
        let operator = "SELECT id FROM operator_tokens LIMIT 1";
        let sql = format!(
            "INSERT INTO idempotency (team, caller, idempotency_key, fingerprint, created_at)
             VALUES ('default', ({operator}), '{key}', 'another', 9000000000000)"
        );
        self.in_store(&sql, &sql).await;
    }

    /// Lets no change of some tables come about, as if another one had come first each time; nor another version of a suite.
    pub async fn overtake(&self, tables: &[&str]) {
        let function = "CREATE OR REPLACE FUNCTION pass_over() RETURNS trigger LANGUAGE plpgsql
                        AS $$ BEGIN RETURN NULL; END $$;";
        let (mut sqlite, mut postgres) = (String::new(), function.to_owned());
        for (table, act) in
            tables.iter().flat_map(|table| ["INSERT", "UPDATE", "DELETE"].map(|act| (table, act)))
        {
            let create =
                format!("CREATE TRIGGER overtaken_{table}_{act} BEFORE {act} ON {table} FOR EACH ROW");
            sqlite += &format!("{create} BEGIN SELECT RAISE(IGNORE); END;");
            postgres += &format!("{create} EXECUTE FUNCTION pass_over();");
        }
        let taken = "CREATE UNIQUE INDEX overtaken ON suite_versions (suite_id)";
        self.in_store(&(sqlite + taken), &(postgres + taken)).await;
    }

    /// Takes the tables away that calls read and that no row of the log needs.
    pub async fn lose_tables(&self) {
        let tables =
            "agents agent_versions agent_environments approvals collections datasets documents feedback
            optimisations optimisation_candidates responses run_cases runs segments session_messages
            sessions suites suite_versions team_settings usage_rollups";
        let rename = |name: &str| format!("ALTER TABLE {name} RENAME TO lost_{name};");
        let sql: String = tables.split_whitespace().map(rename).collect();
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
