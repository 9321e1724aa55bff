//! Ollama's own API: chat and embeddings, streamed as JSON lines.

use super::chunks::{Chunks, usage};
use super::conversation::{self, Format, Part, ToolChoice, Turn, max_tokens, number, only_one, stops, text};
use super::{Call, Chunk, Flavour, Operation, Outgoing, Problem, Reader};
use crate::error::Error;
use crate::providers::framing::{Frame, Framing};
use serde_json::{Map, Value, json};
use std::collections::HashMap;

pub(super) struct Ollama;

impl Flavour for Ollama {
    fn serves(&self, operation: Operation) -> bool {
        operation != Operation::Responses
    }

    fn outgoing(&self, call: &Call<'_>) -> Result<Outgoing, Error> {
        if call.operation == Operation::Embeddings {
            let mut body = json!({"model": call.model, "input": conversation::inputs(call.body)?});
            number(call.body, "dimensions").into_iter().for_each(|n| body["dimensions"] = n);
            return Ok(Outgoing::json("/api/embed", &body));
        }
        let mut body = body(call)?;
        body["model"] = call.model.into();
        // A stream is its default.
        body["stream"] = call.stream.into();
        Ok(Outgoing::json("/api/chat", &body))
    }

    fn framing(&self) -> Framing {
        Framing::Lines
    }

    fn answer(&self, call: &Call<'_>, answer: Value) -> Result<Value, Problem> {
        if call.operation == Operation::Embeddings {
            let vectors = answer["embeddings"].as_array().cloned();
            let vectors = vectors.ok_or_else(|| Problem::garbled("there are no `embeddings`"))?;
            return Ok(conversation::embeddings(call.model, vectors, answer["prompt_eval_count"].as_u64()));
        }
        let said = answer.get("message").filter(|message| message.is_object());
        let said = said.ok_or_else(|| Problem::garbled("there is no `message`"))?;
        let calls: Vec<Value> = calls(said).map(|(id, name, arguments)| {
            json!({"id": id, "type": "function", "function": {"name": name, "arguments": arguments}})
        })
        .collect();
        let content = said["content"].as_str().unwrap_or_default();
        let mut message = json!({"role": "assistant", "content": content, "refusal": null});
        if let Some(thought) = said["thinking"].as_str().filter(|thought| !thought.is_empty()) {
            message["reasoning_content"] = thought.into();
        }
        let reason = reason(&answer, !calls.is_empty());
        if !calls.is_empty() {
            message["tool_calls"] = calls.into();
        }
        Ok(Chunks::new(call.model).whole(message, reason, used(&answer)))
    }

    fn reader(&self, call: &Call<'_>) -> Box<dyn Reader> {
        Box::new(Lines { chunks: Chunks::new(call.model), calls: 0, has_begun: false, is_whole: false })
    }
}

fn body(call: &Call<'_>) -> Result<Value, Error> {
    let request = call.body;
    only_one(request)?;
    let mut body = json!({"messages": messages(request)?});
    let mut options = Map::new();
    for name in ["temperature", "top_p", "top_k", "seed", "presence_penalty", "frequency_penalty", "num_ctx"]
    {
        number(request, name).into_iter().for_each(|value| drop(options.insert(name.into(), value)));
    }
    if let Some(most) = max_tokens(request) {
        options.insert("num_predict".into(), most.into());
    }
    let stops = stops(request);
    if !stops.is_empty() {
        options.insert("stop".into(), stops.into());
    }
    if !options.is_empty() {
        body["options"] = Value::Object(options);
    }
    match conversation::format(request) {
        Format::Text => {}
        Format::Json => body["format"] = "json".into(),
        Format::Schema { schema, .. } => body["format"] = schema,
    }
    // Only these models know levels; others refuse what is neither true nor false.
    let has_levels = call.model.contains("gpt-oss");
    match text(request, "reasoning_effort") {
        Some("none") => body["think"] = false.into(),
        Some(effort @ ("low" | "medium" | "high")) if has_levels => body["think"] = effort.into(),
        Some(_) => body["think"] = true.into(),
        None => {}
    }
    for name in ["keep_alive", "logprobs", "top_logprobs"] {
        request.get(name).into_iter().for_each(|value| body[name] = value.clone());
    }
    let mut tools = request.get("tools").and_then(Value::as_array).cloned().unwrap_or_default();
    // There is no choice of a tool, but there can be only one, or none.
    match conversation::tool_choice(request) {
        Some(ToolChoice::None) => tools.clear(),
        Some(ToolChoice::Named(name)) => tools.retain(|tool| tool["function"]["name"] == name.as_str()),
        _ => {}
    }
    if !tools.is_empty() {
        body["tools"] = tools.into();
    }
    Ok(body)
}

