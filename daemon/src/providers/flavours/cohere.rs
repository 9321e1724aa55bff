//! Cohere's API, version 2: chat and embeddings.

use super::chunks::{Chunks, usage};
use super::conversation::{self, Format, Part, ToolChoice, Turn, max_tokens, number, only_one, stops, text};
use super::{Call, Chunk, Flavour, Operation, Outgoing, Problem, Reader};
use crate::error::Error;
use crate::providers::framing::Frame;
use serde_json::{Map, Value, json};

pub(super) struct Cohere;

impl Flavour for Cohere {
    fn serves(&self, operation: Operation) -> bool {
        operation != Operation::Responses
    }

    fn embeds_by_input_type(&self) -> bool {
        true
    }

    fn outgoing(&self, call: &Call<'_>) -> Result<Outgoing, Error> {
        if call.operation == Operation::Embeddings {
            return Ok(Outgoing::json("/embed", &embed(call)?));
        }
        let mut body = body(call.body)?;
        body["model"] = call.model.into();
        body["stream"] = call.stream.into();
        Ok(Outgoing::json("/chat", &body))
    }

    fn answer(&self, call: &Call<'_>, answer: Value) -> Result<Value, Problem> {
        if call.operation == Operation::Embeddings {
            let vectors = answer.pointer("/embeddings/float").and_then(Value::as_array).cloned();
            let vectors = vectors.ok_or_else(|| Problem::garbled("there are no `embeddings.float`"))?;
            let tokens = answer.pointer("/meta/billed_units/input_tokens").and_then(Value::as_f64);
            return Ok(conversation::embeddings(call.model, vectors, tokens.map(|tokens| tokens as u64)));
        }
        let said = answer.get("message").filter(|message| message.is_object());
        let said = said.ok_or_else(|| Problem::garbled("there is no `message`"))?;
        let parts = said["content"].as_array();
        let texts = |name: &str| {
            parts.into_iter().flatten().filter_map(|part| part[name].as_str()).collect::<String>()
        };
        let (content, thought) =
            (texts("text"), texts("thinking") + said["tool_plan"].as_str().unwrap_or_default());
        let mut message = json!({"role": "assistant", "content": content, "refusal": null});
        if let Some(calls) = said["tool_calls"].as_array().filter(|calls| !calls.is_empty()) {
            message["tool_calls"] = calls.clone().into();
            if content.is_empty() {
                message["content"] = Value::Null;
            }
        }
        if !thought.is_empty() {
            message["reasoning_content"] = thought.into();
        }
        let mut chunks = Chunks::new(call.model);
        chunks.identify(answer["id"].as_str(), None);
        Ok(chunks.whole(message, reason(answer["finish_reason"].as_str())?, used(&answer["usage"])))
    }

    fn reader(&self, call: &Call<'_>) -> Box<dyn Reader> {
        Box::new(Events { chunks: Chunks::new(call.model), calls: 0, is_whole: false })
    }
}

fn embed(call: &Call<'_>) -> Result<Value, Error> {
    let kind = text(call.body, "input_type").unwrap_or("search_document");
    let texts = conversation::inputs(call.body)?;
    let mut body =
        json!({"model": call.model, "texts": texts, "input_type": kind, "embedding_types": ["float"]});
    number(call.body, "dimensions").into_iter().for_each(|n| body["output_dimension"] = n);
    Ok(body)
}

fn body(request: &Map<String, Value>) -> Result<Value, Error> {
    only_one(request)?;
    let messages = conversation::turns(request)?.into_iter().map(message);
    let mut body = json!({"messages": messages.collect::<Vec<_>>()});
    let numbers = [
        ("temperature", "temperature"),
        ("top_p", "p"),
        ("top_k", "k"),
        ("seed", "seed"),
        ("frequency_penalty", "frequency_penalty"),
        ("presence_penalty", "presence_penalty"),
    ];
    for (name, theirs) in numbers {
        number(request, name).into_iter().for_each(|value| body[theirs] = value);
    }
    if let Some(most) = max_tokens(request) {
        body["max_tokens"] = most.into();
    }
    let stops = stops(request);
    if !stops.is_empty() {
        body["stop_sequences"] = stops.into();
    }
    if request.get("logprobs") == Some(&Value::Bool(true)) {
        body["logprobs"] = true.into();
    }
    match conversation::format(request) {
        Format::Text => {}
        Format::Json => body["response_format"] = json!({"type": "json_object"}),
        Format::Schema { schema, .. } => {
            body["response_format"] = json!({"type": "json_object", "json_schema": schema});
        }
    }
    if let Some(effort) = text(request, "reasoning_effort") {
        body["thinking"] = json!({"type": if effort == "none" { "disabled" } else { "enabled" }});
    }
    tools(request, &mut body);
    Ok(body)
}

