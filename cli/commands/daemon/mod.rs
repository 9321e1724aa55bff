//! `katonic daemon`: the daemon of this home, in the foreground or apart.

mod check;
mod logs;
mod migrate;

pub(crate) use migrate::Moved;

use crate::context::Context;
use crate::failure::{Answer, Exit, Failure};
use crate::output::table::table;
use crate::process::{self, Running};
use crate::session::Session;
use crate::site;
use ::daemon::{Config, Database, NoDatabase, serve, start_logs};
use clap::{Args, Subcommand};
use contract::admin::{CreateBackup, DeleteBackup, ListBackups};
use contract::wire::Object;
use contract::wire::admin::{self as wire, BackupPath};
use schemars::JsonSchema;
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use serde_json::json;
use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::id;
use std::str::FromStr;
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// The daemon itself.
#[derive(Debug, Args)]
pub(crate) struct Daemon {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve until SIGTERM or Ctrl-C; calls under way may then end
    Start(Start),
    /// Stop the daemon of this home
    Stop,
    /// Say whether a daemon of this home runs; exit 1 if not
    Status,
    /// Show what a daemon that runs apart from a terminal wrote
    Logs(logs::Logs),
    /// Check this home: its configuration, and, while no daemon runs, its store and audit log
    Check,
    /// Copy the store of the daemon, while it is used, into its data directory (for operators)
    Backup(Backup),
    /// Move the store from this home's file into a PostgreSQL database, while no daemon runs; what was begun goes on
    Migrate(migrate::Migrate),
    /// Put a copy in the place of the store, while no daemon runs; the store stays beside it
    Restore {
        /// The copy's file
        file: PathBuf,
    },
}

#[derive(Debug, Args)]
struct Backup {
    /// List the copies there are instead
    #[arg(long, conflicts_with = "remove")]
    list: bool,
    /// Remove this copy instead
    #[arg(long, value_name = "ID")]
    remove: Option<String>,
}

#[derive(Debug, Args)]
struct Start {
    /// The address to serve on; port 0 picks a free one [env: KATONIC_LISTEN]
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<SocketAddr>,
    /// Where the store is: sqlite, a file of the home, or the URL of a PostgreSQL database [env: KATONIC_DATABASE]
    #[arg(long, value_name = "URL")]
    database: Option<SecretString>,
    /// Leave it running apart from this terminal
    #[arg(long)]
    detach: bool,
}

impl Daemon {
    /// Whether it serves in the foreground, and drains by itself when a signal comes.
    pub(crate) fn handles_signals(&self) -> bool {
        matches!(&self.command, Command::Start(start) if !start.detach)
    }
}

pub(super) async fn run(session: &Session, daemon: Daemon) -> Result<Answer, Failure> {
    match daemon.command {
        Command::Start(start) if start.detach => detach(session, &start).await,
        Command::Start(start) => foreground(session, &start).await,
        Command::Stop => stop(session).await,
        Command::Status => status(session).await,
        Command::Logs(args) => logs::run(session, args).await,
        Command::Check => check::run(session).await,
        Command::Backup(args) => backup(session, args).await,
        Command::Migrate(args) => migrate::run(session, args).await,
        Command::Restore { file } => check::restore(session, file).await,
    }
}

async fn backup(session: &Session, args: Backup) -> Result<Answer, Failure> {
    let client = session.client()?;
    if let Some(backup_id) = args.remove {
        client.call::<DeleteBackup>(&BackupPath { backup_id: backup_id.clone() }).await?;
        let value = json!({"id": backup_id, "removed": true});
        session.output.either(&value, || format!("{backup_id} is removed."))?;
    } else if args.list {
        let page = client.call::<ListBackups>(&Object::new()).await?;
        let row = |backup: &wire::Backup| {
            [backup.id.clone(), backup.created_at.to_string(), backup.bytes.to_string(), backup.file.clone()]
        };
        session
            .output
            .either(&page, || table(["id", "created", "bytes", "file"], page.data.iter().map(row)))?;
    } else {
        let backup = client.call::<CreateBackup>(&Object::new()).await?;
        session.output.either(&backup, || format!("The store is copied to {}.", backup.file))?;
        session.output.note(
            "Keep it with pepper, audit-key and, where it is a file, master-key of the data directory.",
        );
    }
    Ok(Answer::Yes)
}

/// The home's configuration.
///
/// # Errors
/// If it can't be read, or holds something wrong.
pub(super) fn configuration(session: &Session) -> Result<Config, Failure> {
    let file = session.home.join("katonic.toml");
    Config::load(&session.home).map_err(|error| {
        Failure::usage(format!("The configuration can't be used: {error}"))
            .hint(format!("Mend {}.", file.display()))
    })
}

