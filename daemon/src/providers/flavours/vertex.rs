//! Google's Vertex AI: Gemini, Claude in Anthropic's shape, and embeddings, each under its publisher. The base URL
//! ends in the project and the location.

use super::anthropic::{self, Anthropic};
use super::gemini::{self, Stream};
use super::{Call, Flavour, Operation, Outgoing, Problem, Reader, conversation};
use crate::error::Error;
use serde_json::{Value, json};

/// The version of Anthropic's API on Vertex, which is in the body in place of a header.
const ANTHROPIC_VERSION: &str = "vertex-2023-10-16";

/// Vertex AI.
pub(super) struct Vertex;

fn is_claude(call: &Call<'_>) -> bool {
    call.model.starts_with("claude")
}

impl Flavour for Vertex {
    fn serves(&self, operation: Operation) -> bool {
        operation != Operation::Responses
    }

    fn outgoing(&self, call: &Call<'_>) -> Result<Outgoing, Error> {
        let model = gemini::segment(call.model);
        match (call.operation, is_claude(call)) {
            (Operation::Embeddings, true) => {
                Err(Error::invalid("model", "Claude has no embeddings: ask another model for them."))
            }
            (Operation::Embeddings, false) => {
                let path = format!("/publishers/google/models/{model}:predict");
                Ok(Outgoing::json(path, &embeddings_body(call)?))
            }
            (_, true) => {
                let method = if call.stream { "streamRawPredict" } else { "rawPredict" };
                let path = format!("/publishers/anthropic/models/{model}:{method}");
                Ok(Outgoing::json(path, &claude_body(call)?))
            }
            (_, false) => {
                let path = format!("/publishers/google/models/{model}:{}", gemini::method(call.stream));
                Ok(Outgoing::json(path, &gemini::body(call)?))
            }
        }
    }

    fn answer(&self, call: &Call<'_>, answer: Value) -> Result<Value, Problem> {
        match (call.operation, is_claude(call)) {
            (Operation::Embeddings, _) => embeddings(call.model, answer),
            (_, true) => Anthropic.answer(call, answer),
            (_, false) => gemini::answer(call.model, &answer),
        }
    }

    fn reader(&self, call: &Call<'_>) -> Box<dyn Reader> {
        if is_claude(call) { Anthropic.reader(call) } else { Box::new(Stream::new(call.model)) }
    }

    fn problem(&self, body: &Value) -> Problem {
        gemini::problem(body)
    }
}

/// Anthropic's body, whose model is in the path.
fn claude_body(call: &Call<'_>) -> Result<Value, Error> {
    let mut body = anthropic::body(call)?;
    if let Some(fields) = body.as_object_mut() {
        fields.shift_remove("model");
        fields.insert("anthropic_version".into(), ANTHROPIC_VERSION.into());
        if call.stream {
            fields.insert("stream".into(), true.into());
        }
    }
    Ok(body)
}

fn embeddings_body(call: &Call<'_>) -> Result<Value, Error> {
    let instances = conversation::inputs(call.body)?.into_iter().map(|text| json!({"content": text}));
    let mut body = json!({"instances": instances.collect::<Vec<_>>()});
    if let Some(dimensions) = conversation::number(call.body, "dimensions") {
        body["parameters"] = json!({"outputDimensionality": dimensions});
    }
    Ok(body)
}

fn embeddings(model: &str, mut answer: Value) -> Result<Value, Problem> {
    let found = answer.get_mut("predictions").and_then(Value::as_array_mut);
    let found = found.ok_or_else(|| Problem::garbled("there are no `predictions`"))?;
    let tokens: Option<u64> = found.iter().map(token_count).sum();
    let values = |prediction: &mut Value| prediction.pointer_mut("/embeddings/values").map(Value::take);
    let vectors: Option<Vec<Value>> = found.iter_mut().map(values).collect();
    let vectors = vectors.ok_or_else(|| Problem::garbled("a prediction has no `embeddings.values`"))?;
    Ok(conversation::embeddings(model, vectors, tokens))
}

/// The tokens of one text. Predictions are untyped, so that a count may come as `3.0`.
fn token_count(prediction: &Value) -> Option<u64> {
    let count = prediction.pointer("/embeddings/statistics/token_count")?;
    count.as_u64().or_else(|| format!("{:.0}", count.as_f64()?).parse().ok())
}

#[cfg(test)]
mod tests {
    use super::super::recorded::{chat, collect, essence};
    use super::*;

    fn outgoing(call: &Call<'_>) -> (String, Value) {
        let outgoing = Vertex.outgoing(call).unwrap();
        (outgoing.path, serde_json::from_slice(&outgoing.body).unwrap())
    }

