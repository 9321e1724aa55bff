//! What traces keep of questions and answers.

use super::Gateway;
use crate::scripted::Reply;
use crate::support::{Answered, Daemon};
use serde_json::{Value, json};

const KEPT: &str = "[audit]\ncontent = \"redacted\"\n";

async fn kept(gateway: &Gateway, path: &str, body: &Value) -> Value {
    let response = gateway.call(path, body).send().await.unwrap();
    let id = response.headers()["x-trace-id"].to_str().unwrap().to_owned();
    response.bytes().await.unwrap();
    gateway.trace_of(&id).await["content"].clone()
}

#[tokio::test]
async fn a_trace_keeps_what_was_asked_and_what_left_where_the_policy_says_so() {
    let expected = json!({"question": "I am [EMAIL_1]. Who are you?", "answer": "Ask [EMAIL_2]."});
    for stream in [false, true] {
        let says = if stream { Reply::streams } else { Reply::says };
        let replies = vec![says("Ask bob@example.org.")];
        let settings = format!("{KEPT}[completions]\nrails = false\n");
        let gateway = Gateway::start_with(replies, &settings).await;
        let said = "I am ann@example.org. Who are you?";
        let chat = json!({"model": "local/m", "stream": stream,
            "messages": [{"role": "user", "content": said}, {"role": "assistant", "content": "?"},
                         {"role": "user", "content": [{"type": "text", "text": said}]}]});
        assert_eq!(kept(&gateway, "/chat/completions", &chat).await, expected, "stream: {stream}");
        let response = json!({"model": "local/m", "input": said, "stream": stream});
        assert_eq!(kept(&gateway, "/responses", &response).await, expected, "stream: {stream}");
    }
}

#[tokio::test]
async fn what_a_rail_stopped_is_not_kept_and_by_default_nothing_is() {
    let secret = format!("All is well. The key is {}_{}.", "ghp", "Zq7xW2mK9pLr4TvB8nYd3Hc6FsJg5RtAeUoS");
    for (settings, answer) in [(KEPT, json!("All is well. ")), ("", Value::Null)] {
        let gateway = Gateway::start_with(vec![Reply::says(&secret)], settings).await;
        let answer_kept = kept(&gateway, "/chat/completions", &super::question()).await;
        assert_eq!(answer_kept["answer"], answer);
    }
}

#[tokio::test]
async fn an_agents_trace_keeps_them_too() {
    let daemon = Daemon::start_with(KEPT).await.with_hr().await;
    let key = daemon.chat_key().await;
    let answer = daemon.ask(&key, "sarah@example.org", "What's the remote work policy?").await.expect(200);
    let path = format!("/analytics/traces/{}", answer["trace_id"].as_str().unwrap());
    let trace = daemon.operator(reqwest::Method::GET, &path).answer().await.expect(200);
    assert_eq!(
        trace["content"],
        json!({"question": "What's the remote work policy?", "answer": answer["answer"]})
    );
}
