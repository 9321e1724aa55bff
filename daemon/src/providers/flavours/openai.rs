//! OpenAI's own shape: Chat Completions, Embeddings, and Responses where the provider has them. Nothing is translated:
//! what the daemon doesn't know passes through as it is.

use super::{Call, Chunk, Flavour, Operation, Outgoing, Problem, Reader, responses};
use crate::error::Error;
use crate::providers::framing::Frame;
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};
use serde_json::Value;

pub(super) struct OpenAi;

impl Flavour for OpenAi {
    fn serves(&self, _: Operation) -> bool {
        true
    }

    fn outgoing(&self, call: &Call<'_>) -> Result<Outgoing, Error> {
        let path = match call.operation {
            Operation::Chat => "/chat/completions",
            Operation::Embeddings => "/embeddings",
            Operation::Responses => "/responses",
        };
        Ok(Outgoing { path: path.into(), headers: Vec::new(), body: body(call)? })
    }

    fn answer(&self, call: &Call<'_>, answer: Value) -> Result<Value, Problem> {
        let list = match call.operation {
            Operation::Chat => "choices",
            Operation::Embeddings => "data",
            Operation::Responses => "output",
        };
        match answer.get(list) {
            Some(Value::Array(_)) => Ok(answer),
            _ => Err(Problem::garbled(&format!("there are no `{list}`"))),
        }
    }

    fn reader(&self, call: &Call<'_>) -> Box<dyn Reader> {
        match call.operation {
            Operation::Responses => Box::new(responses::Events::default()),
            Operation::Chat | Operation::Embeddings => Box::new(Chunks::default()),
        }
    }
}

/// The request's body with the provider's model. A stream always tells what it used, so that it can be metered.
pub(super) fn body(call: &Call<'_>) -> Result<Vec<u8>, Error> {
    Ok(serde_json::to_vec(&Body(call))?)
}

struct Body<'a>(&'a Call<'a>);

impl Serialize for Body<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Call { body, model, stream, operation, reads_signatures, .. } = self.0;
        let ours = ["model", "stream", "stream_options"];
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("model", model)?;
        for (name, value) in body.iter().filter(|(name, _)| !ours.contains(&name.as_str())) {
            match value {
                Value::Array(messages) if name == "messages" && !reads_signatures && is_signed(messages) => {
                    map.serialize_entry(name, &unsigned(messages))?;
                }
                value => map.serialize_entry(name, value)?,
            }
        }
        if *stream {
            map.serialize_entry("stream", &true)?;
        }
        if *stream && *operation == Operation::Chat {
            let mut options = body.get("stream_options").cloned().unwrap_or_else(|| serde_json::json!({}));
            options["include_usage"] = true.into();
            map.serialize_entry("stream_options", &options)?;
        }
        map.end()
    }
}

/// What Gemini's models sign their tool calls in, and nobody else's know: OpenAI's refuse fields that they don't.
const SIGNED: &str = "extra_content";

/// Whether a tool call of the conversation is signed by a model of another maker.
fn is_signed(messages: &[Value]) -> bool {
    let calls = messages.iter().filter_map(|message| message.get("tool_calls")?.as_array()).flatten();
    calls.into_iter().any(|call| call.get(SIGNED).is_some())
}

fn unsigned(messages: &[Value]) -> Vec<Value> {
    let mut messages = messages.to_vec();
    let calls = messages.iter_mut().filter_map(|message| message.get_mut("tool_calls")?.as_array_mut());
    for call in calls.flatten().filter_map(Value::as_object_mut) {
        call.shift_remove(SIGNED);
    }
    messages
}

/// Reads `chat.completion.chunk` events.
#[derive(Default)]
struct Chunks {
    finished: bool,
    done: bool,
}

impl Reader for Chunks {
    fn read(&mut self, frame: Frame) -> Result<Vec<Chunk>, Problem> {
        if frame.data.trim() == "[DONE]" {
            self.done = true;
            return Ok(Vec::new());
        }
        if frame.data.trim().is_empty() {
            return Ok(Vec::new());
        }
        let value: Value =
            serde_json::from_str(&frame.data).map_err(|_| Problem::garbled("an event is not JSON"))?;
        if let Some(error) = value.get("error").filter(|error| !error.is_null()) {
            let mut problem = OpenAi.problem(&value);
            let code = error.get("code").or_else(|| error.get("status"));
            problem.status = code.and_then(Value::as_u64).and_then(|status| u16::try_from(status).ok());
            return Err(problem);
        }
        if !value.get("choices").is_some_and(Value::is_array) && value.get("usage").is_none() {
            return Err(Problem::garbled("an event has no choices"));
        }
        let choices = value.get("choices").and_then(Value::as_array).into_iter().flatten();
        self.finished |=
            choices.into_iter().any(|c| c.get("finish_reason").is_some_and(|reason| !reason.is_null()));
        Ok(vec![Chunk { value, raw: Some(frame.data) }])
    }

    /// Some providers never send `[DONE]`: a choice that ended is end enough.
    fn is_whole(&self) -> bool {
        self.finished || self.done
    }
}

#[cfg(test)]
mod tests {
    use super::super::recorded::{chat, collect};
    use super::*;
    use serde_json::json;

    #[test]
    fn unknown_fields_pass_through_and_streams_are_metered() {
        let body = json!({"model": "tier", "messages": [], "x_new": {"a": 1}, "stream": true,
            "stream_options": {"include_obfuscation": false}});
        let outgoing = OpenAi.outgoing(&Call { stream: true, ..chat(&body, "gpt-x") }).unwrap();
        let sent: Value = serde_json::from_slice(&outgoing.body).unwrap();
        assert_eq!(
            sent,
            json!({"model": "gpt-x", "messages": [], "x_new": {"a": 1}, "stream": true,
                "stream_options": {"include_obfuscation": false, "include_usage": true}})
        );
    }

    #[test]
    fn what_gemini_signed_goes_to_google_only() {
        let call = json!({"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}});
        let mut signed = call.clone();
        signed["extra_content"] = json!({"google": {"thought_signature": "c2ln"}});
        let messages = |call: &Value| json!([{"role": "assistant", "content": null, "tool_calls": [call]}]);
        let body = json!({"messages": messages(&signed)});
        for (reads_signatures, expected) in [(true, &signed), (false, &call)] {
            let outgoing = OpenAi.outgoing(&Call { reads_signatures, ..chat(&body, "m") }).unwrap();
            let sent: Value = serde_json::from_slice(&outgoing.body).unwrap();
            assert_eq!(sent["messages"], messages(expected));
        }
    }

    #[test]
    fn a_chunk_keeps_the_text_that_it_came_as() {
        let data = r#"{"choices":[{"index":0,"delta":{"content":"a"},"finish_reason":null}], "x": 1}"#;
        let chunks = collect(&OpenAi, &json!({}), format!("data: {data}\n\n").as_bytes());
        assert_eq!(chunks.unwrap()[0].raw.as_deref(), Some(data));
    }

    #[test]
    fn an_error_inside_a_stream_is_an_error() {
        let stream = b"data: {\"error\": {\"message\": \"too many\", \"code\": 429}}\n\n";
        let problem = collect(&OpenAi, &json!({}), stream).unwrap_err();
        assert_eq!((problem.message.as_str(), problem.status), ("too many", Some(429)));
    }
}
