//! Migrations of a PostgreSQL database: under the database's lock, each in a transaction with its number.

use super::super::{Engine, StoreError, migrations};
use super::failure::Failure;
use super::session::Session;

/// Brings the database to the newest schema.
///
/// # Errors
/// If the schema is newer than this program, the database doesn't hold UTF-8, or a migration fails.
pub(super) async fn migrate(session: &mut Session) -> Result<(), StoreError> {
    let failed = |error: tokio_postgres::Error| Failure::of(&error).into_error();
    let encoding = session.rows("SHOW server_encoding", &[]).await.map_err(failed)?;
    let encoding = encoding.first().map(|row| row.text(0)).unwrap_or_default();
    if encoding != "UTF8" {
        let message =
            format!("the database holds {encoding}: create it with ENCODING 'UTF8' TEMPLATE template0");
        return Err(StoreError::Failed(message));
    }
    session
        .execute("CREATE TABLE IF NOT EXISTS schema_versions (version BIGINT PRIMARY KEY)")
        .await
        .map_err(failed)?;
    let done = "SELECT MAX(version) FROM schema_versions";
    let done = session.rows(done, &[]).await.map_err(failed)?.first().map_or(0, |row| row.int(0));
    for (version, sql) in migrations::pending(Engine::Postgres, done).map_err(StoreError::Failed)? {
        let step = format!(
            "BEGIN; SET LOCAL statement_timeout = 0; {sql}; INSERT INTO schema_versions (version) VALUES ({version}); COMMIT"
        );
        session.execute(&step).await.map_err(|error| {
            let failure = Failure::of(&error);
            StoreError::Failed(format!("migration {version}: {}", failure.message))
        })?;
    }
    Ok(())
}
