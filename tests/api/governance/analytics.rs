//! Usage and the audit log: they agree, and the log can be verified elsewhere.

use super::search;
use crate::api::gateway::{Gateway, ask_questions, question};
use crate::scripted::Reply;
use crate::support::{Answered, Daemon};
use reqwest::Method;
use serde_json::{Value, json};

const PRICES: &str = "[models.\"local/m\"]\ninput_usd_per_mtok = 2.5\noutput_usd_per_mtok = 10\n";

async fn usage(daemon: &Daemon, query: &str) -> Value {
    daemon.operator(Method::GET, &format!("/analytics/usage{query}")).answer().await.expect(200)
}

#[tokio::test]
async fn figures_agree_with_the_audit_log_to_the_call_and_the_cent() {
    let gateway = Gateway::start_with(vec![Reply::says("Hello.")], PRICES).await;
    ask_questions(&gateway, 7).await;
    gateway.provider.next(vec![Reply::json(400, &json!({"error": {"message": "bad"}}))]);
    assert_eq!(gateway.chat(&question()).await.status, 400);
    let rows = gateway.daemon.operator(Method::GET, "/analytics/audit?limit=200").answer().await.expect(200);
    let rows: Vec<&Value> =
        rows["data"].as_array().unwrap().iter().filter(|row| row["endpoint"] == "ChatCompletions").collect();
    let logged: f64 = rows.iter().map(|row| row["cost_usd"].as_f64().unwrap()).sum();
    let by_endpoint = usage(&gateway.daemon, "?group_by=endpoint&bucket=day").await;
    let chats =
        by_endpoint["data"].as_array().unwrap().iter().find(|row| row["group"] == "ChatCompletions").unwrap();
    assert_eq!((&chats["calls"], &chats["errors"]), (&json!(8), &json!(1)));
    assert_eq!(chats["errors_per_1k"], 125.0);
    assert!((chats["cost_usd"].as_f64().unwrap() - logged).abs() < 1e-12);
    assert_eq!((&chats["input_tokens"], &chats["output_tokens"]), (&json!(77), &json!(49)));
    assert!(chats["p50_ms"].as_f64().unwrap() > 0.0 && chats["p99_ms"].as_f64() >= chats["p50_ms"].as_f64());
    for (group, name) in [("model", "local/m"), ("provider", "local"), ("team", "default")] {
        let grouped = usage(&gateway.daemon, &format!("?group_by={group}")).await;
        let row = grouped["data"].as_array().unwrap().iter().find(|row| row["group"] == name).unwrap();
        assert!(row["calls"].as_u64().unwrap() >= 8, "{row}");
    }
    let key = gateway.daemon.call(Method::GET, "/analytics/usage?group_by=key").bearer_auth(&gateway.key);
    let own = key.answer().await.expect(200);
    assert_eq!(own["data"].as_array().unwrap().len(), 1, "a key sees its own: {own}");
    let all = gateway.daemon.call(Method::GET, "/analytics/usage?group_by=user").bearer_auth(&gateway.key);
    assert_eq!(all.answer().await.status, 403);
    let csv = usage(&gateway.daemon, "?group_by=model&format=csv").await;
    assert!(csv.as_str().unwrap().starts_with("bucket,group,calls,"), "{csv}");
    assert_eq!(
        gateway.daemon.operator(Method::GET, "/analytics/usage?group_by=colour").answer().await.status,
        400
    );
}

#[tokio::test]
async fn usage_is_the_same_after_a_restart() {
    let mut gateway = Gateway::start_with(vec![Reply::says("Hello.")], PRICES).await;
    ask_questions(&gateway, 3).await;
    let before = usage(&gateway.daemon, "?group_by=model").await;
    ask_questions(&gateway, 2).await;
    gateway.daemon.restart().await;
    let after = usage(&gateway.daemon, "?group_by=model").await;
    let calls = |usage: &Value| {
        let rows = usage["data"].as_array().unwrap();
        rows.iter().find(|row| row["group"] == "local/m").unwrap()["calls"].as_u64().unwrap()
    };
    assert_eq!((calls(&before), calls(&after)), (3, 5));
}

#[tokio::test]
async fn the_log_says_whether_its_chain_holds_and_gives_what_proves_it() {
    let daemon = Daemon::start().await;
    let key = daemon.key(json!({"name": "app", "scopes": ["search"]})).await;
    super::search(&daemon, &key).await.expect(200);
    let page =
        daemon.operator(Method::GET, "/analytics/audit?verify=true&raw=true").answer().await.expect(200);
    let chain = &page["chain"];
    assert_eq!((&chain["ok"], &chain["first"]), (&json!(true), &json!(1)));
    assert_eq!(chain["public_key"].as_str().unwrap().len(), 64);
    assert!(page["data"][0]["entry"].as_str().unwrap().contains("\"stages\""));
    let plain = daemon.operator(Method::GET, "/analytics/audit").answer().await.expect(200);
    assert!(plain["data"][0]["entry"].is_null());
    daemon.admin(Method::GET, "/audit/checkpoints", json!({})).await.expect(200);
}

