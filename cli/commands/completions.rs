//! `katonic completions SHELL`.

use crate::completion::script;
use crate::failure::{Answer, Failure};
use crate::session::Session;
use clap::Args;

/// Prints what has a shell ask this binary on each TAB: for commands, options, and the daemon's agents, keys and runs.
#[derive(Debug, Args)]
#[command(after_help = "\
Where it goes:
  bash        ~/.local/share/bash-completion/completions/katonic
  zsh         _katonic in a folder of $fpath
  fish        ~/.config/fish/completions/katonic.fish
  powershell  a line in $PROFILE: katonic completions powershell | Out-String | Invoke-Expression
  elvish      a line in rc.elv: eval (katonic completions elvish | slurp)
")]
pub(crate) struct Completions {
    /// The shell
    #[arg(value_parser = ["bash", "zsh", "fish", "powershell", "elvish"])]
    shell: String,
}

pub(super) fn run(session: &Session, args: &Completions) -> Result<Answer, Failure> {
    session.output.piece(&script(&args.shell)?)?;
    Ok(Answer::Yes)
}
