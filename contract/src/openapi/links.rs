//! What an answer leads to: operations whose path its fields fill (OpenAPI 3.1, Link Object).

use super::component;
use crate::endpoint::Declaration;
use serde_json::{Map, Value, json};

/// Adds to each operation's answers the operations whose path parameter they hold, under its own name or as their id. A list
/// may be empty, so it leads nowhere.
pub(super) fn add(paths: &mut Map<String, Value>, catalogue: &[&Declaration], schemas: &Map<String, Value>) {
    for from in catalogue {
        let place = format!("/{}/responses", from.method.as_str().to_lowercase());
        let path = paths.get_mut(&format!("{}{}", from.prefix, from.path));
        let Some(responses) = path.and_then(|path| path.pointer_mut(&place)) else { continue };
        for status in [from.status].iter().chain(from.also) {
            let Some(response) = responses.get_mut(status.to_string()) else { continue };
            let links = links(from, &response["content"]["application/json"]["schema"], catalogue, schemas);
            if !links.is_empty() {
                response["links"] = links.into();
            }
        }
    }
}

fn links(
    from: &Declaration,
    answer: &Value,
    catalogue: &[&Declaration],
    schemas: &Map<String, Value>,
) -> Map<String, Value> {
    let mut links = Map::new();
    for to in catalogue.iter().filter(|to| to.name != from.name) {
        let parameters: Vec<&str> = to.path_parameters().collect();
        let [parameter] = parameters.as_slice() else { continue };
        let is_under = to.path.starts_with(&format!("{}/{{{parameter}}}", from.path));
        let (place, expression) = match place(parameter, is_under, answer, schemas) {
            // Files bear it in the header alone.
            Some("trace_id") => ("X-Trace-Id", "$response.header.X-Trace-Id".to_owned()),
            Some(field) if from.files.is_empty() => (field, format!("$response.body#/{field}")),
            _ => continue,
        };
        let link = json!({
            "operationId": to.name,
            "description": format!("The answer's `{place}` is the `{parameter}` of `{}`.", to.name),
            "parameters": {*parameter: expression},
        });
        links.insert(to.name.into(), link);
    }
    links
}

/// The field of an answer that holds a path parameter.
fn place<'a>(
    parameter: &'a str,
    is_under: bool,
    answer: &Value,
    schemas: &Map<String, Value>,
) -> Option<&'a str> {
    let fields = fields(answer, schemas)?;
    if fields.contains_key(parameter) {
        return Some(parameter);
    }
    (is_under && fields.contains_key("id")).then_some("id")
}

fn fields<'a>(schema: &'a Value, schemas: &'a Map<String, Value>) -> Option<&'a Map<String, Value>> {
    let named = component(schema).and_then(|name| schemas.get(name));
    named.unwrap_or(schema).get("properties")?.as_object()
}
