//! `POST /chat/completions`.

use super::{FunctionDefinition, text_or_list_or_null_of, word_or_object};
use crate::wire::Object;
use schemars::JsonSchema;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A request for a chat completion, as OpenAI's reference has it. What isn't named here is passed on to the model's provider.
#[derive(Debug, JsonSchema)]
#[schemars(extend("additionalProperties" = true), example = json!({
    "model": "balanced", "messages": [{"role": "user", "content": "Say hello."}], "max_completion_tokens": 64,
}))]
pub struct ChatCompletionRequest {
    /// A tier (`fast`, `balanced`, `powerful`), a model, `provider/model`, or `agent/<id>` for a governed agent.
    #[schemars(example = &"balanced")]
    pub model: String,
    /// The conversation so far: at least one message.
    #[schemars(length(min = 1))]
    pub messages: Vec<CompletionMessage>,
    /// Whether to stream chunks; false by default.
    pub stream: Option<bool>,
    /// What a stream holds beside its chunks.
    pub stream_options: Option<StreamOptions>,
    /// Most tokens of the answer, reasoning included.
    #[schemars(example = 512)]
    pub max_completion_tokens: Option<i64>,
    /// The older name of `max_completion_tokens`.
    pub max_tokens: Option<i64>,
    /// Sampling temperature: 0 to 2.
    #[schemars(example = 0.2)]
    pub temperature: Option<f64>,
    /// The share of probability that is sampled from: 0 to 1.
    pub top_p: Option<f64>,
    /// How many answers to give.
    pub n: Option<i64>,
    /// A text that ends the answer, or a list of up to four.
    #[serde(default)]
    #[schemars(schema_with = "text_or_list_or_null_of::<String>", example = &"\n\n")]
    pub stop: Option<Value>,
    /// The seed of what is random, where the provider takes one.
    pub seed: Option<i64>,
    /// The functions that the model may call.
    pub tools: Option<Vec<CompletionTool>>,
    /// `none`, `auto`, `required`, or an object that names a function.
    #[serde(default)]
    #[schemars(schema_with = "word_or_object", example = &"auto")]
    pub tool_choice: Option<Value>,
    /// Whether several functions may be called at once.
    pub parallel_tool_calls: Option<bool>,
    /// The form of the answer: `{"type": "json_schema", "json_schema": {…}}`, `{"type": "json_object"}` or text.
    pub response_format: Option<Object>,
    /// How much to reason: `minimal`, `low`, `medium` or `high`, where the model can.
    #[schemars(example = &"low")]
    pub reasoning_effort: Option<String>,
    /// Whether to tell the tokens' log probabilities.
    pub logprobs: Option<bool>,
    /// How many likely tokens to tell for each place: 0 to 20.
    pub top_logprobs: Option<i64>,
    /// What the application calls its own user by. Rights come from `X-User-Email` alone.
    pub user: Option<String>,
    /// Kept by the provider, where it does.
    pub metadata: Option<BTreeMap<String, String>>,
}

/// One message of a completion's conversation.
#[derive(Debug, JsonSchema)]
#[schemars(extend("additionalProperties" = true))]
pub struct CompletionMessage {
    /// `user`, `assistant`, `system`, `developer` or `tool`.
    #[schemars(example = &"user")]
    pub role: String,
    /// A text, a list of parts, or null beside calls of functions.
    #[serde(default)]
    #[schemars(schema_with = "text_or_list_or_null_of::<MessagePart>", example = &"Say hello.")]
    pub content: Option<Value>,
    /// Who says it, where several have the same role.
    pub name: Option<String>,
    /// The functions that an assistant called.
    pub tool_calls: Option<Vec<CompletionToolCall>>,
    /// The call that a message of the role `tool` answers.
    pub tool_call_id: Option<String>,
}

/// A part of a message: text, an image, a file or sound, by its type.
#[derive(Debug, JsonSchema)]
#[schemars(extend("additionalProperties" = true))]
pub struct MessagePart {
    /// `text`, `image_url`, `input_audio`, `file`; `input_text` and the like in a response's input.
    #[serde(rename = "type")]
    #[schemars(example = &"text")]
    pub kind: String,
    /// The text of a part of text.
    pub text: Option<String>,
}

/// What a stream holds beside its chunks.
#[derive(Debug, JsonSchema)]
#[schemars(extend("additionalProperties" = true))]
pub struct StreamOptions {
    /// Whether the last chunk tells what was used.
    pub include_usage: Option<bool>,
}

/// A function that the model may call.
#[derive(Debug, JsonSchema)]
#[schemars(extend("additionalProperties" = true))]
pub struct CompletionTool {
    /// `function`.
    #[serde(rename = "type")]
    #[schemars(example = &"function")]
    pub kind: String,
    /// Which function.
    pub function: Option<FunctionDefinition>,
}

/// A call of a function that the model wants made.
#[derive(Debug, JsonSchema)]
#[schemars(extend("additionalProperties" = true))]
pub struct CompletionToolCall {
    /// The call's id, which the message with its result repeats.
    pub id: Option<String>,
    /// `function`.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// Which function, and with what.
    pub function: Option<CalledFunction>,
}

/// A function with its arguments.
#[derive(Debug, JsonSchema)]
#[schemars(extend("additionalProperties" = true))]
pub struct CalledFunction {
    /// Its name.
    pub name: Option<String>,
    /// Its arguments, as the text of a JSON object.
    #[schemars(example = &"{\"city\": \"Berlin\"}")]
    pub arguments: Option<String>,
}

