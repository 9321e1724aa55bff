//! `katonic eval`: suites, runs and comparisons.

mod calibrate;
mod compare;
mod drift;
pub(super) mod follow;
mod import;
mod matrix;
mod redteam;
mod report;
mod score;
mod start;

use super::agents;
use crate::args::PageArgs;
use crate::client::Client;
use crate::failure::{Answer, Failure};
use crate::output::table::{table, version};
use crate::session::Session;
use clap::{Args, Subcommand};
use contract::admin::CancelRun;
use contract::catalogue::{CompareRuns, GetRun, ListRuns};
use contract::wire::evaluations::{CompareRequest, ListRunsQuery, RunPath};
use std::path::PathBuf;

/// Evaluations.
#[derive(Debug, Args)]
pub(crate) struct Eval {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Store a suite
    Apply {
        /// The suite's file
        file: PathBuf,
    },
    /// Run a suite against an agent
    Run(start::Start),
    /// List runs
    List(List),
    /// Show a run with its failing cases, or report it
    Show(Show),
    /// Run a suite against models and instructions, side by side
    Matrix(matrix::Matrix),
    /// Hold a run against a baseline; exit 1 on a regression
    Compare(compare::Compare),
    /// Follow a run to its end
    Watch {
        /// The run's id
        run: String,
    },
    /// Stop a run; what is done stays to be read
    Cancel {
        /// The run's id
        run: String,
    },
    /// Hold an agent's newest answers in prod to those before; exit 1 where they drifted
    Drift {
        /// The agent
        agent: String,
    },
    /// Score answers that were recorded elsewhere, without an agent
    Score(score::ScoreAnswers),
    /// Hold a run's judge and evaluators to people's labels
    Calibrate(calibrate::Calibrate),
    /// Make a suite of hostile cases for an agent
    Redteam(redteam::Redteam),
    /// Make a suite of promptfoo's, OpenAI evals', Ragas' or DeepEval's
    Import(import::Import),
}

#[derive(Debug, Args)]
struct Show {
    /// The run's id
    run: String,
    /// How to show it
    #[arg(long, value_enum)]
    format: Option<report::Format>,
    /// What a report holds it against: what is live in `prod` or `test`, or another run's id
    #[arg(long, value_name = "prod|test|RUN")]
    baseline: Option<String>,
}

#[derive(Debug, Args)]
struct List {
    #[command(flatten)]
    page: PageArgs,
    /// Only of this agent
    #[arg(long)]
    agent: Option<String>,
    /// Only of this suite
    #[arg(long)]
    suite: Option<String>,
}

pub(super) async fn run(session: &Session, eval: Eval) -> Result<Answer, Failure> {
    match eval.command {
        Command::Apply { file } => agents::apply(session, &[file], false).await,
        Command::Run(args) => start::run(session, args).await,
        Command::List(args) => list(session, args).await,
        Command::Show(args) => show(session, args).await,
        Command::Matrix(args) => matrix::run(session, args).await,
        Command::Compare(args) => compare::run(session, args).await,
        Command::Watch { run } => start::watch(session, &session.client()?, &run).await,
        Command::Cancel { run } => cancel(session, run).await,
        Command::Drift { agent } => drift::run(session, agent).await,
        Command::Score(args) => score::run(session, &args),
        Command::Calibrate(args) => calibrate::run(session, args).await,
        Command::Redteam(args) => redteam::run(session, args).await,
        Command::Import(args) => tokio::task::block_in_place(|| import::run(session, &args)),
    }
}

async fn list(session: &Session, args: List) -> Result<Answer, Failure> {
    let List { page, agent, suite } = args;
    let query = ListRunsQuery { page: page.into(), agent, suite, version: None, status: None };
    let page = session.client()?.call::<ListRuns>(&query).await?;
    session.output.either(&page, || {
        let header = ["run", "agent", "version", "suite", "status", "passed", "started"];
        let rows = page.data.iter().map(|run| {
            let passed = format!("{}/{}", run.passed, run.cases);
            let [agent, version] = [run.agent.clone(), version(&run.agent_version)];
            let status = run.status.as_str().to_owned();
            [
                run.run_id.clone(),
                agent,
                version,
                run.suite.clone(),
                status,
                passed,
                run.created_at.to_string(),
            ]
        });
        table(header, rows)
    })?;
    session.output.more(page.next.as_deref());
    Ok(Answer::Yes)
}

async fn cancel(session: &Session, run_id: String) -> Result<Answer, Failure> {
    let run = session.client()?.call::<CancelRun>(&RunPath { run_id }).await?;
    session
        .output
        .either(&run, || format!("{}: {} of {} cases were asked", run.run_id, run.done, run.cases))?;
    Ok(Answer::Yes)
}

async fn show(session: &Session, args: Show) -> Result<Answer, Failure> {
    let client = session.client()?;
    let run = client.call::<GetRun>(&RunPath { run_id: args.run.clone() }).await?;
    let against = match args.baseline {
        Some(name) => Some(against(&client, args.run, name).await?),
        None => None,
    };
    let usual = if session.output.wants_json() { report::Format::Json } else { report::Format::Text };
    report::show(session, &report::Told { run: &run, against }, args.format.unwrap_or(usual))?;
    Ok(Answer::Yes)
}

/// What a run is held against.
async fn against(client: &Client, run_id: String, name: String) -> Result<report::Against, Failure> {
    let request = CompareRequest { run_id, baseline: name.clone(), seed: None };
    let comparison = client.call::<CompareRuns>(&request).await?;
    let baseline = match &comparison.baseline_run_id {
        Some(run_id) => Some(client.call::<GetRun>(&RunPath { run_id: run_id.clone() }).await?),
        None => None,
    };
    Ok(report::Against { name, comparison, baseline })
}
