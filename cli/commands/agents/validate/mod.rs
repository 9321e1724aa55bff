//! `katonic agents validate`: every problem of every file, offline.

mod explain;
mod remote;

pub(in crate::commands) use explain::{findings, weight};

use super::find::find;
use crate::definition::{Asked, check_files, mend_files};
use crate::failure::{Answer, Failure};
use crate::output::report::{Format, Report};
use crate::repository::Repository;
use crate::session::Session;
use clap::Args;
use contract::check::{Known, Severity};
use std::env;
use std::path::{Path, PathBuf};

/// Checks agents and suites.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  katonic agents validate agents/                    every agent and suite of a folder
  katonic agents validate 'agents/**/*.yml' --fix    mend what can only mean one thing
  katonic agents validate --explain weak-rail        what a rule asks, and why
  katonic agents validate agents --format sarif > katonic.sarif")]
pub(super) struct Validate {
    /// Files, folders or patterns [default: `paths` of katonic.toml]
    paths: Vec<PathBuf>,
    /// How to report [default: text; github in GitHub Actions]
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// Warnings are errors
    #[arg(long)]
    strict: bool,
    /// Mend what can only mean one thing; comments and layout stay
    #[arg(long)]
    fix: bool,
    /// Also ask the daemon which models, suites and documents exist there
    #[arg(long)]
    remote: bool,
    /// Explain a rule, with an example; `all` explains every one
    #[arg(long, value_name = "RULE", conflicts_with_all = ["fix", "strict", "remote"])]
    explain: Option<String>,
    /// The repository's rules [default: katonic.toml here or above]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

pub(super) async fn run(session: &Session, args: &Validate) -> Result<Answer, Failure> {
    if let Some(rule) = &args.explain {
        return explain::run(session, rule);
    }
    let here = env::current_dir().map_err(|error| Failure::file(Path::new("."), &error))?;
    let repository = match &args.config {
        Some(file) => Some(Repository::read(file)?),
        None => Repository::above(&here, &session.home)?,
    };
    let files = files(args, repository.as_ref(), &here)?;
    let known = known(session, args, repository.as_ref()).await?;
    let policy = repository.as_ref().map(|repository| &repository.policy);
    let strict = args.strict || policy.is_some_and(|policy| policy.validate.strict);
    let asked = Asked { strict, policy, known: known.as_ref() };
    let mended = if args.fix { mend_files(&files, asked)? } else { 0 };
    let checkup = check_files(&files, asked)?;
    let errors = checkup.count(Severity::Error);
    let report = Report {
        files: &files,
        findings: &checkup.findings,
        errors,
        warnings: checkup.count(Severity::Warning),
        suppressed: checkup.suppressed,
        mended,
    };
    session.output.report(args.format, &report)?;
    Ok(Answer::of(errors == 0))
}

/// The files that are asked for, else those of the repository's rules, without what the rules leave out.
fn files(args: &Validate, repository: Option<&Repository>, here: &Path) -> Result<Vec<PathBuf>, Failure> {
    let defaults = repository.map(|repository| (repository, &repository.policy.validate));
    let exclude =
        defaults.map(|(repository, defaults)| (repository.root.as_path(), defaults.exclude.as_slice()));
    if !args.paths.is_empty() {
        return find(&args.paths, exclude);
    }
    let paths: Vec<PathBuf> = defaults
        .into_iter()
        .flat_map(|(repository, defaults)| defaults.paths.iter().map(|path| repository.path(path, here)))
        .collect();
    if paths.is_empty() {
        return Err(Failure::usage("Nothing is named to check")
            .hint("Name files, folders or patterns, or set `paths` under [validate] in katonic.toml."));
    }
    find(&paths, exclude)
}

async fn known(
    session: &Session,
    args: &Validate,
    repository: Option<&Repository>,
) -> Result<Option<Known>, Failure> {
    let mut known = repository.map(Repository::known).transpose()?;
    if args.remote {
        remote::ask(session, known.get_or_insert_default()).await?;
    }
    Ok(known)
}
