//! `streamGenerateContent`: each event is a `GenerateContentResponse` with what is new.

use super::super::chunks::Chunks;
use super::super::{Chunk, Problem, Reader};
use super::answer::{Parts, Piece, candidates, finish_reason, identify, index, is_blocked, logprobs, usage};
use crate::providers::framing::Frame;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Reads a streamed answer.
pub(crate) struct Stream {
    chunks: Chunks,
    parts: Option<Parts>,
    /// The choices that began.
    choices: BTreeMap<usize, Choice>,
    /// What was used so far and is not yet told: it grows with every event.
    usage: Option<Value>,
}

#[derive(Default)]
struct Choice {
    calls: usize,
    ended: bool,
}

impl Stream {
    /// For an answer of a model.
    pub(crate) fn new(model: &str) -> Self {
        Self { chunks: Chunks::new(model), parts: None, choices: BTreeMap::new(), usage: None }
    }

    fn candidate(&mut self, event: &Value, candidate: &Value, out: &mut Vec<Chunk>) {
        // A part of the stream may hold any of the candidates: only the first is left unnumbered.
        let number = index(candidate, 0);
        let parts = self.parts.get_or_insert_with(|| Parts::of(event));
        let choice = self.choices.entry(number).or_insert_with(|| {
            out.push(self.chunks.role(number));
            Choice::default()
        });
        let before = out.len();
        for piece in parts.read(candidate, number, choice.calls) {
            match piece {
                Piece::Text(text) => out.push(self.chunks.text(number, &text)),
                Piece::Reasoning(text) => out.push(self.chunks.reasoning(number, &text)),
                Piece::Call(call) => {
                    out.extend(tool_call(&self.chunks, number, choice.calls, &call));
                    choice.calls += 1;
                }
            }
        }
        if let Some(logprobs) = logprobs(candidate) {
            if out.len() == before {
                out.push(self.chunks.delta(number, json!({})));
            }
            out[before].value["choices"][0]["logprobs"] = logprobs;
        }
        let reason = finish_reason(candidate, choice.calls > 0);
        if let Some(reason) = reason.filter(|_| !choice.ended) {
            choice.ended = true;
            out.push(self.chunks.finish(number, reason));
        }
    }

    /// Ends what a filter cut off, or what it let never begin.
    fn block(&mut self, out: &mut Vec<Chunk>) {
        if self.choices.is_empty() {
            out.push(self.chunks.role(0));
            self.choices.insert(0, Choice::default());
        }
        for (number, choice) in self.choices.iter_mut().filter(|(_, choice)| !choice.ended) {
            choice.ended = true;
            out.push(self.chunks.finish(*number, "content_filter"));
        }
    }
}

/// A call comes whole: its beginning, and its arguments in one piece.
fn tool_call(chunks: &Chunks, choice: usize, number: usize, call: &Value) -> [Chunk; 2] {
    let text = |pointer: &str| call.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
    let mut begun = chunks.tool_call(choice, number, text("/id"), text("/function/name"));
    if let Some(extra) = call.get("extra_content") {
        begun.value["choices"][0]["delta"]["tool_calls"][0]["extra_content"] = extra.clone();
    }
    [begun, chunks.tool_arguments(choice, number, text("/function/arguments"))]
}

impl Reader for Stream {
    fn read(&mut self, frame: Frame) -> Result<Vec<Chunk>, Problem> {
        if frame.data.trim().is_empty() {
            return Ok(Vec::new());
        }
        let event: Value =
            serde_json::from_str(&frame.data).map_err(|_| Problem::garbled("an event is not JSON"))?;
        let inner = super::inner(&event);
        if let Some(error) = inner.get("error").filter(|error| !error.is_null()) {
            let status = error.get("code").and_then(Value::as_u64).and_then(|code| u16::try_from(code).ok());
            return Err(Problem { status, ..super::problem(&event) });
        }
        if !event.is_object() {
            return Err(Problem::garbled("an event is no response"));
        }
        identify(&mut self.chunks, &event);
        let mut out = Vec::new();
        for candidate in candidates(&event) {
            self.candidate(&event, candidate, &mut out);
        }
        if is_blocked(&event) && candidates(&event).is_empty() {
            self.block(&mut out);
        }
        if let Some(usage) = usage(&event) {
            self.usage = Some(usage);
        }
        if self.is_whole()
            && let Some(usage) = self.usage.take()
        {
            out.push(self.chunks.usage(usage));
        }
        Ok(out)
    }

