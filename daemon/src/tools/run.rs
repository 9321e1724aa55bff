//! The one way of a tool's call: key, agent, arguments, policy, approval, the work, its result.

use super::approvals::Approved;
use super::policy::Decision;
use super::results;
use super::{Done, Registered, SEARCH, Tools, Wanted, builtin, choice, facts};
use crate::app::App;
use crate::call::Context;
use crate::error::{Error, Kind};
use crate::gate::Caller;
use crate::gate::rate::refusal;
use crate::guardrails::Redactor;
use crate::store::Statement;
use contract::agent::AgentDefinition;
use contract::wire::Object;
use contract::wire::admin::{Approval, KeyLimits};
use contract::wire::tools::{PolicyAction, ToolVerdict};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Instant;
use tokio::time::timeout;

/// Most bytes of a call's arguments, as JSON.
const MOST_BYTES: usize = 65_536;

/// A call, by whomever.
pub(crate) struct ToolCall<'a> {
    pub(crate) call_id: &'a str,
    pub(crate) tool: &'a str,
    pub(crate) arguments: Object,
    /// The agent on whose behalf it is made.
    pub(crate) agent: Option<&'a AgentDefinition>,
    pub(crate) environment: &'a str,
    /// Whether only to see what would be decided.
    pub(crate) dry_run: bool,
}

/// How a call ended.
pub(crate) enum Ended {
    /// It was done, or would be; with what is stored for it to have happened.
    Done(Value, Vec<Statement>),
    /// The tool failed, in its words.
    Failed(String),
    /// It was not let through.
    Refused(Error),
    /// A person must approve it first.
    Waits(Box<Approval>),
}

/// What came of a call.
pub(crate) struct Outcome {
    pub(crate) verdict: ToolVerdict,
    pub(crate) ended: Ended,
    pub(crate) latency_ms: f64,
}

/// What is known of a call that is let through.
struct Granted {
    registered: Arc<Registered>,
    arguments: Object,
}

/// Runs a call, if all that governs it let it through; and notes it in the trace and for the audit row, however it ends.
///
/// # Errors
/// If the store fails.
pub(crate) async fn run(app: &App, context: &Context, call: ToolCall<'_>) -> Result<Outcome, Error> {
    let began = Instant::now();
    let mut verdict =
        ToolVerdict { action: PolicyAction::Deny, rule: "default:unknown".into(), reason: None };
    let ended = match grant(app, context, &call, &mut verdict).await {
        Ok(Ok(granted)) => work(app, context, &call, &granted, &verdict).await,
        Ok(Err(approval)) => Ended::Waits(approval),
        Err(error) if error.kind == Kind::Internal || error.kind == Kind::Unavailable => return Err(error),
        Err(error) => Ended::Refused(error),
    };
    let outcome = Outcome { verdict, ended, latency_ms: began.elapsed().as_secs_f64() * 1000.0 };
    note(context, &call, &outcome, began);
    Ok(outcome)
}

/// Whether a call is let through, and with which arguments; or what it waits for. What decided goes into the verdict.
async fn grant(
    app: &App,
    context: &Context,
    call: &ToolCall<'_>,
    verdict: &mut ToolVerdict,
) -> Result<Result<Granted, Box<Approval>>, Error> {
    let tools: &Tools = &app.tools;
    let registered =
        tools.find(&context.caller.team, call.tool).ok_or_else(|| Error::not_found("tool", call.tool))?;
    let decision = decide(app, context, call, &registered);
    *verdict = decision.verdict.clone();
    if verdict.action == PolicyAction::Deny {
        return Err(denied(call.tool, verdict));
    }
    check_arguments(&registered, &call.arguments)?;
    if let Some(why) = registered.tool.unavailable(&context.caller.team) {
        return Err(Error::new(Kind::Invalid, "tool_unavailable", format!("`{}`: {why}.", call.tool)));
    }
    let granted = Granted { registered, arguments: call.arguments.clone() };
    let action = decision.verdict.action;
    // An agent may want a person's approval beside what the policy does with a call, not in its place.
    let agent_asks = call.agent.and_then(|agent| choice(agent, call.tool)) == Some(true);
    if agent_asks && !matches!(action, PolicyAction::RequireApproval | PolicyAction::DryRun) {
        *verdict = Decision::new(PolicyAction::RequireApproval, "agent:approval", None).verdict;
    }
    if call.dry_run {
        return Ok(Ok(granted));
    }
    // First: a call that has to wait for its turn keeps its approval.
    within_rate(app, context, &decision)?;
    if verdict.action == PolicyAction::RequireApproval {
        match tools.approvals.claim(app, context, call, verdict).await? {
            Approved::Once => {}
            Approved::NotYet(approval) => return Ok(Err(approval)),
            Approved::No(reason) => {
                let message = format!("A person denied this call of `{}`: {reason}", call.tool);
                return Err(Error::new(Kind::Forbidden, "tool_denied", message).by("approval"));
            }
        }
    }
    Ok(Ok(if action == PolicyAction::Redact { redacted(granted) } else { granted }))
}

/// What decides on a call: the key's tools, the agent's, then the policy.
fn decide(app: &App, context: &Context, call: &ToolCall<'_>, registered: &Registered) -> Decision {
    let caller = &context.caller;
    if !caller.may_use(call.tool) {
        return key_denies(caller);
    }
    let named = call.agent.map(|agent| choice(agent, call.tool));
    if named == Some(None) {
        let reason = "the agent's definition doesn't name it".to_owned();
        return Decision::new(PolicyAction::Deny, "agent:tools", Some(reason));
    }
    let (name, risk) = (registered.tool.name(), registered.tool.risk());
    let facts = facts(app, caller, risk, name, &call.arguments, call.agent, call.environment);
    app.tools.policy.decide(&facts)
}

