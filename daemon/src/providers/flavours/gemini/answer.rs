//! `GenerateContentResponse`, whole: the parts of its reading that streams share.

use super::super::Problem;
use super::super::chunks::{self, Chunks};
use serde_json::{Value, json};

/// Most characters of an answer's id within its calls' ids: a few providers take no ids over 40 characters.
const STEM_LENGTH: usize = 24;

/// What a part says.
pub(super) enum Piece {
    Text(String),
    Reasoning(String),
    /// A call of a tool, as OpenAI's `tool_calls` have it.
    Call(Value),
}

/// Reads the parts of one answer's candidates.
pub(super) struct Parts {
    /// What the ids of its calls begin with.
    stem: String,
}

impl Parts {
    /// Gemini itself often gives calls no ids. They are made of the answer's, which no other answer has.
    pub(super) fn of(response: &Value) -> Self {
        let id = response.get("responseId").and_then(Value::as_str).unwrap_or_default();
        let plain = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        let id: String = id.chars().filter(plain).take(STEM_LENGTH).collect();
        Self { stem: if id.is_empty() { contract::id::new("call") } else { format!("call_{id}") } }
    }

    /// What a candidate says, after so many calls of its choice before.
    pub(super) fn read(&self, candidate: &Value, choice: usize, mut calls: usize) -> Vec<Piece> {
        let parts = candidate.pointer("/content/parts").and_then(Value::as_array).into_iter().flatten();
        let mut pieces = Vec::new();
        for part in parts {
            if let Some(call) = part.get("functionCall") {
                pieces.push(Piece::Call(self.call(part, call, choice, calls)));
                calls += 1;
            } else if let Some(text) =
                part.get("text").and_then(Value::as_str).filter(|text| !text.is_empty())
            {
                let thought = part.get("thought").and_then(Value::as_bool) == Some(true);
                pieces.push(if thought { Piece::Reasoning(text.into()) } else { Piece::Text(text.into()) });
            }
        }
        pieces
    }

    fn call(&self, part: &Value, call: &Value, choice: usize, number: usize) -> Value {
        let text = |name: &str| call.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
        let id = text("id").map(str::to_owned);
        let arguments = call.get("args").filter(|args| args.is_object()).map(Value::to_string);
        let mut call = json!({
            "id": id.unwrap_or_else(|| format!("{}_{choice}_{number}", self.stem)),
            "type": "function",
            "function": {
                "name": text("name").unwrap_or_default(),
                "arguments": arguments.unwrap_or_else(|| "{}".into()),
            },
        });
        if let Some(signature) = part.get("thoughtSignature") {
            // Newer models refuse the next request without it.
            call["extra_content"] = json!({"google": {"thought_signature": signature}});
        }
        call
    }
}

/// The choice that a candidate is, or its place where it does not say.
pub(super) fn index(candidate: &Value, place: usize) -> usize {
    let index = candidate.get("index").and_then(Value::as_u64);
    index.and_then(|index| usize::try_from(index).ok()).unwrap_or(place)
}

/// The end of a candidate, if it ended, as OpenAI calls it.
pub(super) fn finish_reason(candidate: &Value, has_calls: bool) -> Option<&'static str> {
    match candidate.get("finishReason").and_then(Value::as_str)? {
        "FINISH_REASON_UNSPECIFIED" => None,
        "STOP" if has_calls => Some("tool_calls"),
        "MAX_TOKENS" => Some("length"),
        "SAFETY"
        | "RECITATION"
        | "BLOCKLIST"
        | "PROHIBITED_CONTENT"
        | "SPII"
        | "LANGUAGE"
        | "IMAGE_SAFETY"
        | "IMAGE_PROHIBITED_CONTENT"
        | "IMAGE_RECITATION"
        | "MODEL_ARMOR" => Some("content_filter"),
        _ => Some("stop"),
    }
}

/// Whether the prompt was blocked, so that there are no candidates.
pub(super) fn is_blocked(response: &Value) -> bool {
    let reason = response.pointer("/promptFeedback/blockReason").and_then(Value::as_str);
    reason.is_some_and(|reason| reason != "BLOCK_REASON_UNSPECIFIED")
}