async fn foreground(session: &Session, start: &Start) -> Result<Answer, Failure> {
    let home = &session.home;
    let mut config = configuration(session)?;
    config.docs = Some(site::file);
    if let Some(database) = &start.database {
        config.database = database.expose_secret().parse().map_err(no_database)?;
    }
    let _lock = process::lock(home).await?;
    let failed = |error: &dyn std::error::Error| Failure::new(Exit::Unavailable, error.to_string());
    start_logs(&config.log).map_err(|error| failed(&error))?;
    let address = start.listen.unwrap_or(config.listen);
    let listener = TcpListener::bind(address).await.map_err(|error| taken(address, &error))?;
    let address = listener.local_addr().map_err(|error| failed(&error))?;
    let signals = Signals::listen().map_err(|error| failed(&error))?;
    let running = Running { pid: id(), url: format!("http://{address}") };
    process::write_record(home, &running)?;
    move_context(home, &running.url)?;
    session.output.note(&format!("katonic serves on {}", running.url));
    let served = serve(listener, config, signals.any()).await;
    process::remove_record(home, running.pid);
    served.map_err(|error| failed(&error))?;
    Ok(Answer::Yes)
}

fn no_database(error: NoDatabase) -> Failure {
    Failure::usage(format!("--database: {error}"))
        .hint("In a shell, put the URL in quotes, or in KATONIC_DATABASE.")
}

/// A home whose commands talk to its own daemon goes on doing so where that serves on another port now.
fn move_context(home: &Path, url: &str) -> Result<(), Failure> {
    match Context::load(home)? {
        Some(context) if context.url.starts_with("http://127.0.0.1:") && context.url != url => {
            Context { url: url.to_owned(), ..context }.save(home)
        }
        _ => Ok(()),
    }
}

/// The failure of an address that can't be served on.
pub(super) fn taken(address: SocketAddr, error: &io::Error) -> Failure {
    let (message, hint) = match error.kind() {
        ErrorKind::AddrInUse => (
            format!("Port {} is taken by another program", address.port()),
            "Stop that program, or choose another port; 0 picks a free one.",
        ),
        _ => (format!("{address} can't be served on: {error}"), "Choose another address."),
    };
    Failure::new(Exit::Unavailable, message).hint(hint)
}

/// What asks a daemon to stop.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn listen() -> io::Result<Self> {
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    async fn any(mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

async fn detach(session: &Session, start: &Start) -> Result<Answer, Failure> {
    let listen = match start.listen {
        Some(listen) => listen,
        None => configuration(session)?.listen,
    };
    if let Some(database) = &start.database {
        Database::from_str(database.expose_secret()).map_err(no_database)?;
    }
    if let Some(running) = process::running(&session.home) {
        session.output.note("It runs already.");
        return told(session, &running);
    }
    let running = process::start(&session.home, listen, start.database.as_ref()).await?;
    told(session, &running)
}

/// How this home's daemon stands; its address and process are null where none runs.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Status {
    running: bool,
    /// Whether it lets calls in.
    ready: bool,
    url: Option<String>,
    pid: Option<u32>,
    home: PathBuf,
}

impl Status {
    fn of(session: &Session, running: Option<&Running>, ready: bool) -> Self {
        let (url, pid) = running.map(|running| (running.url.clone(), running.pid)).unzip();
        Self { running: running.is_some(), ready, url, pid, home: session.home.clone() }
    }
}

fn told(session: &Session, running: &Running) -> Result<Answer, Failure> {
    let status = Status::of(session, Some(running), true);
    session
        .output
        .either(&status, || format!("A daemon runs on {} (process {}).", running.url, running.pid))?;
    Ok(Answer::Yes)
}

/// Stops the home's daemon; says whether there was one.
///
/// # Errors
/// If it goes on.
pub(super) async fn stop_running(session: &Session) -> Result<bool, Failure> {
    let Some(running) = process::running(&session.home) else { return Ok(false) };
    session.if_interrupted("The daemon goes on stopping: `katonic daemon status` says when it has.");
    process::stop(&session.home, &running).await?;
    Ok(true)
}

async fn stop(session: &Session) -> Result<Answer, Failure> {
    let stopped = stop_running(session).await?;
    let text = if stopped { "Stopped." } else { "No daemon of this home was running." };
    session.output.either(&json!({"running": false, "stopped": stopped}), || text.to_owned())?;
    Ok(Answer::Yes)
}

pub(super) async fn status(session: &Session) -> Result<Answer, Failure> {
    match process::running(&session.home) {
        Some(running) if process::answers(&running.url, "/readyz").await => told(session, &running),
        Some(running) => {
            let status = Status::of(session, Some(&running), false);
            session.output.either(&status, || format!("Process {} runs, but is not ready.", running.pid))?;
            Ok(Answer::No)
        }
        None => {
            let status = Status::of(session, None, false);
            session.output.either(&status, || "No daemon of this home runs.".to_owned())?;
            Ok(Answer::No)
        }
    }
}
