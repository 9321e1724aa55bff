//! A page for each group of endpoints, as their OpenAPI document has them, and one for the errors.

use super::Page;
use super::markdown::{anchor, capital, cell, escaped, kind, row, shape, types};
use contract::endpoint::Declaration;
use contract::openapi::{document, resolved};
use serde_json::Value;

/// What stands at the top of each part.
pub(super) const PUBLIC: &str = "A call carries `Authorization: Bearer KEY` and, for whom it acts, `X-User-Email`. The key needs the scope that stands \
     with the endpoint, or one above it: `agents` grants `agents/read`. The same as an OpenAPI 3.1 document: \
     `/public/v1/openapi.json`, or `katonic openapi`. The errors are in [a page of their own](../errors.md).";
pub(super) const ADMIN: &str = "A call carries `Authorization: Bearer TOKEN` with an operator's token (`kop_…`); keys of the public API open none of \
     this. What each role may do stands in [Permissions](../../guides/permissions.md). The same as an OpenAPI 3.1 document: \
     `/admin/v1/openapi.json`, or `katonic openapi --admin`.";

/// The first page of an API, and its groups.
pub(super) fn pages(
    folder: &str,
    title: &str,
    opening: &str,
    catalogue: &[&'static Declaration],
) -> Vec<Page> {
    let mut groups: Vec<&str> = Vec::new();
    for endpoint in catalogue {
        if !groups.contains(&endpoint.group.title()) {
            groups.push(endpoint.group.title());
        }
    }
    let mut pages =
        vec![Page::new(format!("{folder}/index"), title, overview(title, opening, &groups, catalogue))];
    for group in groups {
        let endpoints: Vec<&Declaration> =
            catalogue.iter().copied().filter(|endpoint| endpoint.group.title() == group).collect();
        let text = group_page(&capital(group), &endpoints);
        pages.push(Page::new(format!("{folder}/{}", anchor(group)), capital(group), text));
    }
    pages
}

fn overview(title: &str, opening: &str, groups: &[&str], catalogue: &[&'static Declaration]) -> String {
    let mut text = format!("# {title}\n\n{opening}\n\nIt has {} endpoints.\n", catalogue.len());
    for group in groups {
        text.push_str(&format!("\n## {}\n\n| endpoint | scope | |\n|---|---|---|\n", capital(group)));
        for endpoint in catalogue.iter().filter(|endpoint| endpoint.group.title() == *group) {
            text.push_str(&format!(
                "| [`{} {}{}`]({}.md#{}) | `{}` | {} |\n",
                endpoint.method.as_str(),
                endpoint.prefix,
                endpoint.path,
                anchor(group),
                anchor(endpoint.name),
                endpoint.scope.0,
                cell(endpoint.doc),
            ));
        }
    }
    text
}

fn group_page(title: &str, endpoints: &[&Declaration]) -> String {
    let document = document(title, endpoints, env!("CARGO_PKG_VERSION"));
    let mut text = format!("# {title}\n");
    for endpoint in endpoints {
        let path = format!("{}{}", endpoint.prefix, endpoint.path);
        let operation = &document["paths"][path.as_str()][endpoint.method.as_str().to_lowercase()];
        text.push_str(&format!(
            "\n## {}\n\n`{} {path}`, scope `{}`\n\n{}\n",
            endpoint.name,
            endpoint.method.as_str(),
            endpoint.scope.0,
            escaped(endpoint.doc.trim()),
        ));
        text.push_str(&parameters(&document, operation));
        text.push_str(&body(&operation["requestBody"]));
        text.push_str(&answers(&operation["responses"]));
    }
    if let Some(schemas) = document["components"]["schemas"].as_object() {
        text.push_str("\n## Types\n");
        text.push_str(&types(schemas));
    }
    text
}

fn parameters(document: &Value, operation: &Value) -> String {
    let all = operation["parameters"].as_array().map(Vec::as_slice).unwrap_or_default();
    let all = all.iter().map(|parameter| resolved(document, parameter));
    // What every call may carry stands at the top of the part.
    let own = all.filter(|parameter| parameter["name"] != "X-User-Email");
    let rows: String = own
        .map(|parameter| {
            let mut schema = parameter["schema"].clone();
            if let (Some(said), Some(fields)) = (parameter.get("description"), schema.as_object_mut()) {
                fields.insert("description".into(), said.clone());
            }
            let name = parameter["name"].as_str().unwrap_or_default();
            let place = parameter["in"].as_str().unwrap_or_default();
            row(name, parameter["required"] == true, &schema).replacen("` |", &format!("` ({place}) |"), 1)
        })
        .collect();
    if rows.is_empty() { rows } else { format!("\n| parameter | type | | |\n|---|---|---|---|\n{rows}") }
}

fn body(body: &Value) -> String {
    let content = body["content"].as_object().into_iter().flatten();
    content.map(|(media, content)| part(&format!("Body, `{media}`"), &content["schema"])).collect()
}

/// What comes back, the events of streams, and the statuses of errors, which have a page of their own.
fn answers(responses: &Value) -> String {
    let (mut text, mut errors) = (String::new(), Vec::new());
    for (status, response) in responses.as_object().into_iter().flatten() {
        if response.get("$ref").is_some() {
            errors.push(status.as_str());
            continue;
        }
        let Some(content) = response["content"].as_object() else {
            text.push_str(&format!("\nAnswer {status}, without a body.\n"));
            continue;
        };
        for (media, content) in content {
            let title = format!("Answer {status}, `{media}`");
            match content["x-katonic-events"].as_object() {
                Some(events) => text.push_str(&stream(&title, events)),
                None => text.push_str(&part(&title, &content["schema"])),
            }
        }
    }
    text + &format!("\n[Errors](../errors.md): {}\n", errors.join(", "))
}

fn stream(title: &str, events: &serde_json::Map<String, Value>) -> String {
    let rows = events.iter().map(|(name, data)| format!("| `{name}` | {} |\n", kind(data)));
    format!("\n{title}, of these events:\n\n| event | data |\n|---|---|\n{}", rows.collect::<String>())
}

/// A body in a line where its type has a name or is plain, else with its fields.
fn part(title: &str, schema: &Value) -> String {
    match shape(schema).filter(|_| schema.get("properties").is_some()) {
        Some(fields) => format!("\n{title}:\n\n{fields}"),
        None => format!("\n{title}: {}\n", kind(schema)),
    }
}

/// The families of errors.
pub(super) fn errors() -> Page {
    let mut text = String::from(
        "# Errors\n\nEvery answer that is no success has one form, the one that OpenAI's clients read: \
         `{\"error\": {\"message\", \"type\", \"code\", \"param\"}, \"trace_id\"}`. The message says what happened and what \
         to do; `type` is the family, `code` the error itself, `param` the field that it is about. SCIM answers in its own \
         form. A stream that fails ends with an `error` event that holds the same. What each code asks of you stands in \
         [Errors](../guides/errors.md).\n\n| status | type | when |\n|---|---|---|\n",
    );
    for family in ::daemon::error_families() {
        text.push_str(&format!("| {} | `{}` | {} |\n", family.status, family.name, cell(family.meaning)));
    }
    Page::new("errors", "Errors", text)
}
