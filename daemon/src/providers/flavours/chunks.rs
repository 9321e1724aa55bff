//! Streamed answers in OpenAI's shape: `chat.completion.chunk` objects.

use contract::time::Time;
use serde_json::{Map, Value, json};

/// One chunk.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Chunk {
    /// The `chat.completion.chunk`, or the event of a flavour that is passed through.
    pub(crate) value: Value,
    /// The text that it came as, where it came in this shape: sent on as it is when nothing in it changes.
    pub(crate) raw: Option<String>,
}

impl From<Value> for Chunk {
    fn from(value: Value) -> Self {
        Self { value, raw: None }
    }
}

impl Chunk {
    /// Whether it holds something that the client sees: text, reasoning, a tool's call, an end.
    pub(crate) fn has_content(&self) -> bool {
        if let Some(kind) = self.value.get("type").and_then(Value::as_str) {
            let ends = ["response.completed", "response.incomplete", "response.output_item.done"];
            return kind.ends_with(".delta") || ends.contains(&kind);
        }
        let Some(choices) = self.value.get("choices").and_then(Value::as_array) else { return false };
        choices.iter().any(|choice| {
            let delta = choice.get("delta").and_then(Value::as_object);
            let says = |(name, value): (&String, &Value)| match value {
                Value::Null => false,
                Value::String(text) => name != "role" && !text.is_empty(),
                _ => name != "role",
            };
            delta.is_some_and(|delta| delta.iter().any(says))
                || choice.get("finish_reason").is_some_and(|reason| !reason.is_null())
        })
    }
}

/// Builds chunks for a flavour of another shape.
#[derive(Clone, Debug)]
pub(super) struct Chunks {
    id: String,
    model: String,
    created: i64,
}

impl Chunks {
    /// For an answer of a model; its id may come later.
    pub(super) fn new(model: &str) -> Self {
        Self { id: contract::id::new("chatcmpl"), model: model.to_owned(), created: Time::now().0 / 1000 }
    }

    /// Takes what the provider says of the answer.
    pub(super) fn identify(&mut self, id: Option<&str>, model: Option<&str>) {
        if let Some(id) = id.filter(|id| !id.is_empty()) {
            id.clone_into(&mut self.id);
        }
        if let Some(model) = model.filter(|model| !model.is_empty()) {
            model.clone_into(&mut self.model);
        }
    }

    /// The beginning: the assistant speaks.
    pub(super) fn role(&self, choice: usize) -> Chunk {
        self.delta(choice, json!({"role": "assistant", "content": ""}))
    }

    /// Text of the answer.
    pub(super) fn text(&self, choice: usize, text: &str) -> Chunk {
        self.delta(choice, json!({"content": text}))
    }

    /// Text of the reasoning.
    pub(super) fn reasoning(&self, choice: usize, text: &str) -> Chunk {
        self.delta(choice, json!({"reasoning_content": text}))
    }

    /// The beginning of a tool's call: `number` counts the calls of the answer from 0.
    pub(super) fn tool_call(&self, choice: usize, number: usize, id: &str, name: &str) -> Chunk {
        let call = json!({
            "index": number, "id": id, "type": "function", "function": {"name": name, "arguments": ""},
        });
        self.delta(choice, json!({"tool_calls": [call]}))
    }

    /// A piece of a tool's arguments.
    pub(super) fn tool_arguments(&self, choice: usize, number: usize, piece: &str) -> Chunk {
        let call = json!({"index": number, "function": {"arguments": piece}});
        self.delta(choice, json!({"tool_calls": [call]}))
    }

    /// The end of a choice: `stop`, `length`, `tool_calls` or `content_filter`.
    pub(super) fn finish(&self, choice: usize, reason: &str) -> Chunk {
        self.chunk(json!([{"index": choice, "delta": {}, "finish_reason": reason}]))
    }

    /// What the answer used, as its last chunk.
    pub(super) fn usage(&self, usage: Value) -> Chunk {
        let mut chunk = self.chunk(json!([]));
        chunk.value["usage"] = usage;
        chunk
    }

    /// Any delta.
    pub(super) fn delta(&self, choice: usize, delta: Value) -> Chunk {
        self.chunk(json!([{"index": choice, "delta": delta, "finish_reason": null}]))
    }

    fn chunk(&self, choices: Value) -> Chunk {
        Chunk::from(json!({
            "id": self.id,
            "object": "chat.completion.chunk",
            "created": self.created,
            "model": self.model,
            "choices": choices,
        }))
    }

