//! `katonic prompts`: better instructions, examples and settings for an agent, found on a suite.

mod apply;
mod budget;
mod optimise;
mod report;
mod rewrite;

use crate::failure::{Answer, Failure};
use crate::session::Session;
use clap::{Args, Subcommand};
use contract::catalogue::GetOptimisation;
use contract::wire::prompts::OptimisationPath;

/// Prompt optimisation.
#[derive(Debug, Args)]
pub(crate) struct Prompts {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Search for a better prompt of an agent; cases that the search never sees decide
    Optimise(optimise::Optimise),
    /// Show a search with its candidates
    Show {
        /// The optimisation's id
        optimisation: String,
    },
    /// Make a candidate a new version of its agent; it goes live through the gate alone
    Apply(apply::Apply),
}

pub(super) async fn run(session: &Session, prompts: Prompts) -> Result<Answer, Failure> {
    match prompts.command {
        Command::Optimise(args) => optimise::run(session, args).await,
        Command::Show { optimisation } => {
            let path = OptimisationPath { optimisation_id: optimisation };
            let found = session.client()?.call::<GetOptimisation>(&path).await?;
            report::print(session, &found)?;
            Ok(Answer::Yes)
        }
        Command::Apply(args) => apply::run(session, args).await,
    }
}
