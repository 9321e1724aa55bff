//! One answer, step by step.

use super::Asked;
use super::events::Events;
use super::retrieve::{Brought, retrieve};
use super::speak::{Spoken, speak};
use crate::app::App;
use crate::call::{Context, Ending};
use crate::error::{Error, Kind};
use crate::guardrails::{Outcome, Phase, Report, Scene};
use crate::providers::{Finish, Request};
use crate::sessions;
use contract::agent::AgentDefinition;
use contract::money::Usd;
use contract::wire::chat::{
    AuditSummary, ChatAnswer, ChatStatus, GuardrailsCheck, Message, RailCheck, Usage,
};
use contract::wire::knowledge::Passage;
use serde_json::{Value, json};
use std::time::Instant;

/// What an agent says that may only answer from documents, where none was found.
const NOTHING_FOUND: &str = "I don't know. I found no document that you may read on this.";

/// An answer, with what an evaluation looks at beside it.
pub(crate) struct Answered {
    pub(crate) answer: ChatAnswer,
    pub(crate) passages: Vec<Passage>,
    pub(crate) tool_calls: Vec<Value>,
}

/// Answers a question; the last event is `agent.complete`. The trace and the audit row stand before it.
///
/// # Errors
/// If a rail blocks the input, the provider fails, the client leaves, or the store fails.
pub(crate) async fn run(
    app: &App,
    context: &Context,
    asked: Asked,
    events: &Events,
) -> Result<Answered, Error> {
    let definition = &asked.agent.definition;
    let model = asked.route.model();
    context.recorder.with(|record| record.model = Some(model.clone()));
    events.send("agent.start", start(context, &asked, &model)).await?;
    let messages = check_input(app, context, events, definition, &asked.messages).await?;
    let question = messages.last().map(Message::text).unwrap_or_default();
    let brought = match &definition.spec.knowledge {
        Some(knowledge) => retrieve(app, context, events, knowledge, &question).await?,
        None => Brought::default(),
    };
    let spoken = answer(app, context, events, &asked, messages, &brought).await?;
    tell(context, events, Phase::Output, &spoken.report).await?;
    let answer = complete(app, context, &asked, &brought, spoken);
    if let Some(session) = &asked.session_id {
        sessions::append(&app.db, &context.caller, session, &question, &answer).await?;
    }
    let label = if answer.status == ChatStatus::Blocked { "blocked" } else { "completed" };
    context.settle(Ending { status: 200, label }).await?;
    events.send("agent.complete", &answer).await?;
    Ok(Answered { answer, passages: brought.passages, tool_calls: brought.tool_calls })
}

fn start(context: &Context, asked: &Asked, model: &str) -> Value {
    let mut start = json!({
        "trace_id": context.trace_id(),
        "agent_id": asked.agent.definition.metadata.id,
        "agent_version": asked.agent.version,
        "model": model,
    });
    if let Some(session) = &asked.session_id {
        start["session_id"] = session.clone().into();
    }
    start
}

/// Every message goes through the input rails, also what the client says that the agent said; what they redact is
/// redacted for good.
async fn check_input(
    app: &App,
    context: &Context,
    events: &Events,
    definition: &AgentDefinition,
    messages: &[Message],
) -> Result<Vec<Message>, Error> {
    let began = Instant::now();
    let mut checked = Vec::with_capacity(messages.len());
    let mut all: Option<Report> = None;
    for message in messages {
        let text = message.text();
        let report = app.rails.check(Phase::Input, &text, &scene(definition, &text, &[]));
        let role = if message.role == "assistant" { "assistant" } else { "user" };
        checked.push(Message::new(role, report.text.clone()));
        let report = match all {
            Some(before) => before.and(report),
            None => report,
        };
        let stop = report.blocked().is_some();
        all = Some(report);
        if stop {
            break;
        }
    }
    let Some(report) = all else { return Ok(checked) };
    context.recorder.span("guardrails.input", began, None);
    tell(context, events, Phase::Input, &report).await?;
    match report.blocked() {
        None => Ok(checked),
        Some(rail) => {
            let reason = rail.reason.as_deref().unwrap_or("it may not pass");
            let message = format!("The rail `{}` stopped the message: {reason}. Rephrase it.", rail.name);
            Err(Error {
                param: Some("messages".into()),
                ..Error::new(Kind::Invalid, "content_filter", message)
            })
        }
    }
}

