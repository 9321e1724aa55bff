//! Anthropic's Messages API.

use super::chunks::{Chunks, usage};
use super::conversation::{
    self, Format, Part, ToolChoice, Turn, max_tokens, number, only_one, parallel_tool_calls, stops, text,
};
use super::{Call, Chunk, Flavour, Outgoing, Problem, Reader};
use crate::error::Error;
use crate::providers::framing::Frame;
use serde_json::{Map, Value, json};

/// The version of the API that every call names.
const VERSION: (&str, &str) = ("anthropic-version", "2023-06-01");

/// The beta that answers in a JSON Schema.
const STRUCTURED: (&str, &str) = ("anthropic-beta", "structured-outputs-2025-11-13");

/// Most tokens of an answer where neither the request nor the catalogue says: the API demands a bound.
const MOST_TOKENS: u64 = 4096;

/// The least budget of reasoning that the API takes.
const LEAST_BUDGET: u64 = 1024;

pub(super) struct Anthropic;

impl Flavour for Anthropic {
    fn outgoing(&self, call: &Call<'_>) -> Result<Outgoing, Error> {
        let mut body = body(call)?;
        body["model"] = call.model.into();
        if call.stream {
            body["stream"] = true.into();
        }
        let mut outgoing = Outgoing::json("/messages", &body);
        outgoing.headers.push(VERSION);
        if body.get("output_format").is_some() {
            outgoing.headers.push(STRUCTURED);
        }
        Ok(outgoing)
    }

    fn answer(&self, call: &Call<'_>, answer: Value) -> Result<Value, Problem> {
        whole(call, &answer)
    }

    fn reader(&self, call: &Call<'_>) -> Box<dyn Reader> {
        Box::new(Messages::new(call))
    }
}

/// The body of a request, without its model and whether it streams: Vertex says these elsewhere.
pub(super) fn body(call: &Call<'_>) -> Result<Value, Error> {
    let request = call.body;
    only_one(request)?;
    let (system, messages) = messages(request)?;
    let most = max_tokens(request).or(call.max_output_tokens).unwrap_or(MOST_TOKENS);
    let mut body = json!({"messages": messages, "max_tokens": most});
    match conversation::format(request) {
        Format::Json if system.is_empty() => body["system"] = JSON_ONLY.into(),
        Format::Json => body["system"] = format!("{system}\n\n{JSON_ONLY}").into(),
        _ if !system.is_empty() => body["system"] = system.into(),
        _ => {}
    }
    if let Format::Schema { schema, .. } = conversation::format(request) {
        body["output_format"] = json!({"type": "json_schema", "schema": schema});
    }
    for name in ["top_p", "top_k"] {
        number(request, name).into_iter().for_each(|value| body[name] = value);
    }
    if let Some(thinking) = thinking(request, most) {
        body["thinking"] = thinking;
    } else if let Some(temperature) = number(request, "temperature").and_then(|t| t.as_f64()) {
        body["temperature"] = temperature.clamp(0.0, 1.0).into();
    }
    let stops = stops(request);
    if !stops.is_empty() {
        body["stop_sequences"] = stops.into();
    }
    if let Some(user) = text(request, "user") {
        body["metadata"] = json!({"user_id": user});
    }
    tools(request, &mut body);
    Ok(body)
}

const JSON_ONLY: &str = "Answer with one JSON object, and with nothing else.";

fn thinking(request: &Map<String, Value>, most: u64) -> Option<Value> {
    if let Some(thinking) = request.get("thinking") {
        return Some(thinking.clone());
    }
    let budget = match text(request, "reasoning_effort")? {
        "minimal" | "low" => 1024,
        "medium" => 8192,
        "high" | "xhigh" => 24_576,
        _ => return None,
    };
    // The budget is part of the answer's bound, and must leave room for the answer.
    let budget = budget.min(most.saturating_sub(LEAST_BUDGET));
    (budget >= LEAST_BUDGET).then(|| json!({"type": "enabled", "budget_tokens": budget}))
}

