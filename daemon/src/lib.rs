//! The daemon: one governed path for every call, from the gate to the audit log.

mod act;
mod admin;
mod agents;
mod analytics;
mod app;
mod audit;
mod backups;
mod call;
mod chat;
mod completions;
mod config;
mod documents;
mod egress;
mod error;
mod evaluations;
mod flywheel;
#[cfg(feature = "fuzzing")]
pub mod fuzzing;
mod gate;
mod guardrails;
mod home;
mod http;
mod hub;
mod jobs;
mod knowledge;
mod master;
mod metrics;
mod migrate;
mod models;
mod promotions;
mod prompts;
mod providers;
mod restore;
mod schema;
mod scim;
mod sessions;
mod stems;
mod store;
mod tools;
mod trace;
mod under_way;
mod uploads;
mod webhooks;
mod work;

pub use config::{Config, ConfigError, DEFAULTS, Database, NoDatabase, PackedFiles, Provider};
pub use evaluations::{score_answers, statistics};
pub use guardrails::{check_text, training};
pub use http::{ErrorFamily, error_families};
pub use knowledge::read_in_child;
pub use migrate::{MoveProgress, Moved, move_store};
pub use restore::{check_home, restore};
pub use tools::{PolicyError, TriedCall, try_policy};

use app::App;
use audit::{Entry, ISSUE_TOKEN, Ledger};
use contract::key::Secret;
use contract::wire::analytics::NewKey;
use gate::operators::DEFAULT_TEAM;
use home::Home;
use metrics::Metrics;
use std::future::Future;
use std::io;
use std::time::Duration;
use tokio::net::TcpListener;

/// Why the daemon can't serve.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// Another daemon holds the data directory or the database.
    #[error(
        "another katonic daemon uses {0}: stop it first, or choose another home with KATONIC_HOME, and another database"
    )]
    Locked(String),
    /// A file or socket can't be used.
    #[error("{0}: {1}")]
    Io(String, io::Error),
    /// The store, the configuration of a provider, or something inside.
    #[error("{0}")]
    Failed(String),
}

/// Serves until `shutdown` ends, then lets calls under way finish for `drain_seconds`.
///
/// # Errors
/// If the data directory or the database is in use or can't be opened, or the socket fails.
pub async fn serve(
    listener: TcpListener,
    config: Config,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServeError> {
    let drain = Duration::from_secs(config.drain_seconds);
    let read = tokio::task::spawn_blocking(move || home::read(&config).map(|kept| (kept, config)));
    let (kept, config) = read.await.map_err(|e| ServeError::Failed(e.to_string()))??;
    let home = kept.open(&config).await?;
    let app = App::new(config, &home).await.map_err(failed)?;
    jobs::resume(&app).await.map_err(failed)?;
    jobs::start(&app);
    let (address, store) = (listener.local_addr().ok(), app.db.engine());
    tracing::info!(?address, ?store, synchronous = app.db.synchronous(), "serving");
    http::serve(listener, app.clone(), shutdown, drain)
        .await
        .map_err(|e| ServeError::Io("socket".into(), e))?;
    jobs::stop(&app).await;
    app.books.ledger.close().await;
    if let Some(spans) = &app.books.spans {
        spans.flush(drain).await;
    }
    tracing::info!("stopped");
    Ok(())
}

/// Creates an operator's token in a home that no daemon is using. Blocks.
///
/// # Errors
/// If the data directory or the database is in use or can't be opened.
pub fn issue_operator_token(config: &Config, name: &str) -> Result<Secret, ServeError> {
    let kept = home::read(config)?;
    runtime()?.block_on(async {
        let Home { db, pepper, audit_key, audit_head, lock: _held, .. } = kept.open(config).await?;
        let ledger = Ledger::start(db, audit_key, audit_head, Metrics::new()).await.map_err(failed)?;
        let issued = gate::operators::issue(&pepper, name).map_err(failed)?;
        let (row, secret) = Entry::at_the_machine(ISSUE_TOKEN, DEFAULT_TEAM, issued);
        ledger.act(row, Vec::new()).await.map_err(|error| failed(error.into()))?;
        Ok(secret)
    })
}

/// Begins a new key for the audit log of a home that no daemon is using. The one before signs it, unless it `is_lost`.
/// Blocks.
///
/// # Errors
/// If the data directory or the database is in use or can't be opened, or the key before is missing without being said
/// to be lost, or there though it is.
pub fn begin_audit_key(config: &Config, is_lost: bool) -> Result<NewKey, ServeError> {
    let kept = home::read(config)?;
    runtime()?.block_on(kept.begin_audit_key(config, is_lost))
}

fn runtime() -> Result<tokio::runtime::Runtime, ServeError> {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder.enable_all().build().map_err(|e| ServeError::Failed(e.to_string()))
}

/// Starts structured logs on standard error.
///
/// # Errors
/// If the filter can't be read.
pub fn start_logs(filter: &str) -> Result<(), ServeError> {
    // The MCP library repeats what servers say of themselves; who wants that names it.
    let filter = if filter.contains("rmcp") { filter.to_owned() } else { format!("{filter},rmcp=error") };
    let filter = tracing_subscriber::EnvFilter::try_new(filter)
        .map_err(|e| ServeError::Failed(format!("log: {e}")))?;
    let logs =
        tracing_subscriber::fmt().json().flatten_event(true).with_writer(io::stderr).with_env_filter(filter);
    logs.try_init().map_err(|e| ServeError::Failed(e.to_string()))
}

fn failed(error: error::Error) -> ServeError {
    ServeError::Failed(error.cause.unwrap_or(error.message))
}