fn scene<'a>(definition: &'a AgentDefinition, question: &'a str, passages: &'a [&'a str]) -> Scene<'a> {
    Scene {
        settings: &definition.spec.guardrails,
        instructions: definition.spec.instructions.as_deref().unwrap_or_default(),
        question,
        passages,
        grounded: !passages.is_empty(),
    }
}

async fn tell(context: &Context, events: &Events, phase: Phase, report: &Report) -> Result<(), Error> {
    let rails = report.rails.iter().map(|rail| RailCheck {
        name: rail.name.into(),
        result: rail.result.as_str().into(),
        reason: rail.reason.clone(),
    });
    let check = GuardrailsCheck {
        trace_id: context.trace_id(),
        phase: phase.as_str().into(),
        passed: report.passed(),
        total: report.rails.len(),
        rails: rails.collect(),
        latency_us: report.latency_us,
    };
    let summary = summary(report);
    context.recorder.with(|record| {
        record.guardrails.push(serde_json::to_value(&check).unwrap_or_default());
        record.guardrails_summary = Some(summary);
    });
    events.send("guardrails.check", &check).await
}

/// Such as `8/8 pass`, or `7/8 · pii: error`.
fn summary(report: &Report) -> String {
    let (passed, total) = (report.passed(), report.rails.len());
    let failed = report.rails.iter().filter(|rail| rail.result > Outcome::Warn);
    let failed: Vec<String> = failed.map(|rail| format!("{}: {}", rail.name, rail.result.as_str())).collect();
    if failed.is_empty() {
        format!("{passed}/{total} pass")
    } else {
        format!("{passed}/{total} · {}", failed.join(", "))
    }
}

async fn answer(
    app: &App,
    context: &Context,
    events: &Events,
    asked: &Asked,
    messages: Vec<Message>,
    brought: &Brought,
) -> Result<Spoken, Error> {
    let spec = &asked.agent.definition.spec;
    let grounded = spec.knowledge.as_ref().is_some_and(|knowledge| knowledge.required);
    let question = messages.last().map(Message::text).unwrap_or_default();
    let texts: Vec<&str> = brought.passages.iter().map(|passage| passage.text.as_str()).collect();
    let scene = scene(&asked.agent.definition, &question, &texts);
    if grounded && brought.passages.is_empty() {
        return decline(app, context, events, &scene).await;
    }
    let request = Request {
        instructions: spec.instructions.clone().unwrap_or_default(),
        examples: spec.examples.clone(),
        messages,
        passages: brought.passages.clone(),
        terms: brought.terms.clone(),
        grounded,
        settings: spec.model.settings(),
    };
    let mut spoken = speak(app, context, events, &asked.route, request, scene).await?;
    // An agent that must stand on passages and cites none has not answered.
    spoken.finish.refused |= grounded && spoken.citations.is_empty();
    Ok(spoken)
}

async fn decline(app: &App, context: &Context, events: &Events, scene: &Scene<'_>) -> Result<Spoken, Error> {
    let report = app.rails.check(Phase::Output, NOTHING_FOUND, scene);
    events.send("completion.delta", json!({"text": report.text})).await?;
    Ok(Spoken {
        text: report.text.clone(),
        citations: Vec::new(),
        finish: Finish { input_tokens: 0, output_tokens: 0, refused: true, cut_short: false },
        report,
        ttft_ms: Some(context.recorder.elapsed_ms()),
    })
}

fn complete(app: &App, context: &Context, asked: &Asked, brought: &Brought, spoken: Spoken) -> ChatAnswer {
    let finish = spoken.finish;
    let usage = Usage {
        input_tokens: finish.input_tokens,
        output_tokens: finish.output_tokens,
        tokens: finish.input_tokens + finish.output_tokens,
        cost_usd: app.providers.cost(&asked.route, &finish).unwrap_or(Usd::ZERO),
        latency_ms: context.recorder.elapsed_ms(),
        ttft_ms: spoken.ttft_ms,
    };
    context.recorder.with(|record| record.usage = usage);
    let status = match () {
        () if spoken.report.blocked().is_some() => ChatStatus::Blocked,
        () if finish.cut_short => ChatStatus::Incomplete,
        () => ChatStatus::Completed,
    };
    ChatAnswer {
        trace_id: context.trace_id(),
        agent_id: asked.agent.definition.metadata.id.clone(),
        agent_version: asked.agent.version.clone(),
        session_id: asked.session_id.clone(),
        answer: spoken.text,
        status,
        refused: finish.refused,
        citations: spoken.citations,
        retrieval: brought.retrieval.clone(),
        usage,
        audit: AuditSummary { rbac_check: "pass".into(), guardrails: summary(&spoken.report), logged: true },
        model: asked.route.model(),
    }
}