    #[test]
    fn gemini_is_under_google() {
        let body = json!({"messages": [{"role": "user", "content": "Hi"}], "max_tokens": 5});
        let call = chat(&body, "gemini-2.5-flash");
        let (path, sent) = outgoing(&call);
        assert_eq!(path, "/publishers/google/models/gemini-2.5-flash:generateContent");
        let expected = json!({"contents": [{"role": "user", "parts": [{"text": "Hi"}]}],
            "generationConfig": {"maxOutputTokens": 5}});
        assert_eq!(sent, expected);
        let (path, _) = outgoing(&Call { stream: true, ..call });
        assert_eq!(path, "/publishers/google/models/gemini-2.5-flash:streamGenerateContent?alt=sse");
        let answer =
            json!({"candidates": [{"content": {"parts": [{"text": "Ho"}]}, "finishReason": "STOP"}]});
        assert_eq!(Vertex.answer(&call, answer).unwrap()["choices"][0]["message"]["content"], "Ho");
    }

    #[test]
    fn gemini_streams_as_it_does_elsewhere() {
        let stream = b"data: {\"candidates\":[{\"content\":{\"role\":\"model\",\"parts\":[{\"text\":\"Ho\"}]}}]}\n\n\
            data: {\"candidates\":[{\"finishReason\":\"STOP\"}],\"usageMetadata\":{\"promptTokenCount\":2}}\n\n";
        let essence = essence(&collect(&Vertex, &json!({}), stream).unwrap());
        let expected = [json!({"role": "assistant", "content": ""}), json!({"content": "Ho"}), json!("stop")];
        assert_eq!(essence[..3], expected);
        assert_eq!(essence[3]["prompt_tokens"], 2);
    }

    #[test]
    fn claude_is_under_anthropic_and_its_model_in_the_path() {
        let body = json!({"messages": [{"role": "user", "content": "Hi"}]});
        let call = chat(&body, "claude-sonnet-4@20250514");
        let (path, sent) = outgoing(&call);
        assert_eq!(path, "/publishers/anthropic/models/claude-sonnet-4@20250514:rawPredict");
        assert_eq!((sent.get("model"), &sent["anthropic_version"]), (None, &json!("vertex-2023-10-16")));
        assert!(sent["messages"].is_array());
        let (path, sent) = outgoing(&Call { stream: true, ..call });
        assert_eq!(path, "/publishers/anthropic/models/claude-sonnet-4@20250514:streamRawPredict");
        assert_eq!(sent["stream"], true);
        let call = Call { operation: Operation::Embeddings, ..call };
        assert_eq!(Vertex.outgoing(&call).unwrap_err().param.as_deref(), Some("model"));
    }

    #[test]
    fn embeddings_are_predictions_and_their_tokens_add_up() {
        let body = json!({"input": ["a", "b c"], "dimensions": 2});
        let call = Call { operation: Operation::Embeddings, ..chat(&body, "text-embedding-005") };
        let (path, sent) = outgoing(&call);
        assert_eq!(path, "/publishers/google/models/text-embedding-005:predict");
        let expected = json!({"instances": [{"content": "a"}, {"content": "b c"}],
            "parameters": {"outputDimensionality": 2}});
        assert_eq!(sent, expected);
        let prediction = |values: Value, count: Value| {
            json!({"embeddings": {"values": values,
            "statistics": {"token_count": count, "truncated": false}}})
        };
        let answer = json!({"predictions": [prediction(json!([1, 2]), json!(1)),
            prediction(json!([3, 4]), json!(2.0))]});
        let expected = json!({"object": "list", "model": "text-embedding-005", "data": [
            {"object": "embedding", "index": 0, "embedding": [1, 2]},
            {"object": "embedding", "index": 1, "embedding": [3, 4]}],
            "usage": {"prompt_tokens": 3, "total_tokens": 3}});
        assert_eq!(Vertex.answer(&call, answer).unwrap(), expected);
        assert!(Vertex.answer(&call, json!({})).is_err());
    }

    #[test]
    fn errors_are_googles_or_a_partners() {
        let google = json!([{"error": {"code": 404, "message": "No such model.", "status": "NOT_FOUND"}}]);
        assert_eq!(Vertex.problem(&google).code.as_deref(), Some("NOT_FOUND"));
        let partner = json!({"type": "error", "error": {"type": "overloaded_error", "message": "Busy."}});
        let problem = Vertex.problem(&partner);
        assert_eq!((problem.message.as_str(), problem.code.as_deref()), ("Busy.", Some("overloaded_error")));
    }
}
