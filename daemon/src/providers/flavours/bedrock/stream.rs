//! Bedrock's streamed answers.

use super::super::chunks::{Chunks, ToolBlocks};
use super::super::{Call, Chunk, Problem, Reader};
use super::{finish_reason, usage};
use crate::providers::framing::Frame;
use serde_json::Value;

/// Reads a streamed answer.
pub(super) struct Events {
    chunks: Chunks,
    tools: ToolBlocks,
    whole: bool,
}

impl Events {
    /// For the answer of a call.
    pub(super) fn new(call: &Call<'_>) -> Self {
        Self { chunks: Chunks::new(call.model), tools: ToolBlocks::default(), whole: false }
    }

    fn begin(&mut self, block: u64, start: &Value) -> Option<Chunk> {
        let tool = start.get("toolUse")?;
        let field = |name: &str| tool[name].as_str().unwrap_or_default();
        Some(self.chunks.tool_call(0, self.tools.begin(block), field("toolUseId"), field("name")))
    }

    /// A piece of a block; signatures and encrypted reasoning are not for the client.
    fn piece(&mut self, block: u64, delta: &Value) -> Option<Chunk> {
        let text = |value: &Value| value.as_str().filter(|text| !text.is_empty()).map(str::to_owned);
        if let Some(said) = text(&delta["text"]) {
            return Some(self.chunks.text(0, &said));
        }
        if let Some(thought) = text(&delta["reasoningContent"]["text"]) {
            return Some(self.chunks.reasoning(0, &thought));
        }
        let piece = text(&delta["toolUse"]["input"])?;
        Some(self.chunks.tool_arguments(0, self.tools.piece(block)?, &piece))
    }
}

impl Reader for Events {
    fn read(&mut self, frame: Frame) -> Result<Vec<Chunk>, Problem> {
        // An event without a name is a message of type `error`, whose words are in headers no frame keeps.
        if frame.event.is_empty() || frame.event.ends_with("Exception") {
            return Err(failed(&frame));
        }
        if frame.data.trim().is_empty() {
            return Ok(Vec::new());
        }
        let event: Value =
            serde_json::from_str(&frame.data).map_err(|_| Problem::garbled("an event is not JSON"))?;
        let block = event["contentBlockIndex"].as_u64().unwrap_or_default();
        let chunk = match frame.event.as_str() {
            "messageStart" => Some(self.chunks.role(0)),
            "contentBlockStart" => self.begin(block, &event["start"]),
            "contentBlockDelta" => self.piece(block, &event["delta"]),
            "contentBlockStop" => {
                self.tools.end(block).map(|number| self.chunks.tool_arguments(0, number, "{}"))
            }
            "messageStop" => {
                self.whole = true;
                Some(self.chunks.finish(0, finish_reason(event["stopReason"].as_str())))
            }
            "metadata" => event.get("usage").map(|counts| self.chunks.usage(usage(counts))),
            // Events that are newer than this.
            _ => None,
        };
        Ok(chunk.into_iter().collect())
    }

    fn is_whole(&self) -> bool {
        self.whole
    }
}

