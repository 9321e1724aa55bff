//! What a server says that it has, as far as it is taken.

use super::Server;
use super::tool::McpTool;
use crate::app::App;
use crate::tools::results::texts;
use crate::tools::{LONGEST_NAME, MOST_TOOLS, Registered, check_shape, registered};
use contract::id::is_meant;
use rmcp::model::{PaginatedRequestParams, Tool};
use rmcp::{Peer, RoleClient};
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Most pages of a server's list.
const MOST_PAGES: usize = 16;

/// Longest description, in bytes.
const LONGEST_DESCRIPTION: usize = 4096;

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
    let mut listed: BTreeSet<String> = BTreeSet::new();
    for _ in 0..MOST_PAGES {
        let params = PaginatedRequestParams::default().with_cursor(cursor);
        let page = peer.list_tools(Some(params)).await.map_err(|error| error.to_string())?;
        for tool in page.tools {
            listed.insert(tool.name.chars().take(LONGEST_NAME).collect());
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
    tell_of_unused(server, &listed);
    Ok(taken)
}

/// What the configuration says of tools that a server doesn't list says nothing: it may be misspelt.
fn tell_of_unused(server: &Server, listed: &BTreeSet<String>) {
    let is_listed = |pattern: &&String| listed.iter().any(|tool| is_meant(pattern, tool));
    let named = server.settings.tools.iter().chain(server.settings.risks.keys());
    for name in named.filter(|pattern| !is_listed(pattern)) {
        tracing::warn!(
            server = server.name,
            name,
            "the configuration names a tool that an MCP server doesn't have"
        );
    }
}

fn take(
    server: &Arc<Server>,
    app: &App,
    tool: &Tool,
    names: &mut BTreeSet<String>,
) -> Result<Arc<Registered>, String> {
    let name = format!("{}__{}", server.name, tool.name);
    let schema = Value::Object((*tool.input_schema).clone());
    check_shape(&name, &schema)?;
    let description = tool.description.as_deref().unwrap_or_default();
    if description.len() > LONGEST_DESCRIPTION {
        return Err(format!("its description has over {LONGEST_DESCRIPTION} bytes"));
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
