//! What an MCP client is offered, and what its calls become.

use super::calls::{Calls, Refused};
use axum::http::request::Parts;
use contract::catalogue::{Chat, InvokeTool, ListAgents, ListTools};
use contract::wire::Object;
use contract::wire::agents::ListAgentsQuery;
use contract::wire::chat::{ChatRequest, Message};
use contract::wire::tools::{InvokeToolRequest, Risk};
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, ErrorData, Implementation,
    ListToolsResult, PaginatedRequestParams, ServerCapabilities, ServerConfig, Tool, ToolAnnotations,
};
use rmcp::service::RequestContext;
use rmcp::{RoleServer, ServerHandler};
use serde_json::{Value, json};
use std::sync::Arc;

/// What the tool that asks an agent is called, before the agent's id.
const ASK: &str = "ask-";

/// Makes calls of the public API of MCP calls.
pub(super) struct Bridge {
    calls: Arc<Calls>,
}

impl ServerHandler for Bridge {
    fn get_info(&self) -> ServerConfig {
        ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
            .with_server_info(Implementation::new("katonic", env!("CARGO_PKG_VERSION")))
            .with_instructions(
                "Tools named ask-… ask a governed agent, which answers with its sources; the others are \
                 governed tools. What a person must approve first says so: call it again once it is approved.",
            )
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        let listed = self.tools(client(&context)?).await;
        listed
            .map(ListToolsResult::with_all_items)
            .map_err(|refused| ErrorData::internal_error(refused.message, None))
    }

    async fn call_tool(
        &self,
        call: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let result = self.call(client(&context)?, &call.name, call.arguments.unwrap_or_default()).await;
        // What is refused is for the model to know of.
        Ok(result.unwrap_or_else(|refused| failed(&refused.message)).into())
    }
}

/// The request that a call came with.
fn client(context: &RequestContext<RoleServer>) -> Result<&Parts, ErrorData> {
    let parts = context.extensions.get::<Parts>();
    parts.ok_or_else(|| ErrorData::internal_error("the call came without a request", None))
}

fn failed(why: &str) -> CallToolResult {
    CallToolResult::error(vec![ContentBlock::text(why)])
}

/// A result as text, and as it is where the protocol lets it: structured content is an object (MCP 2025-06-18, tools).
fn brought(result: Value) -> CallToolResult {
    let text = result.as_str().map_or_else(|| result.to_string(), str::to_owned);
    let mut brought = CallToolResult::success(vec![ContentBlock::text(text)]);
    brought.structured_content = Some(result).filter(Value::is_object);
    brought
}

/// Nothing where the key may not ask for something.
fn if_allowed<T>(answer: Result<Vec<T>, Refused>) -> Result<Vec<T>, Refused> {
    match answer {
        Err(refused) if matches!(refused.code.as_str(), "insufficient_scope" | "not_permitted") => {
            Ok(Vec::new())
        }
        answer => answer,
    }
}

/// The agents that `?agents=a,b` names, if it names any.
fn named(client: &Parts) -> Option<Vec<String>> {
    let query = client.uri.query().unwrap_or_default();
    let (_, named) = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "agents")?;
    Some(named.split(',').filter(|agent| !agent.is_empty()).map(str::to_owned).collect())
}

impl Bridge {
    pub(super) fn new(calls: Arc<Calls>) -> Self {
        Self { calls }
    }

    async fn tools(&self, client: &Parts) -> Result<Vec<Tool>, Refused> {
        let question = json!({
            "type": "object",
            "properties": {"question": {"type": "string", "description": "What to ask it"}},
            "required": ["question"],
        });
        let question = question.as_object().cloned().unwrap_or_default();
        let agents = match named(client) {
            Some(named) => Ok(named),
            None => self.agents(client).await,
        };
        let own = self.own(client).await;
        // Who may ask for nothing is told so: an empty list would look like a daemon that has nothing.
        if let (Err(_), Err(refused)) = (&agents, &own) {
            return Err(Refused::new(&refused.code, refused.message.clone()));
        }
        let agents = if_allowed(agents)?;
        let asks = agents.into_iter().map(|agent| {
            let about = format!("Asks the agent {agent}, which answers with its sources.");
            Tool::new(format!("{ASK}{agent}"), about, question.clone())
                .with_annotations(ToolAnnotations::new().read_only(true))
        });
        let mut tools: Vec<Tool> = asks.collect();
        tools.extend(if_allowed(own)?);
        Ok(tools)
    }

    async fn agents(&self, client: &Parts) -> Result<Vec<String>, Refused> {
        let live = |page| ListAgentsQuery { page, environment: Some("prod".into()) };
        let agents = self.calls.all::<ListAgents, _>(client, live).await?;
        Ok(agents.into_iter().filter(|agent| !agent.archived).map(|agent| agent.id).collect())
    }

    /// The tools that the client may use.
    async fn own(&self, client: &Parts) -> Result<Vec<Tool>, Refused> {
        let tools = self.calls.all::<ListTools, _>(client, |page| page).await?;
        let usable = tools.into_iter().filter(|tool| tool.allowed).map(|tool| {
            let parameters = tool.parameters.as_object().cloned().unwrap_or_default();
            let annotations = ToolAnnotations::new().read_only(tool.risk <= Risk::Low);
            Tool::new(tool.name, tool.description, parameters).with_annotations(annotations)
        });
        Ok(usable.collect())
    }

    async fn call(&self, client: &Parts, tool: &str, arguments: Object) -> Result<CallToolResult, Refused> {
        if let Some(agent) = tool.strip_prefix(ASK) {
            return self.ask(client, agent, &arguments).await;
        }
        let request =
            InvokeToolRequest { tool_name: tool.to_owned(), arguments, agent: None, dry_run: false };
        let invoked = self.calls.make::<InvokeTool>(client, Some(("tool_name", tool)), &request).await?;
        Ok(match (invoked.result, invoked.error, invoked.approval_id) {
            (Some(result), _, _) => brought(result),
            (None, error, Some(approval)) => {
                failed(&format!("{} It is approval {approval}.", error.unwrap_or_default()))
            }
            (None, error, None) => failed(&error.unwrap_or_default()),
        })
    }

    async fn ask(&self, client: &Parts, agent: &str, arguments: &Object) -> Result<CallToolResult, Refused> {
        if named(client).is_some_and(|named| !named.iter().any(|named| named == agent)) {
            return Err(Refused::new("not_found", format!("The agent `{agent}` is not offered here.")));
        }
        let question = arguments.get("question").and_then(Value::as_str);
        let question =
            question.ok_or_else(|| Refused::new("invalid_request", "The argument `question` is missing."))?;
        let request = ChatRequest {
            agent_id: agent.to_owned(),
            messages: vec![Message::new("user", question)],
            session_id: None,
            stream: false,
            environment: None,
            metadata: None,
        };
        let answer = self.calls.make::<Chat>(client, None, &request).await?;
        Ok(brought(json!({"answer": answer.answer, "status": answer.status, "citations": answer.citations})))
    }
}
