//! `POST /chat`: the request, the events and the final object.

use super::Object;
use super::openai::text_or_list_of;
use crate::money::Usd;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::borrow::Cow;

/// A question to a published agent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(example = json!({"agent_id": "hr-assistant", "messages": [{"role": "user", "content": "What is the remote work policy?"}]}))]
pub struct ChatRequest {
    /// The agent.
    #[schemars(example = &"hr-assistant")]
    pub agent_id: String,
    /// The conversation so far, in OpenAI's shape; the last is the user's.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub messages: Vec<Message>,
    /// A conversation kept by the daemon.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"ses_01m8ckn3ghe26t63gpkartzckr")]
    pub session_id: Option<String>,
    /// Whether to stream events; true by default.
    #[serde(default = "yes")]
    pub stream: bool,
    /// `test` or `prod`; `prod` by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"prod")]
    pub environment: Option<String>,
    /// Kept with the trace.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Object>,
}

const fn yes() -> bool {
    true
}

/// One message in OpenAI's shape.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Message {
    /// `user`, `assistant` or `system`.
    pub role: String,
    /// Text, or a list of parts of which the texts are read.
    pub content: Content,
}

/// A message's content.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Content {
    /// Plain text.
    Text(String),
    /// Parts, as OpenAI's clients send them.
    Parts(Vec<ContentPart>),
}

impl JsonSchema for Content {
    fn schema_name() -> Cow<'static, str> {
        "MessageContent".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = text_or_list_of::<ContentPart>(generator);
        schema.insert("description".into(), "A text, or a list of parts of which the texts are read.".into());
        schema.insert("examples".into(), json!(["What is the remote work policy?"]));
        schema
    }
}

/// One part of a message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ContentPart {
    /// `text`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The text of a text part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

impl Message {
    /// A message of plain text.
    #[must_use]
    pub fn new(role: &str, text: impl Into<String>) -> Self {
        Self { role: role.into(), content: Content::Text(text.into()) }
    }

    /// Its text, parts put together.
    #[must_use]
    pub fn text(&self) -> String {
        match &self.content {
            Content::Text(text) => text.clone(),
            Content::Parts(parts) => {
                parts.iter().filter_map(|part| part.text.as_deref()).collect::<Vec<_>>().join("\n")
            }
        }
    }
}

/// Where a claim of the answer comes from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Citation {
    /// The number that marks it in the answer, from 1.
    pub index: usize,
    /// The document.
    #[schemars(example = &"HR-2024-02")]
    pub doc_id: String,
    /// The document's title.
    pub title: String,
    /// The section: its number, or its heading where it has none.
    #[schemars(example = &"2.1")]
    pub section: Option<String>,
    /// The page, where the format has pages.
    pub page: Option<u32>,
    /// Exact text of the source.
    #[schemars(example = &"Employees receive ten paid sick days each year at full pay.")]
    pub quote: String,
}

/// One retrieval, counted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Retrieval {
    /// What was searched for.
    #[schemars(example = &"sick days")]
    pub query: String,
    /// Passages given to the model.
    pub used: usize,
    /// Passages that matched and that the user may read.
    pub considered: usize,
    /// For whom the search was filtered.
    #[schemars(example = &"sarah@example.org")]
    pub filtered_for_user: Option<String>,
}

/// What a call used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Usage {
    /// Tokens read.
    #[schemars(example = 295)]
    pub input_tokens: u64,
    /// Tokens written.
    #[schemars(example = 12)]
    pub output_tokens: u64,
    /// Both.
    #[schemars(example = 307)]
    pub tokens: u64,
    /// Of those read, how many the provider had cached.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub cached_input_tokens: u64,
    /// Of those written, how many were reasoning.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub reasoning_tokens: u64,
    /// Whether the provider didn't say, and the tokens were counted here.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub estimated: bool,
    /// Dollars.
    pub cost_usd: Usd,
    /// Milliseconds to the end of the answer.
    #[schemars(example = 812.4)]
    pub latency_ms: f64,
    /// Milliseconds to the first delivered text.
    #[schemars(example = 240.5)]
    pub ttft_ms: Option<f64>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes what it skips by reference")]
