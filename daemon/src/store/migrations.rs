//! Numbered migrations, applied in order, each once: SQL that the engines share, and what only one of them reads.

use super::Engine;

/// One step of the schema.
struct Migration {
    shared: &'static str,
    sqlite: &'static str,
    postgres: &'static str,
}

const fn shared(sql: &'static str) -> Migration {
    Migration { shared: sql, sqlite: "", postgres: "" }
}

const MIGRATIONS: &[Migration] = &[
    Migration {
        shared: include_str!("migrations/0001_init.sql"),
        sqlite: include_str!("migrations/0001_passages.sqlite.sql"),
        postgres: include_str!("migrations/0001_passages.postgres.sql"),
    },
    shared(include_str!("migrations/0002_gateway.sql")),
    shared(include_str!("migrations/0003_governance.sql")),
    shared(include_str!("migrations/0004_usage.sql")),
    shared(include_str!("migrations/0005_log.sql")),
    shared(include_str!("migrations/0006_scim.sql")),
    Migration {
        shared: include_str!("migrations/0007_document_fields.sql"),
        sqlite: include_str!("migrations/0007_document_fields.sqlite.sql"),
        // No database of it is older.
        postgres: "",
    },
    shared(include_str!("migrations/0008_flywheel.sql")),
    Migration {
        shared: include_str!("migrations/0009_index.sql"),
        sqlite: "",
        // The index numbers passages itself.
        postgres: "ALTER TABLE passages ALTER COLUMN id DROP IDENTITY;",
    },
    shared(include_str!("migrations/0010_files.sql")),
    shared(include_str!("migrations/0011_revisions.sql")),
    shared(include_str!("migrations/0012_tools.sql")),
    shared(include_str!("migrations/0013_settings.sql")),
    shared(include_str!("migrations/0014_prompts.sql")),
    shared(include_str!("migrations/0015_confirmations.sql")),
    shared(include_str!("migrations/0016_vectors.sql")),
    shared(include_str!("migrations/0017_answers.sql")),
    shared(include_str!("migrations/0018_canaries.sql")),
    shared(include_str!("migrations/0019_online.sql")),
];

/// The migrations that are still to do after the first so many, with the version that each leads to.
///
/// # Errors
/// The message, if the store is newer than this program.
pub(super) fn pending(engine: Engine, done: i64) -> Result<Vec<(i64, String)>, String> {
    let newest = MIGRATIONS.len();
    let skipped = usize::try_from(done).ok().filter(|done| *done <= newest).ok_or_else(|| {
        format!("the store is at schema {done}, newer than this program's {newest}: use a newer katonic")
    })?;
    let steps = (1i64..).zip(MIGRATIONS).skip(skipped);
    Ok(steps.map(|(version, migration)| (version, migration.sql(engine))).collect())
}

impl Migration {
    fn sql(&self, engine: Engine) -> String {
        match engine {
            Engine::Sqlite => format!("{}\n{}", self.shared, self.sqlite),
            // SQLite compares texts byte by byte; by a database's own collation, pages and cursors would differ. Its
            // integers have eight bytes, and by this name alone are they its rows' own numbers. Its tables have rows without
            // numbers only where that is said.
            Engine::Postgres => format!("{}\n{}", self.shared, self.postgres)
                .replace(" TEXT", " TEXT COLLATE \"C\"")
                .replace(" BLOB", " BYTEA")
                .replace(" WITHOUT ROWID", "")
                .replace(" INTEGER PRIMARY KEY", " BIGINT PRIMARY KEY"),
        }
    }
}