fn tools(request: &Map<String, Value>, body: &mut Value) {
    let tools = conversation::tools(request);
    if tools.is_empty() {
        return;
    }
    let tools = tools.into_iter().map(|tool| {
        let mut entry = json!({"name": tool.name, "input_schema": tool.parameters});
        tool.description.into_iter().for_each(|text| entry["description"] = text.into());
        entry
    });
    body["tools"] = tools.collect();
    let mut choice = match conversation::tool_choice(request) {
        Some(ToolChoice::None) => json!({"type": "none"}),
        Some(ToolChoice::Required) => json!({"type": "any"}),
        Some(ToolChoice::Named(name)) => json!({"type": "tool", "name": name}),
        Some(ToolChoice::Auto) => json!({"type": "auto"}),
        None if parallel_tool_calls(request) == Some(false) => json!({"type": "auto"}),
        None => return,
    };
    if parallel_tool_calls(request) == Some(false) && choice["type"] != "none" {
        choice["disable_parallel_tool_use"] = true.into();
    }
    body["tool_choice"] = choice;
}

/// The instructions, and the messages in turns: what the same side says in a row is one message.
fn messages(request: &Map<String, Value>) -> Result<(String, Vec<Value>), Error> {
    let mut system: Vec<String> = Vec::new();
    let mut messages: Vec<(&'static str, Vec<Value>)> = Vec::new();
    for turn in conversation::turns(request)? {
        let (role, blocks) = match turn {
            Turn::System(text) => {
                system.push(text);
                continue;
            }
            Turn::User(parts) => ("user", parts.into_iter().filter_map(block).collect()),
            Turn::Assistant { text, calls } => {
                let text = (!text.is_empty()).then(|| json!({"type": "text", "text": text}));
                let calls = calls.into_iter().map(|call| {
                    json!({"type": "tool_use", "id": call.id, "name": call.name, "input": call.arguments})
                });
                ("assistant", text.into_iter().chain(calls).collect::<Vec<_>>())
            }
            Turn::Tool { call_id, text } => {
                ("user", vec![json!({"type": "tool_result", "tool_use_id": call_id, "content": text})])
            }
        };
        match messages.last_mut() {
            Some((last, before)) if *last == role => before.extend(blocks),
            _ => messages.push((role, blocks)),
        }
    }
    messages.retain(|(_, blocks)| !blocks.is_empty());
    let messages = messages.into_iter().map(|(role, blocks)| json!({"role": role, "content": blocks}));
    Ok((system.join("\n\n"), messages.collect()))
}

fn block(part: Part) -> Option<Value> {
    match part {
        Part::Text(text) if text.is_empty() => None,
        Part::Text(text) => Some(json!({"type": "text", "text": text})),
        Part::Image { media_type, data } => {
            let source = json!({"type": "base64", "media_type": media_type, "data": data});
            Some(json!({"type": "image", "source": source}))
        }
        Part::ImageUrl(url) => Some(json!({"type": "image", "source": {"type": "url", "url": url}})),
    }
}

/// A whole answer, in OpenAI's shape.
pub(super) fn whole(call: &Call<'_>, answer: &Value) -> Result<Value, Problem> {
    let blocks = answer.get("content").and_then(Value::as_array);
    let blocks = blocks.ok_or_else(|| Problem::garbled("there is no `content`"))?;
    let texts = |kind: &str, name: &str| {
        let of_kind = blocks.iter().filter(|block| block["type"] == kind);
        of_kind.filter_map(|block| block[name].as_str()).collect::<String>()
    };
    let calls = blocks.iter().filter(|block| block["type"] == "tool_use").map(|block| {
        let function = json!({"name": block["name"], "arguments": block["input"].to_string()});
        json!({"id": block["id"], "type": "function", "function": function})
    });
    let calls: Vec<Value> = calls.collect();
    let text = texts("text", "text");
    let mut message = json!({"role": "assistant", "content": text, "refusal": null});
    if text.is_empty() && !calls.is_empty() {
        message["content"] = Value::Null;
    }
    let thinking = texts("thinking", "thinking");
    if !thinking.is_empty() {
        message["reasoning_content"] = thinking.into();
    }
    if !calls.is_empty() {
        message["tool_calls"] = calls.into();
    }
    let mut chunks = Chunks::new(call.model);
    chunks.identify(answer["id"].as_str(), answer["model"].as_str());
    Ok(chunks.whole(message, reason(answer["stop_reason"].as_str()), Used::of(&answer["usage"]).shown()))
}

fn reason(stop_reason: Option<&str>) -> &'static str {
    match stop_reason {
        Some("max_tokens" | "model_context_window_exceeded") => "length",
        Some("tool_use") => "tool_calls",
        Some("refusal") => "content_filter",
        _ => "stop",
    }
}

