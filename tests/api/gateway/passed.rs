//! `POST /responses` of a provider that has it.

use super::{Gateway, data};
use crate::scripted::Reply;
use crate::support::Answered;
use serde_json::{Value, json};

/// A daemon whose second provider, `native`, has `/responses`.
async fn native(replies: Vec<Reply>) -> Gateway {
    let mut gateway = Gateway::start(replies).await;
    let url = &gateway.provider.url;
    let settings = format!(
        "[providers.native]\nbase_url = \"{url}/native\"\nresponses = true\n{}[routing]\nretries = 0\nbackoff_ms = 1\n\
         [tiers]\nfast = [\"native/m\", \"local/m\"]\n",
        gateway.provider.provider("local")
    );
    gateway.daemon.restart_with(&settings).await;
    gateway
}

fn response(text: &str) -> Value {
    let part = json!({"type": "output_text", "text": text, "annotations": []});
    json!({
        "id": "resp_native", "object": "response", "status": "completed", "model": "m", "store": false,
        "output": [
            {"id": "ws_1", "type": "web_search_call", "status": "completed"},
            {"id": "msg_1", "type": "message", "role": "assistant", "status": "completed", "content": [part]},
        ],
        "usage": {"input_tokens": 5, "output_tokens": 6, "total_tokens": 11},
    })
}

fn stream(pieces: &[&str]) -> Reply {
    let whole = pieces.concat();
    let at = |kind: &str| json!({"type": kind, "item_id": "msg_1", "output_index": 0, "content_index": 0});
    let with = |mut event: Value, name: &str, value: Value| {
        event[name] = value;
        event
    };
    let mut first = response("");
    first["output"] = json!([]);
    let item = response(&whole)["output"][1].clone();
    let mut events = vec![json!({"type": "response.created", "response": first})];
    for piece in pieces {
        events.push(with(at("response.output_text.delta"), "delta", json!(piece)));
    }
    events.push(with(at("response.output_text.done"), "text", json!(whole)));
    events.push(with(at("response.content_part.done"), "part", item["content"][0].clone()));
    events.push(json!({"type": "response.output_item.done", "output_index": 0, "item": item}));
    events.push(json!({"type": "response.completed", "response": response(&whole)}));
    let text: String =
        events.iter().map(|e| format!("event: {}\ndata: {e}\n\n", e["type"].as_str().unwrap())).collect();
    Reply::stream(text)
}

#[tokio::test]
async fn a_response_is_passed_through_and_can_be_gone_on_from_anywhere() {
    let gateway =
        native(vec![Reply::json(200, &response("Write to ann@example.org.")), Reply::says("Done.")]).await;
    let tools = json!([{"type": "web_search"}]);
    let body = json!({"model": "native/m", "input": "Who knows?", "tools": tools});
    let first = gateway.call("/responses", &body).answer().await.expect(200);
    assert_eq!(first["output"][0]["type"], "web_search_call", "what only the provider knows stays");
    assert_eq!(first["output"][1]["content"][0]["text"], "Write to [EMAIL_1].");
    assert_eq!((&first["store"], &first["usage"]["total_tokens"]), (&json!(true), &json!(11)));
    let received = gateway.provider.last();
    assert_eq!((received.path.as_str(), &received.body["tools"]), ("/native/responses", &tools));
    assert_eq!(received.body["store"], false, "the conversation is kept here");
    let next = json!({"model": "native/m", "input": "And then?", "previous_response_id": first["id"]});
    gateway.provider.next(vec![Reply::json(200, &response("Then rest."))]);
    let second = gateway.call("/responses", &next).answer().await.expect(200);
    assert_eq!(second["previous_response_id"], first["id"]);
    let sent = gateway.provider.last().body;
    assert_eq!(
        (&sent["input"][0]["content"], &sent["input"][2]["content"][0]["text"]),
        (&json!("Who knows?"), &json!("Write to [EMAIL_1]."))
    );
    assert!(sent.get("previous_response_id").is_none());
}

#[tokio::test]
async fn its_events_pass_the_rails() {
    let gateway = native(vec![stream(&["It is done. Write to ann@", "example.org", " now."])]).await;
    let body = json!({"model": "native/m", "input": "Who knows?", "stream": true});
    let text = gateway.call("/responses", &body).send().await.unwrap().text().await.unwrap();
    let events = data(&text);
    let deltas: String = events.iter().filter_map(|event| event["delta"].as_str()).collect();
    assert_eq!(deltas, "It is done. Write to [EMAIL_1] now.");
    assert!(!text.contains("ann@"), "{text}");
    let last = events.last().unwrap();
    assert_eq!((&last["type"], &last["response"]["store"]), (&json!("response.completed"), &json!(true)));
    assert_eq!(last["response"]["output"][1]["content"][0]["text"], deltas.as_str());
    let numbers: Vec<u64> = events.iter().map(|event| event["sequence_number"].as_u64().unwrap()).collect();
    assert_eq!(numbers, (0..events.len() as u64).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_secret_in_its_events_ends_the_response() {
    let secret = format!("{}_{}", "ghp", "Zq7xW2mK9pLr4TvB8nYd3Hc6FsJg5RtAeUoS");
    let (one, two) = secret.split_at(9);
    let gateway = native(vec![stream(&["All is well. The key is ", one, two, ". Keep it."])]).await;
    let body = json!({"model": "native/m", "input": "Who knows?", "stream": true});
    let text = gateway.call("/responses", &body).send().await.unwrap().text().await.unwrap();
    let last = data(&text).pop().unwrap();
    assert!(!text.contains("ghp_"), "{text}");
    assert_eq!(
        (&last["type"], &last["response"]["incomplete_details"]["reason"]),
        (&json!("response.incomplete"), &json!("content_filter"))
    );
}

#[tokio::test]
async fn another_provider_says_it_as_a_chat_completion_where_it_fails() {
    let lifecycle = "data: {\"type\":\"response.created\",\"response\":{}}\n\n\
                     data: {\"type\":\"response.failed\",\"response\":{\"error\":{\"message\":\"no\",\"code\":\"server_error\"}}}\n\n";
    for failure in [Reply::json(500, &json!({"error": {"message": "down"}})), Reply::stream(lifecycle)] {
        let gateway = native(vec![failure, Reply::streams("Here I am.")]).await;
        let body = json!({"model": "fast", "input": "Who knows?", "stream": true});
        let response = gateway.call("/responses", &body).send().await.unwrap();
        assert_eq!(response.headers()["x-katonic-provider"], "local");
        let last = data(&response.text().await.unwrap()).pop().unwrap();
        assert_eq!(last["response"]["output"][0]["content"][0]["text"], "Here I am.");
        assert_eq!(gateway.provider.last().path, "/v1/chat/completions");
    }
}
