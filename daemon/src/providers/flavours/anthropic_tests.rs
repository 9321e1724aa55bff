//! Anthropic's flavour against streams and answers of its reference's shape.

use super::super::recorded::{chat, collect, essence, sent};
use super::*;

fn events(events: &[Value]) -> Vec<u8> {
    let event = |event: &Value| format!("event: {}\ndata: {event}\n\n", event["type"].as_str().unwrap());
    events.iter().map(event).collect::<String>().into_bytes()
}

fn start() -> Value {
    json!({"type": "message_start", "message": {"id": "msg_1", "type": "message", "role": "assistant", "content": [],
        "model": "claude-x", "stop_reason": null,
        "usage": {"input_tokens": 10, "cache_read_input_tokens": 90, "cache_creation_input_tokens": 5, "output_tokens": 1}}})
}

fn end(reason: &str) -> [Value; 2] {
    let delta = json!({"stop_reason": reason, "stop_sequence": null});
    [
        json!({"type": "message_delta", "delta": delta, "usage": {"output_tokens": 25}}),
        json!({"type": "message_stop"}),
    ]
}

fn delta(index: u64, delta: &Value) -> Value {
    json!({"type": "content_block_delta", "index": index, "delta": delta})
}

#[test]
fn reasoning_text_and_cached_tokens_stream() {
    let [one, two] = end("end_turn");
    let stream = events(&[
        start(),
        json!({"type": "content_block_start", "index": 0, "content_block": {"type": "thinking", "thinking": ""}}),
        json!({"type": "ping"}),
        delta(0, &json!({"type": "thinking_delta", "thinking": "Hm."})),
        delta(0, &json!({"type": "signature_delta", "signature": "abc="})),
        json!({"type": "content_block_stop", "index": 0}),
        json!({"type": "content_block_start", "index": 1, "content_block": {"type": "text", "text": ""}}),
        delta(1, &json!({"type": "text_delta", "text": "Grüße 🙂"})),
        one,
        two,
    ]);
    let chunks = collect(&Anthropic, &json!({}), &stream).unwrap();
    assert_eq!((&chunks[1].value["id"], &chunks[1].value["model"]), (&json!("msg_1"), &json!("claude-x")));
    let expected = [
        json!({"role": "assistant", "content": ""}),
        json!({"reasoning_content": "Hm."}),
        json!({"content": "Grüße 🙂"}),
        json!("stop"),
        json!({"prompt_tokens": 105, "completion_tokens": 25, "total_tokens": 130,
            "prompt_tokens_details": {"cached_tokens": 90, "cache_write_tokens": 5}}),
    ];
    assert_eq!(essence(&chunks), expected);
}

