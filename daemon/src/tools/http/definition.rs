//! `kind: HttpTools`: tools as their operator writes them down.

use super::Source;
use super::request::{Body, HttpTool};
use crate::config::HttpTools;
use contract::id::is_meant;
use contract::wire::Object;
use contract::wire::tools::Risk;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct File {
    api_version: String,
    kind: String,
    tools: Vec<Defined>,
}

/// One tool. Arguments that stand neither in its address nor in `query` or `headers` are its body, as a JSON object; of a
/// GET or DELETE, they stand in the query.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Defined {
    name: String,
    description: String,
    #[serde(default = "get")]
    method: String,
    /// An address, with `{argument}` in its path.
    url: String,
    /// The JSON Schema of its arguments.
    #[serde(default)]
    parameters: Option<Object>,
    /// Arguments that stand in the query.
    #[serde(default)]
    query: Vec<String>,
    /// Headers that are always sent.
    #[serde(default)]
    headers: BTreeMap<String, String>,
    #[serde(default)]
    risk: Option<Risk>,
}

fn get() -> String {
    "GET".into()
}

/// The tools of such a file.
///
/// # Errors
/// If it is none, or one of them can't be called.
pub(super) fn tools(
    source_name: &str,
    settings: &HttpTools,
    document: Value,
    source: &Arc<Source>,
) -> Result<Vec<HttpTool>, String> {
    let file: File = serde_json::from_value(document).map_err(|error| error.to_string())?;
    if file.api_version != "katonic/v1" || file.kind != "HttpTools" {
        return Err(
            "it is neither an OpenAPI document nor `apiVersion: katonic/v1`, `kind: HttpTools`".into()
        );
    }
    let meant = |tool: &Defined| settings.tools.iter().any(|pattern| is_meant(pattern, &tool.name));
    let meant = file.tools.into_iter().filter(meant);
    let made = meant.map(|tool| {
        let named = tool.name.clone();
        make(source_name, settings, tool, source).map_err(|error| format!("{named}: {error}"))
    });
    made.collect()
}

fn make(
    source_name: &str,
    settings: &HttpTools,
    tool: Defined,
    source: &Arc<Source>,
) -> Result<HttpTool, String> {
    let parameters = tool.parameters.map_or_else(|| json!({"type": "object"}), Value::Object);
    let names: Vec<String> = match parameters.get("properties").and_then(Value::as_object) {
        Some(properties) => properties.keys().cloned().collect(),
        None => Vec::new(),
    };
    if let Some(unknown) = tool.query.iter().find(|name| !names.contains(name)) {
        return Err(format!("`query` names `{unknown}`, which `parameters` doesn't have"));
    }
    let method = tool.method.to_ascii_uppercase();
    let has_body = matches!(method.as_str(), "POST" | "PUT" | "PATCH");
    let in_path = |name: &String| tool.url.contains(&format!("{{{name}}}"));
    let path: Vec<String> = names.iter().filter(|name| in_path(name)).cloned().collect();
    let query = match has_body {
        true => tool.query,
        false => names.iter().filter(|name| !path.contains(name)).cloned().collect(),
    };
    HttpTool {
        name: format!("{source_name}__{}", tool.name),
        description: tool.description,
        parameters,
        risk: settings
            .risks
            .get(&tool.name)
            .copied()
            .or(tool.risk)
            .unwrap_or_else(|| HttpTool::usual_risk(&method)),
        method: method.parse().map_err(|_| format!("there is no method {method}"))?,
        url: tool.url,
        path,
        query,
        argument_headers: Vec::new(),
        body: if has_body { Body::Rest } else { Body::None },
        headers: tool.headers.into_iter().collect(),
        source: Arc::clone(source),
    }
    .checked()
}
