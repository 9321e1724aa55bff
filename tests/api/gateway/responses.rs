//! `POST /responses`.

use super::{Gateway, data};
use crate::scripted::{Reply, chunk, event};
use crate::support::{Answered, Daemon};
use reqwest::Method;
use serde_json::{Value, json};

#[tokio::test]
async fn a_response_goes_on_from_the_one_before() {
    let gateway = Gateway::start(vec![Reply::says("Four.")]).await;
    let first = gateway.call(
        "/responses",
        &json!({"model": "local/m", "input": "What is 2 + 2?", "instructions": "Be brief."}),
    );
    let first = first.answer().await.expect(200);
    assert_eq!((&first["object"], &first["status"]), (&json!("response"), &json!("completed")));
    assert_eq!(first["output"][0]["content"][0]["text"], "Four.");
    assert_eq!(
        first["usage"],
        json!({"input_tokens": 11, "input_tokens_details": {"cached_tokens": 0},
        "output_tokens": 7, "output_tokens_details": {"reasoning_tokens": 0}, "total_tokens": 18})
    );
    let next = json!({"model": "local/m", "input": "And twice that?", "previous_response_id": first["id"]});
    gateway.call("/responses", &next).answer().await.expect(200);
    let sent = gateway.provider.last().body["messages"].clone();
    let said: Vec<(&str, &str)> = sent
        .as_array()
        .unwrap()
        .iter()
        .map(|message| (message["role"].as_str().unwrap(), message["content"].as_str().unwrap()))
        .collect();
    assert_eq!(said, [("user", "What is 2 + 2?"), ("assistant", "Four."), ("user", "And twice that?")]);
    let stranger = gateway.daemon.key(json!({"name": "stranger", "scopes": ["completions"]})).await;
    let refused =
        gateway.daemon.call(Method::POST, "/responses").bearer_auth(&stranger).json(&next).answer().await;
    assert_eq!(
        (refused.status, refused.body["error"]["param"].as_str()),
        (404, Some("previous_response_id"))
    );
}

#[tokio::test]
async fn what_is_not_to_be_stored_is_not() {
    let gateway = Gateway::start(vec![Reply::says("Four.")]).await;
    let body = json!({"model": "local/m", "input": "?", "store": false});
    let first = gateway.call("/responses", &body).answer().await.expect(200);
    let next = json!({"model": "local/m", "input": "?", "previous_response_id": first["id"]});
    assert_eq!(gateway.call("/responses", &next).answer().await.code(), "response_not_found");
}

#[tokio::test]
async fn a_streamed_response_has_its_events_in_order_and_can_be_gone_on_from() {
    let gateway = Gateway::start(vec![Reply::streams("Four it is."), Reply::says("Eight.")]).await;
    let body = json!({"model": "local/m", "input": "What is 2 + 2?", "stream": true});
    let text = gateway.call("/responses", &body).send().await.unwrap().text().await.unwrap();
    let names: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("event: response.")).collect();
    let (first, last) = (&names[..4], &names[names.len() - 4..]);
    assert_eq!(first, ["created", "in_progress", "output_item.added", "content_part.added"]);
    assert_eq!(last, ["output_text.done", "content_part.done", "output_item.done", "completed"]);
    let events = data(&text);
    let numbers: Vec<u64> = events.iter().map(|event| event["sequence_number"].as_u64().unwrap()).collect();
    assert_eq!(numbers, (0..events.len() as u64).collect::<Vec<_>>());
    let response = &events.last().unwrap()["response"];
    assert_eq!(response["output"][0]["content"][0]["text"], "Four it is.");
    let next = json!({"model": "local/m", "input": "?", "previous_response_id": response["id"]});
    gateway.call("/responses", &next).answer().await.expect(200);
    assert_eq!(gateway.provider.last().body["messages"][1]["content"], "Four it is.");
}

#[tokio::test]
async fn tools_are_called_and_their_results_go_back() {
    let call = json!({"index": 0, "id": "call_1", "type": "function", "function": {"name": "f", "arguments": "{\"x\":1}"}});
    let stream =
        event(&chunk(json!({"tool_calls": [call]}), None)) + &event(&chunk(json!({}), Some("tool_calls")));
    let gateway = Gateway::start(vec![Reply::stream(stream), Reply::says("Done.")]).await;
    let tools = json!([{"type": "function", "name": "f", "parameters": {"type": "object"}}]);
    let body = json!({"model": "local/m", "input": "?", "tools": tools, "stream": true});
    let text = gateway.call("/responses", &body).send().await.unwrap().text().await.unwrap();
    let response = data(&text).pop().unwrap()["response"].clone();
    let item = &response["output"][0];
    assert_eq!((&item["type"], &item["arguments"]), (&json!("function_call"), &json!("{\"x\":1}")));
    let result = json!([{"type": "function_call_output", "call_id": item["call_id"], "output": "one"}]);
    let next =
        json!({"model": "local/m", "input": result, "previous_response_id": response["id"], "tools": tools});
    gateway.call("/responses", &next).answer().await.expect(200);
    let sent = gateway.provider.last().body["messages"].clone();
    assert_eq!(sent[1]["tool_calls"][0]["id"], "call_1");
    assert_eq!(sent[2], json!({"role": "tool", "tool_call_id": "call_1", "content": "one"}));
}

#[tokio::test]
async fn a_stream_that_breaks_off_ends_with_an_error_event() {
    let gateway =
        Gateway::start(vec![Reply::stream(event(&chunk(json!({"content": "Well. "}), None)))]).await;
    let body = json!({"model": "local/m", "input": "?", "stream": true});
    let text = gateway.call("/responses", &body).send().await.unwrap().text().await.unwrap();
    let last = data(&text).pop().unwrap();
    assert_eq!((&last["type"], &last["code"]), (&json!("error"), &json!("upstream_failed")));
}

#[tokio::test]
async fn an_agent_responds_with_its_citations() {
    let daemon = Daemon::start().await.with_hr().await;
    let key = daemon.chat_key().await;
    let ask = async |body: Value| {
        let call = daemon.call(Method::POST, "/responses").bearer_auth(&key);
        call.header("X-User-Email", "sarah@example.org").json(&body).answer().await.expect(200)
    };
    let input = "How many weeks of parental leave do I get?";
    let response = ask(json!({"model": "agent/hr-assistant", "input": input})).await;
    let part = &response["output"][0]["content"][0];
    assert_eq!(part["annotations"][0]["type"], "url_citation", "{response}");
    assert!(part["annotations"][0]["url"].as_str().unwrap().contains("/knowledge/documents/HR-"), "{part}");
    let next = json!({"model": "agent/hr-assistant", "input": "And for adoption?", "previous_response_id": response["id"]});
    assert_eq!(ask(next).await["status"], "completed");
}
