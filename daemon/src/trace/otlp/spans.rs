//! A call's spans: itself, its stages, its models. No text of a question, an answer, a passage or a key is in them.

use super::Finished;
use super::attributes::Attributes;
use super::genai;
use crate::trace::{Record, parent};
use contract::catalogue::CATALOGUE;
use contract::endpoint::Declaration;
use contract::version::unhex;
use contract::wire::analytics::Span as Stage;
use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use opentelemetry_proto::tonic::trace::v1::{Span, SpanFlags, Status};
use serde_json::Value;
use std::time::{Duration, UNIX_EPOCH};

/// The code of a span's status that says that it failed (OTLP 1.9, `Status`).
const ERROR: i32 = 2;

/// The stages of the gate whose decision is a word of the daemon's own.
const DECISIONS: &[&str] =
    &["authenticate", "scope", "identity", "role", "rate", "tokens", "budget", "cache"];

/// How many spans a call has.
pub(super) fn number(record: &Record) -> u64 {
    record.spans.len() as u64 + 1
}

/// The spans of a call, itself first.
pub(super) fn of(finished: &Finished) -> Vec<Span> {
    let (record, began) = (&finished.record, began(finished));
    let trace = record.parent.as_ref().map_or(record.trace_id.as_str(), |parent| parent.trace_id());
    let root = Span {
        trace_id: unhex(trace).unwrap_or_default(),
        span_id: parent::span_id().to_vec(),
        trace_state: record.parent.as_ref().and_then(|parent| parent.state.clone()).unwrap_or_default(),
        start_time_unix_nano: nanoseconds(began),
        end_time_unix_nano: nanoseconds(began + finished.took),
        ..Span::default()
    };
    let last = record.asked.last().map(|asked| asked.place);
    let children = record.spans.iter().enumerate().map(|(place, stage)| {
        let mut span = child(&root, finished, began, stage);
        match record.asked.iter().find(|asked| asked.place == place) {
            Some(asked) => genai::describe(&mut span, finished, stage, asked, last == Some(place)),
            None => span.attributes = figures(finished, stage).into_list(),
        }
        span
    });
    let children: Vec<Span> = children.collect();
    std::iter::once(call(root.clone(), finished)).chain(children).collect()
}

/// When a call came in: what it took, before it ended. Its own clock is finer than the millisecond that the log keeps.
fn began(finished: &Finished) -> Duration {
    finished.ended_at.duration_since(UNIX_EPOCH).unwrap_or_default().saturating_sub(finished.took)
}

fn nanoseconds(at: Duration) -> u64 {
    u64::try_from(at.as_nanos()).unwrap_or(u64::MAX)
}

/// The call itself: a server's span where somebody called, else one of the daemon's own.
fn call(mut span: Span, finished: &Finished) -> Span {
    let Finished { record, caller, ending, .. } = finished;
    let mut attributes = Attributes::default();
    let mut flags = SpanFlags::ContextHasIsRemoteMask as u32;
    span.name = record.endpoint.to_owned();
    span.kind = SpanKind::Internal.into();
    if let Some(declaration) = declared(record).filter(|_| !is_inner(record)) {
        let route = format!("{}{}", declaration.prefix, declaration.path);
        span.name = format!("{} {route}", declaration.method.as_str());
        span.kind = SpanKind::Server.into();
        attributes.text("http.request.method", declaration.method.as_str());
        attributes.text("http.route", &route);
        attributes.count("http.response.status_code", ending.status.into());
    }
    if let Some(parent) = &record.parent {
        span.parent_span_id = parent.span.to_vec();
        flags |= SpanFlags::ContextIsRemoteMask as u32;
    }
    span.flags = flags | 1;
    attributes.text("katonic.endpoint", record.endpoint);
    attributes.text("katonic.trace_id", &record.trace_id);
    attributes.text("katonic.outcome", ending.label);
    if let Some(caller) = caller {
        attributes.text("katonic.team", &caller.team);
        attributes.text("katonic.key.id", &caller.key_id);
    }
    attributes.known("katonic.guardrails", record.guardrails_summary.as_deref());
    for (fact, name) in [("run", "katonic.evaluation.run"), ("case", "katonic.evaluation.case")] {
        attributes.known(name, record.request.get(fact).and_then(Value::as_str));
    }
    genai::agent(&mut attributes, finished);
    if record.usage.tokens > 0 {
        attributes.number("katonic.cost_usd", record.cost().dollars());
    }
    // A server's span fails where the server did, and not where it refused.
    if ending.status >= 500 {
        attributes.text("error.type", &ending.status.to_string());
        span.status = Some(failed());
    }
    span.attributes = attributes.into_list();
    span
}

/// Whether the daemon itself made the call, as evaluations do.
fn is_inner(record: &Record) -> bool {
    record.request.contains_key("run")
}

fn declared(record: &Record) -> Option<&'static Declaration> {
    let all = CATALOGUE.iter().chain(contract::admin::CATALOGUE);
    all.copied().find(|declaration| declaration.name == record.endpoint)
}

/// A stage under the call, within its time.
fn child(root: &Span, finished: &Finished, began: Duration, stage: &Stage) -> Span {
    let start = began + Duration::from_micros(stage.start_us);
    let end = match stage.name.as_str() {
        // What was recorded of it ends before its row was written.
        "settlement" => began + finished.took,
        _ => start + Duration::from_micros(stage.duration_us),
    };
    let within = |at: Duration| nanoseconds(at).clamp(root.start_time_unix_nano, root.end_time_unix_nano);
    Span {
        trace_id: root.trace_id.clone(),
        span_id: parent::span_id().to_vec(),
        parent_span_id: root.span_id.clone(),
        trace_state: root.trace_state.clone(),
        flags: SpanFlags::ContextHasIsRemoteMask as u32 | 1,
        name: stage.name.clone(),
        kind: SpanKind::Internal.into(),
        start_time_unix_nano: within(start),
        end_time_unix_nano: within(end),
        ..Span::default()
    }
}

/// What a stage found, in numbers, and what the gate decided, in words of its own.
fn figures(finished: &Finished, stage: &Stage) -> Attributes {
    let mut attributes = Attributes::default();
    for (name, value) in stage.detail.iter().filter_map(Value::as_object).flatten() {
        if let Some(number) = value.as_u64() {
            attributes.count(&format!("katonic.{name}"), number);
        }
    }
    let decisions = finished.record.stages.iter().filter(|_| stage.name == "gate");
    for (name, decision) in decisions.filter(|(name, _)| DECISIONS.contains(name)) {
        attributes.known(&format!("katonic.gate.{name}"), Some(decision));
    }
    attributes
}

/// The status of what failed; why, its `error.type` says.
pub(super) fn failed() -> Status {
    Status { message: String::new(), code: ERROR }
}