/// Counts a call under the rule that decided on it, if that lets so many through.
///
/// # Errors
/// If these were made within the minute.
fn within_rate(app: &App, context: &Context, decision: &Decision) -> Result<(), Error> {
    if decision.verdict.action != PolicyAction::RateLimit {
        return Ok(());
    }
    let rule = &decision.verdict.rule;
    let limits = KeyLimits { per_minute: decision.per_minute, ..KeyLimits::default() };
    let window = format!("{rule}\0{}", context.caller.key_id);
    let admitted = app.tools.rates.admit(&window, &limits, app.books.clock.now().0);
    admitted.map(drop).map_err(|full| refusal(&full).by(format!("tool_policy:{rule}")))
}

/// What the key's tools and the policy say of the search that an agent's answer begins with, and whether it is made: an
/// answer waits for no person before it begins.
pub(crate) fn verdict_on_search(
    app: &App,
    context: &Context,
    agent: &AgentDefinition,
    environment: &str,
    arguments: &Object,
) -> (ToolVerdict, bool) {
    let (caller, risk) = (&context.caller, builtin::risk(SEARCH));
    if !caller.may_use(SEARCH) {
        return (key_denies(caller).verdict, false);
    }
    let facts = facts(app, caller, risk, SEARCH, arguments, Some(agent), environment);
    let decision = app.tools.policy.decide(&facts);
    let lets_through = match decision.verdict.action {
        PolicyAction::Allow | PolicyAction::Redact => true,
        PolicyAction::RateLimit => within_rate(app, context, &decision).is_ok(),
        PolicyAction::Deny | PolicyAction::RequireApproval | PolicyAction::DryRun => false,
    };
    (decision.verdict, lets_through)
}

fn key_denies(caller: &Caller) -> Decision {
    let reason = format!("the tools of the key {} don't have it", caller.key_prefix);
    Decision::new(PolicyAction::Deny, "key:tools", Some(reason))
}

fn denied(tool: &str, verdict: &ToolVerdict) -> Error {
    let reason = verdict.reason.as_ref().map_or_else(String::new, |reason| format!(": {reason}"));
    let message =
        format!("The tool `{tool}` is denied by {}{reason}. Ask an operator about it.", verdict.rule);
    Error::new(Kind::Forbidden, "tool_denied", message).by(format!("tool_policy:{}", verdict.rule))
}

fn check_arguments(registered: &Registered, arguments: &Object) -> Result<(), Error> {
    let arguments = Value::Object(arguments.clone());
    if arguments.to_string().len() > MOST_BYTES {
        let message = format!("The arguments of a tool have {MOST_BYTES} bytes at most.");
        return Err(Error::invalid("arguments", message));
    }
    let Err(error) = registered.schema.validate(&arguments) else { return Ok(()) };
    let place = error.instance_path().to_string();
    let param = format!("arguments{}", place.replace('/', "."));
    // What stands there may be a secret: the message names the place, and what the schema wants.
    let wanted = error.masked_with("what stands there").to_string();
    Err(Error::invalid(&param, format!("`{}`: {wanted}.", registered.tool.name())))
}

fn redacted(granted: Granted) -> Granted {
    let mut arguments = Value::Object(granted.arguments);
    Redactor::default().redact_json(&mut arguments);
    let arguments = match arguments {
        Value::Object(arguments) => arguments,
        _ => Object::new(),
    };
    Granted { arguments, ..granted }
}

async fn work(
    app: &App,
    context: &Context,
    call: &ToolCall<'_>,
    granted: &Granted,
    verdict: &ToolVerdict,
) -> Ended {
    if call.dry_run || verdict.action == PolicyAction::DryRun {
        return Ended::Done(json!({"dry_run": true, "arguments": granted.arguments}), Vec::new());
    }
    let wanted = Wanted { app, context, arguments: &granted.arguments, agent: call.agent };
    let tools: &Tools = &app.tools;
    let tool = &granted.registered.tool;
    let patience = tool.patience().unwrap_or(tools.timeout);
    let done = match timeout(patience, tool.call(wanted)).await {
        Ok(done) => done,
        Err(_) => Err(format!("it took longer than {} s", patience.as_secs())),
    };
    let most = tools.most_result_bytes;
    let done = done.map_err(|error| results::failure(&app.rails, error, most));
    let checked = done.and_then(|Done { result, statements }| {
        Ok((results::checked(&app.rails, result, most)?, statements))
    });
    match checked {
        Ok((result, statements)) => Ended::Done(result, statements),
        Err(error) => Ended::Failed(error),
    }
}

/// Notes a call: in the trace by itself, and among the stages that its audit row shows.
fn note(context: &Context, call: &ToolCall<'_>, outcome: &Outcome, began: Instant) {
    let (ok, said) = match &outcome.ended {
        Ended::Done(..) => (true, "done"),
        Ended::Failed(_) => (false, "failed"),
        Ended::Refused(error) => (false, error.code),
        Ended::Waits(_) => (false, "waits"),
    };
    let verdict = &outcome.verdict;
    // What a model or a caller names may be anything.
    let tool: String = call.tool.chars().filter(|sign| !sign.is_control()).take(64).collect();
    let noted = json!({
        "call_id": call.call_id, "tool": tool, "ok": ok, "outcome": said, "action": verdict.action,
        "rule": verdict.rule,
    });
    context.recorder.tool(format!("{tool} {} by {}: {said}", verdict.action.as_str(), verdict.rule), noted);
    context.recorder.span("tool", began, Some(json!({"tool": tool, "outcome": said})));
}
