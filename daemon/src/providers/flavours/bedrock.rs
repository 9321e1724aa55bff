//! AWS Bedrock's Converse API.

use super::chunks::{Chunks, usage};
use super::conversation::{self, Format, Part, ToolChoice, Turn, max_tokens, number, only_one, stops, text};
use super::{Call, Chunk, Flavour, Outgoing, Problem, Reader};
use crate::error::Error;
use crate::providers::framing::{Frame, Framing};
use serde_json::{Map, Value, json};

pub(super) struct Bedrock;

impl Flavour for Bedrock {
    fn outgoing(&self, call: &Call<'_>) -> Result<Outgoing, Error> {
        let model: String = form_urlencoded::byte_serialize(call.model.as_bytes()).collect();
        let method = if call.stream { "converse-stream" } else { "converse" };
        Ok(Outgoing::json(format!("/model/{model}/{method}"), &body(call)?))
    }

    fn framing(&self) -> Framing {
        Framing::AwsEvents
    }

    fn answer(&self, call: &Call<'_>, answer: Value) -> Result<Value, Problem> {
        let blocks = answer.pointer("/output/message/content").and_then(Value::as_array);
        let blocks = blocks.ok_or_else(|| Problem::garbled("there is no `output.message`"))?;
        let texts = |pointer: &str| {
            blocks.iter().filter_map(|block| block.pointer(pointer)?.as_str()).collect::<String>()
        };
        let calls = blocks.iter().filter_map(|block| block.get("toolUse")).map(|tool| {
            let function = json!({"name": tool["name"], "arguments": tool["input"].to_string()});
            json!({"id": tool["toolUseId"], "type": "function", "function": function})
        });
        let calls: Vec<Value> = calls.collect();
        let (said, thought) = (texts("/text"), texts("/reasoningContent/reasoningText/text"));
        let mut message = json!({"role": "assistant", "content": said, "refusal": null});
        if said.is_empty() && !calls.is_empty() {
            message["content"] = Value::Null;
        }
        if !thought.is_empty() {
            message["reasoning_content"] = thought.into();
        }
        if !calls.is_empty() {
            message["tool_calls"] = calls.into();
        }
        let reason = reason(answer["stopReason"].as_str());
        Ok(Chunks::new(call.model).whole(message, reason, used(&answer["usage"])))
    }

    fn reader(&self, call: &Call<'_>) -> Box<dyn Reader> {
        Box::new(Converse { chunks: Chunks::new(call.model), calls: 0, is_whole: false })
    }
}

fn body(call: &Call<'_>) -> Result<Value, Error> {
    let request = call.body;
    only_one(request)?;
    let (mut system, messages) = messages(request)?;
    match conversation::format(request) {
        Format::Text => {}
        Format::Json => system.push("Answer with one JSON object, and with nothing else.".into()),
        Format::Schema { schema, .. } => {
            system.push(format!("Answer with JSON of this JSON Schema, and with nothing else: {schema}"));
        }
    }
    let mut body = json!({"messages": messages});
    if !system.is_empty() {
        body["system"] = system.into_iter().map(|text| json!({"text": text})).collect();
    }
    let mut config = Map::new();
    for (name, theirs) in [("temperature", "temperature"), ("top_p", "topP")] {
        number(request, name).into_iter().for_each(|value| drop(config.insert(theirs.into(), value)));
    }
    if let Some(most) = max_tokens(request) {
        config.insert("maxTokens".into(), most.into());
    }
    let stops = stops(request);
    if !stops.is_empty() {
        config.insert("stopSequences".into(), stops.into());
    }
    if let Some(budget) = budget(call) {
        let thinking = json!({"type": "enabled", "budget_tokens": budget});
        body["additionalModelRequestFields"] = json!({"thinking": thinking});
        config.shift_remove("temperature");
    }
    if !config.is_empty() {
        body["inferenceConfig"] = Value::Object(config);
    }
    tools(request, &mut body);
    Ok(body)
}

