//! The one writer. Its session holds the database's lock, so that the lock and what would be written end together: who
//! can write is the only one who does. Batches therefore come one after the other, as on SQLite, and no stricter
//! isolation than the server's default is needed for them.

use super::super::{Statement, StoreError};
use super::address::Address;
use super::failure::{Failure, Kind};
use super::migrate::migrate;
use super::session::Session;
use crate::config::Durability;
use std::slice;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

/// Batches that share one commit at most.
const GROUP: usize = 128;

/// How often a transaction is tried that lost against another one, or whose session had ended before its commit.
const TRIES: usize = 4;

/// How long a transaction may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// A session that vanished without a word frees its lock within half a minute; the lock is waited for a while, as a
/// daemon that has just ended may not be known to have.
const SETUP: &str = "SET statement_timeout = '30s'; SET idle_in_transaction_session_timeout = '60s';
    SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3;
    SET lock_timeout = '3s'";

/// Held as long as the session lives, for the tables that its search path leads to.
const LOCK: &str =
    "SELECT pg_advisory_lock(hashtextextended('katonic ' || COALESCE(current_schema(), ''), 0))";

/// Where losing the machine must lose no row, the server may not answer before its disk has.
const POWER: &str = "SELECT set_config('synchronous_commit', 'on', false)
    WHERE current_setting('synchronous_commit') = 'off'";

const SYNCHRONOUS: &str = "SELECT current_setting('synchronous_commit'), current_setting('fsync')";

type BatchResult = Result<Vec<usize>, StoreError>;

/// A batch that waits to be written.
#[derive(Debug)]
pub(super) struct Write {
    pub(super) statements: Vec<Statement>,
    pub(super) reply: oneshot::Sender<BatchResult>,
}

/// Who writes.
#[derive(Debug)]
pub(super) struct Writer {
    address: Arc<Address>,
    durability: Durability,
    /// What the last session said of its `synchronous_commit` setting.
    pub(super) synchronous: String,
    session: Option<Session>,
}

/// How an attempt at a transaction failed.
enum Trouble {
    /// Nothing was written, and trying again may help.
    Again(StoreError),
    /// So it is.
    For(StoreError),
}

impl Writer {
    /// Takes the database's lock, and brings it to the newest schema.
    ///
    /// # Errors
    /// If the server can't be reached, another daemon holds the lock, or a migration fails.
    pub(super) async fn open(address: Arc<Address>, durability: Durability) -> Result<Self, StoreError> {
        let mut writer = Self { address, durability, synchronous: String::new(), session: None };
        writer.ready().await?;
        Ok(writer)
    }

    /// A session with the lock, on the newest schema: others may have had the database meanwhile.
    async fn connect(&mut self) -> Result<Session, StoreError> {
        let mut session = Session::open(&self.address, SETUP).await?;
        let place = &self.address.place;
        let locked = async {
            session.execute(LOCK).await?;
            if self.durability == Durability::Power {
                session.execute(POWER).await?;
            }
            session.execute("SET lock_timeout = '10s'").await
        };
        let late = |_| StoreError::Unavailable(format!("{place} did not answer in time"));
        match timeout(PATIENCE, locked).await.map_err(late)?.map_err(|error| Failure::of(&error)) {
            Ok(()) => {}
            Err(Failure { kind: Kind::Locked, .. }) => return Err(StoreError::Locked(place.clone())),
            Err(failure) => return Err(failure.at_opening(place)),
        }
        migrate(&mut session).await?;
        let settings = timeout(PATIENCE, session.rows(SYNCHRONOUS, &[])).await.map_err(late)?;
        let settings = settings.map_err(|error| Failure::of(&error).at_opening(place))?;
        let setting = |column| settings.first().map(|row| row.text(column)).unwrap_or_default();
        self.synchronous = setting(0);
        if self.durability == Durability::Power && setting(1) == "off" {
            let what = "the server runs with fsync = off, so that audit.durability can't be \"power\"";
            return Err(StoreError::Failed(format!("{place}: {what}")));
        }
        Ok(session)
    }

    /// Writes until nobody can ask for it any longer.
    pub(super) async fn run(mut self, mut jobs: mpsc::Receiver<Write>) {
        let mut group = Vec::with_capacity(GROUP);
        while jobs.recv_many(&mut group, GROUP).await > 0 {
            if let Err(error) = self.ready().await {
                tracing::error!(?error, "the database can't be written to");
                // Who waits would wait for the same.
                while let (true, Ok(next)) = (group.len() < jobs.max_capacity(), jobs.try_recv()) {
                    group.push(next);
                }
                group.drain(..).for_each(|write| drop(write.reply.send(Err(error.clone()))));
                continue;
            }
            let results = self.commit(&group).await;
            for (write, result) in group.drain(..).zip(results) {
                // The caller may have gone.
                drop(write.reply.send(result));
            }
        }
    }