fn is_zero(count: &u64) -> bool {
    *count == 0
}

/// What governed the call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AuditSummary {
    /// `pass`.
    pub rbac_check: String,
    /// Such as `8/8 pass`.
    #[schemars(example = &"8/8 pass")]
    pub guardrails: String,
    /// Whether the audit row is written.
    pub logged: bool,
}

/// How an answer ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChatStatus {
    /// Answered, or declined.
    Completed,
    /// A rail stopped the output.
    Blocked,
    /// Cut short by the model's limit.
    Incomplete,
    /// A tool's call waits for a person.
    AwaitingApproval,
}

/// The final object.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ChatAnswer {
    /// The call's trace id.
    #[schemars(example = &"01a2193bf011b44f12c15f0d0f5087dc")]
    pub trace_id: String,
    /// The agent that answered.
    #[schemars(example = &"hr-assistant")]
    pub agent_id: String,
    /// Its version.
    #[schemars(example = &"19bc03287cdde113f6c2e5ef9f73df7340769bb338ecf141307ad8183deedb70")]
    pub agent_version: String,
    /// The conversation, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"ses_01m8ckn3ghe26t63gpkartzckr")]
    pub session_id: Option<String>,
    /// The answer, with marks `[1]`, `[2]`… in the order of `citations`.
    #[schemars(example = &"Ten paid sick days a year [1].")]
    pub answer: String,
    /// How it ended.
    pub status: ChatStatus,
    /// Whether the agent declined.
    pub refused: bool,
    /// Where the claims come from.
    pub citations: Vec<Citation>,
    /// What was retrieved.
    pub retrieval: Vec<Retrieval>,
    /// What it used.
    pub usage: Usage,
    /// What governed it.
    pub audit: AuditSummary,
    /// The model that ran.
    #[schemars(example = &"katonic/extractive")]
    pub model: String,
}

/// What one rail found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RailCheck {
    /// The rail.
    pub name: String,
    /// `pass`, `redact`, `warn`, `block` or `error`.
    pub result: String,
    /// Why, where it did not pass.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// The event `guardrails.check`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct GuardrailsCheck {
    /// The call's trace id.
    #[schemars(example = &"01a2193bf011b44f12c15f0d0f5087dc")]
    pub trace_id: String,
    /// `input` or `output`.
    pub phase: String,
    /// Rails that passed, redacted or warned.
    pub passed: usize,
    /// Always 8.
    pub total: usize,
    /// Each rail.
    pub rails: Vec<RailCheck>,
    /// Microseconds that all took.
    #[schemars(example = 339)]
    pub latency_us: u64,
}

/// A passage that a tool brought, as its event shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ToolPassage {
    /// The document.
    #[schemars(example = &"HR-2024-02")]
    pub doc_id: String,
    /// Its title.
    pub title: String,
    /// The section.
    #[schemars(example = &"2.1")]
    pub section: Option<String>,
    /// The page, where there is one.
    pub page: Option<u32>,
    /// The rank's score.
    #[schemars(example = 0.85)]
    pub score: f64,
}

/// The event `tool.result`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ToolResult {
    /// The call's trace id.
    #[schemars(example = &"01a2193bf011b44f12c15f0d0f5087dc")]
    pub trace_id: String,
    /// Which call.
    #[schemars(example = &"call_1")]
    pub call_id: String,
    /// Which tool.
    #[schemars(example = &"knowledge_search")]
    pub tool: String,
    /// Whether it went well.
    pub ok: bool,
    /// One line.
    pub summary: String,
    /// What it brought.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub results: Option<Value>,
    /// Whose permissions filtered it.
    #[schemars(example = &"sarah@example.org")]
    pub filtered_for: Option<String>,
    /// Milliseconds it took.
    #[schemars(example = 812.4)]
    pub latency_ms: f64,
}