/// How many tokens Claude may reason: less than the whole answer.
fn budget(call: &Call<'_>) -> Option<u64> {
    let wanted: u64 =
        match text(call.body, "reasoning_effort").filter(|_| call.model.contains("anthropic"))? {
            "minimal" | "low" => 1024,
            "medium" => 8192,
            "high" | "xhigh" => 24_576,
            _ => return None,
        };
    let most = max_tokens(call.body).or(call.max_output_tokens).unwrap_or(4096);
    let budget = wanted.min(most.saturating_sub(1024));
    (budget >= 1024).then_some(budget)
}

fn tools(request: &Map<String, Value>, body: &mut Value) {
    let tools = conversation::tools(request);
    let choice = conversation::tool_choice(request);
    let was_called = body["messages"].to_string().contains("\"toolUse\"");
    // There is no choice `none`, but a conversation with calls needs its tools all the same.
    if tools.is_empty() || (choice == Some(ToolChoice::None) && !was_called) {
        return;
    }
    let specs = tools.into_iter().map(|tool| {
        let mut spec = json!({"name": tool.name, "inputSchema": {"json": tool.parameters}});
        tool.description.into_iter().for_each(|text| spec["description"] = text.into());
        json!({"toolSpec": spec})
    });
    body["toolConfig"] = json!({"tools": specs.collect::<Vec<_>>()});
    let choice = match choice {
        Some(ToolChoice::Auto) => json!({"auto": {}}),
        Some(ToolChoice::Required) => json!({"any": {}}),
        Some(ToolChoice::Named(name)) => json!({"tool": {"name": name}}),
        Some(ToolChoice::None) | None => return,
    };
    body["toolConfig"]["toolChoice"] = choice;
}

fn messages(request: &Map<String, Value>) -> Result<(Vec<String>, Vec<Value>), Error> {
    let mut system = Vec::new();
    let mut messages: Vec<(&'static str, Vec<Value>)> = Vec::new();
    for turn in conversation::turns(request)? {
        let (role, blocks) = match turn {
            Turn::System(text) => {
                system.push(text);
                continue;
            }
            Turn::User(parts) => ("user", parts.into_iter().map(block).collect::<Result<_, _>>()?),
            Turn::Assistant { text, calls } => {
                let text = (!text.is_empty()).then(|| json!({"text": text}));
                let calls = calls.into_iter().map(|call| {
                    json!({"toolUse": {"toolUseId": call.id, "name": call.name, "input": call.arguments}})
                });
                ("assistant", text.into_iter().chain(calls).collect::<Vec<_>>())
            }
            Turn::Tool { call_id, text } => {
                let result = json!({"toolUseId": call_id, "content": [{"text": text}]});
                ("user", vec![json!({"toolResult": result})])
            }
        };
        match messages.last_mut() {
            Some((last, before)) if *last == role => before.extend(blocks),
            _ => messages.push((role, blocks)),
        }
    }
    let messages = messages.into_iter().map(|(role, content)| json!({"role": role, "content": content}));
    Ok((system, messages.collect()))
}

fn block(part: Part) -> Result<Value, Error> {
    match part {
        Part::Text(text) => Ok(json!({"text": text})),
        Part::Image { media_type, data } => {
            let format = media_type.strip_prefix("image/").unwrap_or("png").replace("jpg", "jpeg");
            Ok(json!({"image": {"format": format, "source": {"bytes": data}}}))
        }
        Part::ImageUrl(_) => {
            let message =
                "Bedrock reads images within the request only: send a data URL instead of an address.";
            Err(Error::invalid("messages", message))
        }
    }
}

fn reason(stop_reason: Option<&str>) -> &'static str {
    match stop_reason {
        Some("max_tokens" | "model_context_window_exceeded") => "length",
        Some("tool_use") => "tool_calls",
        Some("guardrail_intervened" | "content_filtered") => "content_filter",
        _ => "stop",
    }
}

/// OpenAI counts what was cached among what was read.
fn used(metadata: &Value) -> Value {
    let count = |name: &str| metadata[name].as_u64().unwrap_or_default();
    let (cached, written) = (count("cacheReadInputTokens"), count("cacheWriteInputTokens"));
    usage(count("inputTokens") + cached + written, cached, written, count("outputTokens"), None)
}