/// The candidates of a response.
pub(super) fn candidates(response: &Value) -> &[Value] {
    response.get("candidates").and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// OpenAI's usage, where the response has one.
pub(super) fn usage(response: &Value) -> Option<Value> {
    let usage = response.get("usageMetadata").filter(|usage| usage.is_object())?;
    let count = |name: &str| usage.get(name).and_then(Value::as_u64);
    let or_none = |name: &str| count(name).unwrap_or(0);
    let reasoning = count("thoughtsTokenCount");
    let input = or_none("promptTokenCount") + or_none("toolUsePromptTokenCount");
    let output = or_none("candidatesTokenCount") + reasoning.unwrap_or(0);
    Some(chunks::usage(input, or_none("cachedContentTokenCount"), 0, output, reasoning))
}

/// OpenAI's `logprobs`, where the candidate has them.
pub(super) fn logprobs(candidate: &Value) -> Option<Value> {
    let result = candidate.get("logprobsResult")?;
    let chosen = result.get("chosenCandidates").and_then(Value::as_array)?;
    let token = |candidate: &Value| {
        let text = candidate.get("token").and_then(Value::as_str).unwrap_or_default();
        // A probability of 1 has the logarithm 0, which the encoding leaves out.
        let logprob = candidate.get("logProbability").cloned().unwrap_or_else(|| 0.into());
        json!({"token": text, "logprob": logprob, "bytes": text.as_bytes()})
    };
    let content = chosen.iter().enumerate().map(|(n, candidate)| {
        let top = result.pointer(&format!("/topCandidates/{n}/candidates")).and_then(Value::as_array);
        let mut entry = token(candidate);
        entry["top_logprobs"] = top.into_iter().flatten().map(token).collect();
        entry
    });
    Some(json!({"content": content.collect::<Vec<_>>(), "refusal": null}))
}

/// A whole answer, in OpenAI's shape.
///
/// # Errors
/// If there are neither candidates nor a reason why not.
pub(crate) fn answer(model: &str, response: &Value) -> Result<Value, Problem> {
    let found = candidates(response);
    let parts = Parts::of(response);
    let choices: Vec<Value> = match found.is_empty() {
        false => found.iter().enumerate().map(|(n, candidate)| choice(&parts, candidate, n)).collect(),
        true if is_blocked(response) => {
            let message = json!({"role": "assistant", "content": ""});
            vec![json!({"index": 0, "message": message, "logprobs": null, "finish_reason": "content_filter"})]
        }
        true => return Err(Problem::garbled("there are no candidates")),
    };
    let mut chunks = Chunks::new(model);
    identify(&mut chunks, response);
    let mut whole = chunks.whole(Value::Null, "stop", usage(response).unwrap_or_default());
    whole["choices"] = choices.into();
    Ok(whole)
}

/// Takes the id and the model of a response.
pub(super) fn identify(chunks: &mut Chunks, response: &Value) {
    let text = |name: &str| response.get(name).and_then(Value::as_str);
    chunks.identify(text("responseId"), text("modelVersion"));
}

fn choice(parts: &Parts, candidate: &Value, place: usize) -> Value {
    let index = index(candidate, place);
    let (mut content, mut reasoning, mut calls) = (String::new(), String::new(), Vec::new());
    for piece in parts.read(candidate, index, 0) {
        match piece {
            Piece::Text(text) => content.push_str(&text),
            Piece::Reasoning(text) => reasoning.push_str(&text),
            Piece::Call(call) => calls.push(call),
        }
    }
    let reason = finish_reason(candidate, !calls.is_empty()).unwrap_or("stop");
    let mut message = json!({"role": "assistant", "content": content});
    if !reasoning.is_empty() {
        message["reasoning_content"] = reasoning.into();
    }
    if !calls.is_empty() {
        if content.is_empty() {
            message["content"] = Value::Null;
        }
        message["tool_calls"] = calls.into();
    }
    json!({
        "index": index,
        "message": message,
        "logprobs": logprobs(candidate),
        "finish_reason": reason,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(response: &Value) -> Value {
        let mut answer = answer("asked", response).unwrap();
        assert!(answer["created"].take().as_i64().unwrap() > 0);
        answer
    }

    fn candidate(parts: &Value, reason: &str) -> Value {
        json!({"content": {"role": "model", "parts": parts}, "finishReason": reason})
    }

    #[test]
    fn a_text_with_its_reasoning_and_what_it_used() {
        let parts = json!([{"text": "They ask ", "thought": true}, {"text": "for a sum.", "thought": true},
            {"text": "It is "}, {"text": "4."}]);
        let response = json!({
            "candidates": [candidate(&parts, "STOP")],
            "usageMetadata": {"promptTokenCount": 30, "cachedContentTokenCount": 20,
                "toolUsePromptTokenCount": 2, "candidatesTokenCount": 5, "thoughtsTokenCount": 7,
                "totalTokenCount": 44},
            "modelVersion": "gemini-2.5-flash",
            "responseId": "resp-1",
        });
        let expected = json!({
            "id": "resp-1", "object": "chat.completion", "created": null, "model": "gemini-2.5-flash",
            "choices": [{"index": 0, "message": {"role": "assistant", "content": "It is 4.",
                "reasoning_content": "They ask for a sum."}, "logprobs": null, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": 32, "completion_tokens": 12, "total_tokens": 44,
                "prompt_tokens_details": {"cached_tokens": 20},
                "completion_tokens_details": {"reasoning_tokens": 7}},
        });
        assert_eq!(read(&response), expected);
    }

    #[test]
    fn calls_have_ids_and_keep_their_signature() {
        let parts = json!([
            {"functionCall": {"name": "weather", "args": {"city": "Oslo"}}, "thoughtSignature": "c2ln"},
            {"functionCall": {"id": "given", "name": "clock"}}]);
        let answer = read(&json!({"candidates": [candidate(&parts, "STOP")], "responseId": "r/1"}));
        let expected = json!({"index": 0, "logprobs": null, "finish_reason": "tool_calls",
            "message": {"role": "assistant", "content": null, "tool_calls": [
                {"id": "call_r1_0_0", "type": "function",
                    "function": {"name": "weather", "arguments": "{\"city\":\"Oslo\"}"},
                    "extra_content": {"google": {"thought_signature": "c2ln"}}},
                {"id": "given", "type": "function", "function": {"name": "clock", "arguments": "{}"}}]}});
        assert_eq!((&answer["choices"][0], &answer["usage"]), (&expected, &Value::Null));
    }

    #[test]
    fn several_candidates_are_several_choices() {
        let second = candidate(&json!([{"text": "B"}]), "MAX_TOKENS");
        let answer = read(&json!({"candidates": [candidate(&json!([{"text": "A"}]), "STOP"), second]}));
        let seen =
            answer["choices"].as_array().unwrap().iter().map(|choice| {
                json!([choice["index"], choice["message"]["content"], choice["finish_reason"]])
            });
        assert_eq!(seen.collect::<Value>(), json!([[0, "A", "stop"], [1, "B", "length"]]));
    }

    #[test]
    fn probabilities_are_in_openais_shape() {
        let mut said = candidate(&json!([{"text": "Hé"}]), "STOP");
        said["logprobsResult"] = json!({
            "chosenCandidates": [{"token": "H", "tokenId": 1, "logProbability": -0.5}, {"token": "é"}],
            "topCandidates": [{"candidates": [{"token": "H", "logProbability": -0.5},
                {"token": "h", "logProbability": -1.5}]}]});
        let answer = read(&json!({"candidates": [said]}));
        let expected = json!({"refusal": null, "content": [
            {"token": "H", "logprob": -0.5, "bytes": [72], "top_logprobs": [
                {"token": "H", "logprob": -0.5, "bytes": [72]},
                {"token": "h", "logprob": -1.5, "bytes": [104]}]},
            {"token": "é", "logprob": 0, "bytes": [195, 169], "top_logprobs": []}]});
        assert_eq!(answer["choices"][0]["logprobs"], expected);
    }

    #[test]
    fn a_blocked_prompt_is_an_empty_filtered_answer() {
        let answer = read(&json!({"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"},
            "usageMetadata": {"promptTokenCount": 9}}));
        assert_eq!(answer["choices"][0]["message"]["content"], "");
        assert_eq!(answer["choices"][0]["finish_reason"], "content_filter");
        assert_eq!(answer["usage"]["total_tokens"], 9);
        assert!(super::answer("asked", &json!({"usageMetadata": {}})).is_err());
    }

    #[test]
    fn ends_have_openais_names() {
        let ends = [
            ("STOP", "stop"),
            ("MAX_TOKENS", "length"),
            ("SAFETY", "content_filter"),
            ("SPII", "content_filter"),
            ("MALFORMED_FUNCTION_CALL", "stop"),
            ("SOMETHING_NEW", "stop"),
        ];
        for (theirs, ours) in ends {
            assert_eq!(finish_reason(&json!({"finishReason": theirs}), false), Some(ours));
        }
        assert_eq!(finish_reason(&json!({}), false), None);
    }
}
