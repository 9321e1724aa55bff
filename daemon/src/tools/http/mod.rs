//! Tools that are calls over HTTP: definitions of our own, or the operations of an OpenAPI document. Each reaches the one
//! origin that the operator's file names, whatever its arguments are.

mod definition;
mod openapi;
mod request;

use super::{MOST_TOOLS, Tool};
use crate::config::{HttpTools, Tools as Settings};
use crate::egress::{self, Egress};
use request::HttpTool;
use reqwest::Response;
use reqwest::header::{CONTENT_TYPE, HeaderName, HeaderValue, LOCATION};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// Largest file of definitions, in bytes.
const MOST_BYTES: u64 = 8 << 20;

/// What the tools of one file share.
struct Source {
    egress: Egress,
    /// What each call is sent with.
    token: Option<(HeaderName, HeaderValue)>,
    team: Option<String>,
    /// Most bytes of an answer.
    most: usize,
}

/// Every tool of the files that the configuration names.
///
/// # Errors
/// If a file can't be read, or says what can't be called.
pub(super) fn all(home: &Path, settings: &Settings) -> Result<Vec<Box<dyn Tool>>, String> {
    let mut tools: Vec<Box<dyn Tool>> = Vec::new();
    for (name, file) in &settings.http {
        let wrong = |error: String| format!("tools.http.{name}, {}: {error}", file.file.display());
        for tool in of(home, name, file, settings).map_err(wrong)? {
            tools.push(Box::new(tool));
        }
    }
    Ok(tools)
}

fn of(home: &Path, name: &str, file: &HttpTools, settings: &Settings) -> Result<Vec<HttpTool>, String> {
    let document = read(&home.join(&file.file))?;
    let source = Arc::new(source(file, settings)?);
    let found = match &document {
        Value::Object(fields) if fields.contains_key("openapi") => {
            openapi::tools(name, file, &document, &source)?
        }
        _ if file.url.is_some() => {
            return Err("`url` is for an OpenAPI document: here each tool has its own".into());
        }
        _ => definition::tools(name, file, document, &source)?,
    };
    let is_there = |remote: &str| found.iter().any(|tool| tool.name == format!("{name}__{remote}"));
    if let Some(unknown) = file.risks.keys().find(|remote| !is_there(remote)) {
        return Err(format!("`risks` names `{unknown}`, which it doesn't have"));
    }
    let mut names = BTreeSet::new();
    if let Some(twice) = found.iter().find(|tool| !names.insert(tool.name.clone())) {
        return Err(format!("two tools are called `{}`", twice.name));
    }
    match found.len() {
        0 => Err("none of its tools is among those that `tools` names".into()),
        1..=MOST_TOOLS => Ok(found),
        many => Err(format!("it has {many} tools, and {MOST_TOOLS} are the most: say which under `tools`")),
    }
}

fn read(file: &Path) -> Result<Value, String> {
    let size = fs::metadata(file).map_err(|error| error.to_string())?.len();
    if size > MOST_BYTES {
        return Err(format!("it has {size} bytes, and {MOST_BYTES} are the most"));
    }
    let text = fs::read_to_string(file).map_err(|error| error.to_string())?;
    serde_yaml::from_str(&text).map_err(|error| error.to_string())
}

fn source(file: &HttpTools, settings: &Settings) -> Result<Source, String> {
    let token = match (&file.token, &file.token_header) {
        (None, None) => None,
        (None, Some(_)) => {
            return Err("`token_header` is for a token: name its variable in `token_env`".into());
        }
        (Some(token), header) => {
            let (name, value) = match header {
                None => ("authorization", format!("Bearer {}", token.expose_secret())),
                Some(name) => (name.as_str(), token.expose_secret().to_owned()),
            };
            let name: HeaderName = name.parse().map_err(|_| format!("`{name}` is no header"))?;
            let mut value: HeaderValue =
                value.parse().map_err(|_| "the token has signs that no header may")?;
            value.set_sensitive(true);
            Some((name, value))
        }
    };
    let patience = Duration::from_secs(settings.timeout_seconds);
    Ok(Source {
        egress: Egress::new(None, file.private_network, patience)?,
        token,
        team: file.team.clone(),
        most: settings.most_result_bytes,
    })
}

/// What was answered, as a tool's result.
///
/// # Errors
/// If it sends elsewhere, is too large, or no text.
pub(super) async fn answer(response: Response, most: usize) -> Result<Value, String> {
    let status = response.status().as_u16();
    // The policy decided on this address, and on none that it sends to.
    if response.status().is_redirection() && response.headers().contains_key(LOCATION) {
        return Err(format!("it sends elsewhere ({status}), and no redirect is followed"));
    }
    let kind = response.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).map(str::to_owned);
    let bytes = egress::bytes(response, most).await?;
    let text = String::from_utf8(bytes).map_err(|_| "the answer is no text")?;
    let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
    Ok(json!({"status": status, "content_type": kind, "body": body}))
}