/// A chat completion, as OpenAI's reference has it.
#[derive(Debug, JsonSchema)]
#[schemars(extend("additionalProperties" = true))]
pub struct ChatCompletion {
    /// Its id.
    #[schemars(example = &"chatcmpl-01a2193bf011b44f12c15f0d0f5087dc")]
    pub id: String,
    /// Always `chat.completion`.
    #[schemars(example = &"chat.completion")]
    pub object: String,
    /// When, in seconds since the Unix epoch.
    pub created: i64,
    /// The model that really ran.
    pub model: String,
    /// The answers.
    pub choices: Vec<CompletionChoice>,
    /// What it used.
    pub usage: Option<CompletionUsage>,
}

/// One answer of a completion.
#[derive(Debug, JsonSchema)]
#[schemars(extend("additionalProperties" = true))]
pub struct CompletionChoice {
    /// Its place, from 0.
    pub index: i64,
    /// What the model says.
    pub message: CompletionAnswer,
    /// The tokens' log probabilities, where they were asked for.
    pub logprobs: Option<Object>,
    /// Why it ended: `stop`, `length`, `tool_calls`, or `content_filter` where a rail stopped it.
    #[schemars(example = &"stop")]
    pub finish_reason: Option<String>,
}

/// What the model says.
#[derive(Debug, JsonSchema)]
#[schemars(extend("additionalProperties" = true))]
pub struct CompletionAnswer {
    /// `assistant`.
    pub role: String,
    /// The text; null where functions are called.
    pub content: Option<String>,
    /// The words of a refusal, where the model gives it apart.
    pub refusal: Option<String>,
    /// The functions that the model wants called.
    pub tool_calls: Option<Vec<CompletionToolCall>>,
    /// An agent's citations.
    pub annotations: Option<Vec<CompletionAnnotation>>,
    /// What the model thought, where the provider shows it.
    pub reasoning_content: Option<String>,
}

/// A citation of an agent's answer: OpenAI's `url_citation`, with the citation's own fields beside it.
#[derive(Debug, JsonSchema)]
#[schemars(extend("additionalProperties" = true))]
pub struct CompletionAnnotation {
    /// `url_citation`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Where it leads, and where its mark stands in the text.
    pub url_citation: Option<UrlCitation>,
    /// The number that marks it in the answer, from 1.
    pub index: Option<i64>,
    /// The document.
    #[schemars(example = &"HR-2024-08")]
    pub doc_id: Option<String>,
    /// The section: its number, or its heading where it has none.
    pub section: Option<String>,
    /// The page, where the format has pages.
    pub page: Option<i64>,
    /// Exact text of the source.
    pub quote: Option<String>,
}

/// Where a citation leads, and where its mark stands.
#[derive(Debug, JsonSchema)]
#[schemars(extend("additionalProperties" = true))]
pub struct UrlCitation {
    /// The document's address.
    pub url: String,
    /// The document's title.
    pub title: Option<String>,
    /// Where the mark begins, in characters from 0.
    pub start_index: Option<i64>,
    /// Where it ends.
    pub end_index: Option<i64>,
}

/// Tokens of a completion.
#[derive(Debug, JsonSchema)]
#[schemars(extend("additionalProperties" = true))]
pub struct CompletionUsage {
    /// Tokens read.
    pub prompt_tokens: i64,
    /// Tokens written.
    pub completion_tokens: i64,
    /// Both.
    pub total_tokens: i64,
    /// Of those read, which.
    pub prompt_tokens_details: Option<Object>,
    /// Of those written, which.
    pub completion_tokens_details: Option<Object>,
    /// Whether the provider didn't say, and the tokens were counted here.
    pub estimated: Option<bool>,
}

/// A chunk of a streamed completion. The stream ends with the line `data: [DONE]`.
#[derive(Debug, JsonSchema)]
#[schemars(extend("additionalProperties" = true))]
pub struct ChatCompletionChunk {
    /// The completion's id, the same in each chunk.
    pub id: Option<String>,
    /// Always `chat.completion.chunk`.
    pub object: Option<String>,
    /// When, in seconds since the Unix epoch.
    pub created: Option<i64>,
    /// The model that really runs.
    pub model: Option<String>,
    /// What comes to each answer; empty in the chunk that tells what was used.
    pub choices: Vec<ChunkChoice>,
    /// What it used, in the last chunk, where `stream_options.include_usage` asks for it.
    pub usage: Option<CompletionUsage>,
}

/// What comes to an answer.
#[derive(Debug, JsonSchema)]
#[schemars(extend("additionalProperties" = true))]
pub struct ChunkChoice {
    /// Its place, from 0.
    pub index: i64,
    /// What comes to it.
    pub delta: ChunkDelta,
    /// Why it ended, in its last chunk.
    pub finish_reason: Option<String>,
}

/// What comes to an answer's message.
#[derive(Debug, JsonSchema)]
#[schemars(extend("additionalProperties" = true))]
pub struct ChunkDelta {
    /// `assistant`, in the first chunk.
    pub role: Option<String>,
    /// More text.
    pub content: Option<String>,
    /// More of what the model thinks, where the provider shows it.
    pub reasoning_content: Option<String>,
    /// More of the calls of functions.
    pub tool_calls: Option<Vec<CompletionToolCall>>,
    /// Citations of an agent's answer.
    pub annotations: Option<Vec<CompletionAnnotation>>,
}
