//! What a call did: its stages with their times, and what each decided.

mod asked;
mod content;
#[cfg(feature = "fuzzing")]
pub(crate) mod fuzzing;
mod otlp;
mod parent;
pub(crate) mod sql;
mod stages;

pub(crate) use asked::{Asked, Said, Settings};
pub(crate) use content::{Content, Steps};
pub(crate) use otlp::Spans;
pub(crate) use parent::{Onward, Parent};
pub(crate) use stages::Stages;

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
use std::borrow::Cow;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Everything recorded of one call.
#[derive(Clone, Debug)]
pub(crate) struct Record {
    pub(crate) trace_id: String,
    pub(crate) endpoint: &'static str,
    pub(crate) created_at: Time,
    pub(crate) started: Instant,
    pub(crate) request: Map<String, Value>,
    pub(crate) spans: Vec<Span>,
    pub(crate) stages: Stages,
    pub(crate) retrieval: Vec<Value>,
    pub(crate) tools: Vec<Value>,
    pub(crate) guardrails: Vec<Checked>,
    pub(crate) guardrails_summary: Option<String>,
    pub(crate) model: Option<String>,
    pub(crate) usage: Usage,
    /// The calls of models among the spans.
    pub(crate) asked: Vec<Asked>,
    /// What the model says of its answer.
    pub(crate) said: Said,
    /// The client's span that it stands under.
    pub(crate) parent: Option<Arc<Parent>>,
    /// What was asked of tools so far, where that is kept.
    pub(crate) steps: Steps,
    /// What was asked and answered, where that is kept.
    pub(crate) content: Option<Content>,
    /// The side that it went to, where a canary is under way.
    pub(crate) lane: Option<Lane>,
    /// What an admin act changed: before and after.
    pub(crate) change: Option<Value>,
    /// The span of the model's call that is under way.
    asking: [u8; 8],
    closed: bool,
}

/// The side of a canary that a call went to.
#[derive(Clone, Debug)]
pub(crate) struct Lane {
    /// The promotion that began the canary.
    pub(crate) promotion_id: String,
    /// Whether it went to the canary, and not to what is live.
    pub(crate) is_canary: bool,
}

impl Record {
    /// What it cost.
    pub(crate) fn cost(&self) -> Usd {
        self.usage.cost_usd
    }

    /// Adds what another call of a model used.
    pub(crate) fn add_usage(&mut self, more: Usage) {
        let before = self.usage;
        self.usage = Usage {
            input_tokens: before.input_tokens + more.input_tokens,
            output_tokens: before.output_tokens + more.output_tokens,
            tokens: before.tokens + more.tokens,
            cached_input_tokens: before.cached_input_tokens + more.cached_input_tokens,
            reasoning_tokens: before.reasoning_tokens + more.reasoning_tokens,
            estimated: before.estimated || more.estimated,
            cost_usd: before.cost_usd + more.cost_usd,
            ..more
        };
    }

    /// Milliseconds since the call came in.
    pub(crate) fn elapsed_ms(&self) -> f64 {
        self.started.elapsed().as_secs_f64() * 1000.0
    }

    /// Notes a stage that began at `began` and ends now.
    pub(crate) fn span(&mut self, name: &str, began: Instant, detail: Option<Value>) {
        let start = began.saturating_duration_since(self.started);
        let (start_us, duration_us) = (microseconds(start), microseconds(began.elapsed()));
        self.spans.push(Span { name: name.into(), start_us, duration_us, detail });
    }
}

fn microseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

/// The handle that the rooms write to.
#[derive(Clone, Debug)]
pub(crate) struct Recorder(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    record: Mutex<Record>,
    parent: Option<Arc<Parent>>,
}

impl Recorder {
    /// Opens a trace under a new id (W3C Trace Context: 16 bytes in hex, of which at least the last seven are random).
    pub(crate) fn open(endpoint: &'static str, now: Time) -> Self {
        Self::open_under(endpoint, now, None)
    }

