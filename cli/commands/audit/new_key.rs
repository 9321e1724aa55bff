//! `katonic audit new-key`: the log goes on under a new key, on purpose, while no daemon runs.

use crate::commands::daemon::configuration;
use crate::failure::{Answer, Exit, Failure};
use crate::session::Session;
use ::daemon::begin_audit_key;
use clap::Args;
use tokio::task::spawn_blocking;

#[derive(Debug, Args)]
pub(super) struct NewKey {
    /// The key before is lost: nobody signs the new one, and what stands in the log before is proven by nobody any more
    #[arg(long)]
    lost: bool,
}

pub(super) async fn run(session: &Session, args: NewKey) -> Result<Answer, Failure> {
    let config = configuration(session)?;
    let failed = |error: &dyn std::error::Error| Failure::new(Exit::Unavailable, error.to_string());
    let begun = spawn_blocking(move || begin_audit_key(&config, args.lost)).await;
    let begun = begun.map_err(|error| failed(&error))?.map_err(|error| failed(&error))?;
    session.output.either(&begun, || match &begun.before {
        Some(before) => {
            format!("From row {} on the log is signed by {}, as {before} signed.", begun.row, begun.after)
        }
        None => {
            format!("From row {} on the log is signed by {}; nobody signed that.", begun.row, begun.after)
        }
    })?;
    Ok(Answer::Yes)
}
