//! From target to target: retries, fall-over, rest, and what each failure becomes.

use super::{Gateway, content, question, streamed};
use crate::scripted::{Reply, Scripted};
use crate::support::{Answered, Daemon};
use reqwest::Method;
use serde_json::{Value, json};

fn fails(status: u16) -> Reply {
    Reply::json(status, &json!({"error": {"message": format!("failed with {status}"), "code": "some_code"}}))
}

#[tokio::test]
async fn what_may_pass_is_tried_again() {
    for status in [408, 409, 429, 500, 502, 503, 529] {
        let gateway = Gateway::start(vec![fails(status), fails(status), Reply::says("At last.")]).await;
        let answer = gateway.chat(&question()).await;
        assert_eq!(answer.status, 200, "{status}: {}", answer.body);
        assert_eq!(gateway.provider.calls(), 3, "{status}");
        let trace = gateway.trace(&answer).await;
        let spans = trace["spans"].as_array().unwrap();
        let model = spans.iter().find(|span| span["name"] == "model").unwrap();
        assert_eq!(model["detail"]["failed"].as_array().unwrap().len(), 2, "{model}");
    }
}

#[tokio::test]
async fn what_is_wrong_with_the_request_is_said_at_once() {
    for (status, code) in [(400, "invalid_value"), (422, "invalid_value"), (413, "invalid_value")] {
        let gateway = Gateway::start(vec![fails(status)]).await;
        let answer = gateway.chat(&question()).await;
        let expected = if status == 413 { 413 } else { 400 };
        assert_eq!((answer.status, answer.code()), (expected, code));
        assert!(answer.body["error"]["message"].as_str().unwrap().contains(&format!("failed with {status}")));
        assert_eq!(gateway.provider.calls(), 1);
    }
    let gateway = Gateway::start(vec![fails(401)]).await;
    let answer = gateway.chat(&question()).await;
    assert_eq!(
        (answer.status, answer.code()),
        (502, "upstream_failed"),
        "the key that is wrong is not the client's"
    );
    let gateway = Gateway::start(vec![fails(404)]).await;
    assert_eq!(gateway.chat(&question()).await.code(), "model_not_found");
}

#[tokio::test]
async fn a_429_that_lasts_is_passed_on_with_its_wait() {
    let gateway = Gateway::start(vec![fails(429).header("retry-after", "7")]).await;
    let answer = gateway.chat(&question()).await;
    assert_eq!((answer.status, answer.code()), (503, "upstream_overloaded"));
    assert_eq!(answer.headers["retry-after"], "7");
    let settings = "[routing]\nbackoff_ms = 1\nmost_backoff_ms = 10\n";
    let gateway = Gateway::start_with(vec![fails(429).header("retry-after", "7")], settings).await;
    gateway.chat(&question()).await;
    assert_eq!(gateway.provider.calls(), 1, "a wait that is too long is not waited");
}

/// Two providers behind one tier.
async fn tier(first: Vec<Reply>, second: Vec<Reply>, settings: &str) -> (Scripted, Scripted, Daemon, String) {
    let (one, two) = (Scripted::start(first).await, Scripted::start(second).await);
    let routing = "[routing]\nretries = 0\nbackoff_ms = 1\nfailures = 2\n";
    let tiers = "[tiers]\nfast = [\"one/a\", \"two/b\"]\n";
    let tiers = if settings.contains("[tiers") { "" } else { tiers };
    let settings = format!("{}{}{routing}{tiers}{settings}", one.provider("one"), two.provider("two"));
    let daemon = Daemon::start_with(&settings).await;
    let key = daemon.key(json!({"name": "app", "scopes": ["completions"]})).await;
    (one, two, daemon, key)
}

fn ask(daemon: &Daemon, key: &str, body: &Value) -> reqwest::RequestBuilder {
    daemon.call(Method::POST, "/chat/completions").bearer_auth(key).json(body)
}

