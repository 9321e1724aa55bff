//! One tool of an MCP server.

use super::Server;
use crate::schema;
use crate::tools::{Bringing, Done, Tool, Wanted};
use contract::wire::Object;
use contract::wire::tools::Risk;
use futures::FutureExt;
use jsonschema::Validator;
use rmcp::model::{
    CallToolRequest, CallToolRequestParams, CallToolResult, CancelledNotificationParam, ClientRequest,
    ContentBlock, RequestId, ResourceContents, ServerResult,
};
use rmcp::service::{PeerRequestOptions, ServiceError};
use rmcp::{Peer, RoleClient};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

pub(super) struct McpTool {
    server: Arc<Server>,
    name: String,
    /// Its name at the server.
    remote: String,
    description: String,
    parameters: Value,
    /// What its results have the form of, as it says.
    output: Option<Validator>,
    /// Whether what describes it speaks to the model.
    is_hostile: bool,
}

impl McpTool {
    pub(super) fn new(
        server: &Arc<Server>,
        name: String,
        remote: String,
        description: &str,
        parameters: Value,
        output: Option<Value>,
        is_hostile: bool,
    ) -> Result<Self, String> {
        let output = output.map(|wanted| schema::compile(&wanted)).transpose();
        let output = output.map_err(|error| format!("the schema of its results: {error}"))?;
        // A description that was set aside reaches nobody's model, and no client either.
        let (description, parameters) = match is_hostile {
            true => (String::new(), json!({"type": "object"})),
            false => (description.to_owned(), parameters),
        };
        Ok(Self { server: Arc::clone(server), name, remote, description, parameters, output, is_hostile })
    }

    async fn ask(&self, arguments: Object) -> Result<Done, String> {
        let peer = self.server.state().peer.clone().ok_or_else(|| self.not_reached())?;
        let params = CallToolRequestParams::new(self.remote.clone()).with_arguments(arguments);
        let request = ClientRequest::CallToolRequest(CallToolRequest::new(params));
        let options = PeerRequestOptions::with_timeout(self.server.idle)
            .reset_timeout_on_progress()
            .with_max_total_timeout(self.server.most);
        let call =
            peer.send_cancellable_request(request, options).await.map_err(|error| error.to_string())?;
        let mut abandoned = Abandoned { peer: peer.clone(), id: Some(call.id.clone()) };
        let answer = call.await_response().await;
        abandoned.id = None;
        match answer {
            Ok(ServerResult::CallToolResult(result)) => self.read(result),
            Ok(_) => Err("the server answered with what is no result of a tool".into()),
            Err(ServiceError::Timeout { timeout }) => {
                let server = Arc::clone(&self.server);
                tokio::spawn(async move { server.check(&peer).await });
                Err(format!("the server took longer than {} s", timeout.as_secs()))
            }
            Err(error) => Err(error.to_string()),
        }
    }

    /// What a result says: what has a form as it is, else its texts.
    fn read(&self, result: CallToolResult) -> Result<Done, String> {
        let mut parts: Vec<Value> = result.content.into_iter().map(part).collect();
        let said = match parts.len() {
            1 => parts.remove(0),
            _ => Value::Array(parts),
        };
        if result.is_error == Some(true) {
            return Err(said.as_str().map_or_else(|| said.to_string(), str::to_owned));
        }
        let brought = match (result.structured_content, &self.output) {
            (Some(value), Some(form)) if !form.is_valid(&value) => {
                return Err("the result is not of the form that the server says it has".into());
            }
            (Some(value), _) => value,
            (None, Some(_)) => return Err("the result lacks what the server says it has".into()),
            (None, None) => said,
        };
        Ok(Done::new(brought))
    }

    fn not_reached(&self) -> String {
        format!("the MCP server `{}` is not connected: {}", self.server.name, self.server.state().trouble)
    }
}

/// A part of a result. What is no text is named and left out: nothing here could look into it.
fn part(block: ContentBlock) -> Value {
    let left_out = |kind: &str, media: &str, size: usize| json!({"type": kind, "mime_type": media, "base64_bytes": size, "left_out": true});
    match block {
        ContentBlock::Text(text) => match serde_json::from_str(&text.text) {
            Ok(value @ (Value::Object(_) | Value::Array(_))) => value,
            _ => Value::String(text.text),
        },
        ContentBlock::Image(image) => left_out("image", &image.mime_type, image.data.len()),
        ContentBlock::Audio(audio) => left_out("audio", &audio.mime_type, audio.data.len()),
        ContentBlock::Resource(embedded) => match embedded.resource {
            ResourceContents::TextResourceContents { uri, text, .. } => json!({"uri": uri, "text": text}),
            ResourceContents::BlobResourceContents { mime_type, blob, .. } => {
                left_out("resource", mime_type.as_deref().unwrap_or_default(), blob.len())
            }
            _ => left_out("resource", "", 0),
        },
        ContentBlock::ResourceLink(link) => json!({"uri": link.uri, "name": link.name}),
        _ => left_out("unknown", "", 0),
    }
}

/// Tells a server that nobody waits for a call any longer, if that is so when this goes.
struct Abandoned {
    peer: Peer<RoleClient>,
    id: Option<RequestId>,
}

impl Drop for Abandoned {
    fn drop(&mut self) {
        if let Some(id) = self.id.take() {
            let peer = self.peer.clone();
            let param = CancelledNotificationParam::new(Some(id), Some("nobody waits for it".into()));
            tokio::spawn(async move { drop(peer.notify_cancelled(param).await) });
        }
    }
}

impl Tool for McpTool {
    fn name(&self) -> &str {
        &self.name
    }

    fn description(&self) -> &str {
        &self.description
    }

    fn parameters(&self) -> Value {
        self.parameters.clone()
    }

    fn kind(&self) -> &'static str {
        "mcp"
    }

    fn risk(&self) -> Risk {
        let settings = &self.server.settings;
        settings.risks.get(&self.remote).copied().unwrap_or(settings.risk)
    }

    fn is_for(&self, team: &str) -> bool {
        self.server.is_for(team)
    }

    fn unavailable(&self, _: &str) -> Option<String> {
        if self.is_hostile {
            return Some("its description speaks to the model: the rail `injection` set it aside".into());
        }
        let is_connected = self.server.state().peer.is_some();
        (!is_connected).then(|| self.not_reached())
    }

    fn patience(&self) -> Option<Duration> {
        // Its own time-outs come first, and tell the server.
        Some(self.server.most + Duration::from_secs(1))
    }

    fn call<'a>(&'a self, wanted: Wanted<'a>) -> Bringing<'a> {
        self.ask(wanted.arguments.clone()).boxed()
    }
}
