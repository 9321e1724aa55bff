//! Anthropic's streamed answers, and the counting of tokens that they share with whole ones.

use super::super::chunks::{self, Chunks, ToolBlocks};
use super::super::{Call, Chunk, Flavour, Problem, Reader};
use super::{Anthropic, finish_reason};
use crate::providers::framing::Frame;
use serde_json::Value;

/// The counted tokens. Those of a stream add up as it goes on, and not every event tells all of them.
#[derive(Clone, Copy, Default)]
pub(super) struct Counts {
    input: u64,
    cached: u64,
    cache_write: u64,
    output: u64,
}

impl Counts {
    /// With what a usage object tells.
    pub(super) fn with(self, usage: &Value) -> Self {
        let larger = |count: u64, name: &str| count.max(usage[name].as_u64().unwrap_or_default());
        Self {
            input: larger(self.input, "input_tokens"),
            cached: larger(self.cached, "cache_read_input_tokens"),
            cache_write: larger(self.cache_write, "cache_creation_input_tokens"),
            output: larger(self.output, "output_tokens"),
        }
    }

    /// OpenAI's usage object.
    pub(super) fn usage(self) -> Value {
        let input = self.input.saturating_add(self.cached).saturating_add(self.cache_write);
        chunks::usage(input, self.cached, self.cache_write, self.output, None)
    }
}

/// Reads a streamed answer.
pub(super) struct Events {
    chunks: Chunks,
    tools: ToolBlocks,
    counts: Counts,
    whole: bool,
}

impl Events {
    /// For the answer of a call.
    pub(super) fn new(call: &Call<'_>) -> Self {
        Self {
            chunks: Chunks::new(call.model),
            tools: ToolBlocks::default(),
            counts: Counts::default(),
            whole: false,
        }
    }

    fn begin(&mut self, block: u64, content: &Value) -> Vec<Chunk> {
        if content["type"] != "tool_use" {
            return Vec::new();
        }
        let (id, name) = (content["id"].as_str(), content["name"].as_str());
        let number = self.tools.begin(block);
        vec![self.chunks.tool_call(0, number, id.unwrap_or_default(), name.unwrap_or_default())]
    }

    /// A piece of a block; signatures, citations and the input of the provider's own tools are not for the
    /// client.
    fn piece(&mut self, block: u64, delta: &Value) -> Option<Chunk> {
        let text = |name: &str| delta[name].as_str().filter(|text| !text.is_empty());
        match delta["type"].as_str()? {
            "text_delta" => Some(self.chunks.text(0, text("text")?)),
            "thinking_delta" => Some(self.chunks.reasoning(0, text("thinking")?)),
            "input_json_delta" => {
                let piece = text("partial_json")?;
                Some(self.chunks.tool_arguments(0, self.tools.piece(block)?, piece))
            }
            _ => None,
        }
    }
}

impl Reader for Events {
    fn read(&mut self, frame: Frame) -> Result<Vec<Chunk>, Problem> {
        if frame.data.trim().is_empty() {
            return Ok(Vec::new());
        }
        let event: Value =
            serde_json::from_str(&frame.data).map_err(|_| Problem::garbled("an event is not JSON"))?;
        let kind = event["type"].as_str().ok_or_else(|| Problem::garbled("an event has no type"))?;
        let block = event["index"].as_u64().unwrap_or_default();
        let chunks = match kind {
            "message_start" => {
                let message = &event["message"];
                self.chunks.identify(message["id"].as_str(), message["model"].as_str());
                self.counts = self.counts.with(&message["usage"]);
                vec![self.chunks.role(0)]
            }
            "content_block_start" => self.begin(block, &event["content_block"]),
            "content_block_delta" => self.piece(block, &event["delta"]).into_iter().collect(),
            "content_block_stop" => {
                let empty = self.tools.end(block);
                empty.map(|number| self.chunks.tool_arguments(0, number, "{}")).into_iter().collect()
            }
            "message_delta" => {
                self.counts = self.counts.with(&event["usage"]);
                let reason = event["delta"]["stop_reason"].as_str();
                reason.map(|_| self.chunks.finish(0, finish_reason(reason))).into_iter().collect()
            }
            "message_stop" => {
                self.whole = true;
                vec![self.chunks.usage(self.counts.usage())]
            }
            "error" => return Err(failed(&event)),
            // Pings, and events that are newer than this.
            _ => Vec::new(),
        };
        Ok(chunks)
    }

    fn is_whole(&self) -> bool {
        self.whole
    }
}

/// What an `error` event says, with the status that it would have had as an answer.
fn failed(event: &Value) -> Problem {
    let mut problem = Anthropic.problem(event);
    problem.status = match problem.code.as_deref() {
        Some("invalid_request_error") => Some(400),
        Some("authentication_error") => Some(401),
        Some("permission_error") => Some(403),
        Some("not_found_error") => Some(404),
        Some("request_too_large") => Some(413),
        Some("rate_limit_error") => Some(429),
        Some("api_error") => Some(500),
        Some("timeout_error") => Some(504),
        Some("overloaded_error") => Some(529),
        _ => None,
    };
    problem
}

#[cfg(test)]
mod tests {
    use super::super::super::recorded::{chat, collect, essence};
    use super::*;
    use serde_json::json;

    fn events(events: &[Value]) -> String {
        let event = |event: &Value| format!("event: {}\ndata: {event}\n\n", event["type"].as_str().unwrap());
        events.iter().map(event).collect()
    }

