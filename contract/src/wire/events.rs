//! The events of streams: each enum lists those of an endpoint, by their names, with what their data holds.

use super::Object;
use super::analytics::AuditRow;
use super::chat::{ChatAnswer, Citation, GuardrailsCheck, ToolResult};
use super::error::ErrorEnvelope;
use super::evaluations::{CaseResult, Run, RunDetail, RunStatus};
use super::openai::{ChatCompletionChunk, ResponseEvent};
use super::prompts::{Optimisation, OptimisationProgress};
use crate::time::Time;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The events of `POST /chat`, in their order. `agent.complete` or `error` ends the stream.
#[derive(Debug, JsonSchema)]
#[serde(tag = "event", content = "data")]
pub enum ChatEvent {
    /// Which agent answers.
    #[serde(rename = "agent.start")]
    AgentStart(AgentStart),
    /// What the rails found.
    #[serde(rename = "guardrails.check")]
    GuardrailsCheck(GuardrailsCheck),
    /// A tool is called.
    #[serde(rename = "tool.call")]
    ToolCall(ToolCall),
    /// A call waits for a person.
    #[serde(rename = "approval.required")]
    ApprovalRequired(ApprovalRequired),
    /// What a tool brought.
    #[serde(rename = "tool.result")]
    ToolResult(ToolResult),
    /// What the model thinks, where it shows it.
    #[serde(rename = "thinking.delta")]
    ThinkingDelta(TextDelta),
    /// More of the answer.
    #[serde(rename = "completion.delta")]
    CompletionDelta(TextDelta),
    /// A citation, as it is first used.
    #[serde(rename = "citation")]
    Citation(CitationEvent),
    /// The final object.
    #[serde(rename = "agent.complete")]
    AgentComplete(ChatAnswer),
    /// Why there is none.
    #[serde(rename = "error")]
    Error(ErrorEnvelope),
}

/// The chunks of a streamed chat completion, which have no name; then the line `data: [DONE]`.
#[derive(Debug, JsonSchema)]
#[serde(tag = "event", content = "data")]
pub enum CompletionEvent {
    /// A chunk.
    #[serde(rename = "message")]
    Message(ChatCompletionChunk),
}

/// The events of a streamed response, of which all share one form. A provider that has responses of its own may send more.
#[derive(Debug, JsonSchema)]
#[serde(tag = "event", content = "data")]
pub enum ModelResponseEvent {
    /// It begins.
    #[serde(rename = "response.created")]
    Created(ResponseEvent),
    /// It is under way.
    #[serde(rename = "response.in_progress")]
    InProgress(ResponseEvent),
    /// An item of the output begins.
    #[serde(rename = "response.output_item.added")]
    OutputItemAdded(ResponseEvent),
    /// A part of a message begins.
    #[serde(rename = "response.content_part.added")]
    ContentPartAdded(ResponseEvent),
    /// More text.
    #[serde(rename = "response.output_text.delta")]
    OutputTextDelta(ResponseEvent),
    /// A citation.
    #[serde(rename = "response.output_text.annotation.added")]
    OutputTextAnnotationAdded(ResponseEvent),
    /// The text is whole.
    #[serde(rename = "response.output_text.done")]
    OutputTextDone(ResponseEvent),
    /// More of a refusal.
    #[serde(rename = "response.refusal.delta")]
    RefusalDelta(ResponseEvent),
    /// The refusal is whole.
    #[serde(rename = "response.refusal.done")]
    RefusalDone(ResponseEvent),
    /// A part of a message is whole.
    #[serde(rename = "response.content_part.done")]
    ContentPartDone(ResponseEvent),
    /// What the model thinks begins.
    #[serde(rename = "response.reasoning_summary_part.added")]
    ReasoningSummaryPartAdded(ResponseEvent),
    /// More of it.
    #[serde(rename = "response.reasoning_summary_text.delta")]
    ReasoningSummaryTextDelta(ResponseEvent),
    /// It is whole.
    #[serde(rename = "response.reasoning_summary_text.done")]
    ReasoningSummaryTextDone(ResponseEvent),
    /// Its part is whole.
    #[serde(rename = "response.reasoning_summary_part.done")]
    ReasoningSummaryPartDone(ResponseEvent),
    /// More of a call's arguments.
    #[serde(rename = "response.function_call_arguments.delta")]
    FunctionCallArgumentsDelta(ResponseEvent),
    /// They are whole.
    #[serde(rename = "response.function_call_arguments.done")]
    FunctionCallArgumentsDone(ResponseEvent),
    /// An item of the output is whole.
    #[serde(rename = "response.output_item.done")]
    OutputItemDone(ResponseEvent),
    /// It is done.
    #[serde(rename = "response.completed")]
    Completed(ResponseEvent),
    /// It ended early.
    #[serde(rename = "response.incomplete")]
    Incomplete(ResponseEvent),
    /// It failed.
    #[serde(rename = "response.failed")]
    Failed(ResponseEvent),
}

