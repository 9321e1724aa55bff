//! Conversations.

use crate::support::{Answered, Daemon};
use reqwest::Method;
use serde_json::json;

#[tokio::test]
async fn a_conversation_is_kept_for_its_user_and_nobody_else() {
    let daemon = Daemon::start().await.with_hr().await;
    let key = daemon.chat_key().await;
    let call = |method: Method, path: &str, user: &'static str| {
        daemon.call(method, path).bearer_auth(&key).header("X-User-Email", user)
    };
    let opened =
        call(Method::POST, "/sessions", "sarah@example.org").json(&json!({"agent_id": "hr-assistant"}));
    let id = opened.answer().await.expect(201)["id"].as_str().unwrap().to_owned();
    let ask = call(Method::POST, "/chat", "sarah@example.org").json(&json!({
        "agent_id": "hr-assistant", "session_id": id, "stream": false,
        "messages": [{"role": "user", "content": "What are the core hours?"}],
    }));
    assert_eq!(ask.answer().await.expect(200)["session_id"], id);
    let path = format!("/sessions/{id}");
    let session = call(Method::GET, &path, "sarah@example.org").answer().await.expect(200);
    let roles: Vec<&str> =
        session["data"].as_array().unwrap().iter().map(|m| m["role"].as_str().unwrap()).collect();
    assert_eq!((roles, &session["messages"]), (vec!["user", "assistant"], &json!(2)));
    assert_eq!(call(Method::GET, &path, "omar@example.org").answer().await.code(), "session_not_found");
    let omars = call(Method::GET, "/sessions", "omar@example.org").answer().await.expect(200);
    assert_eq!(omars["data"], json!([]));
    call(Method::DELETE, &path, "sarah@example.org").answer().await.expect(204);
    assert_eq!(call(Method::GET, &path, "sarah@example.org").answer().await.status, 404);
}
