//! Google's Vertex AI: Gemini's shape for Google's models, Anthropic's for Claude.

use super::{Call, Flavour, Operation, Outgoing, Problem, Reader, anthropic, conversation, gemini};
use crate::error::Error;
use serde_json::{Value, json};

/// The version of Anthropic's API as Vertex names it.
const ANTHROPIC_VERSION: &str = "vertex-2023-10-16";

pub(super) struct Vertex;

fn is_claude(call: &Call<'_>) -> bool {
    call.model.starts_with("claude")
}

impl Flavour for Vertex {
    fn serves(&self, operation: Operation) -> bool {
        operation != Operation::Responses
    }

    fn outgoing(&self, call: &Call<'_>) -> Result<Outgoing, Error> {
        // A model's version stands behind an `@`, which Google wants as it is.
        let model = gemini::encoded(call.model).replace("%40", "@");
        if is_claude(call) {
            let method = if call.stream { "streamRawPredict" } else { "rawPredict" };
            let mut body = anthropic::body(call)?;
            body["anthropic_version"] = ANTHROPIC_VERSION.into();
            if call.stream {
                body["stream"] = true.into();
            }
            return Ok(Outgoing::json(format!("/publishers/anthropic/models/{model}:{method}"), &body));
        }
        let path = format!("/publishers/google/models/{model}");
        if call.operation == Operation::Embeddings {
            let texts = conversation::inputs(call.body)?.into_iter().map(|text| json!({"content": text}));
            let mut body = json!({"instances": texts.collect::<Vec<_>>()});
            if let Some(dimensions) = conversation::number(call.body, "dimensions") {
                body["parameters"] = json!({"outputDimensionality": dimensions});
            }
            return Ok(Outgoing::json(format!("{path}:predict"), &body));
        }
        Ok(Outgoing::json(format!("{path}{}", gemini::method(call)), &gemini::body(call.body)?))
    }

    fn answer(&self, call: &Call<'_>, answer: Value) -> Result<Value, Problem> {
        if call.operation == Operation::Embeddings {
            let predictions = answer.get("predictions").and_then(Value::as_array);
            let predictions = predictions.ok_or_else(|| Problem::garbled("there are no `predictions`"))?;
            let count = |one: &Value| one.pointer("/embeddings/statistics/token_count")?.as_f64();
            let tokens = predictions.iter().filter_map(count).sum::<f64>() as u64;
            let vectors = predictions.iter().map(|one| one["embeddings"]["values"].clone());
            return Ok(conversation::embeddings(
                call.model,
                vectors.collect(),
                (tokens > 0).then_some(tokens),
            ));
        }
        if is_claude(call) { anthropic::whole(call, &answer) } else { gemini::whole(call, &answer) }
    }

    fn reader(&self, call: &Call<'_>) -> Box<dyn Reader> {
        if is_claude(call) {
            Box::new(anthropic::Messages::new(call))
        } else {
            Box::new(gemini::Responses::new(call))
        }
    }

    fn problem(&self, body: &Value) -> Problem {
        let problem = gemini::problem(body);
        let is_known = !problem.message.is_empty();
        if is_known { problem } else { anthropic::Anthropic.problem(body) }
    }
}

#[cfg(test)]
mod tests {
    use super::super::recorded::{chat, sent};
    use super::*;

    #[test]
    fn claude_is_asked_in_its_own_terms() {
        let body = json!({"messages": [{"role": "user", "content": "?"}]});
        let outgoing = Vertex.outgoing(&Call { stream: true, ..chat(&body, "claude-x@20250101") }).unwrap();
        assert_eq!(outgoing.path, "/publishers/anthropic/models/claude-x@20250101:streamRawPredict");
        let sent: Value = serde_json::from_slice(&outgoing.body).unwrap();
        assert_eq!((&sent["anthropic_version"], &sent["model"]), (&json!(ANTHROPIC_VERSION), &Value::Null));
    }

    #[test]
    fn gemini_is_asked_in_googles() {
        let body = json!({"messages": [{"role": "user", "content": "?"}]});
        assert_eq!(sent(&Vertex, &body)["contents"][0]["parts"][0]["text"], "?");
        let path = Vertex.outgoing(&chat(&body, "gemini-x")).unwrap().path;
        assert_eq!(path, "/publishers/google/models/gemini-x:generateContent");
    }

    #[test]
    fn embeddings_tell_their_tokens() {
        let body = json!({"input": "a"});
        let call = Call { operation: Operation::Embeddings, ..chat(&body, "e") };
        let one = json!({"embeddings": {"values": [1, 2], "statistics": {"token_count": 3}}});
        let answer = Vertex.answer(&call, json!({"predictions": [one]})).unwrap();
        assert_eq!(
            (&answer["usage"]["prompt_tokens"], &answer["data"][0]["embedding"]),
            (&json!(3), &json!([1, 2]))
        );
    }
}
