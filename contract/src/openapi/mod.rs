//! The OpenAPI 3.1 document, made from the catalogue and the types' schemas.

mod answers;
#[cfg(test)]
mod changes;
mod links;
mod operation;
mod shape;
#[cfg(test)]
mod tests;

use crate::endpoint::{Declaration, Group};
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

/// What every caller of the public API should know.
const PUBLIC_API: &str = "Governed agents, search, evaluation and models under one path of identity, scopes, limits, \
    rails, audit and trace.\n\nEvery answer has `X-Trace-Id`, which leads to all that its call did. Errors have one \
    envelope. Lists are given a page at a time: `limit` rows, and `next`, which is sent as `after` for the next page. What \
    the caller may not read does not exist: it is a 404. Fields may be added to answers, and a client must let them be; \
    none is renamed or dropped.";

/// The same of the admin API.
const ADMIN_API: &str = "Keys, teams, users, budgets, webhooks, providers, tiers, policies, retention and backups. Only \
    an operator's token opens it, as far as its role goes. Errors, lists, idempotency and traces are as in the public API.";

/// What a key is, in either API.
const KEY: &str = "An API key (`kapi_live_…`, `kapi_test_…`), or an operator's token (`kop_…`), as a bearer token. It must \
    hold the operation's `x-katonic-scope`, or a scope above it: `agents/*` holds `agents/read`, `completions` holds \
    `completions/chat`. What the acting user may not do, the key may not do for them.";

/// What a value of a document is, or leads to by its `$ref`.
#[must_use]
pub fn resolved<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    let reference =
        value.get("$ref").and_then(Value::as_str).and_then(|reference| reference.strip_prefix('#'));
    reference.and_then(|pointer| document.pointer(pointer)).unwrap_or(value)
}

/// The name that a reference to a component ends with.
fn component(reference: &Value) -> Option<&str> {
    reference.get("$ref")?.as_str()?.rsplit('/').next()
}

fn capitalised(word: &str) -> String {
    let (first, rest) = word.split_at(word.len().min(1));
    first.to_uppercase() + rest
}

/// The OpenAPI 3.1 document of a catalogue, under a title.
#[must_use]
pub fn document(title: &str, catalogue: &[&Declaration], version: &str) -> Value {
    let settings = SchemaSettings::draft2020_12().with(|s| s.definitions_path = "/components/schemas".into());
    let mut generator = settings.into_generator();
    let (mut paths, mut failures) = (Map::new(), Map::new());
    for endpoint in catalogue {
        let operation = operation::operation(endpoint, &mut generator, &mut failures);
        let path = paths.entry(format!("{}{}", endpoint.prefix, endpoint.path)).or_insert_with(|| json!({}));
        if let Some(path) = path.as_object_mut() {
            path.insert(endpoint.method.as_str().to_lowercase(), operation);
        }
    }
    let mut schemas = generator.take_definitions(true);
    operation::without_path_parameters(catalogue, &mut schemas);
    links::add(&mut paths, catalogue, &schemas);
    let is_admin = catalogue.iter().any(|endpoint| endpoint.is_admin());
    let mut document = json!({
        "openapi": "3.1.0",
        "info": {
            "title": title,
            "version": version,
            "description": if is_admin { ADMIN_API } else { PUBLIC_API },
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
            "contact": {"name": "Katonic"},
        },
        "servers": [{"url": "/", "description": "The daemon that this document comes from."}],
        "security": [{"key": []}],
        "tags": tags(catalogue),
        "paths": paths,
        "components": {
            "securitySchemes": {"key": {
                "type": "http", "scheme": "bearer", "description": KEY, "x-katonic-scopes": scopes(catalogue),
            }},
            "parameters": operation::shared_parameters(),
            "headers": answers::headers(),
            "responses": failures,
            "schemas": schemas,
        },
    });
    shape::tidy(&mut document);
    document
}

/// Each group with what it is for, in reading order.
fn tags(catalogue: &[&Declaration]) -> Vec<Value> {
    let mut groups: Vec<Group> = Vec::new();
    for endpoint in catalogue {
        if !groups.contains(&endpoint.group) {
            groups.push(endpoint.group);
        }
    }
    groups
        .into_iter()
        .map(|group| json!({"name": group.title(), "description": group.description()}))
        .collect()
}

/// Each scope with the operations that need it.
fn scopes(catalogue: &[&Declaration]) -> Map<String, Value> {
    let mut scopes = Map::new();
    for endpoint in catalogue {
        let operations = scopes.entry(endpoint.scope.0).or_insert_with(|| json!([]));
        if let Some(operations) = operations.as_array_mut() {
            operations.push(endpoint.name.into());
        }
    }
    scopes
}