/// Reads the events of `ConverseStream`.
struct Converse {
    chunks: Chunks,
    /// How many tools were called so far.
    calls: usize,
    is_whole: bool,
}

impl Reader for Converse {
    fn read(&mut self, frame: Frame) -> Result<Vec<Chunk>, Problem> {
        let event: Value =
            serde_json::from_str(&frame.data).map_err(|_| Problem::garbled("an event is not JSON"))?;
        Ok(match frame.event.as_str() {
            "messageStart" => vec![self.chunks.role(0)],
            "contentBlockStart" => match event.pointer("/start/toolUse") {
                Some(tool) => {
                    self.calls += 1;
                    let (id, name) = (tool["toolUseId"].as_str(), tool["name"].as_str());
                    vec![self.chunks.tool_call(
                        0,
                        self.calls - 1,
                        id.unwrap_or_default(),
                        name.unwrap_or_default(),
                    )]
                }
                None => Vec::new(),
            },
            "contentBlockDelta" => self.delta(&event["delta"]).into_iter().collect(),
            "messageStop" => {
                self.is_whole = true;
                vec![self.chunks.finish(0, reason(event["stopReason"].as_str()))]
            }
            "metadata" => vec![self.chunks.usage(used(&event["usage"]))],
            exception if exception.ends_with("Exception") => return Err(failed(exception, &event)),
            _ => Vec::new(),
        })
    }

    fn is_whole(&self) -> bool {
        self.is_whole
    }
}

impl Converse {
    fn delta(&self, delta: &Value) -> Option<Chunk> {
        let text = |pointer: &str| delta.pointer(pointer)?.as_str().filter(|text| !text.is_empty());
        if let Some(text) = text("/text") {
            return Some(self.chunks.text(0, text));
        }
        if let Some(thought) = text("/reasoningContent/text") {
            return Some(self.chunks.reasoning(0, thought));
        }
        Some(self.chunks.tool_arguments(0, self.calls.checked_sub(1)?, text("/toolUse/input")?))
    }
}

fn failed(exception: &str, event: &Value) -> Problem {
    let status = match exception {
        "throttlingException" => 429,
        "validationException" => 400,
        "serviceUnavailableException" => 503,
        "modelTimeoutException" => 504,
        _ => 500,
    };
    let message = event["message"].as_str().or(event["Message"].as_str()).unwrap_or_default();
    Problem {
        message: message.to_owned(),
        code: Some(exception.to_owned()),
        param: None,
        status: Some(status),
    }
}

#[cfg(test)]
mod tests {
    use super::super::recorded::{chat, collect, essence, sent};
    use super::*;
    use aws_smithy_eventstream::frame::write_message_to;
    use aws_smithy_types::event_stream::{Header, HeaderValue, Message};

    fn stream(events: &[(&str, Value)]) -> Vec<u8> {
        let mut bytes = Vec::new();
        for (name, data) in events {
            let kind = if name.ends_with("Exception") { ":exception-type" } else { ":event-type" };
            let header = Header::new(kind, HeaderValue::String((*name).to_owned().into()));
            let message = Message::new(data.to_string().into_bytes()).add_header(header);
            write_message_to(&message, &mut bytes).unwrap();
        }
        bytes
    }

