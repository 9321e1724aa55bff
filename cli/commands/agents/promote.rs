//! `katonic agents promote`: a version goes live through the gate, or every rule says why not.

use crate::client::Client;
use crate::failure::{Answer, Exit, Failure};
use crate::output::progress::Steps;
use crate::output::table::{figure, mark, or_dash, table, version};
use crate::session::Session;
use clap::Args;
use contract::catalogue::{GetAgent, PromoteAgent};
use contract::wire::agents::{
    AgentPath, CanaryRequest, GateRule, Override, PromoteRequest, Promotion, PromotionOutcome,
};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::sleep;

/// The status of a promotion until cases that broke were asked again.
const PENDING: &str = "pending";

/// The status of a promotion that another person must approve.
const AWAITING: &str = "awaiting_approval";

/// Seconds that one call waits for it, and how often it is looked after that.
const PATIENCE: u32 = 30;
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Makes a version live.
#[derive(Debug, Args)]
pub(super) struct Promote {
    /// The agent
    agent: String,
    /// Where to
    #[arg(long, value_parser = ["test", "prod"])]
    env: String,
    /// The version, or its first eight digits or more; the one applied last by default
    #[arg(long)]
    version: Option<String>,
    /// The run to judge; the newest that fits by default
    #[arg(long, value_name = "RUN")]
    run: Option<String>,
    /// Promote in spite of the gate; for operators, and kept in the audit log
    #[arg(long = "override", value_name = "REASON")]
    overriding: Option<String>,
    /// Only for so many of 100 calls at first, rolled back by itself where they go worse; 0 ends the canary
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u64).range(0..=50))]
    canary: Option<u64>,
}

/// What became of it, promoted or refused.
struct Verdict {
    promoted: bool,
    version: String,
    gate: Vec<GateRule>,
    /// What another person must approve first.
    approval_id: Option<String>,
}

pub(super) async fn run(session: &Session, args: Promote) -> Result<Answer, Failure> {
    let client = session.client()?;
    let request = PromoteRequest {
        agent_id: args.agent,
        environment: args.env,
        version: args.version,
        run_id: args.run,
        overriding: args.overriding.map(|reason| Override { reason }),
        canary: args.canary.map(|percent| CanaryRequest { percent }),
    };
    session.if_interrupted(format!("`katonic agents get {}` says what became of it.", request.agent_id));
    let verdict = match client.call_patiently::<PromoteAgent>(&request, PATIENCE).await {
        Ok(outcome) if outcome.status == PENDING => decided(session, &client, &request, outcome).await?,
        Ok(outcome) => promoted(outcome),
        Err(failure) if failure.has_code("eval_gate_failed") => refused(&client, &request, failure).await?,
        Err(failure) => return Err(failure),
    };
    report(session, &request, &verdict)?;
    Ok(Answer::of(verdict.promoted))
}

fn promoted(outcome: PromotionOutcome) -> Verdict {
    let approval_id = outcome.approval_id.filter(|_| outcome.status == AWAITING);
    Verdict { promoted: outcome.promoted, version: outcome.version, gate: outcome.gate, approval_id }
}

/// Waits until cases that broke were asked again, and it is decided.
async fn decided(
    session: &Session,
    client: &Client,
    request: &PromoteRequest,
    pending: PromotionOutcome,
) -> Result<Verdict, Failure> {
    let steps = Steps::new(&session.output);
    steps.next("cases that broke are asked again");
    let path = AgentPath { agent_id: request.agent_id.clone() };
    loop {
        sleep(LOOK_EVERY).await;
        let agent = client.call::<GetAgent>(&path).await?;
        let promotion = agent.promotions.into_iter().find(|one| one.promotion_id == pending.promotion_id);
        match promotion {
            Some(promotion) if promotion.status != PENDING => {
                let Promotion { status, to: version, gate, .. } = promotion;
                return Ok(Verdict { promoted: status != "refused", version, gate, approval_id: None });
            }
            Some(_) => {}
            None => {
                return Err(Failure::new(
                    Exit::Unavailable,
                    "The promotion is no longer among the last ones of the agent.",
                ));
            }
        }
    }
}

/// The refusal holds the gate; which version was refused stands in the agent's promotions, the newest first.
async fn refused(client: &Client, request: &PromoteRequest, failure: Failure) -> Result<Verdict, Failure> {
    let gate = failure.envelope.and_then(|envelope| envelope.gate).unwrap_or(Value::Array(Vec::new()));
    let agent = client.call::<GetAgent>(&AgentPath { agent_id: request.agent_id.clone() }).await?;
    let newest = agent.promotions.into_iter().find(|promotion| promotion.environment == request.environment);
    let version =
        newest.map(|promotion| promotion.to).or_else(|| request.version.clone()).unwrap_or_default();
    Ok(Verdict { promoted: false, version, gate: serde_json::from_value(gate)?, approval_id: None })
}

fn report(session: &Session, request: &PromoteRequest, verdict: &Verdict) -> Result<(), Failure> {
    let output = &session.output;
    let (agent, environment) = (&request.agent_id, &request.environment);
    let value = json!({
        "promoted": verdict.promoted,
        "environment": environment,
        "version": verdict.version,
        "gate": verdict.gate,
        "approval_id": verdict.approval_id,
    });
    let said = match &verdict.approval_id {
        Some(approval) => {
            format!(
                "passes the gate of {environment}, and waits for another person: katonic approvals approve {approval}. Promote it again then"
            )
        }
        None if verdict.promoted => match request.canary.map(|canary| canary.percent) {
            Some(0) => format!("is live in {environment} for all calls: the canary is ended"),
            Some(percent) => format!("is live in {environment} for {percent} of 100 calls"),
            None => format!("is live in {environment}"),
        },
        None => format!("is refused by the gate of {environment}"),
    };
    let said = format!("{agent} {} {said}.", version(&verdict.version));
    output.either(&value, || match verdict.gate.as_slice() {
        // The end of a canary passes no gate.
        [] => said.clone(),
        gate => format!("{}\n\n{said}", gate_table(gate)),
    })?;
    if !verdict.promoted {
        for rule in verdict.gate.iter().filter(|rule| !rule.ok) {
            output.annotate("error", None, &format!("gate of {environment}: {}", rule.rule), &rule.detail);
        }
    }
    output.summary(&format!("### katonic agents promote\n\n{said}\n\n{}", markdown(&verdict.gate)));
    Ok(())
}

/// The rules of a gate as a table.
fn gate_table(gate: &[GateRule]) -> String {
    let rows = gate.iter().map(|rule| {
        let [value, bound] = [or_dash(rule.value.map(figure)), or_dash(rule.bound.map(figure))];
        [mark(rule.ok), rule.rule.clone(), value, bound, rule.detail.clone()]
    });
    table(["", "rule", "value", "bound", "detail"], rows)
}

fn markdown(gate: &[GateRule]) -> String {
    let lines: Vec<String> = gate
        .iter()
        .map(|rule| {
            let [value, bound] = [or_dash(rule.value.map(figure)), or_dash(rule.bound.map(figure))];
            format!(
                "| {} | {} | {value} | {bound} | {} |",
                mark(rule.ok),
                rule.rule,
                rule.detail.replace('|', "\\|")
            )
        })
        .collect();
    format!("| | rule | value | bound | detail |\n|---|---|---|---|---|\n{}", lines.join("\n"))
}
