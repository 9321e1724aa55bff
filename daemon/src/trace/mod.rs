//! What a call did: its stages with their times, and what each decided.

pub(crate) mod sql;

use crate::call::Ending;
use crate::gate::Caller;
use crate::guardrails::Checked;
use contract::money::Usd;
use contract::time::Time;
use contract::version::hex;
use contract::wire::analytics::Span;
use contract::wire::chat::Usage;
use serde::Serialize;
use serde_json::{Map, Value};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

/// Everything recorded of one call.
#[derive(Clone, Debug)]
pub(crate) struct Record {
    pub(crate) trace_id: String,
    pub(crate) endpoint: &'static str,
    pub(crate) created_at: Time,
    pub(crate) started: Instant,
    pub(crate) request: Map<String, Value>,
    pub(crate) spans: Vec<Span>,
    pub(crate) stages: Map<String, Value>,
    pub(crate) retrieval: Vec<Value>,
    pub(crate) tools: Vec<Value>,
    pub(crate) guardrails: Vec<Checked>,
    pub(crate) guardrails_summary: Option<String>,
    pub(crate) model: Option<String>,
    pub(crate) usage: Usage,
    /// What an admin act changed: before and after.
    pub(crate) change: Option<Value>,
    closed: bool,
}

impl Record {
    /// What it cost.
    pub(crate) fn cost(&self) -> Usd {
        self.usage.cost_usd
    }

    /// Milliseconds since the call came in.
    pub(crate) fn elapsed_ms(&self) -> f64 {
        self.started.elapsed().as_secs_f64() * 1000.0
    }
}

/// The handle that the rooms write to.
#[derive(Clone, Debug)]
pub(crate) struct Recorder(Arc<Mutex<Record>>);

impl Recorder {
    /// Opens a trace under a new id (W3C Trace Context: 16 bytes in hex, of which at least the last seven are random).
    pub(crate) fn open(endpoint: &'static str) -> Self {
        let created_at = Time::now();
        Self(Arc::new(Mutex::new(Record {
            trace_id: trace_id(created_at),
            endpoint,
            created_at,
            started: Instant::now(),
            request: Map::new(),
            spans: Vec::new(),
            stages: Map::new(),
            retrieval: Vec::new(),
            tools: Vec::new(),
            guardrails: Vec::new(),
            guardrails_summary: None,
            model: None,
            usage: Usage::default(),
            change: None,
            closed: false,
        })))
    }

    /// Changes the record.
    pub(crate) fn with<T>(&self, change: impl FnOnce(&mut Record) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The trace's id.
    pub(crate) fn trace_id(&self) -> String {
        self.with(|record| record.trace_id.clone())
    }

    /// The `traceparent` of calls that this one makes (W3C Trace Context, section 3.2): of the trace that the client
    /// itself is in, where it said so, else of this one.
    pub(crate) fn traceparent(&self) -> String {
        self.with(|record| {
            let given = record.request.get("traceparent").and_then(Value::as_str);
            let trace = given.and_then(|parent| parent.get(3..35)).unwrap_or(&record.trace_id);
            format!("00-{trace}-{}-01", &hex(&rand::random::<[u8; 8]>()))
        })
    }

    /// Milliseconds since the call came in.
    pub(crate) fn elapsed_ms(&self) -> f64 {
        self.with(|record| record.elapsed_ms())
    }

    /// Notes a stage that began at `began` and ends now.
    pub(crate) fn span(&self, name: &str, began: Instant, detail: Option<Value>) {
        self.with(|record| {
            let start = began.saturating_duration_since(record.started);
            record.spans.push(Span {
                name: name.into(),
                start_us: u64::try_from(start.as_micros()).unwrap_or(u64::MAX),
                duration_us: u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX),
                detail,
            });
        });
    }

    /// Notes what a stage of the gate decided.
    pub(crate) fn stage(&self, name: &str, decision: &str) {
        self.with(|record| record.stages.insert(name.into(), decision.into()));
    }

    /// Notes a fact of the request.
    pub(crate) fn request(&self, name: &str, value: impl Into<Value>) {
        self.with(|record| record.request.insert(name.into(), value.into()));
    }

    /// Closes the record; `None` if it was closed before.
    pub(crate) fn close(&self) -> Option<Record> {
        self.with(|record| {
            if std::mem::replace(&mut record.closed, true) {
                return None;
            }
            let spans = std::mem::take(&mut record.spans);
            let guardrails = std::mem::take(&mut record.guardrails);
            let (request, stages) = (std::mem::take(&mut record.request), std::mem::take(&mut record.stages));
            Some(Record { spans, guardrails, request, stages, ..record.clone() })
        })
    }
}

/// Whether a `traceparent` is one of version 00, and of a trace (W3C Trace Context, section 3.2.2).
pub(crate) fn is_parent(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [version, trace, span, flags] = parts.as_slice() else { return false };
    let is_hex = |part: &str, length: usize| {
        part.len() == length && part.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
    };
    let is_set = |part: &str| part.bytes().any(|b| b != b'0');
    *version == "00"
        && is_hex(trace, 32)
        && is_hex(span, 16)
        && is_hex(flags, 2)
        && is_set(trace)
        && is_set(span)
}

/// A trace's id: the milliseconds of its time in six bytes, then random ones, so that the store's index grows at its end.
fn trace_id(at: Time) -> String {
    let mut id: [u8; 16] = rand::random();
    id[..6].copy_from_slice(&at.0.to_be_bytes()[2..]);
    hex(&id)
}

/// What the store keeps of a trace.
#[derive(Serialize)]
struct Body<'a> {
    status: &'static str,
    request: &'a Map<String, Value>,
    key: Option<&'a str>,
    spans: &'a [Span],
    policy: &'a Map<String, Value>,
    retrieval: &'a [Value],
    tools: &'a [Value],
    guardrails: &'a [Checked],
    model: Option<&'a str>,
    usage: &'a Usage,
}

/// The text that the store keeps of a trace.
pub(crate) fn body(record: &Record, caller: Option<&Caller>, ending: Ending) -> String {
    let body = Body {
        status: ending.label,
        request: &record.request,
        key: caller.map(|caller| caller.key_prefix.as_str()),
        spans: &record.spans,
        policy: &record.stages,
        retrieval: &record.retrieval,
        tools: &record.tools,
        guardrails: &record.guardrails,
        model: record.model.as_deref(),
        usage: &record.usage,
    };
    // Everything in it is text, numbers, and what came as JSON.
    serde_json::to_string(&body).unwrap_or_default()
}
