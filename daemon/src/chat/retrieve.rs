//! Retrieval as the tool `knowledge_search`: with the user's permissions, hostile passages set aside.

use super::events::Events;
use crate::app::App;
use crate::call::Context;
use crate::error::Error;
use crate::knowledge::{self, Wanted};
use crate::providers::Terms;
use contract::agent::Knowledge;
use contract::wire::chat::{Retrieval, ToolPassage, ToolResult};
use contract::wire::knowledge::Passage;
use serde_json::{Value, json};
use std::time::Instant;

/// The tool's name.
pub(super) const TOOL: &str = "knowledge_search";

/// What retrieval brought.
#[derive(Default)]
pub(super) struct Brought {
    pub(super) passages: Vec<Passage>,
    pub(super) terms: Terms,
    pub(super) retrieval: Vec<Retrieval>,
    pub(super) tool_calls: Vec<Value>,
}

/// Searches for the question, tells the client, and notes it in the trace. Where the key may not use the tool, it brings
/// nothing, and says why.
pub(super) async fn retrieve(
    app: &App,
    context: &Context,
    events: &Events,
    knowledge: &Knowledge,
    question: &str,
) -> Result<Brought, Error> {
    let began = Instant::now();
    let arguments = json!({"query": question, "top_k": knowledge.top_k});
    let call = json!({"call_id": "call_1", "tool": TOOL, "arguments": arguments});
    events.send("tool.call", &call).await?;
    if !context.caller.may_use(TOOL) {
        events.send("tool.result", denied(context, began)).await?;
        let noted = json!({"call_id": "call_1", "tool": TOOL, "ok": false, "denied_by": "key:tools"});
        context.recorder.with(|record| record.tools.push(noted));
        return Ok(Brought::default());
    }
    let collections = Some(knowledge.collections.as_slice());
    let wanted = Wanted { query: question, collections, filters: None, top_k: knowledge.top_k };
    let found = knowledge::retrieve(&app.db, &context.caller, &wanted).await?;
    let is_hostile = |passage: &Passage| knowledge::is_hostile(&app.rails, passage);
    let (hostile, passages): (Vec<Passage>, Vec<Passage>) = found.passages.into_iter().partition(is_hostile);
    let log = Retrieval {
        query: question.to_owned(),
        used: passages.len(),
        considered: found.considered,
        filtered_for_user: context.caller.user.clone(),
    };
    let quarantined = hostile.len();
    events.send("tool.result", result(context, &log, &passages, quarantined, began)).await?;
    let candidate = |passage: &Passage, used: bool| {
        json!({
            "doc_id": passage.doc_id, "section": passage.section, "page": passage.page, "ranks": passage.ranks,
            "used": used,
        })
    };
    let candidates: Vec<Value> = passages
        .iter()
        .map(|passage| candidate(passage, true))
        .chain(hostile.iter().map(|passage| candidate(passage, false)))
        .collect();
    context.recorder.with(|record| {
        record.retrieval.push(json!({
            "query": log.query, "used": log.used, "considered": log.considered, "filtered": found.hidden,
            "filtered_for_user": log.filtered_for_user, "quarantined": quarantined, "candidates": candidates,
        }));
        record.tools.push(json!({"call_id": "call_1", "tool": TOOL, "ok": true}));
    });
    context.recorder.span("retrieval", began, Some(json!({"used": log.used, "considered": log.considered})));
    let tool_calls = vec![json!({"name": TOOL, "arguments": arguments})];
    Ok(Brought { passages, terms: found.terms, retrieval: vec![log], tool_calls })
}

fn denied(context: &Context, began: Instant) -> ToolResult {
    let key = &context.caller.key_prefix;
    ToolResult {
        trace_id: context.trace_id(),
        call_id: "call_1".into(),
        tool: TOOL.into(),
        ok: false,
        summary: format!("denied by the tools of the key {key}: ask an operator to add `{TOOL}` to them"),
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
