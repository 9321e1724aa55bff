//! What the gate says beside who may pass: headers, stored keys, bodies.

use crate::support::{Answered, Daemon};
use contract::catalogue::CATALOGUE;
use reqwest::Method;
use serde_json::json;

#[tokio::test]
async fn every_endpoint_is_built() {
    let daemon = Daemon::start().await;
    for endpoint in CATALOGUE.iter().chain(contract::admin::CATALOGUE) {
        let path = endpoint.path.replace(['{', '}'], "");
        let method = Method::from_bytes(endpoint.method.as_str().as_bytes()).unwrap();
        let url = format!("{}{}{path}", daemon.url, endpoint.prefix);
        let call = reqwest::Client::new().request(method, url).bearer_auth(daemon.operator.expose());
        let answer = call.json(&json!({})).answer().await;
        let is_nowhere = answer.status == 405 || answer.body.to_string().contains("nothing at this address");
        assert!(!is_nowhere && answer.status != 501, "{}: {}", endpoint.name, answer.body);
    }
}

#[tokio::test]
async fn two_acting_users_or_a_malformed_one_are_refused() {
    let daemon = Daemon::start().await;
    let key = daemon.key(json!({"name": "any", "scopes": ["search"], "act_as": ["*@example.org"]})).await;
    let search = || daemon.call(Method::POST, "/search").bearer_auth(&key).json(&json!({"query": "leave"}));
    let two = search().header("X-User-Email", "a@example.org").header("X-User-Email", "b@example.org");
    assert_eq!(two.answer().await.status, 400);
    let other = search().header("X-User-Email", "a@example.org.evil").answer().await;
    assert_eq!((other.status, other.code()), (403, "act_as_denied"));
    search().header("X-User-Email", " A@Example.org ").answer().await.expect(200);
}

#[tokio::test]
async fn a_limited_key_is_told_its_standing_and_when_to_come_back() {
    let daemon = Daemon::start().await;
    let key = daemon.key(json!({"name": "slow", "scopes": ["search"], "limits": {"per_minute": 2}})).await;
    let search = || daemon.call(Method::POST, "/search").bearer_auth(&key).json(&json!({"query": "leave"}));
    let first = search().answer().await;
    assert_eq!(first.headers["x-ratelimit-limit-requests"], "2");
    assert_eq!(first.headers["x-ratelimit-remaining-requests"], "1");
    search().answer().await.expect(200);
    let third = search().answer().await;
    assert_eq!((third.status, third.code()), (429, "rate_limit_exceeded"));
    let seconds: u64 = third.headers["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=60).contains(&seconds));
}

#[tokio::test]
async fn keys_are_stored_as_hashes_and_shown_once() {
    let daemon = Daemon::start().await;
    let secret = daemon.key(json!({"name": "one", "scopes": ["chat"]})).await;
    let list = daemon.admin(Method::GET, "/keys", json!({})).await.expect(200);
    assert!(list["data"][0]["secret"].is_null());
    let shown = format!("{}...{}", &secret[..14], &secret[secret.len() - 3..]);
    assert_eq!(list["data"][0]["prefix"], shown);
    for (name, bytes) in daemon.at_rest().await {
        let found = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
        assert!(!found(&secret) && !found(daemon.operator.expose()), "{name}");
    }
}

#[tokio::test]
async fn the_admin_api_is_for_operators_only() {
    let daemon = Daemon::start().await;
    let key = daemon.key(json!({"name": "all", "scopes": ["*"]})).await;
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let url = format!("{}/admin/v1/keys", daemon.url);
    let answer = client.get(&url).bearer_auth(&key).answer().await;
    assert_eq!((answer.status, answer.code()), (403, "not_permitted"));
    assert_eq!(client.get(&url).answer().await.status, 401);
}

#[tokio::test]
async fn the_same_idempotency_key_gets_the_first_answer_again() {
    let daemon = Daemon::start().await;
    let document = |text: &str| json!({"collection": "docs", "public": true, "text": text});
    let add = |text: &str| {
        let call = daemon.operator(Method::POST, "/knowledge/documents").header("Idempotency-Key", "once");
        call.json(&document(text))
    };
    let first = add("Leave is paid.").answer().await;
    let again = add("Leave is paid.").answer().await;
    assert_eq!(again.headers["idempotent-replayed"], "true");
    assert_eq!(first.expect(201), again.expect(201));
    let other = add("Leave is unpaid.").answer().await;
    assert_eq!((other.status, other.code()), (409, "idempotency_mismatch"));
    let list = daemon.operator(Method::GET, "/knowledge/documents").answer().await.expect(200);
    assert_eq!(list["data"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_body_over_its_bound_is_refused() {
    let daemon = Daemon::start_with("max_body_bytes = 1000").await;
    let call = daemon.operator(Method::POST, "/search").json(&json!({"query": "x".repeat(2000)}));
    let answer = call.answer().await;
    assert_eq!((answer.status, answer.code()), (413, "body_too_large"));
}

/// One that was passed over would let a client that tries again do its work twice.
#[tokio::test]
async fn an_idempotency_key_that_is_none_is_refused() {
    let daemon = Daemon::start().await;
    for key in [String::new(), "k".repeat(256), "schl\u{fc}ssel".to_owned()] {
        let call = daemon.operator(Method::POST, "/sessions").header("Idempotency-Key", key.as_bytes());
        let answer = call.json(&json!({"agent_id": "hr-assistant"})).answer().await;
        assert_eq!((answer.status, &answer.body["error"]["param"]), (400, &json!("Idempotency-Key")));
    }
}
