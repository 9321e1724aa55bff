//! The response object, and its items of output.

use crate::providers::Tokens;
use contract::time::Time;
use serde_json::{Map, Value, json};

/// What a response repeats of its request.
const REPEATED: [(&str, &str); 12] = [
    ("instructions", "null"),
    ("max_output_tokens", "null"),
    ("metadata", "{}"),
    ("parallel_tool_calls", "true"),
    ("previous_response_id", "null"),
    ("reasoning", "{\"effort\":null,\"summary\":null}"),
    ("temperature", "null"),
    ("text", "{\"format\":{\"type\":\"text\"}}"),
    ("tool_choice", "\"auto\""),
    ("tools", "[]"),
    ("top_p", "null"),
    ("truncation", "\"disabled\""),
];

/// How a response ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Status {
    InProgress,
    Completed,
    /// Cut short, for this reason.
    Incomplete(&'static str),
    Failed,
}

impl Status {
    /// By the reason for which a choice of a chat completion ended.
    pub(super) fn of(finish_reason: Option<&str>) -> Self {
        match finish_reason {
            Some("length") => Self::Incomplete("max_output_tokens"),
            Some("content_filter") => Self::Incomplete("content_filter"),
            _ => Self::Completed,
        }
    }

    /// As the object has it, and as its last event is called.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::InProgress => "in_progress",
            Self::Completed => "completed",
            Self::Incomplete(_) => "incomplete",
            Self::Failed => "failed",
        }
    }
}

/// A response, but for how it stands.
pub(super) struct Base {
    pub(super) id: String,
    fields: Map<String, Value>,
}

impl Base {
    /// Of a request, under a new id.
    pub(super) fn new(request: &Map<String, Value>, is_stored: bool) -> Self {
        let id = contract::id::new("resp");
        let mut fields = Map::new();
        fields.insert("id".into(), id.clone().into());
        fields.insert("object".into(), "response".into());
        fields.insert("created_at".into(), (Time::now().0 / 1000).into());
        for (name, default) in REPEATED {
            let given = request.get(name).filter(|value| !value.is_null()).cloned();
            let value = given.unwrap_or_else(|| serde_json::from_str(default).unwrap_or_default());
            fields.insert(name.into(), value);
        }
        fields.insert("store".into(), is_stored.into());
        Self { id, fields }
    }

    /// How it stands: its model, its output so far, what it used.
    pub(super) fn object(
        &self,
        model: &str,
        status: Status,
        output: &[Value],
        tokens: Option<&Tokens>,
    ) -> Value {
        let mut fields = self.fields.clone();
        let details = match status {
            Status::Incomplete(reason) => json!({"reason": reason}),
            _ => Value::Null,
        };
        let rest = [
            ("status", status.name().into()),
            ("model", model.into()),
            ("error", Value::Null),
            ("incomplete_details", details),
            ("output", output.into()),
            ("usage", tokens.map_or(Value::Null, usage)),
        ];
        fields.extend(rest.map(|(name, value)| (name.to_owned(), value)));
        Value::Object(fields)
    }
}

/// The `usage` of a response.
pub(super) fn usage(tokens: &Tokens) -> Value {
    let mut usage = json!({
        "input_tokens": tokens.input,
        "input_tokens_details": {"cached_tokens": tokens.cached},
        "output_tokens": tokens.output,
        "output_tokens_details": {"reasoning_tokens": tokens.reasoning},
        "total_tokens": tokens.input + tokens.output,
    });
    if tokens.is_estimated {
        usage["estimated"] = true.into();
    }
    usage
}

/// The data of an `error` event: its fields as OpenAI's reference has them, and the envelope that its clients parse.
pub(super) fn failure(envelope: &Value) -> Value {
    let error = &envelope["error"];
    json!({
        "code": error["code"], "message": error["message"], "param": error["param"],
        "error": error, "trace_id": envelope["trace_id"],
    })
}

/// The items of output that a chat completion's message is.
pub(super) fn items(message: &Value, logprobs: Option<&Value>) -> Vec<Value> {
    let text = |name: &str| message[name].as_str().filter(|text| !text.is_empty());
    let mut items = Vec::new();
    if let Some(thought) = text("reasoning_content").or_else(|| text("reasoning")) {
        items.push(reasoning(&contract::id::new("rs"), thought));
    }
    let annotations = message["annotations"].as_array();
    let annotations: Vec<Value> = annotations.into_iter().flatten().map(annotation).collect();
    let mut parts = Vec::new();
    if let Some(content) = text("content") {
        parts.push(output_text(content, annotations, logprobs.cloned()));
    }
    if let Some(refusal) = text("refusal") {
        parts.push(json!({"type": "refusal", "refusal": refusal}));
    }
    let calls = message["tool_calls"].as_array();
    if !parts.is_empty() || calls.is_none_or(Vec::is_empty) {
        items.push(self::message(&contract::id::new("msg"), parts));
    }
    for call in calls.into_iter().flatten() {
        let (id, function) = (call["id"].as_str().unwrap_or_default(), &call["function"]);
        let (name, arguments) = (function["name"].as_str(), function["arguments"].as_str());
        items.push(function_call(
            &contract::id::new("fc"),
            id,
            name.unwrap_or_default(),
            arguments.unwrap_or_default(),
        ));
    }
    items
}

pub(super) fn message(id: &str, parts: Vec<Value>) -> Value {
    json!({"id": id, "type": "message", "status": "completed", "role": "assistant", "content": parts})
}

pub(super) fn reasoning(id: &str, text: &str) -> Value {
    json!({"id": id, "type": "reasoning", "summary": [{"type": "summary_text", "text": text}]})
}

pub(super) fn function_call(id: &str, call_id: &str, name: &str, arguments: &str) -> Value {
    json!({
        "id": id, "type": "function_call", "status": "completed",
        "call_id": call_id, "name": name, "arguments": arguments,
    })
}

pub(super) fn output_text(text: &str, annotations: Vec<Value>, logprobs: Option<Value>) -> Value {
    let mut part = json!({"type": "output_text", "text": text, "annotations": annotations});
    if let Some(logprobs) = logprobs.filter(Value::is_array) {
        part["logprobs"] = logprobs;
    }
    part
}

/// A chat completion's annotation has its citation a level deeper.
pub(super) fn annotation(annotation: &Value) -> Value {
    let mut flat = annotation.clone();
    let cited = flat.as_object_mut().and_then(|fields| fields.shift_remove("url_citation"));
    if let (Value::Object(fields), Some(Value::Object(cited))) = (&mut flat, cited) {
        fields.extend(cited);
    }
    flat
}
