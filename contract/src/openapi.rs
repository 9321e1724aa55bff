//! The OpenAPI 3.1 document, made from the catalogue and the types' schemas.

use crate::endpoint::{Declaration, Media};
use crate::wire::error::ErrorEnvelope;
use crate::wire::scim::ScimError;
use schemars::{Schema, SchemaGenerator, generate::SchemaSettings};
use serde_json::{Map, Value, json};

/// The OpenAPI 3.1 document of a catalogue, under a title.
#[must_use]
pub fn document(title: &str, catalogue: &[&Declaration], version: &str) -> Value {
    let settings = SchemaSettings::draft2020_12().with(|s| s.definitions_path = "/components/schemas".into());
    let mut generator = settings.into_generator();
    let mut paths = Map::new();
    for endpoint in catalogue {
        let operation = operation(endpoint, &mut generator);
        let path = paths.entry(format!("{}{}", endpoint.prefix, endpoint.path)).or_insert_with(|| json!({}));
        if let Some(path) = path.as_object_mut() {
            path.insert(endpoint.method.as_str().to_lowercase(), operation);
        }
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": title,
            "version": version,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "security": [{"key": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
            "schemas": generator.take_definitions(true),
        },
    })
}

fn operation(endpoint: &Declaration, generator: &mut SchemaGenerator) -> Value {
    let doc = endpoint.doc.trim();
    let mut operation = json!({
        "operationId": endpoint.name,
        "summary": doc.split_once(". ").map_or(doc, |(first, _)| first).trim_end_matches('.'),
        "description": doc,
        "tags": [endpoint.group.title()],
        "security": [{"key": [endpoint.scope.0]}],
        "parameters": parameters(endpoint, generator),
        "responses": responses(endpoint, generator),
    });
    if let (false, Some(fields)) = (endpoint.method.is_bodiless(), operation.as_object_mut()) {
        fields.insert("requestBody".into(), request_body(endpoint, generator));
    }
    operation
}

fn parameters(endpoint: &Declaration, generator: &mut SchemaGenerator) -> Vec<Value> {
    let in_path: Vec<&str> = endpoint.path_parameters().collect();
    let mut parameters: Vec<Value> = in_path
        .iter()
        .map(|name| json!({"name": name, "in": "path", "required": true, "schema": {"type": "string"}}))
        .collect();
    if endpoint.method.is_bodiless() {
        for (name, schema) in properties(endpoint, generator) {
            if !in_path.contains(&name.as_str()) {
                parameters.push(json!({"name": name, "in": "query", "schema": schema}));
            }
        }
    } else if endpoint.media == Media::Definition {
        parameters.push(json!({"name": "dry_run", "in": "query", "schema": {"type": "boolean"}}));
    }
    if endpoint.creates() {
        parameters.push(json!({"name": "Idempotency-Key", "in": "header", "schema": {"type": "string"}}));
    }
    if !endpoint.is_admin() {
        parameters.push(json!({
            "name": "X-User-Email", "in": "header", "schema": {"type": "string", "format": "email"},
            "description": "Whose permissions the call inherits; the key must be allowed to act for them.",
        }));
    }
    parameters
}

fn properties(endpoint: &Declaration, generator: &mut SchemaGenerator) -> Vec<(String, Value)> {
    let schema = resolved((endpoint.input)(generator), generator);
    let Some(Value::Object(properties)) = schema.get("properties") else { return Vec::new() };
    properties.iter().map(|(name, schema)| (name.clone(), schema.clone())).collect()
}

fn resolved(schema: Schema, generator: &SchemaGenerator) -> Value {
    let reference = schema.get("$ref").and_then(Value::as_str).and_then(|r| r.rsplit('/').next());
    match reference.and_then(|name| generator.definitions().get(name)) {
        Some(definition) => definition.clone(),
        None => schema.to_value(),
    }
}

