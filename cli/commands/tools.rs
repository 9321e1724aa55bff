//! `katonic tools`: what may be run, running it, and trying a policy without a daemon.

use crate::args::PageArgs;
use crate::failure::{Answer, Failure};
use crate::output::clean;
use crate::output::table::table;
use crate::session::Session;
use ::daemon::{TriedCall, try_policy};
use clap::{Args, Subcommand};
use contract::admin;
use contract::catalogue::{InvokeTool, ListTools};
use contract::wire::Object;
use contract::wire::admin::TeamListQuery;
use contract::wire::tools::{InvokeToolRequest, InvokedTool, PolicyAction, Ticket, Tool, TrialCall};
use std::fs;
use std::path::{Path, PathBuf};

/// Most bytes of a policy, and of the calls that it is tried on.
const MOST_BYTES: u64 = 16 << 20;

/// Tools that agents and callers may run.
#[derive(Debug, Args)]
pub(crate) struct Tools {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List the tools, and which of them the key may use
    List(PageArgs),
    /// Run a tool, under the policy
    Invoke(Invoke),
    /// Show what a policy does with calls, without a daemon
    Test(Test),
    /// List the tickets that were opened (for operators)
    Tickets {
        /// Of another team than your own
        #[arg(long)]
        team: Option<String>,
        #[command(flatten)]
        page: PageArgs,
    },
}

/// A call of a tool.
#[derive(Debug, Args)]
struct Invoke {
    /// The tool
    tool: String,
    /// What it is called with, as a JSON object
    #[arg(value_name = "ARGUMENTS", default_value = "{}", value_parser = object)]
    arguments: Object,
    /// On behalf of this agent: then only what it may call
    #[arg(long)]
    agent: Option<String>,
    /// Only show what would be decided
    #[arg(long)]
    dry_run: bool,
}

/// A policy, and calls.
#[derive(Debug, Args)]
struct Test {
    /// The policy
    #[arg(long, value_name = "FILE")]
    policy: PathBuf,
    /// A call, or a list of them, as YAML or JSON: `{tool, arguments, agent, user, groups, team, environment, at, expect}`
    #[arg(long = "call", value_name = "FILE", required = true)]
    calls: Vec<PathBuf>,
}

/// A JSON object.
///
/// # Errors
/// If it is none.
fn object(text: &str) -> Result<Object, String> {
    serde_json::from_str(text).map_err(|error| format!("write a JSON object such as '{{\"a\": 1}}': {error}"))
}

pub(super) async fn run(session: &Session, tools: Tools) -> Result<Answer, Failure> {
    match tools.command {
        Command::List(page) => {
            let page = session.client_for_person()?.call::<ListTools>(&page.into()).await?;
            session.output.either(&page, || listed(&page.data))?;
            session.output.more(page.next.as_deref());
            Ok(Answer::Yes)
        }
        Command::Invoke(call) => {
            let Invoke { tool, arguments, agent, dry_run } = call;
            let request = InvokeToolRequest { tool_name: tool, arguments, agent, dry_run };
            let invoked = session.client_for_person()?.call::<InvokeTool>(&request).await?;
            invoked_shown(session, &invoked)?;
            Ok(Answer::of(invoked.ok))
        }
        Command::Test(test) => try_calls(session, &test),
        Command::Tickets { team, page } => {
            let query = TeamListQuery { page: page.into(), team };
            let page = session.client()?.call::<admin::ListTickets>(&query).await?;
            session.output.either(&page, || tickets(&page.data))?;
            session.output.more(page.next.as_deref());
            Ok(Answer::Yes)
        }
    }
}

fn listed(tools: &[Tool]) -> String {
    let rows = tools.iter().map(|tool| {
        let fate = match (&tool.why, tool.approval) {
            (Some(why), _) => format!("no: {why}"),
            (None, true) => "after approval".to_owned(),
            (None, false) => "yes".to_owned(),
        };
        let risk = serde_json::to_value(tool.risk).unwrap_or_default();
        [tool.name.clone(), risk.as_str().unwrap_or_default().to_owned(), fate, tool.description.clone()]
    });
    table(["tool", "risk", "allowed", "what it does"], rows)
}

fn invoked_shown(session: &Session, invoked: &InvokedTool) -> Result<(), Failure> {
    if session.output.wants_json() {
        return session.output.json(invoked);
    }
    let policy = &invoked.policy;
    if let Some(result) = &invoked.result {
        session.output.result(&clean(&serde_json::to_string_pretty(result).unwrap_or_default()))?;
    }
    if let Some(error) = &invoked.error {
        session.output.note(&clean(error));
    }
    if let Some(approval) = &invoked.approval_id {
        session.output.note(&format!("katonic approvals approve {approval}"));
    }
    let trace = clean(&invoked.trace_id);
    session.output.aside(&format!("{} by {}, trace {trace}", policy.action.as_str(), clean(&policy.rule)));
    Ok(())
}

/// Yes where every call goes as expected; those of which nothing is expected, where they are not denied.
fn try_calls(session: &Session, test: &Test) -> Result<Answer, Failure> {
    let mut calls = Vec::new();
    for file in &test.calls {
        calls.extend(read_calls(file)?);
    }
    let tried = try_policy(&read(&test.policy)?, &calls)
        .map_err(|error| Failure::usage(format!("{}: {error}.", test.policy.display())))?;
    session.output.either(&tried, || verdicts(&tried))?;
    let is_well = |call: &TriedCall| call.as_expected.unwrap_or(call.policy.action != PolicyAction::Deny);
    Ok(Answer::of(tried.iter().all(is_well)))
}

fn read(file: &Path) -> Result<String, Failure> {
    let failed = |error| Failure::file(file, &error);
    if fs::metadata(file).map_err(failed)?.len() > MOST_BYTES {
        return Err(Failure::usage(format!("{} is over the bound of {MOST_BYTES} bytes.", file.display())));
    }
    fs::read_to_string(file).map_err(failed)
}

fn read_calls(file: &Path) -> Result<Vec<TrialCall>, Failure> {
    let wrong = |error: serde_yaml::Error| Failure::usage(format!("{}: {error}.", file.display()));
    let value: serde_json::Value = serde_yaml::from_str(&read(file)?).map_err(wrong)?;
    let calls = if value.is_array() { value } else { serde_json::Value::Array(vec![value]) };
    let wrong = |error: serde_json::Error| Failure::usage(format!("{}: {error}.", file.display()));
    serde_json::from_value(calls).map_err(wrong)
}

fn verdicts(tried: &[TriedCall]) -> String {
    let rows = tried.iter().map(|call| {
        let expected = match call.as_expected {
            None => "",
            Some(true) => "as expected",
            Some(false) => "NOT as expected",
        };
        let policy = &call.policy;
        let reason = policy.reason.clone().unwrap_or_default();
        [call.tool.clone(), policy.action.as_str().into(), policy.rule.clone(), expected.into(), reason]
    });
    table(["tool", "action", "rule", "", "why"], rows)
}

fn tickets(tickets: &[Ticket]) -> String {
    let rows = tickets.iter().map(|ticket| {
        let (id, title) = (ticket.id.clone(), ticket.title.clone());
        [id, ticket.priority.clone(), title, ticket.opened_by.clone(), ticket.created_at.to_string()]
    });
    table(["id", "priority", "title", "opened by", "created"], rows)
}