/// What an exception says, with the status that stands for it.
fn failed(frame: &Frame) -> Problem {
    let body: Value = serde_json::from_str(&frame.data).unwrap_or_default();
    let message = body["message"].as_str().or_else(|| body["originalMessage"].as_str());
    let status = match frame.event.as_str() {
        "validationException" => Some(400),
        "throttlingException" => Some(429),
        "internalServerException" => Some(500),
        // AWS has 424 here, which would blame the client.
        "modelStreamErrorException" => Some(502),
        "serviceUnavailableException" => Some(503),
        "modelTimeoutException" => Some(504),
        _ => None,
    };
    Problem {
        message: message.unwrap_or("the stream broke off with an error").to_owned(),
        code: Some(frame.event.clone()).filter(|event| !event.is_empty()),
        status,
        ..Problem::default()
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::Flavour;
    use super::super::super::recorded::{chat, collect, essence};
    use super::super::Bedrock;
    use super::*;
    use aws_smithy_eventstream::frame::write_message_to;
    use aws_smithy_types::event_stream::{Header, HeaderValue, Message};
    use serde_json::json;

    fn message(headers: &[(&str, &str)], data: &Value) -> Vec<u8> {
        let mut message = Message::new(data.to_string().into_bytes());
        for (name, value) in headers {
            let value = HeaderValue::String((*value).to_owned().into());
            message = message.add_header(Header::new((*name).to_owned(), value));
        }
        let mut bytes = Vec::new();
        write_message_to(&message, &mut bytes).unwrap();
        bytes
    }

    fn stream(events: &[(&str, Value)]) -> Vec<u8> {
        let event = |(name, data): &(&str, Value)| {
            let kind = if name.ends_with("Exception") { "exception" } else { "event" };
            message(&[(&format!(":{kind}-type"), name), (":message-type", kind)], data)
        };
        events.iter().flat_map(event).collect()
    }

    fn delta(block: u64, delta: Value) -> (&'static str, Value) {
        ("contentBlockDelta", json!({"contentBlockIndex": block, "delta": delta, "p": "abcd"}))
    }

    fn call(block: u64, id: &str, name: &str) -> (&'static str, Value) {
        let start = json!({"toolUse": {"toolUseId": id, "name": name}});
        ("contentBlockStart", json!({"contentBlockIndex": block, "start": start}))
    }

    fn stop(block: u64) -> (&'static str, Value) {
        ("contentBlockStop", json!({"contentBlockIndex": block}))
    }

    fn start() -> (&'static str, Value) {
        ("messageStart", json!({"role": "assistant"}))
    }

    #[test]
    fn a_text_answer_streams_with_its_usage_after_its_end() {
        let usage =
            json!({"inputTokens": 2, "outputTokens": 3, "totalTokens": 15, "cacheReadInputTokens": 10});
        let recorded = stream(&[
            start(),
            delta(0, json!({"reasoningContent": {"text": "Hm."}})),
            delta(0, json!({"reasoningContent": {"signature": "c2ln"}})),
            stop(0),
            delta(1, json!({"text": "Grüß dich"})),
            stop(1),
            ("messageStop", json!({"stopReason": "max_tokens"})),
            ("metadata", json!({"usage": usage, "metrics": {"latencyMs": 9}})),
        ]);
        assert_eq!(
            essence(&collect(&Bedrock, &json!({}), &recorded).unwrap()),
            [
                json!({"role": "assistant", "content": ""}),
                json!({"reasoning_content": "Hm."}),
                json!({"content": "Grüß dich"}),
                json!("length"),
                json!({"prompt_tokens": 12, "completion_tokens": 3, "total_tokens": 15,
                    "prompt_tokens_details": {"cached_tokens": 10}}),
            ]
        );
    }

    #[test]
    fn calls_are_numbered_by_themselves() {
        let recorded = stream(&[
            start(),
            delta(0, json!({"text": "I look."})),
            stop(0),
            call(1, "tooluse_a", "weather"),
            delta(1, json!({"toolUse": {"input": "{\"city\":"}})),
            delta(1, json!({"toolUse": {"input": "\"Bonn\"}"}})),
            stop(1),
            call(2, "tooluse_b", "time"),
            delta(2, json!({"toolUse": {"input": ""}})),
            stop(2),
            ("messageStop", json!({"stopReason": "tool_use"})),
        ]);
        let piece = |number: u64, piece: &str| {
            json!({"tool_calls": [
                {"index": number, "function": {"arguments": piece}}]})
        };
        let call = |number: u64, id: &str, name: &str| {
            json!({"tool_calls": [{"index": number, "id": id, "type": "function",
                "function": {"name": name, "arguments": ""}}]})
        };
        assert_eq!(
            essence(&collect(&Bedrock, &json!({}), &recorded).unwrap())[2..],
            [
                call(0, "tooluse_a", "weather"),
                piece(0, "{\"city\":"),
                piece(0, "\"Bonn\"}"),
                call(1, "tooluse_b", "time"),
                piece(1, "{}"),
                json!("tool_calls"),
            ]
        );
    }

    #[test]
    fn exceptions_inside_a_stream_have_their_status() {
        for (name, status) in [("throttlingException", 429), ("modelStreamErrorException", 502)] {
            let recorded = stream(&[start(), (name, json!({"message": "Too much"}))]);
            let problem = collect(&Bedrock, &json!({}), &recorded).unwrap_err();
            assert_eq!((problem.message.as_str(), problem.status), ("Too much", Some(status)));
            assert_eq!(problem.code.as_deref(), Some(name));
        }
        let nameless = message(&[(":message-type", "error"), (":error-code", "InternalError")], &json!({}));
        assert!(collect(&Bedrock, &json!({}), &nameless).is_err());
    }

    #[test]
    fn only_the_messages_stop_makes_it_whole() {
        let body = json!({});
        let mut reader = Bedrock.reader(&chat(&body, "model"));
        for (event, data) in [start(), delta(0, json!({"text": "a"})), stop(0)] {
            reader.read(Frame { event: event.into(), data: data.to_string() }).unwrap();
            assert!(!reader.is_whole());
        }
        reader
            .read(Frame { event: "messageStop".into(), data: "{\"stopReason\":\"end_turn\"}".into() })
            .unwrap();
        assert!(reader.is_whole());
    }
}
