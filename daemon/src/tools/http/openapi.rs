//! The operations of an OpenAPI 3.0 or 3.1 document as tools. What can't be called as a tool (a form that is no JSON, a
//! cookie) is left out, and the log says so.

use super::Source;
use super::request::{Body, HttpTool};
use crate::config::HttpTools;
use contract::id::is_meant;
use serde_json::{Map, Value, json};
use std::sync::Arc;

const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// Longest description of a tool, in characters.
const LONGEST_DESCRIPTION: usize = 1024;

/// How many parts a schema may have once its references are followed.
const MOST_PARTS: usize = 20_000;

/// Headers that a document can't make arguments of (OpenAPI 3.1.1, section 4.8.12.2).
const IGNORED: [&str; 3] = ["accept", "content-type", "authorization"];

/// What its body's argument is called.
const BODY: &str = "body";

/// The tools of a document.
///
/// # Errors
/// If its version is none of those that are read, or nothing says where its paths begin.
pub(super) fn tools(
    source_name: &str,
    settings: &HttpTools,
    document: &Value,
    source: &Arc<Source>,
) -> Result<Vec<HttpTool>, String> {
    let version = document["openapi"].as_str().unwrap_or_default();
    if !version.starts_with("3.") {
        return Err(format!("it is of OpenAPI {version}, and 3.0 and 3.1 are read"));
    }
    let server = settings.url.as_deref().or_else(|| document["servers"][0]["url"].as_str());
    let server =
        server.filter(|url| url.contains("://")).ok_or("nothing says where its paths begin: give `url`")?;
    let mut tools = Vec::new();
    let paths = document["paths"].as_object().ok_or("it has no paths")?;
    for (path, item) in paths {
        for method in METHODS {
            let Some(operation) = item.get(method) else { continue };
            let name = name(operation, method, path);
            if !settings.tools.iter().any(|pattern| is_meant(pattern, &name)) {
                continue;
            }
            let described = Described { document, path, method, item, operation };
            let made = described.tool(source_name, settings, &name, server, source);
            match made.and_then(HttpTool::checked) {
                Ok(tool) => tools.push(tool),
                Err(why) => {
                    tracing::warn!(source = source_name, tool = name, why, "an operation is left out")
                }
            }
        }
    }
    Ok(tools)
}

/// An operation's id, as far as a model can be told it; its method and path where it has none.
fn name(operation: &Value, method: &str, path: &str) -> String {
    let given = operation["operationId"].as_str().map_or_else(|| format!("{method}{path}"), str::to_owned);
    let plain = |sign: char| if sign.is_ascii_alphanumeric() || sign == '-' { sign } else { '_' };
    let plain: String = given.chars().map(plain).collect();
    plain.trim_matches('_').to_owned()
}

/// One operation, with what stands around it.
struct Described<'a> {
    document: &'a Value,
    path: &'a str,
    method: &'a str,
    item: &'a Value,
    operation: &'a Value,
}