    #[test]
    fn text_tools_and_cached_tokens_stream() {
        let start =
            |id: &str| json!({"contentBlockIndex": 1, "start": {"toolUse": {"toolUseId": id, "name": "f"}}});
        let piece = |text: &str| json!({"contentBlockIndex": 1, "delta": {"toolUse": {"input": text}}});
        let stream = stream(&[
            ("messageStart", json!({"role": "assistant"})),
            ("contentBlockDelta", json!({"delta": {"reasoningContent": {"text": "Hm."}}})),
            ("contentBlockDelta", json!({"delta": {"text": "Grüße"}})),
            ("contentBlockStop", json!({"contentBlockIndex": 0})),
            ("contentBlockStart", start("a")),
            ("contentBlockDelta", piece("{\"x\":")),
            ("contentBlockDelta", piece("1}")),
            ("contentBlockStart", start("b")),
            ("contentBlockDelta", piece("{}")),
            ("messageStop", json!({"stopReason": "tool_use"})),
            ("metadata", json!({"usage": {"inputTokens": 5, "outputTokens": 6, "cacheReadInputTokens": 4}})),
        ]);
        let chunks = essence(&collect(&Bedrock, &json!({}), &stream).unwrap());
        assert_eq!(chunks[1..3], [json!({"reasoning_content": "Hm."}), json!({"content": "Grüße"})]);
        let calls: Vec<(&Value, &Value)> = chunks
            .iter()
            .filter_map(|delta| delta.pointer("/tool_calls/0"))
            .map(|call| (&call["index"], &call["function"]["arguments"]))
            .collect();
        let pieces = [(0, ""), (0, "{\"x\":"), (0, "1}"), (1, ""), (1, "{}")];
        assert_eq!(
            calls,
            pieces.map(|(n, text)| (json!(n), json!(text))).iter().map(|(n, t)| (n, t)).collect::<Vec<_>>()
        );
        assert_eq!(chunks[8], "tool_calls");
        assert_eq!((&chunks[9]["prompt_tokens"], &chunks[9]["completion_tokens"]), (&json!(9), &json!(6)));
    }

    #[test]
    fn an_exception_in_the_stream_is_an_error_with_its_status() {
        let stream = stream(&[("throttlingException", json!({"message": "slow down"}))]);
        let problem = collect(&Bedrock, &json!({}), &stream).unwrap_err();
        assert_eq!((problem.status, problem.message.as_str()), (Some(429), "slow down"));
    }

    #[test]
    fn a_request_is_said_in_converses_terms() {
        let body = json!({
            "max_tokens": 9, "temperature": 0.1, "stop": ["a"], "tool_choice": "required",
            "messages": [
                {"role": "system", "content": "Be brief."},
                {"role": "user", "content": [{"type": "text", "text": "?"},
                    {"type": "image_url", "image_url": {"url": "data:image/jpeg;base64,AAAA"}}]},
                {"role": "assistant", "tool_calls": [
                    {"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}]},
                {"role": "tool", "tool_call_id": "c", "content": "one"},
            ],
            "tools": [{"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}],
        });
        let expected = json!({
            "messages": [
                {"role": "user", "content": [{"text": "?"}, {"image": {"format": "jpeg", "source": {"bytes": "AAAA"}}}]},
                {"role": "assistant", "content": [{"toolUse": {"toolUseId": "c", "name": "f", "input": {}}}]},
                {"role": "user", "content": [{"toolResult": {"toolUseId": "c", "content": [{"text": "one"}]}}]},
            ],
            "system": [{"text": "Be brief."}],
            "inferenceConfig": {"temperature": 0.1, "maxTokens": 9, "stopSequences": ["a"]},
            "toolConfig": {"tools": [{"toolSpec": {"name": "f", "inputSchema": {"json": {"type": "object"}}}}],
                "toolChoice": {"any": {}}},
        });
        assert_eq!(sent(&Bedrock, &body), expected);
        let path = Bedrock.outgoing(&chat(&body, "eu.anthropic.claude:0")).unwrap().path;
        assert_eq!(path, "/model/eu.anthropic.claude%3A0/converse");
    }

    #[test]
    fn a_whole_answer_is_said_in_openais_terms() {
        let answer = json!({"output": {"message": {"role": "assistant", "content": [{"text": "Hi"}]}},
            "stopReason": "max_tokens", "usage": {"inputTokens": 1, "outputTokens": 2}});
        let whole = Bedrock.answer(&chat(&json!({}), "m"), answer).unwrap();
        assert_eq!(whole["choices"][0]["finish_reason"], "length");
        assert_eq!(
            (&whole["choices"][0]["message"]["content"], &whole["usage"]["total_tokens"]),
            (&json!("Hi"), &json!(3))
        );
    }
}
