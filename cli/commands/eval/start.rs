//! `katonic eval run`.

use super::{follow, report};
use crate::client::Client;
use crate::definition::read_sound;
use crate::failure::{Answer, Exit, Failure};
use crate::session::Session;
use clap::Args;
use contract::agent::AgentDefinition;
use contract::catalogue::{GetRun, StartRun};
use contract::check::Checked;
use contract::wire::evaluations::{Run, RunDetail, RunPath, RunStatus, StartRunRequest};
use std::path::PathBuf;

/// Runs a suite against an agent.
#[derive(Debug, Args)]
pub(super) struct Start {
    /// The agent; a file's own by default
    #[arg(long, required_unless_present_any = ["file", "filter_failing", "retry_errors"])]
    agent: Option<String>,
    /// The suite; the one that the file's gate names by default
    #[arg(long, required_unless_present_any = ["file", "filter_failing", "retry_errors"])]
    suite: Option<String>,
    /// The agent's version; the one applied last by default
    #[arg(long, conflicts_with_all = ["env", "file"])]
    version: Option<String>,
    /// Run what is live there
    #[arg(long, value_parser = ["test", "prod"], conflicts_with = "file")]
    env: Option<String>,
    /// Run a definition that is not applied
    #[arg(long)]
    file: Option<PathBuf>,
    /// Wait for the end
    #[arg(long)]
    wait: bool,
    /// Take no answer of earlier runs
    #[arg(long)]
    fresh: bool,
    /// Cases at the same time: 1 to 64
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=64))]
    concurrency: Option<u32>,
    /// The seed of what is random
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Dollars that it may cost in all, judges included, such as `2usd`; then it fails
    #[arg(long, value_name = "USD", value_parser = dollars)]
    budget: Option<f64>,
    /// Only the cases that failed in a run
    #[arg(long, value_name = "RUN", conflicts_with = "retry_errors")]
    filter_failing: Option<String>,
    /// Only the cases that ended in an error in a run
    #[arg(long, value_name = "RUN")]
    retry_errors: Option<String>,
}

pub(super) async fn run(session: &Session, args: Start) -> Result<Answer, Failure> {
    let wait = args.wait;
    let client = session.client()?;
    let before = before(&client, &args).await?;
    let request = request(session, args, before)?;
    let started = client.call::<StartRun>(&request).await?;
    if !wait {
        session.output.either(&report::summary(&started)?, || started.run_id.clone())?;
        session.output.note(&format!("The run goes on: `katonic eval show {}` shows it.", started.run_id));
        return Ok(Answer::Yes);
    }
    watch(session, &client, &started.run_id).await
}

/// Follows a run to its end, and prints it.
///
/// # Errors
/// If it does not finish.
pub(super) async fn watch(session: &Session, client: &Client, run_id: &str) -> Result<Answer, Failure> {
    let run = follow::follow(session, client, run_id).await?;
    report::print(session, &run)?;
    match run.run.status {
        RunStatus::Finished => Ok(Answer::Yes),
        status => {
            let ended = format!("The run ended as {}", status.as_str());
            Err(match &run.run.reason {
                Some(reason) => Failure::new(Exit::Unavailable, format!("{ended}: {reason}")),
                None => Failure::new(Exit::Unavailable, ended)
                    .hint("The daemon's log says why; then start it again."),
            })
        }
    }
}

fn dollars(text: &str) -> Result<f64, String> {
    let number = text.strip_suffix("usd").unwrap_or(text).trim_end().parse();
    number.map_err(|_| "a number of dollars is wanted, such as 2usd".to_owned())
}

/// The run before, and those of its cases that are asked again, where one is named.
async fn before(client: &Client, args: &Start) -> Result<Option<(Run, Vec<String>)>, Failure> {
    let Some(run_id) = args.filter_failing.as_ref().or(args.retry_errors.as_ref()) else { return Ok(None) };
    let RunDetail { run, data } = client.call::<GetRun>(&RunPath { run_id: run_id.clone() }).await?;
    let of_errors = args.retry_errors.is_some();
    let again = data.into_iter().filter(|case| !case.passed && (!of_errors || case.error.is_some()));
    let cases: Vec<String> = again.map(|case| case.case_id).collect();
    if cases.is_empty() {
        let what = if of_errors { "ended in an error" } else { "failed" };
        return Err(Failure::usage(format!("No case of {run_id} {what}")));
    }
    Ok(Some((run, cases)))
}

fn request(
    session: &Session,
    args: Start,
    before: Option<(Run, Vec<String>)>,
) -> Result<StartRunRequest, Failure> {
    let (before, cases) = before.unzip();
    let same =
        before.as_ref().filter(|_| args.retry_errors.is_some() && args.env.is_none() && args.file.is_none());
    let mut request = StartRunRequest {
        agent: args.agent.or_else(|| before.as_ref().map(|run| run.agent.clone())).unwrap_or_default(),
        suite: args.suite.or_else(|| before.as_ref().map(|run| run.suite.clone())).unwrap_or_default(),
        cases,
        version: args.version.or_else(|| same.map(|run| run.agent_version.clone())),
        environment: args.env,
        // What failed is asked again to see whether it does so each time.
        fresh: args.fresh || args.filter_failing.is_some() || args.retry_errors.is_some(),
        concurrency: args.concurrency,
        seed: args.seed,
        budget_usd: args.budget,
        ..StartRunRequest::default()
    };
    if let Some(file) = args.file {
        let agent = agent(read_sound(&[file], &session.output)?)?;
        if request.agent.is_empty() {
            request.agent.clone_from(&agent.metadata.id);
        }
        if request.suite.is_empty() {
            request.suite = agent.suite().map(str::to_owned).ok_or_else(|| {
                Failure::usage("The definition names no suite").hint("Name one with --suite.")
            })?;
        }
        request.definition = Some(serde_json::to_string(&agent)?);
    }
    Ok(request)
}

/// The agent that a file holds.
///
/// # Errors
/// If it holds something else.
pub(super) fn agent(definitions: Vec<Checked>) -> Result<AgentDefinition, Failure> {
    match definitions.into_iter().next() {
        Some(Checked::Agent(agent)) => Ok(agent),
        _ => {
            Err(Failure::usage("--file wants an agent, and this is a suite")
                .hint("Name the suite with --suite."))
        }
    }
}
