//! PostgreSQL under the store: one writer that holds the database's lock and commits in groups, and readers beside it.

mod address;
mod failure;
mod migrate;
mod placeholders;
mod readers;
mod session;
mod tls;
mod value;
mod writer;

use super::{Row, Statement, StoreError, Value};
use crate::config::Durability;
use address::Address;
use readers::Readers;
use secrecy::SecretString;
use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use writer::{Write, Writer};

/// Batches that may wait for the writer; past that, callers wait.
const QUEUE: usize = 1024;

#[derive(Debug)]
pub(super) struct Postgres {
    /// What the first writing session said of its `synchronous_commit` setting.
    pub(super) synchronous: String,
    readers: Readers,
    writes: mpsc::Sender<Write>,
}

impl Postgres {
    pub(super) async fn open(url: &SecretString, durability: Durability) -> Result<Self, StoreError> {
        let address = Arc::new(Address::parse(url)?);
        let writer = Writer::open(Arc::clone(&address), durability).await?;
        let (writes, jobs) = mpsc::channel(QUEUE);
        let synchronous = writer.synchronous.clone();
        tokio::spawn(writer.run(jobs));
        Ok(Self { synchronous, readers: Readers::new(address), writes })
    }

    pub(super) async fn rows(
        &self,
        sql: Cow<'static, str>,
        params: Vec<Value>,
    ) -> Result<Vec<Row>, StoreError> {
        self.readers.rows(&sql, &params).await
    }

    pub(super) async fn batch(&self, statements: Vec<Statement>) -> Result<Vec<usize>, StoreError> {
        let ended = || StoreError::Unavailable("the store's writer has ended".into());
        let (reply, answer) = oneshot::channel();
        self.writes.send(Write { statements, reply }).await.map_err(|_| ended())?;
        answer.await.map_err(|_| ended())?
    }
}

/// Rows of another database than the store's, read in a session of their own that can't write.
pub(super) async fn read(url: &SecretString, sql: &str, patience: Duration) -> Result<Vec<Row>, StoreError> {
    let address = Address::parse(url)?;
    let millis = patience.as_millis();
    let setup = format!("SET statement_timeout = {millis}; SET default_transaction_read_only = on");
    let mut session = session::Session::open(&address, &setup).await?;
    session.rows(sql, &[]).await.map_err(|error| failure::Failure::of(&error).into_error())
}

/// Runs statements in a session of their own.
#[cfg(test)]
pub(super) async fn execute(url: &str, sql: &str) -> Result<(), StoreError> {
    let address = Address::parse(&SecretString::from(url))?;
    session::Session::open(&address, sql).await.map(drop)
}
