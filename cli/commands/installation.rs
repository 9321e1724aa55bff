//! `katonic self`: where this binary was installed to, and how it goes again.

use crate::commands::daemon::stop_running;
use crate::contexts;
use crate::failure::{Answer, Exit, Failure};
use crate::output::counted;
use crate::process;
use crate::session::Session;
use clap::{Args, Subcommand};
use schemars::JsonSchema;
use serde::Serialize;
use std::env;
use std::fs;
use std::io::{ErrorKind, IsTerminal, stdin};
use std::path::{Component, Path, PathBuf};
use tokio::io::{AsyncBufReadExt, BufReader};

/// What `install.sh` wrote below its prefix, a path a line.
const MANIFEST: &str = "share/katonic/installed";

/// What a home holds of ours.
const OURS: [&str; 10] = [
    "data",
    "logs",
    "contexts",
    "context",
    "context.json",
    "credentials.json",
    "daemon.json",
    "daemon.lock",
    "daemon.new",
    "katonic.toml",
];

/// What was installed.
#[derive(Debug, Args)]
pub(crate) struct Installation {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Remove what install.sh put here: the binary, completions, manual pages; data stays
    Uninstall(Uninstall),
}

#[derive(Debug, Args)]
struct Uninstall {
    /// Also delete this home: its store, its keys, its configuration
    #[arg(long)]
    purge: bool,
    /// Don't ask
    #[arg(long)]
    yes: bool,
}

/// What is gone.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Uninstalled {
    /// Where it was installed to.
    prefix: PathBuf,
    /// What was removed, below the prefix.
    removed: Vec<PathBuf>,
    /// The home.
    home: PathBuf,
    /// Whether the home is gone too.
    purged: bool,
}

pub(super) async fn run(session: &Session, installation: Installation) -> Result<Answer, Failure> {
    let Command::Uninstall(args) = installation.command;
    let binary = env::current_exe()
        .and_then(fs::canonicalize)
        .map_err(|error| Failure::usage(format!("This binary can't be found: {error}")))?;
    let prefix = binary.parent().and_then(Path::parent).unwrap_or(Path::new("/")).to_owned();
    let files = installed(&prefix, &binary)?;
    if process::running(&session.home).is_some() && !args.purge {
        return Err(Failure::new(Exit::No, format!("A daemon runs in {}", session.home.display()))
            .hint("Stop it first: katonic daemon stop."));
    }
    if !args.yes {
        confirm(session, &prefix, &files, args.purge).await?;
    }
    if args.purge {
        stop_running(session).await?;
        purge(session)?;
    }
    let removed = remove(&prefix, files)?;
    let home = session.home.clone();
    let gone = Uninstalled { prefix, removed, home, purged: args.purge };
    session.output.either(&gone, || {
        let what = counted(gone.removed.len(), "file");
        format!("katonic is uninstalled: {what} below {} are gone.", gone.prefix.display())
    })?;
    if !args.purge && session.home.exists() {
        session.output.note(&format!("The data stays in {}.", session.home.display()));
    }
    Ok(Answer::Yes)
}

/// What the manifest names; nothing outside of the prefix.
fn installed(prefix: &Path, binary: &Path) -> Result<Vec<PathBuf>, Failure> {
    let manifest = prefix.join(MANIFEST);
    let text = fs::read_to_string(&manifest).map_err(|error| match error.kind() {
        ErrorKind::NotFound => {
            Failure::new(Exit::NotFound, format!("{} was not installed by install.sh", binary.display()))
                .hint(match Path::new("/var/lib/dpkg/info/katonic.list").exists() {
                    true => "Debian's package goes by `apt remove katonic`; `apt purge` also takes its data.",
                    false => "Remove the file by hand.",
                })
        }
        _ => Failure::file(&manifest, &error),
    })?;
    let files: Vec<PathBuf> = text.lines().filter(|line| !line.is_empty()).map(PathBuf::from).collect();
    let is_below = |path: &PathBuf| path.components().all(|part| matches!(part, Component::Normal(_)));
    if let Some(odd) = files.iter().find(|path| !is_below(path)) {
        return Err(Failure::usage(format!("{} names {}", manifest.display(), odd.display()))
            .hint("Only paths below the prefix may stand there; nothing was removed."));
    }
    Ok(files)
}

async fn confirm(session: &Session, prefix: &Path, files: &[PathBuf], purge: bool) -> Result<(), Failure> {
    if !stdin().is_terminal() {
        return Err(Failure::usage("Nobody is there to say yes").hint("Add --yes."));
    }
    let what = counted(files.len(), "file");
    let data = if purge { format!(", and all data in {}", session.home.display()) } else { String::new() };
    session.output.prompt(&format!("Remove {what} below {}{data}? [y/N] ", prefix.display()));
    let line = BufReader::new(tokio::io::stdin()).lines().next_line().await?;
    match line.as_deref().map(str::trim) {
        Some("y" | "Y" | "yes") => Ok(()),
        _ => Err(Failure::new(Exit::No, "Nothing was removed.")),
    }
}

fn remove(prefix: &Path, files: Vec<PathBuf>) -> Result<Vec<PathBuf>, Failure> {
    let mut removed = Vec::new();
    for file in files.into_iter().chain([PathBuf::from(MANIFEST)]) {
        let path = prefix.join(&file);
        match fs::remove_file(&path) {
            Ok(()) => removed.push(file),
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(Failure::file(&path, &error)),
        }
    }
    // Others may have put something beside it.
    drop(fs::remove_dir(prefix.join("share/katonic")));
    Ok(removed)
}

fn purge(session: &Session) -> Result<(), Failure> {
    let home = &session.home;
    for name in contexts::names(home)? {
        session.secret_store_in(&contexts::folder(home, &name)?).clear()?;
    }
    for name in OURS {
        let path = home.join(name);
        let removed = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
        match removed {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(Failure::file(&path, &error)),
            _ => {}
        }
    }
    // What is not ours stays, and the folder with it.
    drop(fs::remove_dir(home));
    Ok(())
}