#[test]
fn parallel_tool_calls_are_numbered_by_themselves_and_stream_in_pieces() {
    let tool = |index: u64, id: &str| {
        let block = json!({"type": "tool_use", "id": id, "name": "weather", "input": {}});
        json!({"type": "content_block_start", "index": index, "content_block": block})
    };
    let piece =
        |index: u64, text: &str| delta(index, &json!({"type": "input_json_delta", "partial_json": text}));
    let [one, two] = end("tool_use");
    let stream = events(&[
        start(),
        json!({"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}),
        delta(0, &json!({"type": "text_delta", "text": "Let me look."})),
        tool(1, "toolu_a"),
        piece(1, ""),
        piece(1, "{\"city\":"),
        piece(1, " \"Rome\"}"),
        tool(2, "toolu_b"),
        piece(2, "{\"city\": \"Oslo\"}"),
        one,
        two,
    ]);
    let chunks = essence(&collect(&Anthropic, &json!({}), &stream).unwrap());
    let calls: Vec<&Value> = chunks.iter().filter_map(|delta| delta.pointer("/tool_calls/0")).collect();
    let seen: Vec<(u64, Option<&str>, &str)> = calls
        .iter()
        .map(|call| {
            let arguments = call["function"]["arguments"].as_str().unwrap();
            (call["index"].as_u64().unwrap(), call["id"].as_str(), arguments)
        })
        .collect();
    let expected = [
        (0, Some("toolu_a"), ""),
        (0, None, "{\"city\":"),
        (0, None, " \"Rome\"}"),
        (1, Some("toolu_b"), ""),
        (1, None, "{\"city\": \"Oslo\"}"),
    ];
    assert_eq!(seen, expected);
    assert_eq!(chunks[chunks.len() - 2], "tool_calls");
}

#[test]
fn an_error_in_the_stream_is_an_error_with_its_status() {
    let error = json!({"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}});
    let problem = collect(&Anthropic, &json!({}), &events(&[start(), error])).unwrap_err();
    assert_eq!((problem.status, problem.code.as_deref()), (Some(529), Some("overloaded_error")));
}

#[test]
fn a_request_is_said_in_anthropics_terms() {
    let body = json!({
        "model": "x", "temperature": 1.7, "stop": "END", "user": "u1", "seed": 1, "parallel_tool_calls": false,
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": [
                {"type": "text", "text": "What is it?"},
                {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}},
                {"type": "image_url", "image_url": {"url": "https://example.org/a.png"}},
            ]},
            {"role": "assistant", "content": null, "tool_calls": [
                {"id": "a", "type": "function", "function": {"name": "f", "arguments": "{\"x\": 1}"}},
                {"id": "b", "type": "function", "function": {"name": "f", "arguments": ""}},
            ]},
            {"role": "tool", "tool_call_id": "a", "content": "one"},
            {"role": "tool", "tool_call_id": "b", "content": "two"},
        ],
        "tools": [{"type": "function", "function": {"name": "f", "description": "d", "parameters": {"type": "object"}}}],
    });
    let expected = json!({
        "messages": [
            {"role": "user", "content": [
                {"type": "text", "text": "What is it?"},
                {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "AAAA"}},
                {"type": "image", "source": {"type": "url", "url": "https://example.org/a.png"}},
            ]},
            {"role": "assistant", "content": [
                {"type": "tool_use", "id": "a", "name": "f", "input": {"x": 1}},
                {"type": "tool_use", "id": "b", "name": "f", "input": {}},
            ]},
            {"role": "user", "content": [
                {"type": "tool_result", "tool_use_id": "a", "content": "one"},
                {"type": "tool_result", "tool_use_id": "b", "content": "two"},
            ]},
        ],
        "max_tokens": 4096, "system": "Be brief.", "temperature": 1.0, "stop_sequences": ["END"],
        "metadata": {"user_id": "u1"},
        "tools": [{"name": "f", "description": "d", "input_schema": {"type": "object"}}],
        "tool_choice": {"type": "auto", "disable_parallel_tool_use": true},
        "model": "model",
    });
    assert_eq!(sent(&Anthropic, &body), expected);
}

#[test]
fn a_missing_bound_is_the_models_own_and_reasoning_leaves_room_for_the_answer() {
    let body =
        json!({"messages": [{"role": "user", "content": "?"}], "reasoning_effort": "high", "temperature": 1});
    let call = Call { max_output_tokens: Some(9000), ..chat(&body, "m") };
    let sent = super::body(&call).unwrap();
    assert_eq!(sent["max_tokens"], 9000);
    assert_eq!(sent["thinking"], json!({"type": "enabled", "budget_tokens": 7976}));
    assert!(sent.get("temperature").is_none());
}

#[test]
fn a_json_schema_is_a_beta_of_theirs() {
    let schema = json!({"type": "object", "properties": {"a": {"type": "string"}}});
    let format =
        json!({"type": "json_schema", "json_schema": {"name": "a", "strict": true, "schema": schema}});
    let body = json!({"messages": [{"role": "user", "content": "?"}], "response_format": format});
    let outgoing = Anthropic.outgoing(&chat(&body, "m")).unwrap();
    assert!(outgoing.headers.contains(&STRUCTURED) && outgoing.headers.contains(&VERSION));
    assert_eq!(sent(&Anthropic, &body)["output_format"], json!({"type": "json_schema", "schema": schema}));
}

#[test]
fn a_whole_answer_is_said_in_openais_terms() {
    let answer = json!({"id": "msg_2", "type": "message", "role": "assistant", "model": "claude-x", "stop_reason": "tool_use",
        "content": [
            {"type": "thinking", "thinking": "Hm.", "signature": "s"},
            {"type": "tool_use", "id": "t1", "name": "f", "input": {"x": 1}},
        ],
        "usage": {"input_tokens": 3, "output_tokens": 4}});
    let whole = Anthropic.answer(&chat(&json!({}), "m"), answer).unwrap();
    let message = &whole["choices"][0]["message"];
    assert_eq!((&message["content"], &message["reasoning_content"]), (&Value::Null, &json!("Hm.")));
    assert_eq!(message["tool_calls"][0]["function"], json!({"name": "f", "arguments": "{\"x\":1}"}));
    assert_eq!(
        (&whole["choices"][0]["finish_reason"], &whole["usage"]["total_tokens"]),
        (&json!("tool_calls"), &json!(7))
    );
    assert!(Anthropic.answer(&chat(&json!({}), "m"), json!({"type": "message"})).is_err());
}
