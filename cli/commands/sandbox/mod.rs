//! `katonic sandbox`: a local daemon with the sample agent, ready to be asked.

mod seed;
mod up;

use super::daemon;
use crate::failure::{Answer, Failure};
use crate::session::Session;
use ::daemon::Database;
use clap::{Args, Subcommand};
use serde_json::json;
use std::fs;
use std::io::ErrorKind;

/// The sandbox.
#[derive(Debug, Args)]
pub(crate) struct Sandbox {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Start it, or find it running (the default)
    Up(up::Up),
    /// Say whether it runs; exit 1 if not
    Status,
    /// Stop it; its data stays
    Down,
    /// Stop it, and delete its data and keys
    Reset,
}

pub(super) async fn run(session: &Session, sandbox: Sandbox) -> Result<Answer, Failure> {
    match sandbox.command.unwrap_or(Command::Up(up::Up::default())) {
        Command::Up(args) => up::run(session, &args).await,
        Command::Status => daemon::status(session).await,
        Command::Down => down(session).await,
        Command::Reset => reset(session).await,
    }
}

async fn down(session: &Session) -> Result<Answer, Failure> {
    let stopped = daemon::stop_running(session).await?;
    let text = if stopped {
        "The sandbox is down; `katonic sandbox` brings it back."
    } else {
        "It was not running."
    };
    session.output.either(&json!({"running": false, "stopped": stopped}), || text.to_owned())?;
    Ok(Answer::Yes)
}

async fn reset(session: &Session) -> Result<Answer, Failure> {
    let config = daemon::configuration(session)?;
    let data = config.data();
    if matches!(config.database, Database::Postgres(_)) {
        // Without the keys that lie in the home, nothing could read what the database holds.
        return Err(Failure::usage(
            "The sandbox's store is a PostgreSQL database, which is not emptied from here",
        )
        .hint(format!("Stop the sandbox, drop its database, then remove {}.", data.display())));
    }
    daemon::stop_running(session).await?;
    for folder in [data, session.home.join("logs")] {
        match fs::remove_dir_all(&folder) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(Failure::file(&folder, &error)),
            _ => {}
        }
    }
    let context = session.home.join("context.json");
    match fs::remove_file(&context) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(Failure::file(&context, &error)),
        _ => {}
    }
    session.secret_store().clear()?;
    let value = json!({"reset": true, "home": session.home});
    session.output.either(&value, || "The sandbox is gone; `katonic sandbox` makes a new one.".to_owned())?;
    Ok(Answer::Yes)
}
