//! Webhooks: signed, tried again, logged, sent again.

use crate::api::gateway::{Gateway, question};
use crate::scripted::{Reply, Scripted};
use crate::support::Answered;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use reqwest::Method;
use serde_json::{Value, json};
use sha2::Sha256;

const SETTINGS: &str = "[webhooks]\nprivate_network = true\n[models.\"local/m\"]\ninput_usd_per_mtok = 1000000\noutput_usd_per_mtok = 1000000\n";

async fn deliveries(gateway: &Gateway, id: &str, is_done: impl Fn(&[Value]) -> bool) -> Vec<Value> {
    let path = format!("/webhooks/{id}/deliveries");
    loop {
        let page = gateway.daemon.admin(Method::GET, &path, json!({})).await.expect(200);
        let rows = page["data"].as_array().unwrap();
        if is_done(rows) {
            return rows.clone();
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn who_listens_is_told_of_each_threshold_signed_and_may_have_it_sent_again() {
    let listener = Scripted::start(vec![Reply::json(200, &json!({}))]).await;
    let gateway = Gateway::start_with(vec![Reply::says("Hello.")], SETTINGS).await;
    let body =
        json!({"url": format!("{}/hook/T0KEN?key=s3cret", listener.url), "events": ["budget.threshold"]});
    let webhook = gateway.daemon.admin(Method::POST, "/webhooks", body).await.expect(201);
    let (id, secret) = (webhook["id"].as_str().unwrap(), webhook["secret"].as_str().unwrap());
    let budget = json!({"name": "b", "subject": "team", "period": "month", "limit_usd": 20, "mode": "soft"});
    gateway.daemon.admin(Method::POST, "/budgets", budget).await.expect(201);
    gateway.chat(&question()).await.expect(200);
    let is_delivered = |row: &Value| row["status"] == "delivered";
    let rows = deliveries(&gateway, id, |rows| rows.len() > 1 && rows.iter().all(is_delivered)).await;
    let mut told: Vec<i64> =
        rows.iter().map(|row| row["body"]["data"]["percent"].as_i64().unwrap()).collect();
    told.sort_unstable();
    assert_eq!(told, [50, 80], "18 of 20 dollars cross two thresholds at once, and each is told once");
    let sent = listener.last();
    assert_eq!(sent.body["type"], "budget.threshold");
    assert_eq!(sent.body["data"]["budget"]["spent_usd"], 18.0);
    let header = |name: &str| sent.headers[name].to_str().unwrap().to_owned();
    let key = STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
    let signed = format!("{}.{}.{}", header("webhook-id"), header("webhook-timestamp"), sent.body);
    let signature =
        Hmac::<Sha256>::new_from_slice(&key).unwrap().chain_update(signed).finalize().into_bytes();
    assert_eq!(header("webhook-signature"), format!("v1,{}", STANDARD.encode(signature)));
    let again = format!("/webhooks/{id}/deliveries/{}/resend", header("webhook-id"));
    gateway.daemon.admin(Method::POST, &again, json!({})).await.expect(202);
    while listener.calls() < 3 {
        tokio::task::yield_now().await;
    }
    assert_eq!(listener.last().headers["webhook-id"], header("webhook-id").as_str());
    let listed = gateway.daemon.admin(Method::GET, "/webhooks", json!({})).await.expect(200);
    assert!(listed["data"][0]["secret"].is_null());
    assert_eq!(listed["data"][0]["url"], format!("{}/…", listener.url));
    let audit = gateway.daemon.operator(Method::GET, "/analytics/audit?raw=true").answer().await.expect(200);
    for seen in [&webhook, &listed, &audit] {
        assert!(!seen.to_string().contains("T0KEN") && !seen.to_string().contains("s3cret"), "{seen}");
    }
}

#[tokio::test]
async fn a_listener_that_fails_is_tried_again_later() {
    let listener = Scripted::start(vec![Reply::json(500, &json!({}))]).await;
    let gateway = Gateway::start_with(vec![Reply::says("Hello.")], SETTINGS).await;
    let webhook =
        gateway.daemon.admin(Method::POST, "/webhooks", json!({"url": listener.url})).await.expect(201);
    let budget = json!({"name": "b", "subject": "team", "period": "day", "limit_usd": 18, "mode": "soft"});
    gateway.daemon.admin(Method::POST, "/budgets", budget).await.expect(201);
    gateway.chat(&question()).await.expect(200);
    let is_tried = |row: &Value| row["attempts"] == 1;
    let id = webhook["id"].as_str().unwrap();
    let rows = deliveries(&gateway, id, |rows| !rows.is_empty() && rows.iter().all(is_tried)).await;
    for row in &rows {
        assert_eq!((&row["status"], &row["last_answer"]), (&json!("pending"), &json!("500")));
        assert!(row["next_attempt_at"].is_string());
    }
    let wrong = gateway.daemon.admin(Method::POST, "/webhooks", json!({"url": "ftp://x"})).await;
    assert_eq!(wrong.status, 400);
}
