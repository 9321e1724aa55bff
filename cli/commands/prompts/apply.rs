//! `katonic prompts apply`: a candidate becomes a version, and a file if one is named.

use super::rewrite;
use crate::failure::{Answer, Failure};
use crate::output::table::version;
use crate::session::Session;
use clap::Args;
use contract::catalogue::ApplyOptimisation;
use contract::wire::prompts::ApplyOptimisationRequest;
use std::path::PathBuf;

/// Applies a candidate.
#[derive(Debug, Args)]
pub(super) struct Apply {
    /// The optimisation's id
    optimisation: String,
    /// The candidate; the best by default, if the held-out cases say that it is better
    #[arg(long, value_name = "ID")]
    candidate: Option<String>,
    /// The agent's file, to be changed to the new version; its comments stay
    #[arg(long, value_name = "FILE")]
    write: Option<PathBuf>,
}

pub(super) async fn run(session: &Session, args: Apply) -> Result<Answer, Failure> {
    let request =
        ApplyOptimisationRequest { optimisation_id: args.optimisation, candidate_id: args.candidate };
    let applied = session.client()?.call::<ApplyOptimisation>(&request).await?;
    session.output.either(&applied, || applied.diff.trim_end().to_owned())?;
    let short = version(&applied.version);
    session.output.note(&format!(
        "{} is version {short} of {}. Run its suite, then promote it: the gate decides.",
        applied.candidate_id, applied.agent
    ));
    if let Some(file) = args.write {
        rewrite::write(&file, &applied)?;
        session.output.note(&format!("{} is that version now: look at its diff.", file.display()));
    }
    Ok(Answer::Yes)
}
