//! What comes back: answers, their headers, and errors by their statuses.

use super::{capitalised, component};
use crate::endpoint::{Declaration, Media, Method, SchemaOf, Trait};
use crate::wire::error::ErrorEnvelope;
use crate::wire::scim::ScimError;
use schemars::SchemaGenerator;
use serde_json::{Map, Value, json};

/// The statuses of errors: each with its name, and when it comes.
const FAILURES: &[(u16, &str, &str)] = &[
    (
        400,
        "BadRequest",
        "Something in the call is wrong, and `param` names it; or a rail stopped what came in (`content_filter`).",
    ),
    (401, "Unauthenticated", "There is no key, or it is unknown, expired or revoked."),
    (
        403,
        "Forbidden",
        "The key lacks the scope, may not act for the user, or the user's role does not go so far.",
    ),
    (404, "NotFound", "There is no such thing, or the caller may not know of it."),
    (
        409,
        "Conflict",
        "It stands against what is there: the gate refuses, another change came first, or an `Idempotency-Key` \
      is used for another body.",
    ),
    (413, "TooLarge", "The body is over its bound."),
    (415, "UnsupportedMediaType", "The body is of a type that the endpoint does not read."),
    (
        429,
        "TooManyRequests",
        "A limit is reached (`rate_limit_exceeded`), or a budget spent (`insufficient_quota`).",
    ),
    (500, "InternalError", "The daemon failed. The trace id leads to what its log says of it."),
    (502, "UpstreamFailed", "The providers that were asked failed."),
    (
        503,
        "Unavailable",
        "No provider serves the model (`no_provider_configured`), or the daemon is too busy, stops, or can't \
      write its log.",
    ),
    (504, "UpstreamTimeout", "The providers that were asked took too long."),
];

pub(super) fn responses(
    endpoint: &Declaration,
    generator: &mut SchemaGenerator,
    failures: &mut Map<String, Value>,
) -> Value {
    let content = content(endpoint, generator);
    let headers = answer_headers(endpoint);
    let mut responses = Map::new();
    for status in [endpoint.status].iter().chain(endpoint.also) {
        let description = match status {
            201 => "It is created.",
            202 => "Accepted: the work goes on, or waits for a person.",
            204 => "It is done, and there is nothing to say of it.",
            _ => "It is done.",
        };
        let mut response = json!({"description": description, "headers": headers});
        if *status != 204 {
            response["content"] = content.clone();
        }
        responses.insert(status.to_string(), response);
    }
    let is_scim = endpoint.media == Media::Scim;
    for (status, name, description) in FAILURES.iter().filter(|(status, ..)| may_fail(endpoint, *status)) {
        let name = if is_scim { format!("Scim{name}") } else { (*name).to_owned() };
        responses.insert(status.to_string(), json!({"$ref": format!("#/components/responses/{name}")}));
        failures.entry(name).or_insert_with(|| failure(*status, description, is_scim, generator));
    }
    Value::Object(responses)
}

/// Whether an endpoint may answer with an error's status.
fn may_fail(endpoint: &Declaration, status: u16) -> bool {
    let (reads, has_body) = (endpoint.method.as_str() == "GET", !endpoint.method.is_bodiless());
    let is_named = endpoint.path_parameters().next().is_some();
    match status {
        404 if endpoint.is_admin() => !reads || is_named,
        // What is put under a name need not be there.
        404 => (is_named && endpoint.method != Method::Put) || endpoint.has(Trait::Names),
        409 => !reads && !endpoint.has(Trait::Question),
        413 | 415 => has_body,
        502 | 504 => endpoint.has(Trait::AsksModels),
        _ => true,
    }
}

fn failure(status: u16, description: &str, is_scim: bool, generator: &mut SchemaGenerator) -> Value {
    let (form, schema) = match is_scim {
        true => ("application/scim+json", generator.subschema_for::<ScimError>()),
        false => ("application/json", generator.subschema_for::<ErrorEnvelope>()),
    };
    let mut headers = header_references(&["X-Trace-Id", "x-request-id"]);
    if matches!(status, 429 | 503) {
        headers.extend(header_references(&["Retry-After", "x-should-retry"]));
    }
    json!({"description": description, "headers": headers, "content": {form: {"schema": schema}}})
}

