//! Markdown for the reference: cells, anchors, and the types of JSON Schema in words.

use serde_json::{Map, Value};

/// The row above a table of fields.
const FIELDS: &str = "| field | type | | |\n|---|---|---|---|\n";

/// A text in a cell of a table: one line, with no bar that would end it.
pub(super) fn cell(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    escaped(&line.replace('|', "\\|"))
}

/// A text in which nothing is taken for HTML.
pub(super) fn escaped(text: &str) -> String {
    let mut is_code = false;
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '`' => {
                is_code = !is_code;
                safe.push(letter);
            }
            '<' if !is_code => safe.push_str("&lt;"),
            '*' | '_' if !is_code => {
                safe.push('\\');
                safe.push(letter);
            }
            _ => safe.push(letter),
        }
    }
    safe
}

/// The anchor that a heading gets.
pub(super) fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.collect::<String>().to_lowercase().replace(' ', "-")
}

/// A title with a capital.
pub(super) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// A text with the end of a sentence.
pub(super) fn sentence(text: &str) -> String {
    let text = text.trim();
    if text.is_empty() || text.ends_with(['.', ':', '?']) { text.to_owned() } else { format!("{text}.") }
}

/// The fields of an object's schema as a table; none where it has no fields of its own.
pub(super) fn fields(schema: &Value) -> Option<String> {
    let properties = schema["properties"].as_object().filter(|properties| !properties.is_empty())?;
    let is_required = |name: &str| {
        schema["required"].as_array().is_some_and(|names| names.iter().any(|required| required == name))
    };
    let rows = properties.iter().map(|(name, field)| row(name, is_required(name), field));
    Some(format!("{FIELDS}{}", rows.collect::<String>()))
}

/// The row of one field, or of a parameter that is written like one.
pub(super) fn row(name: &str, is_required: bool, schema: &Value) -> String {
    let mut said = cell(schema["description"].as_str().unwrap_or_default());
    if let Some(value) = schema.get("default").filter(|value| !value.is_null()) {
        said = format!("{} Default: `{value}`.", sentence(&said));
    }
    let required = if is_required { "required" } else { "" };
    format!("| `{name}` | {} | {required} | {} |\n", kind(schema), said.trim())
}

/// A schema's type in words, with links to the page's own types.
pub(super) fn kind(schema: &Value) -> String {
    if let Some(name) = schema["$ref"].as_str().and_then(|reference| reference.rsplit('/').next()) {
        return format!("[{name}](#{})", anchor(name));
    }
    if let Some(value) = schema.get("const") {
        return format!("`{value}`");
    }
    if let Some(values) = schema["enum"].as_array() {
        return values.iter().map(|value| format!("`{value}`")).collect::<Vec<_>>().join(", ");
    }
    for alternatives in ["oneOf", "anyOf"] {
        if let Some(all) = schema[alternatives].as_array() {
            return all.iter().map(kind).collect::<Vec<_>>().join(" or ");
        }
    }
    match &schema["type"] {
        Value::String(name) => simple(name, schema),
        Value::Array(names) => {
            let names = names.iter().filter_map(Value::as_str);
            names.map(|name| simple(name, schema)).collect::<Vec<_>>().join(" or ")
        }
        _ => "any".to_owned(),
    }
}

fn simple(name: &str, schema: &Value) -> String {
    match (name, schema) {
        ("array", _) => match schema.get("items") {
            Some(items) => format!("list of {}", kind(items)),
            None => "list".to_owned(),
        },
        ("object", _) => match schema.get("additionalProperties").filter(|value| value.is_object()) {
            Some(values) => format!("object of {}", kind(values)),
            None => "object".to_owned(),
        },
        ("integer" | "number", _) => bounded(name, schema),
        _ => name.to_owned(),
    }
}

fn bounded(name: &str, schema: &Value) -> String {
    match (schema.get("minimum"), schema.get("maximum")) {
        (Some(least), Some(most)) => format!("{name}, {least} to {most}"),
        (None, Some(most)) => format!("{name}, at most {most}"),
        (Some(least), None) if least.as_f64() != Some(0.0) => format!("{name}, at least {least}"),
        _ => name.to_owned(),
    }
}

/// The types that a page's schemas lead to, each with its fields or its alternatives.
pub(super) fn types(definitions: &Map<String, Value>) -> String {
    let one = |(name, schema): (&String, &Value)| {
        let doc = escaped(schema["description"].as_str().unwrap_or_default());
        let shape = shape(schema).unwrap_or_else(|| format!("{}\n", capital(&kind(schema))));
        format!("\n### {name}\n\n{doc}\n\n{shape}")
    };
    definitions.iter().map(one).collect()
}

/// What a type is made of, where that is more than a word.
pub(super) fn shape(schema: &Value) -> Option<String> {
    if let Some(table) = fields(schema) {
        return Some(table);
    }
    let all = schema["oneOf"].as_array().or_else(|| schema["anyOf"].as_array())?;
    let one = |choice: &Value| {
        let doc = cell(choice["description"].as_str().unwrap_or_default());
        let mut text = format!("- {}", kind(choice));
        if let Some(properties) = choice["properties"].as_object() {
            let names: Vec<String> =
                properties.iter().map(|(name, field)| format!("`{name}`: {}", kind(field))).collect();
            text.push_str(&format!(" with {}", names.join(", ")));
        }
        if !doc.is_empty() {
            text.push_str(&format!(": {doc}"));
        }
        format!("{text}\n")
    };
    Some(all.iter().map(one).collect())
}