/// What was used so far: a stream tells it in parts, each over what came before.
#[derive(Default)]
struct Used {
    input: u64,
    cached: u64,
    written: u64,
    output: u64,
}

impl Used {
    fn of(usage: &Value) -> Self {
        let mut used = Self::default();
        used.take(usage);
        used
    }

    fn take(&mut self, usage: &Value) {
        let count = |name: &str| usage.get(name).and_then(Value::as_u64);
        self.input = count("input_tokens").unwrap_or(self.input);
        self.cached = count("cache_read_input_tokens").unwrap_or(self.cached);
        self.written = count("cache_creation_input_tokens").unwrap_or(self.written);
        self.output = count("output_tokens").unwrap_or(self.output);
    }

    /// OpenAI counts what was cached among what was read.
    fn shown(&self) -> Value {
        usage(self.input + self.cached + self.written, self.cached, self.written, self.output, None)
    }
}

/// Reads the events of a message.
pub(super) struct Messages {
    chunks: Chunks,
    used: Used,
    /// How many tools were called so far: OpenAI counts these alone, Anthropic every block.
    calls: usize,
    is_whole: bool,
}

impl Messages {
    pub(super) fn new(call: &Call<'_>) -> Self {
        Self { chunks: Chunks::new(call.model), used: Used::default(), calls: 0, is_whole: false }
    }

    fn delta(&self, delta: &Value) -> Option<Chunk> {
        let text = |name: &str| delta[name].as_str().filter(|text| !text.is_empty());
        match delta["type"].as_str()? {
            "text_delta" => Some(self.chunks.text(0, text("text")?)),
            "thinking_delta" => Some(self.chunks.reasoning(0, text("thinking")?)),
            "input_json_delta" => {
                Some(self.chunks.tool_arguments(0, self.calls.checked_sub(1)?, text("partial_json")?))
            }
            _ => None,
        }
    }
}

impl Reader for Messages {
    fn read(&mut self, frame: Frame) -> Result<Vec<Chunk>, Problem> {
        let event: Value =
            serde_json::from_str(&frame.data).map_err(|_| Problem::garbled("an event is not JSON"))?;
        Ok(match event["type"].as_str() {
            Some("message_start") => {
                let message = &event["message"];
                self.chunks.identify(message["id"].as_str(), message["model"].as_str());
                self.used.take(&message["usage"]);
                vec![self.chunks.role(0)]
            }
            Some("content_block_start") => match event["content_block"]["type"].as_str() {
                Some("tool_use") => {
                    self.calls += 1;
                    let block = &event["content_block"];
                    let (id, name) = (block["id"].as_str(), block["name"].as_str());
                    vec![self.chunks.tool_call(
                        0,
                        self.calls - 1,
                        id.unwrap_or_default(),
                        name.unwrap_or_default(),
                    )]
                }
                _ => Vec::new(),
            },
            Some("content_block_delta") => self.delta(&event["delta"]).into_iter().collect(),
            Some("message_delta") => {
                self.used.take(&event["usage"]);
                let end = reason(event["delta"]["stop_reason"].as_str());
                vec![self.chunks.finish(0, end), self.chunks.usage(self.used.shown())]
            }
            Some("message_stop") => {
                self.is_whole = true;
                Vec::new()
            }
            Some("error") => return Err(failed(&event)),
            _ => Vec::new(),
        })
    }

    fn is_whole(&self) -> bool {
        self.is_whole
    }
}

fn failed(event: &Value) -> Problem {
    let problem = Anthropic.problem(event);
    let code = event["error"]["type"].as_str();
    let status = match code {
        Some("overloaded_error") => 529,
        Some("rate_limit_error") => 429,
        Some("timeout_error") => 504,
        Some("invalid_request_error") => 400,
        Some("authentication_error" | "permission_error") => 401,
        _ => 500,
    };
    Problem { code: code.map(str::to_owned), status: Some(status), ..problem }
}

#[cfg(test)]
#[path = "anthropic_tests.rs"]
mod tests;