/// The conversation. A tool's result names the tool, not the call.
fn messages(request: &Map<String, Value>) -> Result<Vec<Value>, Error> {
    let mut names: HashMap<String, String> = HashMap::new();
    let mut messages = Vec::new();
    for turn in conversation::turns(request)? {
        messages.push(match turn {
            Turn::System(text) => json!({"role": "system", "content": text}),
            Turn::User(parts) => user(parts)?,
            Turn::Assistant { text, calls } => {
                let mut message = json!({"role": "assistant", "content": text});
                let calls = calls.into_iter().map(|call| {
                    let function = json!({"name": call.name, "arguments": call.arguments});
                    names.insert(call.id, call.name);
                    json!({"function": function})
                });
                let calls: Vec<Value> = calls.collect();
                if !calls.is_empty() {
                    message["tool_calls"] = calls.into();
                }
                message
            }
            Turn::Tool { call_id, text } => {
                let name = names.get(&call_id).unwrap_or(&call_id);
                json!({"role": "tool", "content": text, "tool_name": name})
            }
        });
    }
    Ok(messages)
}

fn user(parts: Vec<Part>) -> Result<Value, Error> {
    let (mut texts, mut images) = (Vec::new(), Vec::new());
    for part in parts {
        match part {
            Part::Text(text) => texts.push(text),
            Part::Image { data, .. } => images.push(data),
            Part::ImageUrl(_) => {
                let message =
                    "Ollama reads images within the request only: send a data URL instead of an address.";
                return Err(Error::invalid("messages", message));
            }
        }
    }
    let mut message = json!({"role": "user", "content": texts.join("\n")});
    if !images.is_empty() {
        message["images"] = images.into();
    }
    Ok(message)
}

/// A message's calls of tools: it gives them no ids.
fn calls(message: &Value) -> impl Iterator<Item = (String, Value, String)> {
    message["tool_calls"].as_array().into_iter().flatten().map(|call| {
        let arguments = call["function"]["arguments"].to_string();
        let id = call["id"].as_str().map_or_else(|| contract::id::new("call"), str::to_owned);
        (id, call["function"]["name"].clone(), arguments)
    })
}

fn reason(answer: &Value, has_calls: bool) -> &'static str {
    match answer["done_reason"].as_str() {
        Some("length") => "length",
        _ if has_calls => "tool_calls",
        _ => "stop",
    }
}

fn used(answer: &Value) -> Value {
    let count = |name: &str| answer[name].as_u64().unwrap_or_default();
    usage(count("prompt_eval_count"), 0, 0, count("eval_count"), None)
}

/// Reads the lines of a streamed chat.
struct Lines {
    chunks: Chunks,
    /// How many tools were called so far.
    calls: usize,
    has_begun: bool,
    is_whole: bool,
}

impl Reader for Lines {
    fn read(&mut self, frame: Frame) -> Result<Vec<Chunk>, Problem> {
        let line: Value =
            serde_json::from_str(&frame.data).map_err(|_| Problem::garbled("a line is not JSON"))?;
        if line.get("error").is_some() {
            return Err(Problem { status: Some(500), ..Ollama.problem(&line) });
        }
        let mut chunks = Vec::new();
        if !std::mem::replace(&mut self.has_begun, true) {
            chunks.push(self.chunks.role(0));
        }
        let message = &line["message"];
        let text = |name: &str| message[name].as_str().filter(|text| !text.is_empty());
        chunks.extend(text("thinking").map(|text| self.chunks.reasoning(0, text)));
        chunks.extend(text("content").map(|text| self.chunks.text(0, text)));
        for (id, name, arguments) in calls(message) {
            chunks.push(self.chunks.tool_call(0, self.calls, &id, name.as_str().unwrap_or_default()));
            chunks.push(self.chunks.tool_arguments(0, self.calls, &arguments));
            self.calls += 1;
        }
        if line["done"] == true {
            self.is_whole = true;
            chunks.push(self.chunks.finish(0, reason(&line, self.calls > 0)));
            chunks.push(self.chunks.usage(used(&line)));
        }
        Ok(chunks)
    }

