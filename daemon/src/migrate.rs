//! A home's store, moved from its file into a PostgreSQL database.

use crate::audit::{self, Ledger};
use crate::config::{Config, Database};
use crate::home::{self, Home};
use crate::metrics::Metrics;
use crate::store::transfer::{self, Unlike};
use crate::store::{Db, StoreError};
use crate::{ServeError, failed, runtime};
use contract::wire::analytics::Chain;
use std::collections::BTreeMap;

/// How far a move is.
#[derive(Clone, Debug)]
pub struct MoveProgress {
    /// The table whose rows are copied or, as `is_checked` says, compared.
    pub table: String,
    /// Rows of it that are there.
    pub done: u64,
    /// Rows that it has.
    pub of: u64,
    /// Whether they are compared.
    pub is_checked: bool,
}

/// What was moved.
#[derive(Clone, Debug)]
pub struct Moved {
    /// The rows of each table.
    pub tables: BTreeMap<String, u64>,
    /// The log, as it verifies where it stands now.
    pub audit: Chain,
}

/// Copies the store of a home that no daemon uses into an empty database, or goes on where an earlier time ended; then
/// compares every row of both, and walks along the log in its new place. The home goes on using its file until its
/// configuration names the database. Blocks.
///
/// # Errors
/// If the home or the database is in use or can't be opened, the store is in a database already, the database holds
/// something else, or a row differs.
pub fn move_store(
    config: &Config,
    to: &Database,
    mut tell: impl FnMut(MoveProgress),
) -> Result<Moved, ServeError> {
    if matches!(config.database, Database::Postgres(_)) {
        let what = "the configuration names a PostgreSQL database already: leave `database` and KATONIC_DATABASE out until \
                    the file is moved";
        return Err(ServeError::Failed(what.into()));
    }
    let kept = home::read(config)?;
    runtime()?.block_on(async {
        let Home { db: from, audit_key, audit_head, lock: _held, .. } = kept.open(config).await?;
        let stopped = |error: StoreError| failed(error.into());
        let to = Db::open(to, &config.data(), config.audit.durability).await.map_err(unopened)?;
        transfer::fits(&from, &to).await.map_err(stopped)?.map_err(unlike)?;
        let tables = transfer::tables(&from).await.map_err(stopped)?;
        for table in &tables {
            let told =
                |done| MoveProgress { table: table.name.clone(), done, of: table.rows, is_checked: false };
            table.copy(&from, &to, |done| tell(told(done))).await.map_err(stopped)?;
        }
        for table in &tables {
            let (name, rows) = (table.name.clone(), table.rows);
            tell(MoveProgress { table: name, done: rows, of: rows, is_checked: true });
            table.compare(&from, &to).await.map_err(stopped)?.map_err(unlike)?;
        }
        let ledger =
            Ledger::start(to.clone(), audit_key, audit_head, Metrics::new()).await.map_err(failed)?;
        let audit = audit::verify(&to, &ledger).await.map_err(failed)?;
        Ok(Moved { tables: tables.into_iter().map(|table| (table.name, table.rows)).collect(), audit })
    })
}

fn unopened(error: StoreError) -> ServeError {
    match error {
        StoreError::Locked(place) => ServeError::Locked(place),
        other => ServeError::Failed(other.to_string()),
    }
}

fn unlike(what: Unlike) -> ServeError {
    ServeError::Failed(match what {
        Unlike::Rows(table) => format!(
            "rows of {table} differ between the file and the database: one of them has changed since they were copied; empty the \
             database, and begin again"
        ),
        Unlike::Foreign => {
            "the database holds another home's store: name an empty one, or the one that was begun with"
                .into()
        }
    })
}
