//! One session with the server: statements are prepared once, and sent without waiting for those before.

use super::super::{Row, Statement, StoreError, Value};
use super::address::Address;
use super::failure::Failure;
use super::placeholders::numbered;
use futures::TryStreamExt;
use futures::future::{maybe_done, try_join_all};
use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use tokio::time::timeout;
use tokio_postgres::Client;

/// Prepared statements that a session keeps at most; past that, all are forgotten, and those in use prepared again.
const PREPARED: usize = 256;

/// A session; dropping it ends it, and rolls back what it had begun.
#[derive(Debug)]
pub(super) struct Session {
    client: Client,
    prepared: HashMap<String, tokio_postgres::Statement>,
}

/// What is under way, or done.
type Pending<'a, T> = Pin<Box<dyn Future<Output = Result<T, tokio_postgres::Error>> + Send + 'a>>;

impl Session {
    /// Opens a session, and sets it up.
    ///
    /// # Errors
    /// If the server can't be reached in time, or lets nobody in.
    pub(super) async fn open(address: &Address, setup: &str) -> Result<Self, StoreError> {
        let opened = async {
            let (client, connection) = address.config.connect(address.tls.clone()).await?;
            tokio::spawn(async move {
                if let Err(error) = connection.await {
                    tracing::warn!(error = Failure::of(&error).message, "a session with the database ended");
                }
            });
            client.batch_execute(setup).await?;
            Ok(Self { client, prepared: HashMap::new() })
        };
        let place = &address.place;
        match timeout(address.patience, opened).await {
            Ok(Ok(session)) => Ok(session),
            Ok(Err(error)) => Err(Failure::of(&error).at_opening(place)),
            Err(_) => Err(StoreError::Unavailable(format!("{place} did not answer in time"))),
        }
    }

    /// Whether the session has ended.
    pub(super) fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    /// Statements without parameters or rows.
    ///
    /// # Errors
    /// The server's.
    pub(super) async fn execute(&self, sql: &str) -> Result<(), tokio_postgres::Error> {
        self.client.batch_execute(sql).await
    }

    /// Rows of a query.
    ///
    /// # Errors
    /// The server's.
    pub(super) async fn rows(
        &mut self,
        sql: &str,
        params: &[Value],
    ) -> Result<Vec<Row>, tokio_postgres::Error> {
        self.prepare(std::iter::once(sql)).await?;
        let found = match self.prepared.get(sql) {
            Some(prepared) => self.client.query_raw(prepared, params).await?,
            None => self.client.query_raw(numbered(sql).as_str(), params).await?,
        };
        found.try_collect::<Vec<_>>().await?.iter().map(read).collect()
    }

    /// Begins a transaction and runs statements in it, all sent before the first is answered; how each ended, in
    /// order. After one that failed, the others fail too.
    pub(super) async fn run(
        &mut self,
        statements: &[&Statement],
    ) -> Result<Vec<Result<u64, tokio_postgres::Error>>, tokio_postgres::Error> {
        self.prepare(statements.iter().map(|statement| statement.sql.as_ref())).await?;
        let client = &self.client;
        let begin: Pending<'_, u64> = Box::pin(async { client.batch_execute("BEGIN").await.map(|()| 0) });
        let mut sent = vec![Box::pin(maybe_done(begin))];
        for statement in statements {
            let prepared = self.prepared.get(statement.sql.as_ref());
            let run: Pending<'_, u64> = Box::pin(async move {
                match prepared {
                    Some(prepared) => client.execute_raw(prepared, statement.params.iter()).await,
                    None => {
                        client.execute_raw(numbered(&statement.sql).as_str(), statement.params.iter()).await
                    }
                }
            });
            sent.push(Box::pin(maybe_done(run)));
        }
        // A statement is sent when it is first asked for, so that this is their order on the wire.
        for run in &mut sent {
            let _sent = futures::poll!(run.as_mut());
        }
        let mut ends = Vec::with_capacity(sent.len());
        for mut run in sent {
            run.as_mut().await;
            ends.extend(run.as_mut().take_output());
        }
        let begun = ends.remove(0);
        begun.map(|_| ends)
    }

    /// Prepares what isn't prepared yet, all at once.
    async fn prepare<'a>(
        &mut self,
        wanted: impl Iterator<Item = &'a str>,
    ) -> Result<(), tokio_postgres::Error> {
        let mut missing: Vec<&str> = wanted.filter(|sql| !self.prepared.contains_key(*sql)).collect();
        missing.sort_unstable();
        missing.dedup();
        if missing.is_empty() {
            return Ok(());
        }
        if self.prepared.len() + missing.len() > PREPARED {
            self.prepared.clear();
        }
        for some in missing.chunks(PREPARED) {
            let texts: Vec<String> = some.iter().map(|sql| numbered(sql)).collect();
            let prepared = try_join_all(texts.iter().map(|sql| self.client.prepare(sql))).await?;
            self.prepared.extend(some.iter().map(|sql| (*sql).to_owned()).zip(prepared));
        }
        Ok(())
    }
}

fn read(row: &tokio_postgres::Row) -> Result<Row, tokio_postgres::Error> {
    (0..row.len()).map(|column| row.try_get(column)).collect::<Result<_, _>>().map(Row)
}
