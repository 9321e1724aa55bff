//! Gemini's flavour against streams and answers of its reference's shape.

use super::super::recorded::{chat, collect, essence, sent};
use super::*;

fn stream(responses: &[Value]) -> Vec<u8> {
    responses.iter().map(|response| format!("data: {response}\r\n\r\n")).collect::<String>().into_bytes()
}

fn candidate(parts: &Value, finish: Option<&str>) -> Value {
    let mut candidate = json!({"content": {"role": "model", "parts": parts}, "index": 0});
    finish.into_iter().for_each(|finish| candidate["finishReason"] = finish.into());
    candidate
}

#[test]
fn thoughts_text_and_cached_tokens_stream() {
    let stream = stream(&[
        json!({"candidates": [candidate(&json!([{"text": "Hm.", "thought": true}]), None)], "responseId": "r1",
            "modelVersion": "gemini-x", "usageMetadata": {"promptTokenCount": 8}}),
        json!({"candidates": [candidate(&json!([{"text": "Grüße"}]), None)]}),
        json!({"candidates": [candidate(&json!([{"text": " 🙂"}]), Some("STOP"))],
            "usageMetadata": {"promptTokenCount": 8, "cachedContentTokenCount": 4, "candidatesTokenCount": 3,
                "thoughtsTokenCount": 20, "totalTokenCount": 31}}),
    ]);
    let chunks = collect(&Gemini, &json!({}), &stream).unwrap();
    assert_eq!((&chunks[0].value["id"], &chunks[0].value["model"]), (&json!("r1"), &json!("gemini-x")));
    let expected = [
        json!({"role": "assistant", "content": ""}),
        json!({"reasoning_content": "Hm."}),
        json!({"content": "Grüße"}),
        json!({"content": " 🙂"}),
        json!("stop"),
        json!({"prompt_tokens": 8, "completion_tokens": 23, "total_tokens": 31,
            "prompt_tokens_details": {"cached_tokens": 4}, "completion_tokens_details": {"reasoning_tokens": 20}}),
    ];
    assert_eq!(essence(&chunks), expected);
}

#[test]
fn parallel_tool_calls_are_numbered_over_all_events() {
    let call = |city: &str| json!({"functionCall": {"id": city, "name": "weather", "args": {"city": city}}});
    let stream = stream(&[
        json!({"candidates": [candidate(&json!([call("Rome")]), None)]}),
        json!({"candidates": [candidate(&json!([call("Oslo")]), Some("STOP"))], "usageMetadata": {"promptTokenCount": 1}}),
    ]);
    let chunks = essence(&collect(&Gemini, &json!({}), &stream).unwrap());
    let calls = chunks.iter().filter_map(|delta| delta.pointer("/tool_calls/0"));
    let seen: Vec<(u64, &str)> = calls
        .map(|call| (call["index"].as_u64().unwrap(), call["function"]["arguments"].as_str().unwrap()))
        .collect();
    assert_eq!(seen, [(0, ""), (0, "{\"city\":\"Rome\"}"), (1, ""), (1, "{\"city\":\"Oslo\"}")]);
    assert!(chunks.contains(&json!("tool_calls")));
}

#[test]
fn several_candidates_are_several_choices() {
    let mut second = candidate(&json!([{"text": "b"}]), Some("MAX_TOKENS"));
    second["index"] = 1.into();
    let first = candidate(&json!([{"text": "a"}]), Some("STOP"));
    let response = json!({"candidates": [first, second], "usageMetadata": {"promptTokenCount": 2}});
    let whole = Gemini.answer(&chat(&json!({"n": 2}), "m"), response.clone()).unwrap();
    let reasons = whole["choices"].as_array().unwrap().iter().map(|choice| choice["finish_reason"].clone());
    assert_eq!(reasons.collect::<Vec<_>>(), ["stop", "length"]);
    let chunks = collect(&Gemini, &json!({}), &stream(&[response])).unwrap();
    assert!(chunks.iter().any(|chunk| chunk.value["choices"][0]["index"] == 1));
    assert_eq!(chunks.last().unwrap().value["usage"]["prompt_tokens"], 2);
}

#[test]
fn a_blocked_prompt_is_a_filtered_answer() {
    let response =
        json!({"promptFeedback": {"blockReason": "SAFETY"}, "usageMetadata": {"promptTokenCount": 2}});
    let whole = Gemini.answer(&chat(&json!({}), "m"), response.clone()).unwrap();
    assert_eq!(whole["choices"][0]["finish_reason"], "content_filter");
    let chunks = essence(&collect(&Gemini, &json!({}), &stream(&[response])).unwrap());
    assert_eq!(chunks[1], "content_filter");
}