    /// A whole answer of one message.
    pub(super) fn whole(&self, message: Value, reason: &str, usage: Value) -> Value {
        json!({
            "id": self.id,
            "object": "chat.completion",
            "created": self.created,
            "model": self.model,
            "choices": [{"index": 0, "message": message, "logprobs": null, "finish_reason": reason}],
            "usage": usage,
        })
    }
}

/// OpenAI's usage object. `input` counts what was read from a cache or written to one too.
pub(super) fn usage(input: u64, cached: u64, cache_write: u64, output: u64, reasoning: Option<u64>) -> Value {
    let mut usage = json!({
        "prompt_tokens": input,
        "completion_tokens": output,
        "total_tokens": input + output,
        "prompt_tokens_details": {"cached_tokens": cached},
    });
    if cache_write > 0 {
        usage["prompt_tokens_details"]["cache_write_tokens"] = cache_write.into();
    }
    if let Some(reasoning) = reasoning {
        usage["completion_tokens_details"] = json!({"reasoning_tokens": reasoning});
    }
    usage
}

/// The tool calls of a stream that numbers its blocks of text and its calls together.
#[derive(Clone, Debug, Default)]
pub(super) struct ToolBlocks(Vec<(u64, bool)>);

impl ToolBlocks {
    /// A call begins in a block: its number among the calls.
    pub(super) fn begin(&mut self, block: u64) -> usize {
        self.0.push((block, false));
        self.0.len() - 1
    }

    /// A piece of arguments came in a block: the number of its call, if the block is one.
    pub(super) fn piece(&mut self, block: u64) -> Option<usize> {
        let number = self.0.iter().rposition(|(at, _)| *at == block)?;
        self.0[number].1 = true;
        Some(number)
    }

    /// A block ended: the number of its call if no arguments came, for which `{}` must then stand.
    pub(super) fn end(&self, block: u64) -> Option<usize> {
        let number = self.0.iter().rposition(|(at, _)| *at == block)?;
        (!self.0[number].1).then_some(number)
    }
}

/// The assistant's message of a whole answer, of its text, its reasoning and its calls.
pub(super) fn message(text: &str, reasoning: &str, calls: Vec<Value>) -> Value {
    let content = if text.is_empty() && !calls.is_empty() { Value::Null } else { text.into() };
    let mut message = json!({"role": "assistant", "content": content});
    if !reasoning.is_empty() {
        message["reasoning_content"] = reasoning.into();
    }
    if !calls.is_empty() {
        message["tool_calls"] = calls.into();
    }
    message
}

/// A tool's call of a whole answer; its input is an object.
pub(super) fn call(id: &str, name: &str, input: &Value) -> Value {
    let arguments = if input.is_null() { "{}".to_owned() } else { input.to_string() };
    json!({"id": id, "type": "function", "function": {"name": name, "arguments": arguments}})
}

/// The chunks of a whole answer, for a client that asked for a stream of a provider that sent none.
pub(crate) fn from_whole(mut answer: Value) -> Vec<Chunk> {
    let usage = answer.get_mut("usage").map(Value::take).filter(|usage| !usage.is_null());
    let choices = answer.get_mut("choices").map(Value::take).unwrap_or_default();
    let base = |choices: Value| {
        let mut chunk = Map::new();
        for name in ["id", "object", "created", "model", "system_fingerprint"] {
            if let Some(value) = answer.get(name) {
                chunk.insert(name.into(), value.clone());
            }
        }
        chunk.insert("object".into(), "chat.completion.chunk".into());
        chunk.insert("choices".into(), choices);
        Value::Object(chunk)
    };
    let mut chunks = Vec::new();
    for choice in choices.as_array().into_iter().flatten() {
        let mut delta = choice.get("message").cloned().unwrap_or_default();
        if let Some(calls) = delta.get_mut("tool_calls").and_then(Value::as_array_mut) {
            for (number, call) in calls.iter_mut().enumerate() {
                call["index"] = number.into();
            }
        }
        let index = choice.get("index").cloned().unwrap_or(0.into());
        let logprobs = choice.get("logprobs").cloned().unwrap_or_default();
        let said = json!({"index": index, "delta": delta, "logprobs": logprobs, "finish_reason": null});
        chunks.push(Chunk::from(base(json!([said]))));
        let end = json!({"index": index, "delta": {}, "finish_reason": choice.get("finish_reason")});
        chunks.push(Chunk::from(base(json!([end]))));
    }
    if let Some(usage) = usage {
        let mut last = base(json!([]));
        last["usage"] = usage;
        chunks.push(Chunk::from(last));
    }
    chunks
}