fn tools(request: &Map<String, Value>, body: &mut Value) {
    let mut tools = conversation::tools(request);
    // A tool can't be demanded by its name, but it can be the only one.
    let choice = match conversation::tool_choice(request) {
        Some(ToolChoice::Named(name)) => {
            tools.retain(|tool| tool.name == name);
            Some("REQUIRED")
        }
        Some(ToolChoice::Required) => Some("REQUIRED"),
        Some(ToolChoice::None) => Some("NONE"),
        Some(ToolChoice::Auto) | None => None,
    };
    if tools.is_empty() {
        return;
    }
    if tools.iter().all(|tool| tool.strict == Some(true)) {
        body["strict_tools"] = true.into();
    }
    let tools = tools.into_iter().map(|tool| {
        let function =
            json!({"name": tool.name, "description": tool.description, "parameters": tool.parameters});
        json!({"type": "function", "function": function})
    });
    body["tools"] = tools.collect();
    choice.into_iter().for_each(|choice| body["tool_choice"] = choice.into());
}

fn message(turn: Turn) -> Value {
    match turn {
        Turn::System(text) => json!({"role": "system", "content": text}),
        Turn::User(parts) => {
            json!({"role": "user", "content": parts.into_iter().map(part).collect::<Vec<_>>()})
        }
        Turn::Assistant { text, calls } => {
            let mut message = json!({"role": "assistant"});
            if !text.is_empty() {
                message["content"] = text.into();
            }
            let calls = calls.into_iter().map(|call| {
                let function = json!({"name": call.name, "arguments": call.arguments.to_string()});
                json!({"id": call.id, "type": "function", "function": function})
            });
            let calls: Vec<Value> = calls.collect();
            if !calls.is_empty() {
                message["tool_calls"] = calls.into();
            }
            message
        }
        Turn::Tool { call_id, text } => json!({"role": "tool", "tool_call_id": call_id, "content": text}),
    }
}

fn part(part: Part) -> Value {
    let image = |url: String| json!({"type": "image_url", "image_url": {"url": url}});
    match part {
        Part::Text(text) => json!({"type": "text", "text": text}),
        Part::Image { media_type, data } => image(format!("data:{media_type};base64,{data}")),
        Part::ImageUrl(url) => image(url),
    }
}

fn reason(finish: Option<&str>) -> Result<&'static str, Problem> {
    let failed = |message: &str, status| Problem {
        message: message.into(),
        status: Some(status),
        ..Problem::default()
    };
    match finish {
        Some("MAX_TOKENS") => Ok("length"),
        Some("TOOL_CALL") => Ok("tool_calls"),
        Some("ERROR") => Err(failed("it failed within its answer", 500)),
        Some("TIMEOUT") => Err(failed("it took too long", 504)),
        _ => Ok("stop"),
    }
}

fn used(metadata: &Value) -> Value {
    let count = |name: &str| {
        let tokens = metadata.pointer(&format!("/tokens/{name}"));
        let tokens = tokens.or_else(|| metadata.pointer(&format!("/billed_units/{name}")));
        tokens.and_then(Value::as_f64).unwrap_or_default() as u64
    };
    let cached = metadata["cached_tokens"].as_f64().unwrap_or_default() as u64;
    usage(count("input_tokens"), cached, 0, count("output_tokens"), None)
}

