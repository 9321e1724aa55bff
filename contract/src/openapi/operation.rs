//! An endpoint as an operation: what goes in.

use super::{answers, component};
use crate::endpoint::{Declaration, Media, Trait};
use schemars::{Schema, SchemaGenerator};
use serde_json::{Map, Value, json};

pub(super) fn operation(
    endpoint: &Declaration,
    generator: &mut SchemaGenerator,
    failures: &mut Map<String, Value>,
) -> Value {
    let doc = endpoint.doc.trim();
    let mut operation = json!({
        "operationId": endpoint.name,
        "summary": doc.split_once(". ").map_or(doc, |(first, _)| first).trim_end_matches('.'),
        "description": description(endpoint),
        "tags": [endpoint.group.title()],
        "security": [{"key": []}],
        "x-katonic-scope": endpoint.scope.0,
        "parameters": parameters(endpoint, generator),
        "responses": answers::responses(endpoint, generator, failures),
    });
    if let (false, Some(fields)) = (endpoint.method.is_bodiless(), operation.as_object_mut()) {
        fields.insert("requestBody".into(), request_body(endpoint, generator));
    }
    operation
}

fn description(endpoint: &Declaration) -> String {
    let mut text = format!("{}\n\nNeeds the scope `{}`.", endpoint.doc.trim(), endpoint.scope.0);
    if endpoint.events.is_some() {
        let how = match endpoint.method.is_bodiless() {
            true => {
                "With `Accept: text/event-stream`, and no other type in it, the answer is a stream of events."
            }
            false => "Where `stream` is true, the answer is a stream of events.",
        };
        text.push_str("\n\n");
        text.push_str(how);
    }
    if endpoint.name == "GenerateDocument" {
        text.push_str(
            "\n\nWith `Accept: application/json` the answer is JSON that holds the file in base64.",
        );
    }
    text
}

fn parameters(endpoint: &Declaration, generator: &mut SchemaGenerator) -> Vec<Value> {
    let in_path: Vec<&str> = endpoint.path_parameters().collect();
    let input = resolved((endpoint.input)(generator), generator);
    let fields = input.get("properties").and_then(Value::as_object).cloned().unwrap_or_default();
    let mut parameters: Vec<Value> = in_path
        .iter()
        .map(|name| {
            let schema = fields.get(*name).cloned().unwrap_or_else(|| json!({"type": "string"}));
            parameter(name, "path", true, schema)
        })
        .collect();
    let is_required = |name: &str| {
        input.get("required").and_then(Value::as_array).is_some_and(|all| all.iter().any(|one| one == name))
    };
    let in_query = |name: &str| match endpoint.media {
        Media::Definition => name == "dry_run",
        _ => endpoint.method.is_bodiless(),
    };
    for (name, schema) in fields {
        if in_query(&name) && !in_path.contains(&name.as_str()) {
            let is_required = is_required(&name);
            parameters.push(parameter(&name, "query", is_required, schema));
        }
    }
    let shared = [
        (endpoint.creates(), "IdempotencyKey"),
        (endpoint.has(Trait::Waits), "Prefer"),
        (!endpoint.is_admin(), "UserEmail"),
    ];
    for (_, name) in shared.iter().filter(|(has, _)| *has) {
        parameters.push(json!({"$ref": format!("#/components/parameters/{name}")}));
    }
    parameters
}

/// A field of the input as a parameter. One that may be left out is never null in an address.
fn parameter(name: &str, place: &str, is_required: bool, mut schema: Value) -> Value {
    let mut description = Value::Null;
    if let Some(fields) = schema.as_object_mut() {
        description = fields.shift_remove("description").unwrap_or_default();
        fields.shift_remove("default");
        if let Some(types) = fields.get_mut("type").and_then(Value::as_array_mut) {
            types.retain(|kind| kind != "null");
        }
        if let Some([Value::String(only)]) = fields.get("type").and_then(Value::as_array).map(Vec::as_slice) {
            let only = only.clone();
            fields.insert("type".into(), only.into());
        }
        let either = fields.get_mut("anyOf").and_then(Value::as_array_mut).map(std::mem::take);
        if let Some(one) = either.and_then(|all| all.into_iter().find(|one| one["type"] != "null")) {
            return parameter_of(name, place, is_required, description, one);
        }
    }
    parameter_of(name, place, is_required, description, schema)
}

