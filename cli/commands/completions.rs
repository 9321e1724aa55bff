//! `katonic completions SHELL`.

use crate::args::Cli;
use crate::failure::{Answer, Failure};
use crate::session::Session;
use clap::{Args, CommandFactory};
use clap_complete::{Shell, generate};

/// Prints a shell's completions.
#[derive(Debug, Args)]
#[command(after_help = "Bash: katonic completions bash > ~/.local/share/bash-completion/completions/katonic")]
pub(crate) struct Completions {
    /// The shell
    shell: Shell,
}

pub(super) fn run(session: &Session, args: &Completions) -> Result<Answer, Failure> {
    let mut script = Vec::new();
    generate(args.shell, &mut Cli::command(), "katonic", &mut script);
    session.output.piece(&String::from_utf8_lossy(&script))?;
    Ok(Answer::Yes)
}
