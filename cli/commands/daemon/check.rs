//! `katonic daemon check` and `restore`: a home at rest.

use super::{configuration, status};
use crate::failure::{Answer, Exit, Failure};
use crate::output::progress::patiently;
use crate::process;
use crate::session::Session;
use ::daemon::{ServeError, check_home, restore as put_back};
use serde_json::json;
use std::path::PathBuf;
use tokio::task::spawn_blocking;

pub(super) async fn run(session: &Session) -> Result<Answer, Failure> {
    let config = configuration(session)?;
    if process::running(&session.home).is_some() {
        session
            .output
            .note("The configuration is sound. A daemon runs: `katonic audit verify` walks its log.");
        return status(session).await;
    }
    let check = spawn_blocking(move || check_home(&config));
    let chain = patiently(&session.output, "Looking through the store and its log", check).await;
    let chain = chain.map_err(stopped)?.map_err(failed)?;
    let value = json!({"ok": chain.ok, "running": false, "audit": chain});
    session.output.either(&value, || match &chain.reason {
        Some(reason) => {
            format!("The audit log is broken at row {}: {reason}", chain.first_break.unwrap_or_default())
        }
        None if !chain.ok => {
            "The audit log says that rows were lost: `katonic audit verify` shows where.".to_owned()
        }
        None => format!("Configuration, keys and store are sound; {} audit rows verify.", chain.checked),
    })?;
    Ok(Answer::of(chain.ok))
}

pub(super) async fn restore(session: &Session, file: PathBuf) -> Result<Answer, Failure> {
    let config = configuration(session)?;
    let copy = file.clone();
    let restore = spawn_blocking(move || put_back(&config, &copy));
    let aside = patiently(&session.output, "Looking through the copy", restore).await;
    let aside = aside.map_err(stopped)?.map_err(failed)?;
    let value = json!({"restored": file, "replaced": aside});
    session.output.either(&value, || {
        format!("The store is {} now; the one before is {}.", file.display(), aside.display())
    })?;
    session.output.note("At its start, the daemon notes in the audit log what the copy doesn't hold.");
    Ok(Answer::Yes)
}

fn stopped(error: tokio::task::JoinError) -> Failure {
    Failure::new(Exit::Unavailable, error.to_string())
}

fn failed(error: ServeError) -> Failure {
    let hint = match &error {
        ServeError::Locked(_) => "Stop it first: katonic daemon stop.",
        _ => "Nothing was changed.",
    };
    Failure::new(Exit::Unavailable, error.to_string()).hint(hint)
}
