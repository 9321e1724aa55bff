//! What goes over the wire for a typed input: path, query and body, as the declaration tells.

use crate::failure::Failure;
use contract::endpoint::{Declaration, Media};
use serde_json::{Map, Value};
use std::fmt::Write;

/// The body of a request.
#[derive(Debug, PartialEq)]
pub(crate) enum Payload {
    /// Nothing.
    None,
    /// A JSON object.
    Json(Value),
    /// A definition as its authors write it.
    Definition(String),
}

/// One request, but for where it goes.
#[derive(Debug, PartialEq)]
pub(crate) struct Parts {
    /// The path, with the query.
    pub(crate) path: String,
    /// The body.
    pub(crate) payload: Payload,
}

/// Splits an input: path parameters into the path; of the rest, a definition or JSON into the body and what
/// has no place there into the query.
///
/// # Errors
/// If a path parameter is missing, or can't stand in a path.
pub(crate) fn parts(declaration: &Declaration, input: Value) -> Result<Parts, Failure> {
    let mut fields = match input {
        Value::Object(fields) => fields,
        _ => Map::new(),
    };
    fields.retain(|_, value| !value.is_null());
    let mut path = format!("{}{}", declaration.prefix, declaration.path);
    for name in declaration.path_parameters() {
        let value = fields.remove(name).map(|value| text(&value)).unwrap_or_default();
        if matches!(value.as_str(), "" | "." | "..") {
            return Err(Failure::usage(format!("`{value}` can't be the {}", name.replace('_', " "))));
        }
        path = path.replace(&format!("{{{name}}}"), &encode(&value));
    }
    let (query, payload) = if declaration.method.is_bodiless() {
        (fields, Payload::None)
    } else if declaration.media == Media::Definition {
        let definition = fields.remove("definition").map(|value| text(&value)).unwrap_or_default();
        (fields, Payload::Definition(definition))
    } else if declaration.media == Media::Scim {
        let body = fields.remove("body").unwrap_or_default();
        (fields, Payload::Json(body))
    } else {
        (Map::new(), Payload::Json(Value::Object(fields)))
    };
    for (index, (name, value)) in query.iter().enumerate() {
        let sign = if index == 0 { '?' } else { '&' };
        // Writing to a string can't fail.
        let _ = write!(path, "{sign}{}={}", encode(name), encode(&text(value)));
    }
    Ok(Parts { path, payload })
}

/// A value as it stands in a path or query.
fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// An input's fields as those of a form: lists a field for each, objects as JSON.
pub(crate) fn form_fields(input: Value) -> Vec<(String, String)> {
    let Value::Object(fields) = input else { return Vec::new() };
    let fields = fields.into_iter().flat_map(|(name, value)| {
        let values = match value {
            Value::Null => Vec::new(),
            Value::Array(list) => list,
            one => vec![one],
        };
        values.into_iter().map(move |value| (name.clone(), text(&value)))
    });
    fields.collect()
}

/// Percent-encodes all but RFC 3986's unreserved characters (section 2.3).
pub(crate) fn encode(text: &str) -> String {
    text.bytes().fold(String::with_capacity(text.len()), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing to a string can't fail.
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::catalogue::{ApplyAgent, GetModel, ListRuns, PromoteAgent};
    use contract::endpoint::Endpoint;
    use serde_json::json;

    fn built<E: Endpoint>(input: Value) -> Parts {
        parts(E::DECLARATION, input).unwrap()
    }

    #[test]
    fn path_parameters_leave_the_body() {
        let parts = built::<PromoteAgent>(json!({"agent_id": "hr", "environment": "prod", "version": null}));
        assert_eq!(parts.path, "/public/v1/agents/hr/promote");
        assert_eq!(parts.payload, Payload::Json(json!({"environment": "prod"})));
    }

    #[test]
    fn a_form_has_a_field_for_each_of_a_list() {
        let fields =
            form_fields(json!({"groups": ["a", "b"], "title": null, "public": false, "metadata": {"n": 1}}));
        let fields: Vec<_> = fields.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        assert_eq!(
            fields,
            [("groups", "a"), ("groups", "b"), ("public", "false"), ("metadata", "{\"n\":1}")]
        );
    }

    #[test]
    fn what_has_no_body_goes_into_the_query() {
        let parts = built::<ListRuns>(json!({"agent": "a&b", "limit": 5}));
        assert_eq!(parts.path, "/public/v1/evaluations/runs?agent=a%26b&limit=5");
        assert_eq!(parts.payload, Payload::None);
    }

    #[test]
    fn a_definition_is_the_whole_body() {
        let parts = built::<ApplyAgent>(json!({"definition": "kind: Agent\n", "dry_run": true}));
        assert_eq!(parts.path, "/public/v1/agents?dry_run=true");
        assert_eq!(parts.payload, Payload::Definition("kind: Agent\n".into()));
    }

    #[test]
    fn a_name_cannot_climb_out_of_its_place() {
        let path = |id: &str| parts(GetModel::DECLARATION, json!({"model_id": id})).map(|parts| parts.path);
        assert_eq!(path("openai/gpt?x#y").unwrap(), "/public/v1/models/openai%2Fgpt%3Fx%23y");
        assert!(path("..").is_err());
        assert!(path("").is_err());
    }
}