impl Described<'_> {
    fn tool(
        &self,
        source_name: &str,
        settings: &HttpTools,
        name: &str,
        server: &str,
        source: &Arc<Source>,
    ) -> Result<HttpTool, String> {
        let mut tool = HttpTool {
            name: format!("{source_name}__{name}"),
            description: self.description(),
            parameters: Value::Null,
            risk: settings
                .risks
                .get(name)
                .copied()
                .unwrap_or_else(|| HttpTool::usual_risk(&self.method.to_ascii_uppercase())),
            method: self.method.to_ascii_uppercase().parse().map_err(|_| "there is no such method")?,
            url: format!("{}{}", server.trim_end_matches('/'), self.path),
            path: Vec::new(),
            query: Vec::new(),
            argument_headers: Vec::new(),
            body: Body::None,
            headers: vec![("accept".into(), "application/json".into())],
            source: Arc::clone(source),
        };
        let (mut properties, mut required) = (Map::new(), Vec::new());
        for parameter in self.parameters()? {
            let name = parameter["name"].as_str().ok_or("a parameter has no name")?.to_owned();
            let must = parameter["required"] == true;
            if parameter["in"] == "header" && IGNORED.iter().any(|header| name.eq_ignore_ascii_case(header)) {
                continue;
            }
            let list = match parameter["in"].as_str() {
                Some("path") => &mut tool.path,
                Some("query") if parameter["style"] != "deepObject" => &mut tool.query,
                Some("header") => &mut tool.argument_headers,
                _ if !must => continue,
                _ => return Err(format!("`{name}` stands where no tool can put it")),
            };
            list.push(name.clone());
            let mut schema = self.resolved(&parameter["schema"])?;
            if let (Some(fields), Some(text)) = (schema.as_object_mut(), parameter["description"].as_str()) {
                fields.insert("description".into(), text.into());
            }
            if properties.insert(name.clone(), schema).is_some() {
                return Err(format!("two parameters are called `{name}`"));
            }
            if must {
                required.push(Value::String(name));
            }
        }
        if let Some((schema, must)) = self.body()? {
            if properties.insert(BODY.into(), schema).is_some() {
                return Err("a parameter is called as its body".into());
            }
            if must {
                required.push(BODY.into());
            }
            tool.body = Body::Argument(BODY.into());
        }
        tool.parameters = json!({
            "type": "object", "properties": properties, "required": required, "additionalProperties": false,
        });
        Ok(tool)
    }

    fn description(&self) -> String {
        let texts =
            ["summary", "description"].map(|field| self.operation[field].as_str().unwrap_or_default());
        let text = match texts {
            ["", ""] => format!("{} {}", self.method.to_ascii_uppercase(), self.path),
            [one, ""] | ["", one] => one.to_owned(),
            [summary, description] => format!("{summary}: {description}"),
        };
        text.chars().take(LONGEST_DESCRIPTION).collect()
    }

    /// Its parameters, and those of its path that it doesn't say anew.
    fn parameters(&self) -> Result<Vec<&Value>, String> {
        let mut all: Vec<&Value> = Vec::new();
        for given in [self.operation, self.item] {
            for parameter in given["parameters"].as_array().into_iter().flatten() {
                let parameter = self.target(parameter)?;
                let is_same =
                    |other: &&Value| other["name"] == parameter["name"] && other["in"] == parameter["in"];
                if !all.iter().any(is_same) {
                    all.push(parameter);
                }
            }
        }
        Ok(all)
    }

    /// The schema of its body, and whether it must have one.
    fn body(&self) -> Result<Option<(Value, bool)>, String> {
        let Some(body) = self.operation.get("requestBody") else { return Ok(None) };
        let body = self.target(body)?;
        let content = body["content"].as_object().ok_or("its body has no content")?;
        let is_json = |media: &str| media == "application/json" || media.ends_with("+json");
        let form =
            content.iter().find(|(media, _)| is_json(media.split(';').next().unwrap_or_default().trim()));
        let (_, form) = form.ok_or("its body is no JSON")?;
        Ok(Some((self.resolved(&form["schema"])?, body["required"] == true)))
    }

    /// What a reference leads to; what is none, itself.
    fn target<'b>(&'b self, value: &'b Value) -> Result<&'b Value, String> {
        let Some(reference) = value["$ref"].as_str() else { return Ok(value) };
        let pointer =
            reference.strip_prefix('#').ok_or_else(|| format!("`{reference}` stands in another file"))?;
        self.document.pointer(pointer).ok_or_else(|| format!("`{reference}` leads nowhere"))
    }

    /// A schema without references, as JSON Schema has it; one that stands within itself is open from there.
    fn resolved(&self, schema: &Value) -> Result<Value, String> {
        self.resolve(schema, &mut Vec::new(), &mut MOST_PARTS.clone())
    }

    fn resolve<'b>(
        &'b self,
        schema: &'b Value,
        within: &mut Vec<&'b str>,
        parts: &mut usize,
    ) -> Result<Value, String> {
        *parts = parts.checked_sub(1).ok_or_else(|| format!("its schema has over {MOST_PARTS} parts"))?;
        if let Some(reference) = schema["$ref"].as_str() {
            if within.contains(&reference) {
                return Ok(json!({}));
            }
            within.push(reference);
            let resolved = self.resolve(self.target(schema)?, within, parts);
            within.pop();
            return resolved;
        }
        match schema {
            Value::Object(fields) => {
                let mut resolved = Map::new();
                for (name, value) in fields {
                    let value = match name.as_str() {
                        "example" | "examples" | "xml" | "externalDocs" | "discriminator" => continue,
                        "enum" | "const" | "default" => value.clone(),
                        _ => self.resolve(value, within, parts)?,
                    };
                    resolved.insert(name.clone(), value);
                }
                Ok(Value::Object(modern(resolved)))
            }
            Value::Array(items) => items
                .iter()
                .map(|item| self.resolve(item, within, parts))
                .collect::<Result<_, _>>()
                .map(Value::Array),
            other => Ok(other.clone()),
        }
    }
}

/// What OpenAPI 3.0 says otherwise than JSON Schema does.
fn modern(mut fields: Map<String, Value>) -> Map<String, Value> {
    if fields.remove("nullable") == Some(Value::Bool(true))
        && let Some(Value::String(kind)) = fields.get("type").cloned()
    {
        fields.insert("type".into(), json!([kind, "null"]));
    }
    for (exclusive, bound) in [("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")] {
        match fields.get(exclusive) {
            Some(Value::Bool(true)) => {
                if let Some(value) = fields.remove(bound) {
                    fields.insert(exclusive.into(), value);
                }
            }
            Some(Value::Bool(false)) => {
                fields.remove(exclusive);
            }
            _ => {}
        }
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schema_of_3_0_becomes_json_schema_without_references() {
        let document = json!({"components": {"schemas": {
            "Node": {"type": "object", "properties": {"next": {"$ref": "#/components/schemas/Node"}}},
            "Age": {"type": "integer", "minimum": 0, "exclusiveMinimum": true, "nullable": true, "example": 3},
        }}});
        let (nothing, path) = (Value::Null, "/");
        let described =
            Described { document: &document, path, method: "get", item: &nothing, operation: &nothing };
        let age = described.resolved(&json!({"$ref": "#/components/schemas/Age"})).unwrap();
        assert_eq!(age, json!({"type": ["integer", "null"], "exclusiveMinimum": 0}));
        let node = described.resolved(&json!({"$ref": "#/components/schemas/Node"})).unwrap();
        assert_eq!(node, json!({"type": "object", "properties": {"next": {}}}));
        assert!(described.resolved(&json!({"$ref": "other.yml#/Age"})).is_err());
    }
}