fn fast(stream: bool) -> Value {
    let mut body = if stream { streamed() } else { question() };
    body["model"] = "fast".into();
    body
}

#[tokio::test]
async fn the_next_target_answers_where_the_first_fails() {
    let (one, two, daemon, key) = tier(vec![fails(500)], vec![Reply::streams("Here.")], "").await;
    let response = ask(&daemon, &key, &fast(true)).send().await.unwrap();
    assert_eq!(response.headers()["x-katonic-provider"], "two");
    assert_eq!(content(&response.text().await.unwrap()), "Here.");
    assert_eq!((one.calls(), two.calls()), (1, 1));
    assert_eq!(two.last().body["model"], "b");
}

#[tokio::test]
async fn when_all_fail_the_error_names_who_was_asked() {
    let (_one, _two, daemon, key) = tier(vec![fails(500)], vec![fails(503)], "").await;
    let answer = ask(&daemon, &key, &fast(false)).answer().await;
    assert_eq!((answer.status, answer.body["error"]["type"].as_str()), (503, Some("upstream_error")));
    let message = answer.body["error"]["message"].as_str().unwrap();
    assert!(message.contains("one") && message.contains("two"), "{message}");
}

#[tokio::test]
async fn a_target_that_keeps_failing_rests_and_operators_see_why() {
    let (one, two, daemon, key) = tier(vec![fails(500)], vec![Reply::says("Here.")], "").await;
    for _ in 0..4 {
        ask(&daemon, &key, &fast(false)).answer().await.expect(200);
    }
    assert_eq!((one.calls(), two.calls()), (2, 4), "after two failures it rests");
    let listed = daemon.admin(Method::GET, "/providers", json!({})).await.expect(200);
    let first = listed["data"].as_array().unwrap().iter().find(|provider| provider["id"] == "one").unwrap();
    let target = &first["targets"][0];
    assert_eq!(
        (&target["target"], &target["state"], &target["failed"]),
        (&json!("one/a"), &json!("resting"), &json!(2))
    );
    assert_eq!(target["last_error"]["status"], 500);
}