    fn start(usage: Value) -> Value {
        let message = json!({"id": "msg_1", "type": "message", "role": "assistant", "model": "claude-x",
            "content": [], "stop_reason": null, "usage": usage});
        json!({"type": "message_start", "message": message})
    }

    fn begin(index: u64, block: Value) -> Value {
        json!({"type": "content_block_start", "index": index, "content_block": block})
    }

    fn delta(index: u64, kind: &str, name: &str, piece: &str) -> Value {
        json!({"type": "content_block_delta", "index": index, "delta": {"type": kind, name: piece}})
    }

    fn stop(index: u64) -> Value {
        json!({"type": "content_block_stop", "index": index})
    }

    fn end(reason: &str, output: u64) -> [Value; 2] {
        let delta = json!({"stop_reason": reason, "stop_sequence": null});
        [
            json!({"type": "message_delta", "delta": delta, "usage": {"output_tokens": output}}),
            json!({"type": "message_stop"}),
        ]
    }

    #[test]
    fn a_text_answer_streams() {
        let mut stream = vec![
            start(json!({"input_tokens": 9, "output_tokens": 1})),
            begin(0, json!({"type": "text", "text": ""})),
            json!({"type": "ping"}),
            delta(0, "text_delta", "text", "Grüß"),
            delta(0, "text_delta", "text", " dich"),
            stop(0),
        ];
        stream.extend(end("end_turn", 4));
        let chunks = collect(&Anthropic, &json!({}), events(&stream).as_bytes()).unwrap();
        assert_eq!(
            (&chunks[0].value["id"], &chunks[0].value["model"]),
            (&json!("msg_1"), &json!("claude-x"))
        );
        assert_eq!(
            essence(&chunks),
            [
                json!({"role": "assistant", "content": ""}),
                json!({"content": "Grüß"}),
                json!({"content": " dich"}),
                json!("stop"),
                json!({"prompt_tokens": 9, "completion_tokens": 4, "total_tokens": 13,
                    "prompt_tokens_details": {"cached_tokens": 0}}),
            ]
        );
    }

    /// Reasoning and a tool of the provider's own come before the calls; the second call has no arguments.
    #[test]
    fn calls_are_numbered_by_themselves() {
        let usage = json!({"input_tokens": 5, "cache_read_input_tokens": 100,
            "cache_creation_input_tokens": 20, "output_tokens": 2});
        let tool =
            |kind: &str, id: &str, name: &str| json!({"type": kind, "id": id, "name": name, "input": {}});
        let mut stream = vec![
            start(usage),
            begin(0, json!({"type": "thinking", "thinking": ""})),
            delta(0, "thinking_delta", "thinking", "Hm."),
            delta(0, "signature_delta", "signature", "c2ln"),
            stop(0),
            begin(1, tool("server_tool_use", "srv", "web_search")),
            delta(1, "input_json_delta", "partial_json", "{\"query\":1}"),
            stop(1),
            begin(2, tool("tool_use", "toolu_a", "weather")),
            delta(2, "input_json_delta", "partial_json", ""),
            delta(2, "input_json_delta", "partial_json", "{\"city\":"),
            delta(2, "input_json_delta", "partial_json", "\"Bonn\"}"),
            stop(2),
            begin(3, tool("tool_use", "toolu_b", "time")),
            stop(3),
        ];
        stream.extend(end("tool_use", 30));
        let piece = |number: u64, piece: &str| {
            json!({"tool_calls": [
                {"index": number, "function": {"arguments": piece}}]})
        };
        let call = |number: u64, id: &str, name: &str| {
            json!({"tool_calls": [{"index": number, "id": id, "type": "function",
                "function": {"name": name, "arguments": ""}}]})
        };
        let chunks = collect(&Anthropic, &json!({}), events(&stream).as_bytes()).unwrap();
        assert_eq!(
            essence(&chunks)[1..],
            [
                json!({"reasoning_content": "Hm."}),
                call(0, "toolu_a", "weather"),
                piece(0, "{\"city\":"),
                piece(0, "\"Bonn\"}"),
                call(1, "toolu_b", "time"),
                piece(1, "{}"),
                json!("tool_calls"),
                json!({"prompt_tokens": 125, "completion_tokens": 30, "total_tokens": 155,
                    "prompt_tokens_details": {"cached_tokens": 100, "cache_write_tokens": 20}}),
            ]
        );
    }

    #[test]
    fn an_error_inside_a_stream_has_its_status_and_only_the_last_event_makes_it_whole() {
        let error = json!({"type": "error", "error": {"type": "overloaded_error", "message": "Busy"}});
        let stream = events(&[start(json!({"input_tokens": 1})), error]);
        let problem = collect(&Anthropic, &json!({}), stream.as_bytes()).unwrap_err();
        let code = Some("overloaded_error".to_owned());
        assert_eq!(
            problem,
            Problem { message: "Busy".into(), code, status: Some(529), ..Problem::default() }
        );

        let body = json!({});
        let mut reader = Anthropic.reader(&chat(&body, "model"));
        for (event, whole) in end("end_turn", 1).iter().zip([false, true]) {
            reader.read(Frame { event: String::new(), data: event.to_string() }).unwrap();
            assert_eq!(reader.is_whole(), whole);
        }
    }
}
