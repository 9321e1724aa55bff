//! Google's Gemini API: `generateContent` and `batchEmbedContents`. The base URL ends in the API's version.

mod answer;
mod request;
mod stream;

pub(super) use answer::answer;
pub(super) use request::body;
pub(super) use stream::Stream;

use super::{Call, Flavour, Operation, Outgoing, Problem, Reader, conversation};
use crate::error::Error;
use serde_json::{Value, json};

/// The Gemini API.
pub(super) struct Gemini;

impl Flavour for Gemini {
    fn serves(&self, operation: Operation) -> bool {
        operation != Operation::Responses
    }

    fn outgoing(&self, call: &Call<'_>) -> Result<Outgoing, Error> {
        let path = format!("/models/{}:", segment(call.model));
        if call.operation == Operation::Embeddings {
            return Ok(Outgoing::json(path + "batchEmbedContents", &embeddings_body(call)?));
        }
        Ok(Outgoing::json(path + method(call.stream), &body(call)?))
    }

    fn answer(&self, call: &Call<'_>, answer: Value) -> Result<Value, Problem> {
        match call.operation {
            Operation::Embeddings => embeddings(call.model, answer),
            _ => self::answer(call.model, &answer),
        }
    }

    fn reader(&self, call: &Call<'_>) -> Box<dyn Reader> {
        Box::new(Stream::new(call.model))
    }

    fn problem(&self, body: &Value) -> Problem {
        problem(body)
    }
}

/// The method that answers a chat.
pub(super) fn method(stream: bool) -> &'static str {
    if stream { "streamGenerateContent?alt=sse" } else { "generateContent" }
}

/// A model's name as a segment of a path. Vertex writes versions after an `@`, which needs no escape.
pub(super) fn segment(model: &str) -> String {
    let escaped: String = form_urlencoded::byte_serialize(model.as_bytes()).collect();
    escaped.replace('+', "%20").replace("%40", "@")
}

/// What an error's body says, in Google's shape or in that of a partner on Vertex.
pub(super) fn problem(body: &Value) -> Problem {
    let body = inner(body);
    let error = body.get("error").unwrap_or(body);
    let text = |name: &str| error.get(name).and_then(Value::as_str).map(str::to_owned);
    let plain = || error.as_str().map(str::to_owned);
    let number = || error.get("code").and_then(Value::as_u64).map(|code| code.to_string());
    Problem {
        message: text("message").or_else(plain).unwrap_or_default(),
        code: text("status").or_else(|| text("type")).or_else(number),
        ..Problem::default()
    }
}

/// Errors of a stream's request come within a list.
fn inner(body: &Value) -> &Value {
    body.as_array().and_then(|list| list.first()).unwrap_or(body)
}

fn embeddings_body(call: &Call<'_>) -> Result<Value, Error> {
    let dimensions = conversation::number(call.body, "dimensions");
    let request = |text: &str| {
        let mut request = json!({
            "model": format!("models/{}", call.model),
            "content": {"parts": [{"text": text}]},
        });
        if let Some(dimensions) = &dimensions {
            request["outputDimensionality"] = dimensions.clone();
        }
        request
    };
    let requests: Vec<Value> = conversation::inputs(call.body)?.into_iter().map(request).collect();
    Ok(json!({"requests": requests}))
}

fn embeddings(model: &str, mut answer: Value) -> Result<Value, Problem> {
    let tokens = answer.pointer("/usageMetadata/promptTokenCount").and_then(Value::as_u64);
    let found = answer.get_mut("embeddings").and_then(Value::as_array_mut);
    let found = found.ok_or_else(|| Problem::garbled("there are no `embeddings`"))?;
    let values = |embedding: &mut Value| embedding.get_mut("values").map(Value::take);
    let vectors: Option<Vec<Value>> = found.iter_mut().map(values).collect();
    let vectors = vectors.ok_or_else(|| Problem::garbled("an embedding has no `values`"))?;
    Ok(conversation::embeddings(model, vectors, tokens))
}

#[cfg(test)]
mod tests {
    use super::super::recorded::chat;
    use super::*;

    #[test]
    fn the_path_has_the_model_and_the_method() {
        let body = json!({"messages": []});
        let path =
            |model: &str, stream: bool| Gemini.outgoing(&Call { stream, ..chat(&body, model) }).unwrap().path;
        assert_eq!(path("gemini-2.5-pro", false), "/models/gemini-2.5-pro:generateContent");
        assert_eq!(path("gemini-2.5-pro", true), "/models/gemini-2.5-pro:streamGenerateContent?alt=sse");
        assert_eq!(path("a b/../c@1", false), "/models/a%20b%2F..%2Fc@1:generateContent");
    }

    #[test]
    fn texts_are_embedded_in_one_batch() {
        let body = json!({"input": ["a", "b"], "dimensions": 2});
        let call = Call { operation: Operation::Embeddings, ..chat(&body, "gemini-embedding-001") };
        let outgoing = Gemini.outgoing(&call).unwrap();
        assert_eq!(outgoing.path, "/models/gemini-embedding-001:batchEmbedContents");
        let request = |text: &str| {
            json!({"model": "models/gemini-embedding-001",
            "content": {"parts": [{"text": text}]}, "outputDimensionality": 2})
        };
        let sent: Value = serde_json::from_slice(&outgoing.body).unwrap();
        assert_eq!(sent, json!({"requests": [request("a"), request("b")]}));
        let answer = json!({"embeddings": [{"values": [0.5, 1]}, {"values": [0, 0.25]}]});
        let expected = json!({"object": "list", "model": "gemini-embedding-001", "data": [
            {"object": "embedding", "index": 0, "embedding": [0.5, 1]},
            {"object": "embedding", "index": 1, "embedding": [0, 0.25]}]});
        assert_eq!(Gemini.answer(&call, answer).unwrap(), expected);
        assert!(Gemini.answer(&call, json!({"embeddings": [{}]})).is_err());
    }

    #[test]
    fn errors_may_come_in_a_list() {
        let error = json!({"error": {"code": 429, "message": "Slow down.", "status": "RESOURCE_EXHAUSTED"}});
        for body in [error.clone(), json!([error])] {
            let problem = Gemini.problem(&body);
            assert_eq!(problem.message, "Slow down.");
            assert_eq!(problem.code.as_deref(), Some("RESOURCE_EXHAUSTED"));
        }
        assert_eq!(Gemini.problem(&json!("oops")), Problem { message: "oops".into(), ..Problem::default() });
    }
}