#[tokio::test]
async fn calls_are_followed_as_they_happen_and_by_filter() {
    use futures::StreamExt;
    let daemon = Daemon::start().await;
    let key = daemon.key(json!({"name": "app", "scopes": ["search"]})).await;
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let call = client.get(format!("{}/admin/v1/logs?endpoint=Search", daemon.url));
    let response = call
        .bearer_auth(daemon.operator.expose())
        .header("Accept", "text/event-stream")
        .send()
        .await
        .unwrap();
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    daemon.operator(Method::GET, "/agents").answer().await.expect(200);
    super::search(&daemon, &key).await.expect(200);
    let mut stream = response.bytes_stream();
    let mut seen = String::new();
    while !seen.contains("\n\n") || !seen.contains("event:") {
        seen.push_str(&String::from_utf8_lossy(&stream.next().await.unwrap().unwrap()));
    }
    let events = crate::support::events(&seen);
    assert_eq!((events[0].name.as_str(), &events[0].data["endpoint"]), ("call", &json!("Search")));
}

#[tokio::test]
async fn calls_are_found_by_the_names_that_people_know_and_a_wrong_one_is_an_error() {
    let daemon = Daemon::start().await;
    let key = daemon.key(json!({"name": "app", "scopes": ["search", "analytics"]})).await;
    daemon.key(json!({"name": "other", "scopes": ["search"]})).await;
    super::search(&daemon, &key).await.expect(200);
    let shown = daemon.admin(Method::GET, "/keys/app", json!({})).await.expect(200);
    let found =
        async |path: String| daemon.admin(Method::GET, &path, json!({})).await.expect(200)["data"].clone();
    for name in ["app", shown["id"].as_str().unwrap(), shown["prefix"].as_str().unwrap()] {
        let rows = found(format!("/logs?key={name}&endpoint=Search&decision=allowed")).await;
        assert_eq!(rows.as_array().unwrap().len(), 1, "{name}: {rows}");
    }
    assert_eq!(
        found("/logs?key=tests&limit=1".into()).await.as_array().unwrap().len(),
        1,
        "an operator's token"
    );
    for (query, param, help) in [
        ("key=ap", "key", "`app`"),
        ("endpoint=Serach", "endpoint", "`Search`"),
        ("decision=refused", "decision", "`allowed` and `denied`"),
        ("decison=denied", "decison", "`decision`"),
        ("user=sarah", "user", "address"),
        ("team=sales", "", "team"),
    ] {
        let events = reqwest::Client::builder().no_proxy().build().unwrap();
        let events =
            events.get(format!("{}/admin/v1/logs?{query}", daemon.url)).bearer_auth(daemon.operator.expose());
        let list = daemon.operator(Method::GET, &format!("/analytics/audit?{query}"));
        for answer in [events.header("accept", "text/event-stream").answer().await, list.answer().await] {
            let message = answer.body["error"]["message"].as_str().unwrap_or_default();
            assert!(matches!(answer.status, 400 | 404) && message.contains(help), "{query}: {}", answer.body);
            assert_eq!(answer.body["error"]["param"].as_str().unwrap_or_default(), param);
        }
    }
    let others = daemon.call(Method::GET, "/analytics/audit?key=othr").bearer_auth(&key).answer().await;
    assert!(others.status == 400 && !others.body.to_string().contains("`other`"), "{}", others.body);
}

#[tokio::test]
async fn prometheus_finds_the_figures_without_a_customers_name() {
    let gateway = Gateway::start_with(vec![Reply::says("Hello.")], PRICES).await;
    ask_questions(&gateway, 3).await;
    let text = reqwest::Client::builder().no_proxy().build().unwrap();
    let text =
        text.get(format!("{}/metrics", gateway.daemon.url)).send().await.unwrap().text().await.unwrap();
    assert!(text.contains("katonic_calls_total{endpoint=\"ChatCompletions\",status=\"2xx\"} 3"), "{text}");
    assert!(text.contains("katonic_tokens_total{direction=\"output\"} 21"), "{text}");
    assert!(text.ends_with("# EOF\n") && !text.contains("default") && !text.contains("key_"), "{text}");
}

#[tokio::test]
async fn an_export_has_every_row_once_in_order_and_says_that_it_is_whole() {
    let daemon = Daemon::start().await;
    let key = daemon.key(json!({"name": "app", "scopes": ["search"]})).await;
    for _ in 0..450 {
        search(&daemon, &key).await.expect(200);
    }
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let export = async |token: &str| {
        let call = client.get(format!("{}/admin/v1/audit/export", daemon.url)).bearer_auth(token);
        let response = call.send().await.unwrap();
        assert_eq!(response.headers()["content-type"], "application/x-ndjson");
        let text = response.text().await.unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect::<Vec<Value>>()
    };
    let lines = export(daemon.operator.expose()).await;
    let rows: Vec<i64> = lines
        .iter()
        .filter_map(|line| line["seq"].as_i64().filter(|_| line["object"] == "audit.row"))
        .collect();
    assert_eq!(rows, (1..=452).collect::<Vec<_>>(), "the operator's token, the key, and the searches");
    let end = lines.last().unwrap();
    assert_eq!(
        (&end["object"], &end["rows"], &end["is_part"]),
        (&json!("audit.end"), &json!(452), &json!(false))
    );
    daemon.admin(Method::PUT, "/teams/sales", json!({})).await.expect(200);
    let body = json!({"name": "sales", "role": "auditor", "team": "sales"});
    let sales = daemon.admin(Method::POST, "/operators", body).await.expect(201);
    let token = sales["secret"].as_str().unwrap();
    export(token).await;
    let theirs = export(token).await;
    let teams: Vec<&Value> =
        theirs.iter().filter(|line| line["object"] == "audit.row").map(|row| &row["team"]).collect();
    assert_eq!(theirs.last().unwrap()["is_part"], true);
    assert_eq!(teams, ["sales"], "of their own export before, and of nobody else's calls");
}