    async fn ready(&mut self) -> Result<&mut Session, StoreError> {
        let session = match self.session.take().filter(|session| !session.is_closed()) {
            Some(session) => session,
            None => self.connect().await?,
        };
        Ok(self.session.insert(session))
    }

    /// All batches in one transaction; where that fails, each in its own, so that what one undoes, the others keep.
    async fn commit(&mut self, group: &[Write]) -> Vec<BatchResult> {
        match self.transaction(group).await {
            Ok(changed) => return changed.into_iter().map(Ok).collect(),
            // Whether it was written isn't known, or it can't be.
            Err(error @ (StoreError::Unavailable(_) | StoreError::Locked(_))) => {
                return group.iter().map(|_| Err(error.clone())).collect();
            }
            Err(error) if group.len() == 1 => return vec![Err(error)],
            Err(_) => {}
        }
        let mut results = Vec::with_capacity(group.len());
        for write in group {
            let alone = self.transaction(slice::from_ref(write)).await;
            results.push(alone.map(|mut changed| changed.pop().unwrap_or_default()));
        }
        results
    }

    async fn transaction(&mut self, group: &[Write]) -> Result<Vec<Vec<usize>>, StoreError> {
        let mut last = StoreError::Unavailable("the database did not take the transaction".into());
        for _ in 0..TRIES {
            match timeout(PATIENCE, self.attempt(group)).await {
                Ok(Ok(changed)) => return Ok(changed),
                Ok(Err(Trouble::For(error))) => return Err(error),
                Ok(Err(Trouble::Again(error))) => last = error,
                Err(_) => {
                    self.session = None;
                    return Err(StoreError::Unavailable("the database did not answer in time".into()));
                }
            }
        }
        Err(last)
    }

    async fn attempt(&mut self, group: &[Write]) -> Result<Vec<Vec<usize>>, Trouble> {
        let session = self.ready().await.map_err(Trouble::For)?;
        let statements: Vec<&Statement> = group.iter().flat_map(|write| &write.statements).collect();
        let ends = match session.run(&statements).await {
            Ok(ends) => ends,
            Err(error) => return Err(self.undo(Failure::of(&error)).await),
        };
        let mut ends = statements.iter().zip(ends);
        let mut changed = Vec::with_capacity(group.len());
        for write in group {
            let batch: Result<Vec<usize>, Option<Failure>> =
                ends.by_ref().take(write.statements.len()).map(judge).collect();
            match batch {
                Ok(rows) => changed.push(rows),
                Err(None) => {
                    let rolled_back = session.execute("ROLLBACK").await;
                    self.session = self.session.take().filter(|_| rolled_back.is_ok());
                    return Err(Trouble::For(StoreError::Conflict));
                }
                Err(Some(failure)) => return Err(self.undo(failure).await),
            }
        }
        match session.execute("COMMIT").await.map_err(|error| Failure::of(&error)) {
            Ok(()) => Ok(changed),
            // The server says itself that it did not.
            Err(failure) if failure.kind == Kind::Again => Err(Trouble::Again(failure.into_error())),
            Err(failure) => {
                self.session = None;
                Err(Trouble::For(failure.into_error()))
            }
        }
    }

    /// Rolls back what failed before its commit: nothing of it is written, also where the session is gone.
    async fn undo(&mut self, failure: Failure) -> Trouble {
        let rolled_back = match &self.session {
            Some(session) if failure.kind != Kind::Lost => session.execute("ROLLBACK").await.is_ok(),
            _ => false,
        };
        if !rolled_back {
            self.session = None;
        }
        match failure.kind {
            Kind::Again | Kind::Lost => Trouble::Again(failure.into_error()),
            _ => Trouble::For(failure.into_error()),
        }
    }
}

/// How many rows a statement changed; none, if not as many as it had to.
fn judge(
    (statement, end): (&&Statement, Result<u64, tokio_postgres::Error>),
) -> Result<usize, Option<Failure>> {
    let rows = end.map_err(|error| Some(Failure::of(&error)))?;
    let rows = usize::try_from(rows).unwrap_or(usize::MAX);
    if statement.expect.is_some_and(|expected| expected != rows) { Err(None) } else { Ok(rows) }
}
