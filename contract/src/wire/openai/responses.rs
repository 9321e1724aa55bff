//! `POST /responses`.

use super::{text_or_list_of, word_or_object};
use crate::wire::Object;
use schemars::JsonSchema;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A request for a response, as OpenAI's reference has it. What isn't named here is passed on to the model's provider.
#[derive(Debug, JsonSchema)]
#[schemars(extend("additionalProperties" = true), example = json!({
    "model": "agent/hr-assistant", "input": "What is the remote work policy?",
}))]
pub struct ResponseRequest {
    /// A tier (`fast`, `balanced`, `powerful`), a model, `provider/model`, or `agent/<id>` for a governed agent.
    #[schemars(example = &"balanced")]
    pub model: String,
    /// A text, or a list of items: messages, calls of functions and their results.
    #[schemars(schema_with = "text_or_list_of::<Object>", example = &"What is the remote work policy?")]
    pub input: Value,
    /// What the model is told before.
    pub instructions: Option<String>,
    /// The response that this one goes on from.
    pub previous_response_id: Option<String>,
    /// Whether to stream events; false by default.
    pub stream: Option<bool>,
    /// Whether the response is kept, so that others may go on from it; true by default.
    pub store: Option<bool>,
    /// Most tokens of the answer, reasoning included.
    #[schemars(example = 512)]
    pub max_output_tokens: Option<i64>,
    /// Sampling temperature: 0 to 2.
    pub temperature: Option<f64>,
    /// The share of probability that is sampled from: 0 to 1.
    pub top_p: Option<f64>,
    /// The functions that the model may call.
    pub tools: Option<Vec<ResponseTool>>,
    /// `none`, `auto`, `required`, or an object that names a function.
    #[serde(default)]
    #[schemars(schema_with = "word_or_object", example = &"auto")]
    pub tool_choice: Option<Value>,
    /// Whether several functions may be called at once.
    pub parallel_tool_calls: Option<bool>,
    /// The form of the answer, under `format`, and how wordy it is, under `verbosity`.
    pub text: Option<Object>,
    /// How much to reason, under `effort`.
    pub reasoning: Option<Object>,
    /// What the application calls its own user by. Rights come from `X-User-Email` alone.
    pub user: Option<String>,
    /// Kept with the response.
    pub metadata: Option<BTreeMap<String, String>>,
}

/// A function that the model may call.
#[derive(Debug, JsonSchema)]
#[schemars(extend("additionalProperties" = true))]
pub struct ResponseTool {
    /// `function`, or a kind that the provider has.
    #[serde(rename = "type")]
    #[schemars(example = &"function")]
    pub kind: String,
    /// A function's name.
    pub name: Option<String>,
    /// What it does, in words that the model reads.
    pub description: Option<String>,
    /// The JSON Schema of its arguments.
    pub parameters: Option<Object>,
    /// Whether the model must keep to that schema.
    pub strict: Option<bool>,
}

/// A response, as OpenAI's reference has it.
#[derive(Debug, JsonSchema)]
#[schemars(extend("additionalProperties" = true))]
pub struct ModelResponse {
    /// Its id, which `previous_response_id` may name.
    pub id: String,
    /// Always `response`.
    #[schemars(example = &"response")]
    pub object: String,
    /// When, in seconds since the Unix epoch.
    pub created_at: f64,
    /// `completed`, `incomplete`, `failed` or `in_progress`.
    #[schemars(example = &"completed")]
    pub status: Option<String>,
    /// The model that really ran.
    pub model: String,
    /// What the model says, does and thinks, in its order.
    pub output: Vec<ResponseItem>,
    /// What it used.
    pub usage: Option<ResponseUsage>,
    /// Why it failed.
    pub error: Option<Object>,
    /// Why it is incomplete.
    pub incomplete_details: Option<Object>,
    /// The response that it goes on from.
    pub previous_response_id: Option<String>,
    /// Whether it is kept.
    pub store: Option<bool>,
}

/// An item of a response's output: a message, a call of a function, or what the model thought.
#[derive(Debug, JsonSchema)]
#[schemars(extend("additionalProperties" = true))]
pub struct ResponseItem {
    /// `message`, `function_call`, `reasoning`, or a kind that the provider has.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its id.
    pub id: Option<String>,
    /// `completed`, `incomplete` or `in_progress`.
    pub status: Option<String>,
    /// `assistant`, of a message.
    pub role: Option<String>,
    /// The parts of a message.
    pub content: Option<Vec<ResponsePart>>,
    /// The call's id, which the item with its result repeats.
    pub call_id: Option<String>,
    /// The function's name.
    pub name: Option<String>,
    /// Its arguments, as the text of a JSON object.
    pub arguments: Option<String>,
    /// What the model thought, in parts.
    pub summary: Option<Vec<Object>>,
}

/// A part of a message.
#[derive(Debug, JsonSchema)]
#[schemars(extend("additionalProperties" = true))]
pub struct ResponsePart {
    /// `output_text` or `refusal`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The text.
    pub text: Option<String>,
    /// The words of a refusal.
    pub refusal: Option<String>,
    /// An agent's citations: `url_citation`, with the citation's own fields beside it.
    pub annotations: Option<Vec<Object>>,
}

/// Tokens of a response.
#[derive(Debug, JsonSchema)]
#[schemars(extend("additionalProperties" = true))]
pub struct ResponseUsage {
    /// Tokens read.
    pub input_tokens: i64,
    /// Tokens written.
    pub output_tokens: i64,
    /// Both.
    pub total_tokens: i64,
    /// Of those read, which.
    pub input_tokens_details: Option<Object>,
    /// Of those written, which.
    pub output_tokens_details: Option<Object>,
    /// Whether the provider didn't say, and the tokens were counted here.
    pub estimated: Option<bool>,
}

/// An event of a streamed response, as OpenAI's reference has it: `response.output_text.delta` brings text,
/// `response.completed` the whole.
#[derive(Debug, JsonSchema)]
#[schemars(extend("additionalProperties" = true))]
pub struct ResponseEvent {
    /// Which event: the same as its name.
    #[serde(rename = "type")]
    #[schemars(example = &"response.output_text.delta")]
    pub kind: String,
    /// Its number, from 0.
    pub sequence_number: Option<i64>,
    /// More text, of the events that end in `.delta`.
    pub delta: Option<String>,
    /// The response as it stands, of the events that begin and end it.
    pub response: Option<ModelResponse>,
    /// The item of the output that begins or ends.
    pub item: Option<ResponseItem>,
}
