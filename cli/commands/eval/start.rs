//! `katonic eval run`.

use super::{follow, report};
use crate::definition::read_sound;
use crate::failure::{Answer, Exit, Failure};
use crate::session::Session;
use clap::Args;
use contract::agent::AgentDefinition;
use contract::catalogue::StartRun;
use contract::check::Checked;
use contract::wire::evaluations::{RunStatus, StartRunRequest};
use std::path::PathBuf;

/// Runs a suite against an agent.
#[derive(Debug, Args)]
pub(super) struct Start {
    /// The agent; a file's own by default
    #[arg(long, required_unless_present = "file")]
    agent: Option<String>,
    /// The suite; the one that the file's gate names by default
    #[arg(long, required_unless_present = "file")]
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
    /// Take no answer from a cache
    #[arg(long)]
    fresh: bool,
    /// Cases at the same time: 1 to 64
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=64))]
    concurrency: Option<u32>,
    /// The seed of what is random
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
}

pub(super) async fn run(session: &Session, args: Start) -> Result<Answer, Failure> {
    let wait = args.wait;
    let request = request(session, args)?;
    let client = session.client()?;
    let started = client.call::<StartRun>(&request).await?;
    if !wait {
        session.output.either(&report::summary(&started)?, || started.run_id.clone())?;
        session.output.note(&format!("The run goes on: `katonic eval show {}` shows it.", started.run_id));
        return Ok(Answer::Yes);
    }
    let run = follow::follow(session, &client, &started.run_id).await?;
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

fn request(session: &Session, args: Start) -> Result<StartRunRequest, Failure> {
    let mut request = StartRunRequest {
        agent: args.agent.unwrap_or_default(),
        suite: args.suite.unwrap_or_default(),
        version: args.version,
        environment: args.env,
        fresh: args.fresh,
        concurrency: args.concurrency,
        seed: args.seed,
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

fn agent(definitions: Vec<Checked>) -> Result<AgentDefinition, Failure> {
    match definitions.into_iter().next() {
        Some(Checked::Agent(agent)) => Ok(agent),
        _ => {
            Err(Failure::usage("--file wants an agent, and this is a suite")
                .hint("Name the suite with --suite."))
        }
    }
}