/// Reads the events of a streamed chat.
struct Events {
    chunks: Chunks,
    /// How many tools were called so far.
    calls: usize,
    is_whole: bool,
}

impl Reader for Events {
    fn read(&mut self, frame: Frame) -> Result<Vec<Chunk>, Problem> {
        let event: Value =
            serde_json::from_str(&frame.data).map_err(|_| Problem::garbled("an event is not JSON"))?;
        let at =
            |pointer: &str| event.pointer(pointer).and_then(Value::as_str).filter(|text| !text.is_empty());
        Ok(match event["type"].as_str() {
            Some("message-start") => {
                self.chunks.identify(event["id"].as_str(), None);
                vec![self.chunks.role(0)]
            }
            Some("content-delta") => {
                let text = at("/delta/message/content/text").map(|text| self.chunks.text(0, text));
                let thought =
                    || at("/delta/message/content/thinking").map(|text| self.chunks.reasoning(0, text));
                text.or_else(thought).into_iter().collect()
            }
            Some("tool-plan-delta") => at("/delta/message/tool_plan")
                .map(|text| self.chunks.reasoning(0, text))
                .into_iter()
                .collect(),
            Some("tool-call-start") => {
                self.calls += 1;
                let call = &event["delta"]["message"]["tool_calls"];
                let (id, name) = (call["id"].as_str(), call["function"]["name"].as_str());
                let number = self.calls - 1;
                let start =
                    self.chunks.tool_call(0, number, id.unwrap_or_default(), name.unwrap_or_default());
                let first = at("/delta/message/tool_calls/function/arguments");
                let first = first.map(|piece| self.chunks.tool_arguments(0, number, piece));
                [Some(start), first].into_iter().flatten().collect()
            }
            Some("tool-call-delta") => {
                let piece = at("/delta/message/tool_calls/function/arguments");
                let number = self.calls.saturating_sub(1);
                piece.map(|piece| self.chunks.tool_arguments(0, number, piece)).into_iter().collect()
            }
            Some("message-end") => {
                if let Some(message) = at("/delta/error") {
                    return Err(Problem {
                        message: message.to_owned(),
                        status: Some(500),
                        ..Problem::default()
                    });
                }
                let reason = reason(at("/delta/finish_reason"))?;
                self.is_whole = true;
                vec![self.chunks.finish(0, reason), self.chunks.usage(used(&event["delta"]["usage"]))]
            }
            _ => Vec::new(),
        })
    }

    fn is_whole(&self) -> bool {
        self.is_whole
    }
}

#[cfg(test)]
mod tests {
    use super::super::recorded::{chat, collect, essence, sent};
    use super::*;

    fn stream(events: &[Value]) -> Vec<u8> {
        let event = |event: &Value| format!("event: {}\ndata: {event}\n\n", event["type"].as_str().unwrap());
        events.iter().map(event).collect::<String>().into_bytes()
    }

    fn start() -> Value {
        json!({"id": "c1", "type": "message-start", "delta": {"message": {"role": "assistant"}}})
    }

    fn end(reason: &str) -> Value {
        let usage =
            json!({"billed_units": {"input_tokens": 3}, "tokens": {"input_tokens": 70, "output_tokens": 8}});
        json!({"type": "message-end", "delta": {"finish_reason": reason, "usage": usage}})
    }

    #[test]
    fn text_and_thoughts_stream() {
        let content = |content: Value| json!({"type": "content-delta", "index": 0, "delta": {"message": {"content": content}}});
        let events = [
            start(),
            json!({"type": "content-start", "index": 0, "delta": {"message": {"content": {"type": "text", "text": ""}}}}),
            content(json!({"thinking": "Hm."})),
            content(json!({"text": "Grüße 🙂"})),
            json!({"type": "citation-start", "index": 0, "delta": {}}),
            json!({"type": "content-end", "index": 0}),
            end("COMPLETE"),
        ];
        let chunks = essence(&collect(&Cohere, &json!({}), &stream(&events)).unwrap());
        assert_eq!(
            chunks[1..4],
            [json!({"reasoning_content": "Hm."}), json!({"content": "Grüße 🙂"}), json!("stop")]
        );
        assert_eq!((&chunks[4]["prompt_tokens"], &chunks[4]["completion_tokens"]), (&json!(70), &json!(8)));
    }

