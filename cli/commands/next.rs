//! `katonic` alone: what there is, as far as one look tells, and what to do next.

use crate::client::Client;
use crate::contexts::SANDBOX;
use crate::failure::{Answer, Exit, Failure};
use crate::manual;
use crate::output::{STRONG, counted};
use crate::process;
use crate::session::Session;
use contract::admin::ListApprovals;
use contract::catalogue::{ListAgents, ListRuns};
use contract::wire::admin::{ApprovalStatus, ListApprovalsQuery};
use contract::wire::agents::{AgentSummary, ListAgentsQuery};
use contract::wire::evaluations::ListRunsQuery;
use contract::wire::page::ListQuery;
use schemars::JsonSchema;
use serde::Serialize;
use std::path::Path;

/// Something to do, and why.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Step {
    command: String,
    why: String,
}

/// What there is, and what to do next.
#[derive(Serialize, JsonSchema)]
pub(crate) struct State {
    /// The context that commands use.
    context: String,
    /// Its daemon.
    url: String,
    /// Whether that answers.
    ready: bool,
    /// In a sentence.
    says: String,
    /// What to do next, the most useful first.
    next: Vec<Step>,
}

fn step(command: impl Into<String>, why: &str) -> Step {
    Step { command: command.into(), why: why.to_owned() }
}

pub(super) async fn run(session: &Session) -> Result<Answer, Failure> {
    let output = &session.output;
    if !output.is_terminal() && !output.wants_json() {
        output.note(&manual::tree().render_help().ansi().to_string());
        return Err(Failure { message: String::new(), ..Failure::usage("") });
    }
    let state = look(session).await?;
    output.either(&state, || {
        let widest = state.next.iter().map(|step| step.command.chars().count()).max().unwrap_or(0);
        let steps: Vec<String> = state
            .next
            .iter()
            .map(|Step { command, why }| format!("  {STRONG}{command:<widest$}{STRONG:#}  {why}"))
            .collect();
        format!("{}\n\nNext:\n{}\n\n`katonic --help` lists all commands.", state.says, steps.join("\n"))
    })?;
    Ok(Answer::Yes)
}

async fn look(session: &Session) -> Result<State, Failure> {
    let context = session.context_name()?;
    let client = session.client()?;
    let url = client.url().to_owned();
    let state = |ready: bool, says: String, next: Vec<Step>| {
        let mut next = next;
        if Path::new("katonic.toml").exists() {
            next.push(step("katonic agents validate", "check this repository's agents and suites"));
        }
        State { context: context.clone(), url: url.clone(), ready, says, next }
    };
    match client.call::<ListAgents>(&ListAgentsQuery::default()).await {
        Ok(agents) => {
            let (says, next) = served(&client, &agents.data).await;
            Ok(state(true, format!("{says} ({context}, {url})"), next))
        }
        Err(failure) if failure.exit == Exit::Unavailable => {
            let (says, next) = away(session, &context, &url);
            Ok(state(false, says, next))
        }
        Err(failure) => {
            let says = format!("The daemon at {url} answers, but not to you: {}", failure.message);
            let login = format!("katonic login --url {url}");
            let next = vec![
                step(login, "with a key that may do what you want to"),
                step("katonic doctor", "look for what is in the way"),
            ];
            Ok(state(true, says, next))
        }
    }
}

/// What to do where no daemon answers.
fn away(session: &Session, context: &str, url: &str) -> (String, Vec<Step>) {
    let is_new = !session.home.join("context.json").exists();
    if context != SANDBOX {
        let says = format!("The daemon of {context} does not answer ({url}).");
        let next = vec![
            step("katonic doctor", "look for what is in the way"),
            step("katonic context use sandbox", "go on with this machine's own"),
        ];
        return (says, next);
    }
    if is_new {
        let next = vec![
            step("katonic sandbox", "a local daemon with a sample agent, its suite and a key"),
            step("katonic login --url https://…", "use a daemon that others run"),
            step("katonic agents init my-agent", "an agent of your own, as files"),
        ];
        return ("There is no daemon here yet.".to_owned(), next);
    }
    if process::running(&session.home).is_some() {
        let next =
            vec![step("katonic daemon logs", "see what it does"), step("katonic doctor", "look for more")];
        return (format!("This home's daemon runs, and is not ready ({url})."), next);
    }
    let next = vec![
        step("katonic sandbox", "bring it back, as it was"),
        step("katonic daemon start --detach", "the same without the sample"),
        step("katonic daemon check", "look through its store"),
    ];
    (format!("This home's daemon is down ({url})."), next)
}

/// What to do where one answers.
async fn served(client: &Client, agents: &[AgentSummary]) -> (String, Vec<Step>) {
    if agents.is_empty() {
        let next = vec![
            step("katonic agents init my-agent", "write an agent, a suite and a document to begin with"),
            step("katonic agents apply agents/my-agent.yml", "store it"),
        ];
        return ("The daemon serves no agent yet.".to_owned(), next);
    }
    let mut next = Vec::new();
    let query = ListApprovalsQuery {
        page: ListQuery { limit: Some(1), after: None },
        team: None,
        status: Some(ApprovalStatus::Pending),
    };
    // Who may not see them has nothing to decide.
    if client.call::<ListApprovals>(&query).await.is_ok_and(|page| !page.data.is_empty()) {
        next.push(step("katonic approvals list", "calls wait for a person"));
    }
    let live = agents.iter().filter(|agent| agent.environments.contains_key("prod")).count();
    let says = format!("{} served, {live} of them live in prod", counted(agents.len(), "agent"));
    match agents.iter().find(|agent| !agent.archived && !agent.environments.contains_key("prod")) {
        Some(agent) => next.extend(release(client, &agent.id).await),
        None => {
            let agent = &agents[0].id;
            next.push(step(format!("katonic chat {agent}"), "ask it something"));
            next.push(step(format!("katonic agents get {agent}"), "its versions and promotions"));
        }
    }
    next.push(step("katonic usage", "what was called, how fast, at what cost"));
    next.push(step("katonic hub open", "the same in the browser"));
    (says, next)
}

/// What stands between an agent and prod.
async fn release(client: &Client, agent: &str) -> Vec<Step> {
    let query = ListRunsQuery { agent: Some(agent.to_owned()), ..ListRunsQuery::default() };
    let runs = client.call::<ListRuns>(&query).await.map(|page| page.data).unwrap_or_default();
    match runs.first() {
        None => vec![step(
            format!("katonic eval run --agent {agent} --suite SUITE --wait"),
            "no suite was run against it yet",
        )],
        Some(run) if run.passed < run.cases => vec![
            step(format!("katonic eval show {}", run.run_id), "the cases that it failed last"),
            step(format!("katonic agents promote {agent} --env=prod"), "the gate says what is missing"),
        ],
        Some(_) => {
            vec![step(format!("katonic agents promote {agent} --env=prod"), "it passed its last run whole")]
        }
    }
}
