//! `katonic mcp`: the daemon's agents and its tools for clients of the Model Context Protocol, over standard
//! input and output. Each call is one of the public API, with the same key under the same policy.

use crate::client::Client;
use crate::failure::{Answer, Exit, Failure};
use crate::session::Session;
use clap::Args;
use contract::catalogue::{self, InvokeTool, ListAgents, ListTools};
use contract::wire::Object;
use contract::wire::agents::ListAgentsQuery;
use contract::wire::chat::{ChatRequest, Message};
use contract::wire::page::ListQuery;
use contract::wire::tools::InvokeToolRequest;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, ErrorData, Implementation,
    ListToolsResult, PaginatedRequestParams, ServerCapabilities, ServerConfig, Tool,
};
use rmcp::service::RequestContext;
use rmcp::{RoleServer, ServerHandler, ServiceExt};
use serde::Serialize;
use serde_json::{Value, json};

/// What the tool that asks an agent is called, before the agent's id.
const ASK: &str = "ask-";

/// Most rows of a list.
const PAGE: u32 = 200;

/// An MCP server on standard input and output.
#[derive(Debug, Args)]
pub(crate) struct Mcp {
    /// Offer only these agents; those that the key may list and that are live in prod, without it
    #[arg(long = "agent", value_name = "AGENT", value_delimiter = ',')]
    agents: Vec<String>,
}

pub(super) async fn run(session: &Session, mcp: Mcp) -> Result<Answer, Failure> {
    let bridge = Bridge { client: session.client_for_person()?, agents: mcp.agents };
    let failed =
        |error: String| Failure::new(Exit::Unavailable, format!("The client can't be served: {error}."));
    let service = bridge.serve(rmcp::transport::stdio()).await.map_err(|error| failed(error.to_string()))?;
    service.waiting().await.map_err(|error| failed(error.to_string()))?;
    Ok(Answer::Yes)
}

/// Makes calls of MCP calls of the public API.
struct Bridge {
    client: Client,
    agents: Vec<String>,
}

impl ServerHandler for Bridge {
    fn get_info(&self) -> ServerConfig {
        let capabilities = ServerCapabilities::builder().enable_tools().build();
        ServerConfig::new(capabilities)
            .with_server_info(Implementation::new("katonic", env!("CARGO_PKG_VERSION")))
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        self.tools().await.map(ListToolsResult::with_all_items).map_err(refused)
    }

    async fn call_tool(
        &self,
        call: CallToolRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let result = match self.call(&call.name, call.arguments.unwrap_or_default()).await {
            Ok((is_well, text)) if is_well => CallToolResult::success(vec![ContentBlock::text(text)]),
            Ok((_, text)) => CallToolResult::error(vec![ContentBlock::text(text)]),
            // What the daemon refuses is for the model to know of.
            Err(failure) => CallToolResult::error(vec![ContentBlock::text(failure.message)]),
        };
        Ok(result.into())
    }
}

fn refused(failure: Failure) -> ErrorData {
    ErrorData::internal_error(failure.message, None)
}

/// Nothing where the key may not ask for something.
fn if_allowed<T: Default>(answer: Result<T, Failure>) -> Result<T, Failure> {
    match answer {
        Err(failure) if failure.has_code("insufficient_scope") || failure.has_code("not_permitted") => {
            Ok(T::default())
        }
        answer => answer,
    }
}

fn schema(properties: Value, required: &[&str]) -> Object {
    let schema = json!({"type": "object", "properties": properties, "required": required});
    schema.as_object().cloned().unwrap_or_default()
}

fn text<T: Serialize>(value: &T) -> Result<String, Failure> {
    Ok(serde_json::to_string(value)?)
}

fn field(arguments: &Object, name: &str) -> Result<String, Failure> {
    let field = arguments.get(name).and_then(Value::as_str).map(str::to_owned);
    field.ok_or_else(|| Failure::usage(format!("The argument `{name}` is missing.")))
}

impl Bridge {
    async fn tools(&self) -> Result<Vec<Tool>, Failure> {
        let mut tools = Vec::new();
        for agent in self.agents().await? {
            let question = json!({"question": {"type": "string", "description": "What to ask it"}});
            let about = format!("Asks the agent {agent}, which answers with its sources.");
            tools.push(Tool::new(format!("{ASK}{agent}"), about, schema(question, &["question"])));
        }
        let query = ListQuery { limit: Some(PAGE), after: None };
        let own = if_allowed(self.client.call::<ListTools>(&query).await.map(|page| page.data))?;
        let own = own.into_iter().filter(|tool| tool.allowed);
        tools.extend(own.map(|tool| {
            let parameters = tool.parameters.as_object().cloned().unwrap_or_default();
            Tool::new(tool.name, tool.description, parameters)
        }));
        Ok(tools)
    }

    async fn agents(&self) -> Result<Vec<String>, Failure> {
        if !self.agents.is_empty() {
            return Ok(self.agents.clone());
        }
        let query = ListAgentsQuery {
            page: ListQuery { limit: Some(PAGE), after: None },
            environment: Some("prod".into()),
        };
        let listed = if_allowed(self.client.call::<ListAgents>(&query).await.map(|page| page.data))?;
        Ok(listed.into_iter().filter(|agent| !agent.archived).map(|agent| agent.id).collect())
    }

    /// What a call brought, and whether it went well.
    async fn call(&self, tool: &str, arguments: Object) -> Result<(bool, String), Failure> {
        if let Some(agent) = tool.strip_prefix(ASK) {
            if !self.agents.is_empty() && !self.agents.iter().any(|offered| offered == agent) {
                return Err(Failure::usage(format!(
                    "The agent `{agent}` is not offered: name it with --agent."
                )));
            }
            let request = ChatRequest {
                agent_id: agent.to_owned(),
                messages: vec![Message::new("user", field(&arguments, "question")?)],
                session_id: None,
                stream: false,
                environment: None,
                metadata: None,
            };
            let answer = self.client.call::<catalogue::Chat>(&request).await?;
            let said =
                json!({"answer": answer.answer, "status": answer.status, "citations": answer.citations});
            return Ok((true, text(&said)?));
        }
        let request =
            InvokeToolRequest { tool_name: tool.to_owned(), arguments, agent: None, dry_run: false };
        let invoked = self.client.call::<InvokeTool>(&request).await?;
        match (invoked.result, invoked.error) {
            (Some(result), _) => Ok((invoked.ok, text(&result)?)),
            (None, error) => Ok((false, text(&json!({"error": error, "approval_id": invoked.approval_id}))?)),
        }
    }
}