    /// The same for a call that stands under a span of its client's.
    pub(crate) fn open_under(endpoint: &'static str, created_at: Time, parent: Option<Parent>) -> Self {
        let mut request = Map::new();
        if let Some(parent) = &parent {
            request.insert("traceparent".into(), parent.text.as_str().into());
        }
        let parent = parent.map(Arc::new);
        let record = Record {
            trace_id: trace_id(created_at),
            endpoint,
            created_at,
            started: Instant::now(),
            request,
            spans: Vec::new(),
            stages: Stages::default(),
            retrieval: Vec::new(),
            tools: Vec::new(),
            guardrails: Vec::new(),
            guardrails_summary: None,
            model: None,
            usage: Usage::default(),
            asked: Vec::new(),
            said: Said::default(),
            parent: parent.clone(),
            steps: Steps::default(),
            content: None,
            lane: None,
            change: None,
            asking: [0; 8],
            closed: false,
        };
        Self(Arc::new(Shared { record: Mutex::new(record), parent }))
    }

    /// Changes the record.
    pub(crate) fn with<T>(&self, change: impl FnOnce(&mut Record) -> T) -> T {
        change(&mut self.0.record.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The trace's id.
    pub(crate) fn trace_id(&self) -> String {
        self.with(|record| record.trace_id.clone())
    }

    /// What a model that is asked from now on is told of the trace: of the client's, where it said so, else of this one.
    /// `records` says that the trace is recorded, whatever the client does.
    pub(crate) fn onward(&self, records: bool) -> Onward<'_> {
        let span = parent::span_id();
        let own = self.with(|record| {
            record.asking = span;
            record.trace_id.as_bytes().try_into().unwrap_or([b'0'; 32])
        });
        Onward::new(self.0.parent.as_deref(), own, span, records)
    }

    /// Milliseconds since the call came in.
    pub(crate) fn elapsed_ms(&self) -> f64 {
        self.with(|record| record.elapsed_ms())
    }

    /// Notes a stage that began at `began` and ends now.
    pub(crate) fn span(&self, name: &str, began: Instant, detail: Option<Value>) {
        self.with(|record| record.span(name, began, detail));
    }

    /// Notes a model's call that began at `began`, and that ends now, unless [`Recorder::model_ended`] is told later.
    pub(crate) fn model(&self, began: Instant, detail: Value, mut asked: Asked) {
        self.with(|record| {
            (asked.place, asked.span) = (record.spans.len(), record.asking);
            record.asked.push(asked);
            record.span("model", began, Some(detail));
        });
    }

    /// Notes that the last model's call ends now, and why it did not end well.
    pub(crate) fn model_ended(&self, error: Option<&'static str>) {
        self.with(|record| {
            let at = microseconds(record.started.elapsed());
            let Some(place) = record.asked.last().map(|asked| asked.place) else { return };
            let Some(span) = record.spans.get_mut(place) else { return };
            span.duration_us = at.saturating_sub(span.start_us);
            if let (Some(error), Some(Value::Object(detail))) = (error, &mut span.detail) {
                detail.insert("error".into(), error.into());
            }
        });
    }

    /// Notes what a stage of the gate decided.
    pub(crate) fn stage(&self, name: &'static str, decision: impl Into<Cow<'static, str>>) {
        self.with(|record| record.stages.note(name, decision.into()));
    }

    /// Notes a tool's call, and for the audit row what became of it: of all calls, in order.
    pub(crate) fn tool(&self, decision: String, noted: Value) {
        self.with(|record| {
            record.tools.push(noted);
            record.stages.add("tools", decision);
        });
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
            let (asked, said) = (std::mem::take(&mut record.asked), std::mem::take(&mut record.said));
            Some(Record { spans, guardrails, request, stages, asked, said, ..record.clone() })
        })
    }
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
    policy: &'a Stages,
    retrieval: &'a [Value],
    tools: &'a [Value],
    guardrails: &'a [Checked],
    model: Option<&'a str>,
    usage: &'a Usage,
    #[serde(skip_serializing_if = "Option::is_none")]
    content: Option<&'a Content>,
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
        content: record.content.as_ref(),
    };
    // Everything in it is text, numbers, and what came as JSON.
    serde_json::to_string(&body).unwrap_or_default()
}
