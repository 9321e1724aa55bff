//! A home at rest: looked through, or put back to a copy of its store.

use crate::audit::{self, Ledger};
use crate::config::{Config, Database};
use crate::home::{self, Home};
use crate::metrics::Metrics;
use crate::{ServeError, failed, runtime, store};
use contract::wire::analytics::Chain;
use std::fs::{self, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// The endings of the files of a store's journal.
const JOURNAL: [&str; 2] = ["-wal", "-shm"];

/// Opens everything as a daemon would, and walks along the audit log. Blocks.
///
/// # Errors
/// If the data directory or the database is in use, can't be opened, or holds something wrong.
pub fn check_home(config: &Config) -> Result<Chain, ServeError> {
    let kept = home::read(config)?;
    runtime()?.block_on(async {
        let Home { db, audit_key, audit_head, lock: _held, .. } = kept.open(config).await?;
        let ledger =
            Ledger::start(db.clone(), audit_key, audit_head, Metrics::new()).await.map_err(failed)?;
        audit::verify(&db, &ledger).await.map_err(failed)
    })
}

/// Puts a copy in the place of the store, which stays beside it under the name that is given back. Blocks. The next start
/// notes in the audit log what the copy doesn't hold.
///
/// # Errors
/// If a daemon uses the data directory, the store is a PostgreSQL database, or the copy is no sound store.
pub fn restore(config: &Config, copy: &Path) -> Result<PathBuf, ServeError> {
    if matches!(config.database, Database::Postgres(_)) {
        let what = "the store is a PostgreSQL database: restore it with that database's own tools";
        return Err(ServeError::Failed(what.into()));
    }
    let _held = home::read(config)?;
    let wrong = |error: io::Error| ServeError::Io(copy.display().to_string(), error);
    store::check_file(copy).map_err(|error| ServeError::Failed(format!("{}: {error}", copy.display())))?;
    let path = store::file(&config.data());
    let new = path.with_extension("restored");
    let mut to =
        OpenOptions::new().create(true).truncate(true).write(true).mode(0o600).open(&new).map_err(wrong)?;
    io::copy(&mut fs::File::open(copy).map_err(wrong)?, &mut to)
        .and_then(|_| to.sync_all())
        .map_err(wrong)?;
    let named = |path: &Path, ending: &str| PathBuf::from(format!("{}{ending}", path.display()));
    let aside = path.with_extension(format!("replaced-{}", contract::time::Time::now().0));
    let there = |result: io::Result<()>| match result {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(wrong(error)),
        _ => Ok(()),
    };
    // Its journal goes first, which would be read as the copy's; its own name is taken over at once, so that a crash in between
    // leaves a store.
    there(fs::hard_link(&path, &aside))?;
    for ending in JOURNAL {
        there(fs::rename(named(&path, ending), named(&aside, ending)))?;
    }
    fs::rename(&new, &path).map_err(wrong)?;
    Ok(aside)
}
