//! `katonic schema`: what scripts may rely on of a command's `--json`.

use crate::answers;
use crate::failure::{Answer, Failure};
use crate::session::Session;
use clap::Args;

/// Prints the schema of what a command prints with --json.
#[derive(Debug, Args)]
pub(crate) struct OfAnswer {
    /// The command, such as: keys list
    #[arg(required = true, num_args = 1..)]
    command: Vec<String>,
}

pub(super) fn run(session: &Session, args: &OfAnswer) -> Result<Answer, Failure> {
    let command = args.command.join(" ");
    let schema = answers::schema(command.strip_prefix("katonic ").unwrap_or(&command));
    session.output.json(&schema?)?;
    Ok(Answer::Yes)
}