fn parameter_of(name: &str, place: &str, is_required: bool, description: Value, schema: Value) -> Value {
    let mut parameter = json!({"name": name, "in": place, "required": is_required});
    if description.is_string() {
        parameter["description"] = description;
    }
    parameter["schema"] = schema;
    parameter
}

/// The parameters that many operations have.
pub(super) fn shared_parameters() -> Value {
    json!({
        "IdempotencyKey": {
            "name": "Idempotency-Key", "in": "header", "required": false,
            "description": "A text of the client's own, such as a UUID. The same key with the same body within 24 hours gets \
                            the first answer again, with `Idempotent-Replayed: true`; with another body it is a 409.",
            "schema": {"type": "string", "minLength": 1, "maxLength": 255, "examples": ["7f3c2b1e-order-1042"]},
        },
        "Prefer": {
            "name": "Prefer", "in": "header", "required": false,
            "description": "How many seconds the client waits for the work to end, 600 at most (RFC 7240). Without it, the \
                            work goes on and the answer says so.",
            "schema": {"type": "string", "examples": ["wait=30"]},
        },
        "UserEmail": {
            "name": "X-User-Email", "in": "header", "required": false,
            "description": "Whose permissions the call inherits; the key must be allowed to act for them. Without it, a key \
                            that acts for somebody sees only what is public.",
            "schema": {"type": "string", "format": "email", "examples": ["sarah@example.org"]},
        },
    })
}

pub(super) fn resolved(schema: Schema, generator: &SchemaGenerator) -> Value {
    let schema = schema.to_value();
    let named = component(&schema).and_then(|name| generator.definitions().get(name)).cloned();
    named.unwrap_or(schema)
}

fn request_body(endpoint: &Declaration, generator: &mut SchemaGenerator) -> Value {
    let schema = match endpoint.body {
        Some(body) => body(generator).to_value(),
        None => (endpoint.input)(generator).to_value(),
    };
    let content = match endpoint.media {
        Media::Definition => json!({
            "application/json": {"schema": schema},
            "application/yaml": {"schema": {"type": "string", "description": "The same as YAML."}},
        }),
        Media::Scim => {
            let input = resolved((endpoint.input)(generator), generator);
            json!({"application/scim+json": {"schema": input["properties"]["body"]}})
        }
        Media::Upload => json!({
            "application/json": {"schema": schema},
            "multipart/form-data": {"schema": form(endpoint, generator)},
        }),
        _ => json!({"application/json": {"schema": schema}}),
    };
    json!({"required": true, "content": content})
}

/// The input as a form that brings a file in place of its text. It has no name: openapi-generator makes no class for a
/// form, and would miss it.
fn form(endpoint: &Declaration, generator: &mut SchemaGenerator) -> Value {
    let mut form = resolved((endpoint.input)(generator), generator);
    if let Some(properties) = form.get_mut("properties").and_then(Value::as_object_mut) {
        properties.shift_remove("text");
        properties.insert(
            "file".into(),
            json!({"type": "string", "format": "binary", "description": "The file: its content tells its format."}),
        );
    }
    if let Some(needed) = form.get_mut("required").and_then(Value::as_array_mut) {
        needed.push("file".into());
    }
    if let Some(fields) = form.as_object_mut() {
        fields.shift_remove("examples");
    }
    form
}

/// Takes from the bodies' schemas what stands in their paths.
pub(super) fn without_path_parameters(catalogue: &[&Declaration], schemas: &mut Map<String, Value>) {
    for endpoint in catalogue.iter().filter(|e| !e.method.is_bodiless() && e.body.is_none()) {
        let mut generator = SchemaGenerator::default();
        let reference = (endpoint.input)(&mut generator).to_value();
        let Some(schema) = component(&reference).and_then(|name| schemas.get_mut(name)) else { continue };
        let in_path: Vec<&str> = endpoint.path_parameters().collect();
        if let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) {
            properties.retain(|name, _| !in_path.contains(&name.as_str()));
        }
        if let Some(required) = schema.get_mut("required").and_then(Value::as_array_mut) {
            required.retain(|name| !name.as_str().is_some_and(|name| in_path.contains(&name)));
        }
    }
}
