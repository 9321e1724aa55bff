//! What a server says that it has, as far as it is taken.

use super::Server;
use super::tool::McpTool;
use crate::app::App;
use crate::tools::policy::is_meant;
use crate::tools::results::texts;
use crate::tools::{Registered, registered};
use rmcp::model::{PaginatedRequestParams, Tool};
use rmcp::{Peer, RoleClient};
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Most tools of a server, and most pages of its list.
const MOST_TOOLS: usize = 128;
const MOST_PAGES: usize = 16;

/// Longest name of a tool, its server's included: what OpenAI's models are told of.
const LONGEST_NAME: usize = 64;

/// Longest description, in bytes, and largest schema, as JSON.
const LONGEST_DESCRIPTION: usize = 4096;
const LARGEST_SCHEMA: usize = 32_768;

/// The tools that a server lists and that the configuration lets in.
///
/// # Errors
/// If it doesn't list them.
pub(super) async fn tools(
    server: &Arc<Server>,
    app: &App,
    peer: &Peer<RoleClient>,
) -> Result<Vec<Arc<Registered>>, String> {
    let (mut taken, mut names, mut cursor) = (Vec::new(), BTreeSet::new(), None);
    for _ in 0..MOST_PAGES {
        let params = PaginatedRequestParams::default().with_cursor(cursor);
        let page = peer.list_tools(Some(params)).await.map_err(|error| error.to_string())?;
        for tool in page.tools {
            if !server.settings.tools.iter().any(|pattern| is_meant(pattern, &tool.name)) {
                continue;
            }
            match take(server, app, &tool, &mut names) {
                Ok(tool) if taken.len() < MOST_TOOLS => taken.push(tool),
                Ok(_) => tracing::warn!(server = server.name, "an MCP server's tool is left out: too many"),
                Err(why) => {
                    let name: String = tool.name.chars().take(LONGEST_NAME).collect();
                    tracing::warn!(
                        server = server.name,
                        tool = name,
                        why,
                        "an MCP server's tool is left out"
                    );
                }
            }
        }
        cursor = page.next_cursor;
        if cursor.is_none() {
            break;
        }
    }
    Ok(taken)
}

fn take(
    server: &Arc<Server>,
    app: &App,
    tool: &Tool,
    names: &mut BTreeSet<String>,
) -> Result<Arc<Registered>, String> {
    let name = format!("{}__{}", server.name, tool.name);
    let is_plain = |sign: u8| sign.is_ascii_alphanumeric() || sign == b'_' || sign == b'-';
    if name.len() > LONGEST_NAME || !name.bytes().all(is_plain) {
        return Err(format!(
            "its name has other signs than a-z, 0-9, _ and -, or over {LONGEST_NAME} of them"
        ));
    }
    let description = tool.description.as_deref().unwrap_or_default();
    if description.len() > LONGEST_DESCRIPTION {
        return Err(format!("its description has over {LONGEST_DESCRIPTION} bytes"));
    }
    let schema = Value::Object((*tool.input_schema).clone());
    if schema.to_string().len() > LARGEST_SCHEMA {
        return Err(format!("its schema has over {LARGEST_SCHEMA} bytes"));
    }
    // What describes a tool is read by the model as well as what a tool brings.
    let mut said = texts(&schema);
    said.push(description);
    let whole = said.join("\n");
    let hostile = said.iter().chain([&whole.as_str()]).any(|text| app.rails.is_hostile_passage(text));
    let output = tool.output_schema.as_ref().map(|schema| Value::Object((**schema).clone()));
    let tool =
        McpTool::new(server, name.clone(), tool.name.to_string(), description, schema, output, hostile)?;
    let registered = registered(Box::new(tool))?;
    if names.insert(name) { Ok(registered) } else { Err("it lists two of that name".into()) }
}
