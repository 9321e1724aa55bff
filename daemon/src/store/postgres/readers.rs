//! Sessions that only read, as many as are bounded, beside the writer.

use super::super::{Row, StoreError, Value};
use super::address::Address;
use super::failure::{Failure, Kind};
use super::session::Session;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::timeout;

/// Queries at the same time at most.
const READERS: usize = 8;

/// How long a query may wait for a session, and take.
const PATIENCE: Duration = Duration::from_secs(10);
const ANSWER: Duration = Duration::from_secs(35);

const SETUP: &str = "SET statement_timeout = '30s'; SET default_transaction_read_only = on";

#[derive(Debug)]
pub(super) struct Readers {
    address: Arc<Address>,
    slots: Semaphore,
    idle: Mutex<Vec<Session>>,
}

impl Readers {
    pub(super) fn new(address: Arc<Address>) -> Self {
        Self { address, slots: Semaphore::new(READERS), idle: Mutex::default() }
    }

    /// Rows of a query. One whose session turns out to have ended is asked again, once.
    ///
    /// # Errors
    /// If the query fails, or the server can't be reached in time.
    pub(super) async fn rows(&self, sql: &str, params: &[Value]) -> Result<Vec<Row>, StoreError> {
        let busy = |_| StoreError::Unavailable("too many queries wait for the database".into());
        let _slot = timeout(PATIENCE, self.slots.acquire())
            .await
            .map_err(busy)?
            .map_err(|error| StoreError::Failed(error.to_string()))?;
        if let Some(session) = self.idle() {
            match self.ask(session, sql, params).await {
                Err(failure) if failure.kind == Kind::Lost => {}
                result => return result.map_err(Failure::into_error),
            }
        }
        let session = Session::open(&self.address, SETUP).await?;
        self.ask(session, sql, params).await.map_err(Failure::into_error)
    }

    async fn ask(&self, mut session: Session, sql: &str, params: &[Value]) -> Result<Vec<Row>, Failure> {
        let late = |_| Failure { kind: Kind::Busy, message: "the database did not answer in time".into() };
        let result = timeout(ANSWER, session.rows(sql, params)).await.map_err(late)?;
        let result = result.map_err(|error| Failure::of(&error));
        if !session.is_closed() && !matches!(&result, Err(failure) if failure.kind == Kind::Lost) {
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(session);
        }
        result
    }

    /// A session that is free and, as far as is known, alive.
    fn idle(&self) -> Option<Session> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.retain(|session| !session.is_closed());
        idle.pop()
    }
}