/// The events of a run. `run.finished` ends the stream.
#[derive(Debug, JsonSchema)]
#[serde(tag = "event", content = "data")]
pub enum RunEvent {
    /// How far it is.
    #[serde(rename = "run.progress")]
    Progress(RunProgress),
    /// A case with its scores.
    #[serde(rename = "case.finished")]
    CaseFinished(CaseResult),
    /// The whole run.
    #[serde(rename = "run.finished")]
    Finished(RunDetail),
}

/// The events of a prompt optimisation. `optimisation.finished` ends the stream.
#[derive(Debug, JsonSchema)]
#[serde(tag = "event", content = "data")]
pub enum OptimisationEvent {
    /// How far it is.
    #[serde(rename = "optimisation.progress")]
    Progress(OptimisationProgress),
    /// All of it.
    #[serde(rename = "optimisation.finished")]
    Finished(Box<Optimisation>),
}

/// The events of the log of calls.
#[derive(Debug, JsonSchema)]
#[serde(tag = "event", content = "data")]
pub enum LogEvent {
    /// A call, as it ends.
    #[serde(rename = "call")]
    Call(AuditRow),
}

/// The event `agent.start`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AgentStart {
    /// The call's trace id.
    #[schemars(example = &"01a2193bf011b44f12c15f0d0f5087dc")]
    pub trace_id: String,
    /// The agent that answers.
    #[schemars(example = &"hr-assistant")]
    pub agent_id: String,
    /// Its version.
    #[schemars(example = &"19bc03287cdde113f6c2e5ef9f73df7340769bb338ecf141307ad8183deedb70")]
    pub agent_version: String,
    /// The model that runs.
    #[schemars(example = &"katonic/extractive")]
    pub model: String,
    /// The conversation, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"ses_01m8ckn3ghe26t63gpkartzckr")]
    pub session_id: Option<String>,
}

/// The event `tool.call`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ToolCall {
    /// The call's trace id.
    #[schemars(example = &"01a2193bf011b44f12c15f0d0f5087dc")]
    pub trace_id: String,
    /// Which call of a tool.
    #[schemars(example = &"call_1")]
    pub call_id: String,
    /// Which tool.
    #[schemars(example = &"knowledge_search")]
    pub tool: String,
    /// What it is called with.
    pub arguments: Object,
}

/// The event `approval.required`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ApprovalRequired {
    /// The call's trace id.
    #[schemars(example = &"01a2193bf011b44f12c15f0d0f5087dc")]
    pub trace_id: String,
    /// Which call of a tool.
    #[schemars(example = &"call_1")]
    pub call_id: String,
    /// What a person decides on.
    #[schemars(example = &"apr_01m8ckn3ghe26t63gpkartzckr")]
    pub approval_id: String,
    /// Until when.
    pub expires_at: Time,
}

/// The events `completion.delta` and `thinking.delta`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TextDelta {
    /// The call's trace id.
    #[schemars(example = &"01a2193bf011b44f12c15f0d0f5087dc")]
    pub trace_id: String,
    /// What comes to the text.
    pub text: String,
}

/// The event `citation`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CitationEvent {
    /// The call's trace id.
    #[schemars(example = &"01a2193bf011b44f12c15f0d0f5087dc")]
    pub trace_id: String,
    /// The citation.
    #[serde(flatten)]
    pub citation: Citation,
}

/// How far a run is: the event `run.progress`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RunProgress {
    /// The run.
    #[schemars(example = &"run_01m8ckn3ghe26t63gpkartzckr")]
    pub run_id: String,
    /// Where it stands.
    pub status: RunStatus,
    /// Cases to do.
    #[schemars(example = 127)]
    pub cases: usize,
    /// Cases done.
    pub done: usize,
    /// Cases passed.
    pub passed: usize,
}

impl RunProgress {
    /// How far a run is by its figures.
    #[must_use]
    pub fn of(run: &Run) -> Self {
        let (status, cases, done, passed) = (run.status, run.cases, run.done, run.passed);
        Self { run_id: run.run_id.clone(), status, cases, done, passed }
    }
}