    fn is_whole(&self) -> bool {
        !self.choices.is_empty() && self.choices.values().all(|choice| choice.ended)
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::recorded::{collect, essence};
    use super::super::Gemini;
    use super::*;

    fn stream(events: &[Value]) -> Vec<u8> {
        events.iter().flat_map(|event| format!("data: {event}\r\n\r\n").into_bytes()).collect()
    }

    fn read(events: &[Value]) -> Vec<Chunk> {
        collect(&Gemini, &json!({}), &stream(events)).unwrap()
    }

    fn event(parts: &Value) -> Value {
        json!({"candidates": [{"content": {"role": "model", "parts": parts}, "index": 0}],
            "responseId": "resp-1", "modelVersion": "gemini-2.5-pro"})
    }

    fn ended(parts: &Value, reason: &str) -> Value {
        let mut event = event(parts);
        event["candidates"][0]["finishReason"] = reason.into();
        event
    }

    #[test]
    fn reasoning_then_text_and_the_last_usage() {
        let mut events = [
            event(&json!([{"text": "Hm.", "thought": true}])),
            event(&json!([{"text": "Grüß "}])),
            ended(&json!([{"text": "dich"}, {"text": ""}]), "STOP"),
        ];
        events[0]["usageMetadata"] = json!({"promptTokenCount": 10, "totalTokenCount": 10});
        events[2]["usageMetadata"] = json!({"promptTokenCount": 10, "cachedContentTokenCount": 8,
            "candidatesTokenCount": 3, "thoughtsTokenCount": 4, "totalTokenCount": 17});
        let chunks = read(&events);
        let expected = [
            json!({"role": "assistant", "content": ""}),
            json!({"reasoning_content": "Hm."}),
            json!({"content": "Grüß "}),
            json!({"content": "dich"}),
            json!("stop"),
            json!({"prompt_tokens": 10, "completion_tokens": 7, "total_tokens": 17,
                "prompt_tokens_details": {"cached_tokens": 8},
                "completion_tokens_details": {"reasoning_tokens": 4}}),
        ];
        assert_eq!(essence(&chunks), expected);
        assert_eq!(
            (&chunks[0].value["id"], &chunks[0].value["model"]),
            (&json!("resp-1"), &json!("gemini-2.5-pro"))
        );
    }

    #[test]
    fn parallel_calls_are_numbered_across_events() {
        let call = |name: &str, args: Value| json!({"functionCall": {"name": name, "args": args}});
        let mut first = call("weather", json!({"city": "Oslo"}));
        first["thoughtSignature"] = "c2ln".into();
        let events = [
            event(&json!([first, call("weather", json!({"city": "Rome"}))])),
            event(&json!([{"functionCall": {"id": "given", "name": "clock"}}])),
            ended(&json!([]), "STOP"),
        ];
        let begun = |index: u8, id: &str, name: &str| {
            json!({"tool_calls": [{"index": index, "id": id,
            "type": "function", "function": {"name": name, "arguments": ""}}]})
        };
        let arguments = |index: u8, text: &str| {
            let call = json!({"index": index, "function": {"arguments": text}});
            json!({"tool_calls": [call]})
        };
        let mut signed = begun(0, "call_resp-1_0_0", "weather");
        signed["tool_calls"][0]["extra_content"] = json!({"google": {"thought_signature": "c2ln"}});
        let expected = [
            json!({"role": "assistant", "content": ""}),
            signed,
            arguments(0, "{\"city\":\"Oslo\"}"),
            begun(1, "call_resp-1_0_1", "weather"),
            arguments(1, "{\"city\":\"Rome\"}"),
            begun(2, "given", "clock"),
            arguments(2, "{}"),
            json!("tool_calls"),
        ];
        assert_eq!(essence(&read(&events)), expected);
    }

    #[test]
    fn several_candidates_end_before_the_usage_is_told() {
        let said = |index: u8, text: &str, reason: Value| {
            json!({"index": index, "finishReason": reason,
            "content": {"role": "model", "parts": [{"text": text}]}})
        };
        let used = json!({"promptTokenCount": 1, "candidatesTokenCount": 4});
        let events = [
            json!({"candidates": [said(0, "A", Value::Null), said(1, "B", Value::Null)]}),
            json!({"candidates": [said(0, "a", "STOP".into())], "usageMetadata": {"promptTokenCount": 1}}),
            json!({"candidates": [said(1, "b", "MAX_TOKENS".into())], "usageMetadata": used}),
        ];
        let chunks = read(&events);
        let indices: Vec<_> =
            chunks.iter().map(|chunk| chunk.value["choices"][0]["index"].as_u64()).collect();
        let expected = [Some(0), Some(0), Some(1), Some(1), Some(0), Some(0), Some(1), Some(1), None];
        assert_eq!(indices, expected);
        let essence = essence(&chunks);
        assert_eq!((&essence[5], &essence[7]), (&json!("stop"), &json!("length")));
        assert_eq!(essence[8]["total_tokens"], 5);
    }

    #[test]
    fn an_error_inside_a_stream_is_an_error() {
        let error = json!({"error": {"code": 503, "message": "Too busy.", "status": "UNAVAILABLE"}});
        for error in [error.clone(), json!([error])] {
            let stream = stream(&[event(&json!([{"text": "A"}])), error]);
            let problem = collect(&Gemini, &json!({}), &stream).unwrap_err();
            let expected = Problem {
                message: "Too busy.".into(),
                code: Some("UNAVAILABLE".into()),
                status: Some(503),
                ..Problem::default()
            };
            assert_eq!(problem, expected);
        }
        assert!(collect(&Gemini, &json!({}), b"data: [1]\n\n").is_err());
        assert!(collect(&Gemini, &json!({}), b"data: {\"cand\n\n").is_err());
    }

    #[test]
    fn a_blocked_prompt_is_an_empty_filtered_answer() {
        let events = [json!({"promptFeedback": {"blockReason": "SAFETY"},
            "usageMetadata": {"promptTokenCount": 3, "totalTokenCount": 3}})];
        let essence = essence(&read(&events));
        assert_eq!(essence[..2], [json!({"role": "assistant", "content": ""}), json!("content_filter")]);
        assert_eq!(essence[2]["prompt_tokens"], 3);
    }

    #[test]
    fn probabilities_come_with_their_text() {
        let mut last = ended(&json!([{"text": "A"}]), "STOP");
        last["candidates"][0]["logprobsResult"] = json!({"chosenCandidates":
            [{"token": "A", "logProbability": -0.25}]});
        let chunks = read(&[last]);
        assert_eq!(chunks[1].value["choices"][0]["delta"], json!({"content": "A"}));
        assert_eq!(chunks[1].value["choices"][0]["logprobs"]["content"][0]["logprob"], -0.25);
    }

    #[test]
    fn a_stream_is_whole_once_all_that_began_has_ended() {
        let mut reader = Stream::new("model");
        let mut whole = |event: &Value| {
            reader.read(Frame { event: String::new(), data: event.to_string() }).unwrap();
            reader.is_whole()
        };
        assert!(!whole(&json!({"usageMetadata": {"promptTokenCount": 1}})));
        assert!(!whole(&event(&json!([{"text": "A"}]))));
        assert!(whole(&ended(&json!([]), "OTHER")));
    }
}