#[test]
fn an_error_in_the_stream_is_an_error_with_its_status() {
    let error = json!([{"error": {"code": 429, "message": "slow down", "status": "RESOURCE_EXHAUSTED"}}]);
    let problem = collect(&Gemini, &json!({}), &stream(&[error])).unwrap_err();
    assert_eq!((problem.status, problem.code.as_deref()), (Some(429), Some("RESOURCE_EXHAUSTED")));
}

#[test]
fn a_request_is_said_in_geminis_terms() {
    let schema = json!({"type": "object", "properties": {}});
    let body = json!({
        "max_tokens": 50, "stop": ["a", "b"], "n": 2, "seed": 7, "logprobs": true, "top_logprobs": 3, "temperature": 0.5,
        "reasoning_effort": "low", "tool_choice": {"type": "function", "function": {"name": "f"}},
        "response_format": {"type": "json_schema", "json_schema": {"name": "a", "schema": schema}},
        "messages": [
            {"role": "developer", "content": "Be brief."},
            {"role": "user", "content": [{"type": "text", "text": "?"},
                {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}]},
            {"role": "assistant", "content": "", "tool_calls": [
                {"id": "c1", "type": "function", "function": {"name": "f", "arguments": "{\"x\":1}"}}]},
            {"role": "tool", "tool_call_id": "c1", "content": "sunny"},
        ],
        "tools": [{"type": "function", "function": {"name": "f", "description": "d", "parameters": schema}}],
    });
    let expected = json!({
        "contents": [
            {"role": "user", "parts": [{"text": "?"}, {"inlineData": {"mimeType": "image/png", "data": "AAAA"}}]},
            {"role": "model", "parts": [{"functionCall": {"name": "f", "args": {"x": 1}}}]},
            {"role": "user", "parts": [{"functionResponse": {"name": "f", "response": {"result": "sunny"}}}]},
        ],
        "systemInstruction": {"parts": [{"text": "Be brief."}]},
        "generationConfig": {
            "temperature": 0.5, "candidateCount": 2, "seed": 7, "logprobs": 3, "responseLogprobs": true,
            "maxOutputTokens": 50, "stopSequences": ["a", "b"], "responseMimeType": "application/json",
            "responseJsonSchema": schema, "thinkingConfig": {"thinkingBudget": 1024, "includeThoughts": true},
        },
        "tools": [{"functionDeclarations": [{"name": "f", "parametersJsonSchema": schema, "description": "d"}]}],
        "toolConfig": {"functionCallingConfig": {"mode": "ANY", "allowedFunctionNames": ["f"]}},
    });
    assert_eq!(sent(&Gemini, &body), expected);
    let outgoing = Gemini.outgoing(&Call { stream: true, ..chat(&body, "gemini-x") }).unwrap();
    assert_eq!(outgoing.path, "/models/gemini-x:streamGenerateContent?alt=sse");
}

#[test]
fn log_probabilities_are_told_in_openais_terms() {
    let mut answered = candidate(&json!([{"text": "Hi"}]), Some("STOP"));
    answered["logprobsResult"] = json!({
        "chosenCandidates": [{"token": "Hi", "logProbability": -0.1}],
        "topCandidates": [{"candidates": [{"token": "Hi", "logProbability": -0.1}, {"token": "Yo", "logProbability": -3.0}]}],
    });
    let whole = Gemini.answer(&chat(&json!({}), "m"), json!({"candidates": [answered]})).unwrap();
    let entry = &whole["choices"][0]["logprobs"]["content"][0];
    assert_eq!((&entry["logprob"], &entry["top_logprobs"][1]["token"]), (&json!(-0.1), &json!("Yo")));
}

#[test]
fn embeddings_come_in_the_order_of_their_texts() {
    let body = json!({"input": ["a", "b"], "dimensions": 2});
    let call = Call { operation: Operation::Embeddings, ..chat(&body, "e") };
    let sent: Value = serde_json::from_slice(&Gemini.outgoing(&call).unwrap().body).unwrap();
    assert_eq!(sent["requests"][1]["content"]["parts"][0]["text"], "b");
    assert_eq!(sent["requests"][0]["outputDimensionality"], 2);
    let answer = json!({"embeddings": [{"values": [1, 2]}, {"values": [3, 4]}]});
    assert_eq!(Gemini.answer(&call, answer).unwrap()["data"][1]["embedding"], json!([3, 4]));
}
