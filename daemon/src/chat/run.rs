//! One answer, step by step.

use super::Asked;
use super::agent_loop::{Stepped, answer_in_steps};
use super::conversation::within;
use super::events::Events;
use super::follow_up::rewrite;
use super::retrieve::{Brought, retrieve};
use super::second_look::second_look;
use super::speak::Spoken;
use super::triggers;
use crate::app::App;
use crate::call::{Context, Ending};
use crate::error::{Error, Kind};
use crate::guardrails::{Phase, Report, Scene, summary};
use crate::providers::{Finish, Request, Route};
use crate::sessions;
use contract::agent::AgentDefinition;
use contract::wire::chat::{AuditSummary, ChatAnswer, ChatStatus, Message, Usage};
use contract::wire::knowledge::Passage;
use serde_json::{Value, json};
use std::time::Instant;

/// What an agent says that may only answer from documents, where none was found.
const NOTHING_FOUND: &str = "I don't know. I found no document that you may read on this.";

/// An answer, with what an evaluation looks at beside it.
#[derive(Clone, Debug)]
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
    let answered = produce(app, context, asked, events).await?;
    let label = if answered.answer.status == ChatStatus::Blocked { "blocked" } else { "completed" };
    context.settle(Ending { status: 200, label }).await?;
    events.send("agent.complete", &answered.answer).await?;
    Ok(answered)
}

/// The same, for who settles the call once more is done with the answer: without the last event.
///
/// # Errors
/// As [`run`].
pub(crate) async fn produce(
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
        Some(knowledge) => {
            let scene = scene(definition, &question, &[]);
            let rewritten = rewrite(app, context, &asked, &messages, &scene).await;
            retrieve(app, context, events, &asked, knowledge, &question, rewritten).await?
        }
        None => Brought::default(),
    };
    let stepped = answer(app, context, events, &asked, messages, &brought).await?;
    let Stepped { spoken, tool_calls, awaits, .. } = stepped;
    tell(context, events, Phase::Output, &spoken.report).await?;
    let answer = complete(context, &asked, &brought, spoken, awaits.is_some());
    if let Some(session) = &asked.session_id {
        sessions::append(&app.db, &context.caller, session, &question, &answer).await?;
    }
    context.keep(&question, &answer.answer);
    let tool_calls = [brought.tool_calls, tool_calls].concat();
    let answered = Answered { answer, passages: brought.passages, tool_calls };
    app.samples.draw(context, &asked, &question, &answered);
    Ok(answered)
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
    let last = messages.last().map(Message::text).unwrap_or_default();
    let report = second_look(app, context, definition, &last, report).await;
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
        trusted: false,
    }
}

async fn tell(context: &Context, events: &Events, phase: Phase, report: &Report) -> Result<(), Error> {
    report.record(&context.recorder, phase);
    events.send("guardrails.check", report.check(context.trace_id(), phase)).await
}

async fn answer(
    app: &App,
    context: &Context,
    events: &Events,
    asked: &Asked,
    messages: Vec<Message>,
    brought: &Brought,
) -> Result<Stepped, Error> {
    let spec = &asked.agent.definition.spec;
    let grounded = spec.knowledge.as_ref().is_some_and(|knowledge| knowledge.required);
    let question = messages.last().map(Message::text).unwrap_or_default();
    let texts: Vec<&str> = brought.passages.iter().map(|passage| passage.text.as_str()).collect();
    let scene = scene(&asked.agent.definition, &question, &texts);
    let functions = app.tools.offered(app, &context.caller, &asked.agent.definition, &asked.environment);
    if matches!(asked.route, Route::Extractive)
        && let Some(wish) = triggers::triggered(&question, &functions)
    {
        return triggers::answer(app, context, events, asked, wish, scene).await;
    }
    if grounded && brought.passages.is_empty() {
        return decline(app, context, events, asked, &scene).await;
    }
    let messages = match asked.route {
        Route::Targets(_) => {
            within(&asked.route.model(), messages, app.config.chat.conversation_tokens).await
        }
        Route::Extractive => messages,
    };
    let request = Request {
        instructions: spec.instructions.clone().unwrap_or_default(),
        examples: spec.examples.clone(),
        messages,
        passages: brought.passages.clone(),
        terms: brought.terms.clone(),
        grounded,
        settings: spec.model.settings(),
        functions,
        turns: Vec::new(),
    };
    let mut stepped = answer_in_steps(app, context, events, asked, request, scene).await?;
    // An agent that must stand on passages, and neither cites one nor had a tool's result, has not answered.
    let stands_on_nothing = stepped.spoken.citations.is_empty() && !stepped.has_used_tools;
    stepped.spoken.finish.refused |= grounded && stands_on_nothing;
    Ok(stepped)
}

async fn decline(
    app: &App,
    context: &Context,
    events: &Events,
    asked: &Asked,
    scene: &Scene<'_>,
) -> Result<Stepped, Error> {
    let spoken = say(app, context, events, asked, NOTHING_FOUND, scene, true).await?;
    Ok(Stepped { spoken, tool_calls: Vec::new(), has_used_tools: false, awaits: None })
}

/// Says a text of the daemon's own, through the rails.
///
/// # Errors
/// If the client leaves.
pub(super) async fn say(
    app: &App,
    context: &Context,
    events: &Events,
    asked: &Asked,
    text: &str,
    scene: &Scene<'_>,
    refused: bool,
) -> Result<Spoken, Error> {
    let report = app.rails.check(Phase::Output, text, scene);
    events.send("completion.delta", json!({"text": report.text})).await?;
    Ok(Spoken {
        text: report.text.clone(),
        citations: Vec::new(),
        finish: Finish { refused, ..Finish::default() },
        model: asked.route.model(),
        report,
        ttft_ms: Some(context.recorder.elapsed_ms()),
    })
}

fn complete(
    context: &Context,
    asked: &Asked,
    brought: &Brought,
    spoken: Spoken,
    awaits_approval: bool,
) -> ChatAnswer {
    let finish = spoken.finish;
    let usage = context.recorder.with(|record| {
        let latency_ms = record.elapsed_ms();
        record.usage = Usage { latency_ms, ttft_ms: spoken.ttft_ms, ..record.usage };
        record.usage
    });
    let status = match () {
        () if spoken.report.blocked().is_some() => ChatStatus::Blocked,
        () if awaits_approval => ChatStatus::AwaitingApproval,
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
        model: spoken.model,
    }
}
