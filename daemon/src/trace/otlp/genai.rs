//! The span of a model's call, by OpenTelemetry's semantic conventions for generative AI (1.37 and after).

use super::Finished;
use super::attributes::{Attributes, name};
use crate::providers::{EXTRACTIVE, Operation};
use crate::trace::Asked;
use contract::time::Time;
use contract::wire::analytics::Span as Stage;
use opentelemetry_proto::tonic::trace::v1::Span;
use opentelemetry_proto::tonic::trace::v1::span::{Event, SpanKind};
use reqwest::Url;
use serde::Deserialize;
use serde_json::Value;

/// Providers whose name in the conventions is another than in the catalogue.
const NAMES: &[(&str, &str)] = &[
    ("azure", "azure.ai.openai"),
    ("amazon-bedrock", "aws.bedrock"),
    ("google", "gcp.gemini"),
    ("google-vertex", "gcp.vertex_ai"),
    ("mistral", "mistral_ai"),
    ("xai", "x_ai"),
];

/// The names of settings in the conventions, and whether they are whole numbers.
const SETTINGS: &[(&str, &str, bool)] = &[
    ("temperature", "gen_ai.request.temperature", false),
    ("top_p", "gen_ai.request.top_p", false),
    ("top_k", "gen_ai.request.top_k", false),
    ("max_tokens", "gen_ai.request.max_tokens", true),
    ("max_completion_tokens", "gen_ai.request.max_tokens", true),
    ("max_output_tokens", "gen_ai.request.max_tokens", true),
    ("frequency_penalty", "gen_ai.request.frequency_penalty", false),
    ("presence_penalty", "gen_ai.request.presence_penalty", false),
    ("seed", "gen_ai.request.seed", true),
    ("n", "gen_ai.request.choice.count", true),
];

/// Makes the span of a stage that of a model's call. What was used stands on the last one, which answered.
pub(super) fn describe(span: &mut Span, finished: &Finished, stage: &Stage, asked: &Asked, is_last: bool) {
    let detail = |field: &str| stage.detail.as_ref()?.get(field)?.as_str();
    let target = detail("target").or(finished.record.model.as_deref()).unwrap_or_default();
    let (provider, model) = target.split_once('/').unwrap_or(("", target));
    let operation = match asked.operation {
        Operation::Embeddings => "embeddings",
        Operation::Chat | Operation::Responses => "chat",
    };
    let mut attributes = Attributes::default();
    attributes.text("gen_ai.operation.name", operation);
    let known = NAMES.iter().find(|(known, _)| *known == provider).map(|(_, name)| *name);
    attributes.text("gen_ai.provider.name", known.unwrap_or(provider));
    attributes.text("gen_ai.request.model", model);
    ask(&mut attributes, asked);
    place(&mut attributes, asked);
    agent(&mut attributes, finished);
    if is_last {
        answer(&mut attributes, finished, stage, asked);
    }
    if let Some(error) = detail("error") {
        attributes.text("error.type", error);
        // That the client left is no error of the model.
        if error != "client_left" {
            span.status = Some(super::spans::failed());
        }
    }
    span.name = format!("{operation} {model}");
    span.span_id = asked.span.to_vec();
    if target != EXTRACTIVE {
        span.kind = SpanKind::Client.into();
    }
    span.attributes = attributes.into_list();
    let failed = stage.detail.as_ref().and_then(|detail| detail.get("failed")?.as_array());
    span.events = failed.into_iter().flatten().map(attempt).collect();
}

/// Who is spoken to, and in which conversation.
pub(super) fn agent(attributes: &mut Attributes, finished: &Finished) {
    let fact = |name: &str| finished.record.request.get(name).and_then(Value::as_str);
    attributes.known("gen_ai.agent.name", fact("agent"));
    attributes.known("gen_ai.agent.version", fact("agent_version"));
    attributes.known("gen_ai.conversation.id", fact("session"));
}

fn ask(attributes: &mut Attributes, asked: &Asked) {
    if asked.settings.is_stream {
        attributes.flag("gen_ai.request.stream", true);
    }
    let mut told: Vec<&str> = Vec::new();
    for (setting, number) in &asked.settings.numbers {
        let Some((_, name, is_whole)) = SETTINGS.iter().find(|(known, ..)| known == setting) else {
            continue;
        };
        if told.contains(name) {
            continue;
        }
        told.push(name);
        if *is_whole && *number >= 0.0 {
            attributes.count(name, *number as u64);
        } else if !is_whole {
            attributes.number(name, *number);
        }
    }
}

fn place(attributes: &mut Attributes, asked: &Asked) {
    let url = asked.upstream.as_ref().and_then(|upstream| Url::parse(&upstream.base_url).ok());
    let Some(url) = url else { return };
    attributes.known("server.address", url.host_str());
    if let Some(port) = url.port_or_known_default() {
        attributes.count("server.port", port.into());
    }
}

fn answer(attributes: &mut Attributes, finished: &Finished, stage: &Stage, asked: &Asked) {
    let (said, usage) = (&finished.record.said, &finished.record.usage);
    attributes.known("gen_ai.response.id", said.id.as_deref());
    attributes.known("gen_ai.response.model", said.model.as_deref());
    if !said.reasons.is_empty() {
        attributes.texts("gen_ai.response.finish_reasons", &said.reasons);
    }
    if usage.tokens > 0 {
        attributes.count("gen_ai.usage.input_tokens", usage.input_tokens);
        attributes.count("gen_ai.usage.output_tokens", usage.output_tokens);
    }
    if usage.cached_input_tokens > 0 {
        attributes.count("gen_ai.usage.cache_read.input_tokens", usage.cached_input_tokens);
    }
    if usage.reasoning_tokens > 0 {
        attributes.count("gen_ai.usage.reasoning.output_tokens", usage.reasoning_tokens);
    }
    if let Some(first) = usage.ttft_ms.filter(|_| asked.settings.is_stream) {
        let began = stage.start_us as f64 / 1000.0;
        attributes.number("gen_ai.response.time_to_first_chunk", (first - began).max(0.0) / 1000.0);
    }
}

/// An attempt that failed before another was made: who, when, and why in a word.
fn attempt(failed: &Value) -> Event {
    let mut attributes = Attributes::default();
    let text = |field: &str| failed.get(field).and_then(Value::as_str);
    attributes.known("katonic.target", text("target"));
    attributes.known("error.type", text("code").and_then(name));
    if let Some(status) = failed.get("status").and_then(Value::as_u64) {
        attributes.count("http.response.status_code", status);
    }
    let at = failed.get("at").and_then(|at| Time::deserialize(at).ok()).unwrap_or_default();
    Event {
        time_unix_nano: u64::try_from(at.0).unwrap_or(0) * 1_000_000,
        name: "katonic.attempt_failed".into(),
        attributes: attributes.into_list(),
        dropped_attributes_count: 0,
    }
}