#[tokio::test]
async fn a_target_that_lacks_what_a_request_needs_is_passed_over() {
    let blind = "[models.\"one/a\"]\nvision = false\ntools = false\ncontext_tokens = 100\n";
    let (one, two, daemon, key) = tier(vec![Reply::says("one")], vec![Reply::says("two")], blind).await;
    let mut with_image = fast(false);
    with_image["messages"][0]["content"] =
        json!([{"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}]);
    let mut with_tools = fast(false);
    with_tools["tools"] = json!([{"type": "function", "function": {"name": "f", "parameters": {}}}]);
    let mut long = fast(false);
    long["messages"][0]["content"] = "word ".repeat(200).into();
    for body in [with_image, with_tools, long] {
        ask(&daemon, &key, &body).answer().await.expect(200);
    }
    assert_eq!((one.calls(), two.calls()), (0, 3));
    ask(&daemon, &key, &fast(false)).answer().await.expect(200);
    assert_eq!(one.calls(), 1);
}

#[tokio::test]
async fn a_target_that_would_cost_too_much_is_passed_over() {
    let settings = "[tiers.fast]\ntargets = [\"one/a\", \"two/b\"]\nmost_usd_per_call = 0.01\n\
        [models.\"one/a\"]\ninput_usd_per_mtok = 100.0\noutput_usd_per_mtok = 100.0\n\
        [models.\"two/b\"]\ninput_usd_per_mtok = 1.0\noutput_usd_per_mtok = 1.0\n";
    let (one, two, daemon, key) = tier(vec![Reply::says("one")], vec![Reply::says("two")], settings).await;
    ask(&daemon, &key, &fast(false)).answer().await.expect(200);
    assert_eq!((one.calls(), two.calls()), (0, 1));
    let mut dear = fast(false);
    dear["max_tokens"] = 1_000_000.into();
    let answer = ask(&daemon, &key, &dear).answer().await;
    assert_eq!(
        (answer.status, answer.body["error"]["param"].as_str()),
        (400, Some("model")),
        "{}",
        answer.body
    );
}

#[tokio::test]
async fn a_slow_target_is_raced_by_the_next() {
    let settings = "[tiers.fast]\ntargets = [\"one/a\", \"two/b\"]\nhedge_ms = 1\n";
    let slow = Reply::stream("").then(crate::scripted::Step::Wait);
    let (mut one, two, daemon, key) = tier(vec![slow], vec![Reply::says("two")], settings).await;
    let answer = ask(&daemon, &key, &fast(false)).answer().await;
    assert_eq!(answer.headers["x-katonic-provider"], "two");
    assert_eq!(two.calls(), 1);
    one.dropped.wait_for(|dropped| *dropped == 1).await.unwrap();
}

#[tokio::test]
async fn weights_share_the_calls() {
    let settings = "[tiers.fast]\nstrategy = \"weighted\"\n\
        targets = [{ model = \"one/a\", weight = 1 }, { model = \"two/b\", weight = 3 }]\n";
    let (one, two, daemon, key) = tier(vec![Reply::says("one")], vec![Reply::says("two")], settings).await;
    for _ in 0..400 {
        ask(&daemon, &key, &fast(false)).answer().await.expect(200);
    }
    assert_eq!(one.calls() + two.calls(), 400);
    // Three in four of 400 are 300, with a standard deviation under 9; without weights there would be 200.
    assert!((250..350).contains(&two.calls()), "{} of 400", two.calls());
}

#[tokio::test]
async fn a_rest_is_no_reason_to_refuse_where_there_is_nobody_else() {
    let gateway = Gateway::start_with(
        vec![fails(500), fails(500), Reply::says("Back.")],
        "[routing]\nretries = 0\nbackoff_ms = 1\nfailures = 1\n",
    )
    .await;
    assert_eq!(gateway.chat(&question()).await.status, 502);
    assert_eq!(gateway.chat(&question()).await.status, 502);
    assert_eq!(gateway.chat(&question()).await.status, 200);
}

#[tokio::test]
async fn what_a_gemini_signed_stays_behind_when_another_maker_takes_over_its_tool_loop() {
    let other = Scripted::start(vec![Reply::says("It rains.")]).await;
    let google = Scripted::start(vec![Reply::json(503, &json!({"error": {"message": "busy"}}))]).await;
    let settings = format!(
        "[providers.google]\nbase_url = \"{}/v1beta\"\n{}[tiers]\nfast = [\"google/gemini-x\", \"other/m\"]\n\
         [routing]\nretries = 0\nbackoff_ms = 1\n",
        google.url,
        other.provider("other"),
    );
    let daemon = Daemon::start_with(&settings).await;
    daemon.admin(Method::POST, "/providers", json!({"provider": "google", "key": "a-key"})).await.expect(201);
    let key = daemon.key(json!({"name": "app", "scopes": ["completions"]})).await;
    let call = json!({"id": "c1", "type": "function", "function": {"name": "weather", "arguments": "{}"},
        "extra_content": {"google": {"thought_signature": "c2ln"}}});
    let body = json!({"model": "fast", "messages": [
        {"role": "user", "content": "Does it rain?"},
        {"role": "assistant", "content": null, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "c1", "content": "Heavy rain."}]});
    daemon.call(Method::POST, "/chat/completions").bearer_auth(&key).json(&body).answer().await.expect(200);
    assert!(google.last().body.to_string().contains("c2ln"), "Gemini gets its own signature back");
    let sent = other.last().body;
    assert_eq!(sent["messages"][1]["tool_calls"][0]["id"], "c1");
    assert!(!sent.to_string().contains("extra_content"), "{sent}");
}
