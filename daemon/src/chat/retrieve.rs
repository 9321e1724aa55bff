//! Retrieval as the tool `knowledge_search`: with the user's permissions, hostile passages set aside.

use super::Asked;
use super::events::Events;
use super::follow_up::Rewritten;
use crate::app::App;
use crate::call::Context;
use crate::error::Error;
use crate::knowledge::{self, Mode, Retrieved, Wanted};
use crate::providers::Terms;
use crate::tools::{SEARCH as TOOL, verdict_on_search};
use contract::agent::Knowledge;
use contract::wire::Object;
use contract::wire::chat::{Retrieval, ToolPassage, ToolResult};
use contract::wire::knowledge::Passage;
use contract::wire::tools::ToolVerdict;
use serde_json::{Map, Value, json};
use std::time::Instant;

/// What retrieval brought.
#[derive(Default)]
pub(super) struct Brought {
    pub(super) passages: Vec<Passage>,
    pub(super) terms: Terms,
    pub(super) retrieval: Vec<Retrieval>,
    pub(super) tool_calls: Vec<Value>,
}

/// Searches for the question, or as it is rewritten; tells the client, and notes it in the trace. Where the key may not use
/// the tool, it brings nothing, and says why.
pub(super) async fn retrieve(
    app: &App,
    context: &Context,
    events: &Events,
    asked: &Asked,
    knowledge: &Knowledge,
    question: &str,
    rewritten: Option<Rewritten>,
) -> Result<Brought, Error> {
    let began = Instant::now();
    let query = rewritten.as_ref().map_or(question, |rewritten| rewritten.query.as_str());
    let arguments =
        Object::from_iter([("query".to_owned(), query.into()), ("top_k".to_owned(), knowledge.top_k.into())]);
    let call = json!({"call_id": "call_1", "tool": TOOL, "arguments": arguments});
    events.send("tool.call", &call).await?;
    let (agent, environment) = (&asked.agent.definition, &asked.environment);
    let (verdict, lets_through) = verdict_on_search(app, context, agent, environment, &arguments);
    note(context, &verdict, lets_through);
    if !lets_through {
        events.send("tool.result", denied(context, &verdict, began)).await?;
        return Ok(Brought::default());
    }
    let collections = Some(knowledge.collections.as_slice());
    let wanted = Wanted { query, collections, filters: None, top_k: knowledge.top_k, mode: Mode::default() };
    let mut found = knowledge::retrieve(app, context, &wanted).await?;
    let mut more = Map::from_iter([("filtered_for_user".to_owned(), json!(context.caller.user))]);
    if let Some(Rewritten { by, .. }) = rewritten {
        more.extend([("question".to_owned(), question.into()), ("rewritten_by".to_owned(), by.into())]);
    }
    let quarantined = found.set_hostile_aside(&app.rails, &context.recorder, query, more);
    let Retrieved { passages, terms, considered, .. } = found;
    let log = Retrieval {
        query: query.to_owned(),
        used: passages.len(),
        considered,
        filtered_for_user: context.caller.user.clone(),
    };
    events.send("tool.result", result(context, &log, &passages, quarantined, began)).await?;
    context.recorder.span("retrieval", began, Some(json!({"used": log.used, "considered": log.considered})));
    let tool_calls = vec![json!({"name": TOOL, "arguments": arguments})];
    Ok(Brought { passages, terms, retrieval: vec![log], tool_calls })
}

/// Notes what decided on the search.
fn note(context: &Context, verdict: &ToolVerdict, ok: bool) {
    let (action, rule) = (verdict.action.as_str(), &verdict.rule);
    let noted = json!({"call_id": "call_1", "tool": TOOL, "ok": ok, "action": action, "rule": rule});
    let fate = if ok { "done" } else { "tool_denied" };
    context.recorder.tool(format!("{TOOL} {action} by {rule}: {fate}"), noted);
}

fn denied(context: &Context, verdict: &ToolVerdict, began: Instant) -> ToolResult {
    let reason = verdict.reason.as_ref().map_or_else(String::new, |reason| format!(": {reason}"));
    ToolResult {
        trace_id: context.trace_id(),
        call_id: "call_1".into(),
        tool: TOOL.into(),
        ok: false,
        summary: format!("{} by {}{reason}", verdict.action.as_str(), verdict.rule),
        results: None,
        filtered_for: context.caller.user.clone(),
        latency_ms: began.elapsed().as_secs_f64() * 1000.0,
    }
}

fn result(
    context: &Context,
    log: &Retrieval,
    passages: &[Passage],
    quarantined: usize,
    began: Instant,
) -> ToolResult {
    let shown: Vec<ToolPassage> = passages
        .iter()
        .map(|passage| ToolPassage {
            doc_id: passage.doc_id.clone(),
            title: passage.title.clone(),
            section: passage.section.clone(),
            page: passage.page,
            score: passage.score,
        })
        .collect();
    let mut summary = format!("{} of {} passages", log.used, log.considered);
    if quarantined > 0 {
        summary += &format!(", {quarantined} set aside by the injection rail");
    }
    ToolResult {
        trace_id: context.trace_id(),
        call_id: "call_1".into(),
        tool: TOOL.into(),
        ok: true,
        summary,
        results: serde_json::to_value(shown).ok(),
        filtered_for: log.filtered_for_user.clone(),
        latency_ms: began.elapsed().as_secs_f64() * 1000.0,
    }
}