    #[test]
    fn parallel_tool_calls_stream_in_pieces() {
        let call =
            |kind: &str, call: Value| json!({"type": kind, "delta": {"message": {"tool_calls": call}}});
        let begins = |id: &str| {
            call(
                "tool-call-start",
                json!({"id": id, "type": "function", "function": {"name": "f", "arguments": ""}}),
            )
        };
        let piece = |text: &str| call("tool-call-delta", json!({"function": {"arguments": text}}));
        let events = [
            start(),
            json!({"type": "tool-plan-delta", "delta": {"message": {"tool_plan": "I look."}}}),
            begins("a"),
            piece("{\"x\":"),
            piece("1}"),
            json!({"type": "tool-call-end", "index": 0}),
            begins("b"),
            piece("{}"),
            end("TOOL_CALL"),
        ];
        let chunks = essence(&collect(&Cohere, &json!({}), &stream(&events)).unwrap());
        let calls = chunks.iter().filter_map(|delta| delta.pointer("/tool_calls/0"));
        let seen: Vec<(u64, &str)> = calls
            .map(|call| (call["index"].as_u64().unwrap(), call["function"]["arguments"].as_str().unwrap()))
            .collect();
        assert_eq!(seen, [(0, ""), (0, "{\"x\":"), (0, "1}"), (1, ""), (1, "{}")]);
        assert_eq!(
            (&chunks[1], &chunks[chunks.len() - 2]),
            (&json!({"reasoning_content": "I look."}), &json!("tool_calls"))
        );
    }

    #[test]
    fn an_error_at_the_end_is_an_error() {
        let events = [start(), end("ERROR")];
        assert_eq!(collect(&Cohere, &json!({}), &stream(&events)).unwrap_err().status, Some(500));
    }

    #[test]
    fn a_request_is_said_in_coheres_terms() {
        let body = json!({
            "max_completion_tokens": 9, "top_p": 0.5, "stop": "a", "tool_choice": {"type": "function", "function": {"name": "f"}},
            "response_format": {"type": "json_object"},
            "messages": [
                {"role": "user", "content": "?"},
                {"role": "assistant", "tool_calls": [{"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}]},
                {"role": "tool", "tool_call_id": "c", "content": "one"},
            ],
            "tools": [
                {"type": "function", "function": {"name": "f", "strict": true, "parameters": {"type": "object"}}},
                {"type": "function", "function": {"name": "g"}},
            ],
        });
        let expected = json!({
            "messages": [
                {"role": "user", "content": [{"type": "text", "text": "?"}]},
                {"role": "assistant", "tool_calls": [{"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}]},
                {"role": "tool", "tool_call_id": "c", "content": "one"},
            ],
            "p": 0.5, "max_tokens": 9, "stop_sequences": ["a"], "response_format": {"type": "json_object"},
            "strict_tools": true, "tool_choice": "REQUIRED",
            "tools": [{"type": "function", "function": {"name": "f", "description": null, "parameters": {"type": "object"}}}],
            "model": "model", "stream": false,
        });
        assert_eq!(sent(&Cohere, &body), expected);
    }

    #[test]
    fn embeddings_come_with_their_tokens() {
        let body = json!({"input": ["a"], "input_type": "search_query"});
        let call = Call { operation: Operation::Embeddings, ..chat(&body, "e") };
        let sent: Value = serde_json::from_slice(&Cohere.outgoing(&call).unwrap().body).unwrap();
        assert_eq!((&sent["texts"], &sent["input_type"]), (&json!(["a"]), &json!("search_query")));
        let answer =
            json!({"embeddings": {"float": [[1, 2]]}, "meta": {"billed_units": {"input_tokens": 4}}});
        let list = Cohere.answer(&call, answer).unwrap();
        assert_eq!(
            (&list["data"][0]["embedding"], &list["usage"]["prompt_tokens"]),
            (&json!([1, 2]), &json!(4))
        );
    }
}
