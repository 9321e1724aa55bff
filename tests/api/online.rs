//! Online evaluation: drawn answers of prod are scored, and what has drifted is told once.

use crate::api::gateway::Gateway;
use crate::scripted::{Reply, Scripted};
use crate::support::Answered;
use reqwest::Method;
use serde_json::{Value, json};

fn agent(online: &str) -> String {
    format!(
        "apiVersion: katonic/v1\nkind: Agent\nmetadata: {{id: helper, owner: ops@example.org}}\nspec:\n  model: local/m\n  \
         instructions: You help.\n  evaluation: {{suite: small{online}}}\n"
    )
}

/// A daemon whose agent is live with such an online evaluation, and a key for it.
async fn bench(online: &str) -> (Gateway, String) {
    let settings = "[webhooks]\nprivate_network = true\n";
    let gateway =
        Gateway::start_with(vec![Reply::streams("Working hours are from nine to five.")], settings).await;
    let key = gateway.daemon.key(json!({"name": "chat", "scopes": ["chat"]})).await;
    gateway.daemon.apply(&agent(online)).await.expect(201);
    let promote = json!({"environment": "prod", "override": {"reason": "a test"}});
    gateway.daemon.operator(Method::POST, "/agents/helper/promote").json(&promote).answer().await.expect(200);
    (gateway, key)
}

async fn ask(gateway: &Gateway, key: &str, times: usize) {
    for _ in 0..times {
        let messages = [json!({"role": "user", "content": "What are the working hours?"})];
        let request = json!({"agent_id": "helper", "messages": messages, "stream": false});
        gateway.daemon.call(Method::POST, "/chat").bearer_auth(key).json(&request).answer().await.expect(200);
    }
}

/// An agent's quality once so many answers are scored.
async fn quality(gateway: &Gateway, samples: u64) -> Value {
    loop {
        let quality = gateway.daemon.admin(Method::GET, "/quality/helper", json!({})).await.expect(200);
        if quality["samples"].as_u64().unwrap() >= samples {
            return quality;
        }
    }
}

fn figure<'a>(quality: &'a Value, name: &str) -> &'a Value {
    quality["figures"].as_array().unwrap().iter().find(|figure| figure["name"] == name).unwrap()
}

#[tokio::test]
async fn answers_of_prod_are_scored_and_their_drift_is_told_once() {
    let (gateway, key) = bench(", online: {percent: 100}").await;
    let listener = Scripted::start(vec![Reply::json(200, &json!({}))]).await;
    let webhook = json!({"url": listener.url, "events": ["quality.drifted"]});
    gateway.daemon.admin(Method::POST, "/webhooks", webhook).await.expect(201);
    ask(&gateway, &key, 50).await;
    let before = quality(&gateway, 50).await;
    let relevance = figure(&before, "relevance");
    assert!(relevance["recent"]["mean"].as_f64().unwrap() > 0.5 && relevance["drifted"] == false, "{before}");
    assert_eq!(figure(&before, "safety")["recent"], json!({"mean": 1.0, "n": 50}));
    gateway.provider.next(vec![Reply::streams("Bananas are yellow.")]);
    ask(&gateway, &key, 100).await;
    let after = quality(&gateway, 150).await;
    let relevance = figure(&after, "relevance");
    assert_eq!((&relevance["drifted"], &relevance["recent"]["n"]), (&json!(true), &json!(100)), "{after}");
    assert!(relevance["ci95"][1].as_f64().unwrap() < 0.0, "{after}");
    while listener.calls() == 0 {
        tokio::task::yield_now().await;
    }
    let told = listener.last().body;
    assert_eq!(
        (&told["type"], &told["data"]["figure"]["name"]),
        (&json!("quality.drifted"), &json!("relevance"))
    );
    let rows = gateway.daemon.rows("TellDrift").await;
    assert_eq!(rows.iter().filter(|row| row["change"]["after"]["figure"]["name"] == "relevance").count(), 1);
}

#[tokio::test]
async fn no_more_than_a_day_s_share_is_scored_and_none_where_nobody_asked() {
    let (gateway, key) = bench(", online: {percent: 100, most_per_day: 3}").await;
    ask(&gateway, &key, 5).await;
    assert_eq!(quality(&gateway, 3).await["samples"], 3);
    gateway.daemon.advance(24 * 60 * 60 * 1000);
    ask(&gateway, &key, 1).await;
    assert_eq!(quality(&gateway, 4).await["samples"], 4);
    let (gateway, key) = bench("").await;
    ask(&gateway, &key, 3).await;
    let quality = quality(&gateway, 0).await;
    assert_eq!((&quality["samples"], &quality["percent"]), (&json!(0), &json!(0.0)));
}