fn request_body(endpoint: &Declaration, generator: &mut SchemaGenerator) -> Value {
    let content = match endpoint.media {
        Media::Definition => json!({
            "application/yaml": {"schema": {"type": "string"}},
            "application/json": {"schema": {"type": "object"}},
        }),
        Media::Scim => {
            let schema = resolved((endpoint.input)(generator), generator);
            json!({"application/scim+json": {"schema": schema["properties"]["body"]}})
        }
        Media::Upload => {
            let mut form = resolved((endpoint.input)(generator), generator);
            if let Some(properties) = form.get_mut("properties").and_then(Value::as_object_mut) {
                properties.shift_remove("text");
                properties.insert("file".into(), json!({"type": "string", "format": "binary"}));
            }
            let json = body_schema(endpoint, generator);
            json!({"application/json": {"schema": json}, "multipart/form-data": {"schema": form}})
        }
        _ => json!({"application/json": {"schema": body_schema(endpoint, generator)}}),
    };
    json!({"required": true, "content": content})
}

/// The input without what stands in the path.
fn body_schema(endpoint: &Declaration, generator: &mut SchemaGenerator) -> Value {
    let reference = (endpoint.input)(generator);
    let in_path: Vec<&str> = endpoint.path_parameters().collect();
    if in_path.is_empty() {
        return reference.to_value();
    }
    let mut schema = resolved(reference, generator);
    if let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) {
        properties.retain(|name, _| !in_path.contains(&name.as_str()));
    }
    if let Some(required) = schema.get_mut("required").and_then(Value::as_array_mut) {
        required.retain(|name| !name.as_str().is_some_and(|name| in_path.contains(&name)));
    }
    schema
}

fn responses(endpoint: &Declaration, generator: &mut SchemaGenerator) -> Value {
    let error = match endpoint.media {
        Media::Scim => generator.subschema_for::<ScimError>(),
        _ => generator.subschema_for::<ErrorEnvelope>(),
    };
    let json_answer = json!({"schema": (endpoint.output)(generator)});
    let content = match endpoint.media {
        Media::Events => json!({
            "application/json": json_answer,
            "text/event-stream": {"schema": {"type": "string"}},
        }),
        Media::File => json!({
            "application/json": json_answer,
            "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
        }),
        Media::Lines => json!({"application/x-ndjson": json_answer}),
        Media::Scim => json!({"application/scim+json": json_answer}),
        _ => json!({"application/json": json_answer}),
    };
    let success = |status: u16| match status {
        204 => json!({"description": "Done."}),
        202 => {
            json!({"description": "Accepted: the work goes on, or waits for a person.", "content": content})
        }
        201 => json!({"description": "Created.", "content": content}),
        _ => json!({"description": "Done.", "content": content}),
    };
    let form = if endpoint.media == Media::Scim { "application/scim+json" } else { "application/json" };
    let failure =
        json!({"description": "What happened, and what to do.", "content": {form: {"schema": error}}});
    let mut responses = Map::new();
    for status in [endpoint.status].iter().chain(endpoint.also) {
        responses.insert(status.to_string(), success(*status));
    }
    responses.insert("4XX".into(), failure.clone());
    responses.insert("5XX".into(), failure);
    Value::Object(responses)
}

#[cfg(test)]
mod tests {
    use super::document;
    use crate::admin;
    use crate::catalogue::CATALOGUE;
    use crate::endpoint::Declaration;
    use serde_json::Value;

    #[test]
    fn every_reference_leads_to_a_schema() {
        for catalogue in [CATALOGUE, admin::CATALOGUE] {
            check_references(catalogue);
        }
    }

    fn check_references(catalogue: &[&Declaration]) {
        let document = document("Katonic", catalogue, "0");
        let mut stack = vec![&document];
        let mut references = 0;
        while let Some(value) = stack.pop() {
            match value {
                Value::Object(fields) => {
                    if let Some(Value::String(reference)) = fields.get("$ref") {
                        references += 1;
                        assert!(document.pointer(&reference[1..]).is_some(), "{reference}");
                    }
                    stack.extend(fields.values());
                }
                Value::Array(items) => stack.extend(items),
                _ => {}
            }
        }
        assert!(references > 30);
    }

    #[test]
    fn operations_are_the_catalogue() {
        let document = document("Katonic", CATALOGUE, "0");
        let operations: usize =
            document["paths"].as_object().unwrap().values().map(|path| path.as_object().unwrap().len()).sum();
        assert_eq!(operations, 39);
    }
}
