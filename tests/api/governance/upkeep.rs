//! What operators set while the daemon runs: tiers, how long the log is kept; and copies of the store.

use crate::support::{Answered, Daemon, Line, Upstream};
use reqwest::Method;
use serde_json::{Value, json};

const DAY: i64 = 24 * 60 * 60 * 1000;

#[tokio::test]
async fn a_tier_leads_elsewhere_from_the_next_call_on_and_after_a_restart() {
    let upstream = Upstream::start(vec![Line::Text("Hello."), Line::End]).await;
    let mut daemon = Daemon::start_with(&upstream.settings()).await;
    let key = daemon.key(json!({"name": "app", "scopes": ["completions"]})).await;
    let model = async |daemon: &Daemon| {
        let call = daemon.call(Method::POST, "/chat/completions").bearer_auth(&key);
        let body = json!({"model": "fast", "stream": true, "messages": [{"role": "user", "content": "Hi"}]});
        let answer = call.json(&body).answer().await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        upstream.requests.lock().unwrap().last().unwrap()["model"].clone()
    };
    assert_eq!(model(&daemon).await, "scripted");
    let other = json!({"targets": [{"model": "local/other"}]});
    let tier = daemon.admin(Method::PUT, "/tiers/fast", other).await.expect(200);
    assert_eq!((&tier["targets"][0]["model"], &tier["set_by"]), (&json!("local/other"), &json!("operator")));
    assert_eq!(model(&daemon).await, "other");
    daemon.restart().await;
    assert_eq!(model(&daemon).await, "other");
    assert_eq!(daemon.admin(Method::DELETE, "/tiers/fast", json!({})).await.status, 204);
    assert_eq!(model(&daemon).await, "scripted");
    assert_eq!(daemon.admin(Method::DELETE, "/tiers/fast", json!({})).await.status, 404, "it is not set");
    let change = &daemon.rows("PutTier").await[0]["change"];
    let targets = |when: &str| change[when]["targets"][0]["model"].clone();
    assert_eq!((targets("before"), targets("after")), (json!("local/scripted"), json!("local/other")));
}

#[tokio::test]
async fn a_tier_that_could_lead_nowhere_is_refused() {
    let daemon = Daemon::start().await;
    for (path, body, field) in [
        ("/tiers/fast", json!({"targets": []}), "targets"),
        ("/tiers/fast", json!({"targets": [{"model": "nobody/m"}]}), "targets"),
        ("/tiers/fast", json!({"targets": [{"model": "openai/m", "weight": 0}]}), "targets"),
        ("/tiers/fast", json!({"targets": [{"model": "openai/m", "only_for": ["poems"]}]}), "targets"),
        (
            "/tiers/fast",
            json!({"targets": [{"model": "openai/m"}, {"model": "katonic/extractive"}]}),
            "targets",
        ),
        ("/tiers/Fast", json!({"targets": [{"model": "openai/m"}]}), "tier"),
    ] {
        let refused = daemon.admin(Method::PUT, path, body.clone()).await;
        assert_eq!((refused.status, &refused.body["error"]["param"]), (400, &json!(field)), "{body}");
    }
}

#[tokio::test]
async fn what_is_older_than_an_operator_lets_it_be_goes_and_the_chain_still_holds() {
    let mut daemon = Daemon::start().await;
    let kept = daemon.admin(Method::GET, "/retention", json!({})).await.expect(200);
    assert_eq!((&kept["audit_days"], &kept["set_by"]), (&json!(180), &json!("configuration")));
    let old = daemon.rows("GetRetention").await[0]["trace_id"].as_str().unwrap().to_owned();
    // A stop signs the log's end.
    daemon.restart().await;
    daemon.advance(40 * DAY);
    let trace = async |daemon: &Daemon| {
        daemon.operator(Method::GET, &format!("/analytics/traces/{old}")).answer().await.status
    };
    assert_eq!(trace(&daemon).await, 200);
    daemon.admin(Method::PATCH, "/retention", json!({"trace_days": 30})).await.expect(200);
    while trace(&daemon).await != 404 {}
    assert_eq!(daemon.rows("GetRetention").await.len(), 1, "rows are kept for longer");
    daemon.admin(Method::PATCH, "/retention", json!({"audit_days": 35})).await.expect(200);
    while !daemon.rows("GetRetention").await.is_empty() {}
    let log = daemon.operator(Method::GET, "/analytics/audit?verify=true").answer().await.expect(200);
    assert_eq!(log["chain"]["ok"], true, "{}", log["chain"]);
    daemon.restart().await;
    let kept: Value = daemon.admin(Method::GET, "/retention", json!({})).await.expect(200);
    assert_eq!((&kept["audit_days"], &kept["trace_days"]), (&json!(35), &json!(30)));
    for body in [json!({"audit_days": 0}), json!({"trace_days": 36}), json!({"audit_days": 4000})] {
        assert_eq!(daemon.admin(Method::PATCH, "/retention", body).await.status, 400);
    }
}

#[tokio::test]
async fn the_store_is_copied_while_it_is_used() {
    let daemon = Daemon::start().await;
    daemon.key(json!({"name": "app", "scopes": ["search"]})).await;
    let made = daemon.admin(Method::POST, "/backups", json!({})).await;
    if daemon.database.is_some() {
        assert_eq!((made.status, made.code()), (409, "not_supported"));
        assert!(made.body["error"]["message"].as_str().unwrap().contains("pg_dump"));
        return;
    }
    let made = made.expect(201);
    let file = made["file"].as_str().unwrap();
    let copy = rusqlite::Connection::open(file).unwrap();
    let name: String = copy.query_row("SELECT name FROM keys", [], |row| row.get(0)).unwrap();
    assert_eq!(name, "app");
    let listed = daemon.admin(Method::GET, "/backups", json!({})).await.expect(200);
    assert_eq!((&listed["data"][0]["id"], &listed["data"][0]["bytes"]), (&made["id"], &made["bytes"]));
    daemon
        .refuse_rows("NEW.endpoint = 'CreateBackup' AND NEW.entry LIKE '%\"outcome\":\"completed\"%'")
        .await;
    assert!(daemon.admin(Method::POST, "/backups", json!({})).await.status >= 500);
    daemon.accept_rows().await;
    let files = std::fs::read_dir(daemon.home.path().join("data/backups")).unwrap().count();
    assert_eq!(files, 1, "what is not logged is not kept");
    let path = format!("/backups/{}", made["id"].as_str().unwrap());
    assert_eq!(daemon.admin(Method::DELETE, &path, json!({})).await.status, 204);
    assert!(!std::path::Path::new(file).exists());
    assert_eq!(daemon.rows("DeleteBackup").await[0]["change"]["before"]["id"], made["id"]);
}

#[tokio::test]
async fn health_says_part_by_part_what_works() {
    let daemon = Daemon::start().await;
    let health = daemon.admin(Method::GET, "/health", json!({})).await.expect(200);
    assert_eq!(health["status"], "ok", "{health}");
    let names: Vec<_> = health["checks"].as_array().unwrap().iter().map(|check| &check["name"]).collect();
    assert_eq!(names, ["store", "audit", "providers", "sources"]);
}