fn answer_headers(endpoint: &Declaration) -> Map<String, Value> {
    let mut headers = header_references(&["X-Trace-Id", "x-request-id"]);
    if !endpoint.is_admin() {
        let limits =
            ["x-ratelimit-limit-requests", "x-ratelimit-remaining-requests", "x-ratelimit-reset-requests"];
        headers.extend(header_references(&limits));
    }
    if endpoint.creates() {
        headers.extend(header_references(&["Idempotent-Replayed"]));
    }
    if matches!(endpoint.name, "ChatCompletions" | "Responses" | "Embeddings") {
        headers.extend(header_references(&["x-katonic-provider"]));
    }
    headers
}

fn header_references(names: &[&str]) -> Map<String, Value> {
    let reference = |name: &&str| {
        let key: String = name.split('-').map(capitalised).collect();
        ((*name).to_owned(), json!({"$ref": format!("#/components/headers/{key}")}))
    };
    names.iter().map(reference).collect()
}

/// The headers that many answers have.
pub(super) fn headers() -> Value {
    let header = |description: &str, schema: Value| json!({"description": description, "schema": schema});
    json!({
        "XTraceId": header("The call's trace id: 32 hex digits.", json!({"type": "string", "pattern": "^[0-9a-f]{32}$"})),
        "XRequestId": header("The same as `X-Trace-Id`, under the name that OpenAI's clients show.", json!({"type": "string"})),
        "XRatelimitLimitRequests": header("Calls that the tightest window lets, where the key has limits.", json!({"type": "integer", "format": "int64"})),
        "XRatelimitRemainingRequests": header("Calls that are left in it.", json!({"type": "integer", "format": "int64"})),
        "XRatelimitResetRequests": header("How long until it lets all of them again, such as `1200ms`.", json!({"type": "string", "pattern": "^[0-9]+ms$"})),
        "RetryAfter": header("Seconds after which trying again may help.", json!({"type": "integer", "format": "int64"})),
        "XShouldRetry": header("`false` where trying again does not help, such as with a budget that is spent.", json!({"type": "string", "enum": ["false"]})),
        "IdempotentReplayed": header("`true` where the answer is that of an earlier call with the same `Idempotency-Key`.", json!({"type": "string", "enum": ["true"]})),
        "XKatonicProvider": header("Who ran the model.", json!({"type": "string", "examples": ["mistral"]})),
    })
}

fn content(endpoint: &Declaration, generator: &mut SchemaGenerator) -> Value {
    let form = match endpoint.media {
        Media::Lines => "application/x-ndjson",
        Media::Scim => "application/scim+json",
        _ => "application/json",
    };
    let mut content = Map::new();
    content.insert(form.into(), json!({"schema": (endpoint.output)(generator)}));
    if let Some(events) = endpoint.events {
        content.insert("text/event-stream".into(), stream(events, generator));
    }
    for file in endpoint.files {
        let is_text = file.starts_with("text/") || file.ends_with("yaml") || file.ends_with("ndjson");
        let schema = match is_text {
            true => json!({"type": "string", "description": "The file's text."}),
            false => json!({"type": "string", "format": "binary", "description": "The file."}),
        };
        content.insert((*file).into(), json!({"schema": schema}));
    }
    Value::Object(content)
}

/// A stream, whose events have their schemas beside it: OpenAPI 3.1 has no place for them.
fn stream(events: SchemaOf, generator: &mut SchemaGenerator) -> Value {
    let all = events(generator).to_value();
    let listed = component(&all).and_then(|name| generator.definitions_mut().remove(name));
    let variants = listed.as_ref().and_then(|schema| schema["oneOf"].as_array()).cloned().unwrap_or_default();
    let of = |variant: &Value| {
        let properties = &variant["properties"];
        Some((properties["event"]["const"].as_str()?.to_owned(), properties["data"].clone()))
    };
    let named: Vec<(String, Value)> = variants.iter().filter_map(of).collect();
    let mut data: Vec<Value> = Vec::new();
    for (_, schema) in &named {
        if !data.contains(schema) {
            data.push(schema.clone());
        }
    }
    let data = match data.as_slice() {
        [only] => only.clone(),
        _ => json!({"anyOf": data}),
    };
    json!({
        "schema": {
            "type": "string",
            "description": "Server-sent events: `event:` is a name of `x-katonic-events`, `data:` one JSON object of its schema.",
            "contentMediaType": "application/json",
            "contentSchema": data,
        },
        "x-katonic-events": Map::from_iter(named),
    })
}