    fn is_whole(&self) -> bool {
        self.is_whole
    }
}

#[cfg(test)]
mod tests {
    use super::super::recorded::{chat, collect, essence, sent};
    use super::*;

    fn stream(lines: &[Value]) -> Vec<u8> {
        lines.iter().map(|line| format!("{line}\n")).collect::<String>().into_bytes()
    }

    fn end() -> Value {
        json!({"message": {"role": "assistant", "content": ""}, "done": true, "done_reason": "stop",
            "prompt_eval_count": 11, "eval_count": 12})
    }

    #[test]
    fn thoughts_text_and_parallel_tools_stream() {
        let says = |message: Value| json!({"message": message, "done": false});
        let call = |id: &str, city: &str| json!({"id": id, "function": {"name": "weather", "arguments": {"city": city}}});
        let lines = [
            says(json!({"role": "assistant", "content": "", "thinking": "Hm."})),
            says(json!({"role": "assistant", "content": "Grüße 🙂"})),
            says(
                json!({"role": "assistant", "content": "", "tool_calls": [call("a", "Rome"), call("b", "Oslo")]}),
            ),
            end(),
        ];
        let chunks = essence(&collect(&Ollama, &json!({}), &stream(&lines)).unwrap());
        assert_eq!(chunks[1..3], [json!({"reasoning_content": "Hm."}), json!({"content": "Grüße 🙂"})]);
        assert_eq!(
            chunks[6]["tool_calls"][0],
            json!({"index": 1, "function": {"arguments": "{\"city\":\"Oslo\"}"}})
        );
        assert_eq!((&chunks[7], &chunks[8]["total_tokens"]), (&json!("tool_calls"), &json!(23)));
    }

    #[test]
    fn an_error_in_the_stream_is_an_error() {
        let problem = collect(&Ollama, &json!({}), b"{\"error\":\"model is gone\"}\n").unwrap_err();
        assert_eq!((problem.message.as_str(), problem.status), ("model is gone", Some(500)));
    }

    #[test]
    fn a_request_is_said_in_ollamas_terms() {
        let schema = json!({"type": "object"});
        let body = json!({
            "max_tokens": 9, "seed": 1, "stop": ["a"], "reasoning_effort": "low",
            "response_format": {"type": "json_schema", "json_schema": {"name": "a", "schema": schema}},
            "messages": [
                {"role": "system", "content": "Be brief."},
                {"role": "user", "content": [{"type": "text", "text": "?"},
                    {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}]},
                {"role": "assistant", "content": "", "tool_calls": [
                    {"id": "c", "type": "function", "function": {"name": "f", "arguments": "{\"x\":1}"}}]},
                {"role": "tool", "tool_call_id": "c", "content": "one"},
            ],
        });
        let expected = json!({
            "messages": [
                {"role": "system", "content": "Be brief."},
                {"role": "user", "content": "?", "images": ["AAAA"]},
                {"role": "assistant", "content": "", "tool_calls": [{"function": {"name": "f", "arguments": {"x": 1}}}]},
                {"role": "tool", "content": "one", "tool_name": "f"},
            ],
            "options": {"seed": 1, "num_predict": 9, "stop": ["a"]},
            "format": schema, "think": true, "model": "model", "stream": false,
        });
        assert_eq!(sent(&Ollama, &body), expected);
        let linked = json!({"messages": [{"role": "user", "content": [
            {"type": "image_url", "image_url": {"url": "https://example.org/a.png"}}]}]});
        assert!(Ollama.outgoing(&chat(&linked, "m")).is_err());
    }

    #[test]
    fn embeddings_come_with_their_tokens() {
        let body = json!({"input": "a"});
        let call = Call { operation: Operation::Embeddings, ..chat(&body, "e") };
        let answer = json!({"embeddings": [[1, 2]], "prompt_eval_count": 3});
        let list = Ollama.answer(&call, answer).unwrap();
        assert_eq!(
            (&list["data"][0]["embedding"], &list["usage"]["prompt_tokens"]),
            (&json!([1, 2]), &json!(3))
        );
    }
}
