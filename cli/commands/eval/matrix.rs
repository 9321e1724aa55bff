//! `katonic eval matrix`: models and instructions side by side, each combination held against the first.

use super::{follow, report, start};
use crate::client::Client;
use crate::definition::read_sound;
use crate::failure::{Answer, Exit, Failure};
use crate::output::table::{figure, or_dash, table};
use crate::session::Session;
use clap::Args;
use contract::agent::{AgentDefinition, ModelChoice, ModelSettings};
use contract::catalogue::{CompareRuns, GetAgent, StartRun};
use contract::wire::agents::AgentPath;
use contract::wire::evaluations::{CompareRequest, Comparison, RunDetail, RunStatus, StartRunRequest};
use serde_json::json;
use std::path::PathBuf;

/// Most combinations: each is a run of the whole suite.
const MOST_VARIANTS: usize = 24;

/// Runs a suite against each combination of models and instructions.
#[derive(Debug, Args)]
pub(super) struct Matrix {
    /// The agent's file; it need not be applied
    #[arg(long, required_unless_present = "agent")]
    file: Option<PathBuf>,
    /// The agent, as it was applied last
    #[arg(long, conflicts_with = "file")]
    agent: Option<String>,
    /// The suite; the one that the agent's gate names by default
    #[arg(long)]
    suite: Option<String>,
    /// Models or tiers to try; the agent's own by default
    #[arg(long, value_delimiter = ',', required_unless_present = "instructions")]
    models: Vec<String>,
    /// Files with instructions to try; the agent's own by default
    #[arg(long, value_name = "FILE", value_delimiter = ',')]
    instructions: Vec<PathBuf>,
    /// Take no answer of earlier runs
    #[arg(long)]
    fresh: bool,
    /// Cases at the same time: 1 to 64
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=64))]
    concurrency: Option<u32>,
}

/// A combination, and how it went.
struct Variant {
    model: String,
    instructions: Option<PathBuf>,
    definition: AgentDefinition,
}

struct Ran {
    variant: Variant,
    run: RunDetail,
    /// Against the first; none for that one itself.
    comparison: Option<Comparison>,
}

pub(super) async fn run(session: &Session, args: Matrix) -> Result<Answer, Failure> {
    let client = session.client()?;
    let base = base(session, &client, &args).await?;
    let suite = args
        .suite
        .clone()
        .or_else(|| base.suite().map(str::to_owned))
        .ok_or_else(|| Failure::usage("The definition names no suite").hint("Name one with --suite."))?;
    let mut ran: Vec<Ran> = Vec::new();
    for variant in variants(&base, &args)? {
        let request = StartRunRequest {
            agent: base.metadata.id.clone(),
            suite: suite.clone(),
            definition: Some(serde_json::to_string(&variant.definition)?),
            fresh: args.fresh,
            concurrency: args.concurrency,
            ..StartRunRequest::default()
        };
        let run = finished(session, &client, &request).await?;
        let comparison = match ran.first() {
            Some(first) => Some(compared(&client, &run, &first.run).await?),
            None => None,
        };
        ran.push(Ran { variant, run, comparison });
    }
    let told = json!({"suite": suite, "variants": ran.iter().map(shown).collect::<Result<Vec<_>, _>>()?});
    session.output.either(&told, || describe(&ran))?;
    Ok(Answer::Yes)
}

/// The definition that is varied.
async fn base(session: &Session, client: &Client, args: &Matrix) -> Result<AgentDefinition, Failure> {
    match (&args.file, &args.agent) {
        (Some(file), _) => start::agent(read_sound(std::slice::from_ref(file), &session.output)?),
        (None, agent) => {
            let agent_id = agent.clone().unwrap_or_default();
            Ok(client.call::<GetAgent>(&AgentPath { agent_id }).await?.definition)
        }
    }
}

fn variants(base: &AgentDefinition, args: &Matrix) -> Result<Vec<Variant>, Failure> {
    let own = [base.spec.model.name().to_owned()];
    let models = if args.models.is_empty() { &own[..] } else { &args.models };
    let mut texts: Vec<(Option<PathBuf>, Option<String>)> = Vec::new();
    for file in &args.instructions {
        let text = std::fs::read_to_string(file).map_err(|error| Failure::file(file, &error))?;
        texts.push((Some(file.clone()), Some(text)));
    }
    if texts.is_empty() {
        texts.push((None, base.spec.instructions.clone()));
    }
    let count = models.len() * texts.len();
    if count > MOST_VARIANTS {
        return Err(Failure::usage(format!("{count} combinations are more than {MOST_VARIANTS}")));
    }
    let one = |model: &String, (file, text): &(Option<PathBuf>, Option<String>)| {
        let mut definition = base.clone();
        let settings = base.spec.model.settings();
        definition.spec.model = ModelChoice::Settings(ModelSettings { model: model.clone(), ..settings });
        definition.spec.instructions.clone_from(text);
        Variant { model: model.clone(), instructions: file.clone(), definition }
    };
    Ok(models.iter().flat_map(|model| texts.iter().map(move |text| one(model, text))).collect())
}

async fn finished(
    session: &Session,
    client: &Client,
    request: &StartRunRequest,
) -> Result<RunDetail, Failure> {
    let started = client.call::<StartRun>(request).await?;
    let run = follow::follow(session, client, &started.run_id).await?;
    if run.run.status == RunStatus::Finished {
        return Ok(run);
    }
    let reason = run.run.reason.as_deref().unwrap_or("the daemon's log says why");
    let message = format!("The run {} ended as {}: {reason}", run.run.run_id, run.run.status.as_str());
    Err(Failure::new(Exit::Unavailable, message))
}

async fn compared(client: &Client, run: &RunDetail, first: &RunDetail) -> Result<Comparison, Failure> {
    let baseline = first.run.run_id.clone();
    let request = CompareRequest { run_id: run.run.run_id.clone(), baseline, seed: None };
    client.call::<CompareRuns>(&request).await
}

fn shown(ran: &Ran) -> Result<serde_json::Value, Failure> {
    Ok(json!({
        "model": ran.variant.model,
        "instructions": ran.variant.instructions,
        "run": report::summary(&ran.run.run)?,
        "comparison": ran.comparison,
    }))
}

fn describe(ran: &[Ran]) -> String {
    let rows = ran.iter().map(|Ran { variant, run, comparison }| {
        let run = &run.run;
        let against = comparison.as_ref().map(|comparison| {
            let (low, high) = comparison.ci95;
            format!("{} ({:+.3}, {low:+.3} to {high:+.3})", comparison.verdict, comparison.delta)
        });
        [
            variant.model.clone(),
            or_dash(variant.instructions.as_ref().map(|file| file.display())),
            format!("{}/{}", run.passed, run.cases),
            or_dash(run.evaluators.get("correctness").map(|summary| figure(summary.mean))),
            figure(run.usage.p95_ms),
            format!("{:.4}", run.usage.cost_usd.dollars()),
            or_dash(against),
            run.run_id.clone(),
        ]
    });
    let header =
        ["model", "instructions", "passed", "correctness", "p95 ms", "cost, USD", "against the first", "run"];
    table(header, rows)
}
