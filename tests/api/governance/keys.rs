//! Keys: changed and rotated without downtime.

use super::search;
use crate::support::{Answered, Daemon};
use reqwest::Method;
use serde_json::{Value, json};

async fn rotated(daemon: &Daemon, body: Value) -> Value {
    daemon.admin(Method::POST, "/keys/app/rotate", body).await.expect(201)
}

fn secret(key: &Value) -> String {
    key["secret"].as_str().unwrap().to_owned()
}

/// litellm#27193, #35797: the overlap of a rotation did not work.
#[tokio::test]
async fn old_and_new_secret_work_within_the_overlap_and_the_old_one_ends_after_it() {
    let daemon = Daemon::start().await;
    let old = daemon.key(json!({"name": "app", "scopes": ["search"]})).await;
    let key = rotated(&daemon, json!({"overlap": "24h"})).await;
    let new = secret(&key);
    assert_eq!(key["status"], "rotating");
    let secrets = key["secrets"].as_array().unwrap();
    let shown =
        |n: usize| (secrets[n]["generation"].as_i64().unwrap(), secrets[n]["status"].as_str().unwrap());
    assert_eq!((shown(0), shown(1)), ((2, "active"), (1, "rotating")));
    assert!(secrets[1]["expires_at"].is_string());
    search(&daemon, &old).await.expect(200);
    search(&daemon, &new).await.expect(200);
    daemon.admin(Method::POST, "/keys/app/revoke", json!({"which": "old"})).await.expect(200);
    let refused = search(&daemon, &old).await;
    assert_eq!((refused.status, refused.code()), (401, "key_revoked"));
    search(&daemon, &new).await.expect(200);
    let third = secret(&rotated(&daemon, json!({"overlap": "0s"})).await);
    let refused = search(&daemon, &new).await;
    assert_eq!((refused.status, refused.code()), (401, "key_expired"), "its time is over");
    search(&daemon, &third).await.expect(200);
}

/// litellm#31079: a rotation began limits and budgets anew.
#[tokio::test]
async fn limits_and_the_audit_log_go_on_over_a_rotation() {
    let daemon = Daemon::start().await;
    let limits = json!({"name": "app", "scopes": ["search"], "limits": {"per_hour": 3}});
    let old = daemon.key(limits).await;
    search(&daemon, &old).await.expect(200);
    let before = daemon.admin(Method::GET, "/keys/app", json!({})).await.expect(200);
    let new = secret(&rotated(&daemon, json!({})).await);
    search(&daemon, &new).await.expect(200);
    search(&daemon, &old).await.expect(200);
    assert_eq!(search(&daemon, &new).await.status, 429);
    let path = format!("/analytics/audit?key={}&endpoint=Search", before["id"].as_str().unwrap());
    let rows = daemon.operator(Method::GET, &path).answer().await.expect(200);
    let generations: Vec<i64> =
        rows["data"].as_array().unwrap().iter().map(|row| row["key_generation"].as_i64().unwrap()).collect();
    assert_eq!(generations, [2, 1, 2, 1], "the newest first");
}

/// litellm#38351: a rotation that was tried again made another secret.
#[tokio::test]
async fn the_same_rotation_again_gets_the_first_answer() {
    let daemon = Daemon::start().await;
    daemon.key(json!({"name": "app", "scopes": ["search"]})).await;
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let rotate = || {
        let call = client.post(format!("{}/admin/v1/keys/app/rotate", daemon.url));
        let call = call.bearer_auth(daemon.operator.expose()).header("Idempotency-Key", "rotation-7");
        call.json(&json!({"overlap": "1h"})).answer()
    };
    let (first, second) = (rotate().await, rotate().await);
    assert_eq!(second.headers["idempotent-replayed"], "true");
    let new = secret(&first.body);
    assert_eq!(new, secret(&second.body));
    search(&daemon, &new).await.expect(200);
    for (name, bytes) in daemon.at_rest().await {
        assert!(!bytes.windows(new.len()).any(|window| window == new.as_bytes()), "{name}");
    }
}

#[tokio::test]
async fn a_rotation_within_a_rotation_is_refused_unless_it_ends_the_older() {
    let daemon = Daemon::start().await;
    let first = daemon.key(json!({"name": "app", "scopes": ["search"]})).await;
    let second = secret(&rotated(&daemon, json!({})).await);
    let refused = daemon.admin(Method::POST, "/keys/app/rotate", json!({})).await;
    assert_eq!((refused.status, refused.code()), (409, "rotation_under_way"));
    assert!(refused.body["error"]["message"].as_str().unwrap().contains("--old"));
    let third = secret(&rotated(&daemon, json!({"end_older": true})).await);
    assert_eq!(search(&daemon, &first).await.code(), "key_revoked");
    search(&daemon, &second).await.expect(200);
    search(&daemon, &third).await.expect(200);
    daemon.admin(Method::POST, "/keys/app/revoke", json!({"which": "new"})).await.expect(200);
    assert_eq!(search(&daemon, &third).await.code(), "key_revoked");
    let key = daemon.admin(Method::GET, "/keys/app", json!({})).await.expect(200);
    assert_eq!((&key["status"], &key["secrets"][1]["status"]), (&json!("active"), &json!("active")));
    search(&daemon, &second).await.expect(200);
    let fourth = secret(&rotated(&daemon, json!({})).await);
    search(&daemon, &second).await.expect(200);
    search(&daemon, &fourth).await.expect(200);
}

/// litellm#9820, #34217, #35535: a revoked key worked on.
#[tokio::test]
async fn a_change_holds_from_the_next_call_on() {
    let daemon = Daemon::start().await;
    let key = daemon.key(json!({"name": "app", "scopes": ["search"]})).await;
    search(&daemon, &key).await.expect(200);
    let patch = async |body: Value| daemon.admin(Method::PATCH, "/keys/app", body).await;
    patch(json!({"scopes": ["chat"]})).await.expect(200);
    assert_eq!(search(&daemon, &key).await.code(), "insufficient_scope");
    patch(json!({"scopes": ["search"], "limits": {"per_minute": 2}})).await.expect(200);
    search(&daemon, &key).await.expect(200);
    assert_eq!(search(&daemon, &key).await.status, 429);
    let lifted = patch(json!({"limits": {"per_minute": null, "per_day": 1000}})).await.expect(200);
    assert_eq!(lifted["limits"], json!({"per_day": 1000}));
    search(&daemon, &key).await.expect(200);
    patch(json!({"sources": ["10.0.0.0/8"]})).await.expect(200);
    assert_eq!(search(&daemon, &key).await.code(), "not_permitted");
    patch(json!({"sources": ["127.0.0.1"]})).await.expect(200);
    search(&daemon, &key).await.expect(200);
    patch(json!({"expires_at": "2020-01-01T00:00:00Z"})).await.expect(200);
    assert_eq!(search(&daemon, &key).await.code(), "key_expired");
    patch(json!({"expires_at": null})).await.expect(200);
    search(&daemon, &key).await.expect(200);
    daemon.admin(Method::POST, "/keys/app/revoke", json!({})).await.expect(200);
    assert_eq!(search(&daemon, &key).await.code(), "key_revoked");
    assert_eq!(patch(json!({"name": "again"})).await.status, 404, "only its id finds it now");
}

/// bifrost#5673: a setting that nobody knew was dropped without a word.
#[tokio::test]
async fn a_setting_that_nobody_knows_is_an_error() {
    let daemon = Daemon::start().await;
    let typo = json!({"name": "app", "scopes": ["search"], "limits": {"per_minuet": 5}});
    let refused = daemon.admin(Method::POST, "/keys", typo).await;
    assert_eq!((refused.status, refused.code()), (400, "invalid_value"), "{}", refused.body);
    let budget = json!({"name": "app", "scopes": ["search"], "budget": 5});
    assert_eq!(daemon.admin(Method::POST, "/keys", budget).await.status, 400);
    for (field, value) in
        [("role", json!("king")), ("sources", json!(["10.0.0.0/99"])), ("scopes", json!(["x"]))]
            .into_iter()
            .chain(
                ["*", "sarah", "*@", "s*@example.org", "*@*.org", "a b@example.org", "*example.org"]
                    .map(|wrong| ("act_as", json!([wrong]))),
            )
    {
        let mut body = json!({"name": "app", "scopes": ["search"]});
        body[field] = value;
        let refused = daemon.admin(Method::POST, "/keys", body).await;
        assert_eq!((refused.status, &refused.body["error"]["param"]), (400, &json!(field)));
    }
    let nobody_yet =
        json!({"name": "app", "scopes": ["search"], "act_as": ["*@Example.org", "new@example.org"]});
    let key = daemon.admin(Method::POST, "/keys", nobody_yet).await.expect(201);
    assert_eq!(key["act_as"], json!(["*@example.org", "new@example.org"]), "who comes later is no mistake");
}

#[tokio::test]
async fn a_key_talks_to_its_agents_and_reads_its_collections_only() {
    let daemon = Daemon::start().await.with_hr().await;
    let narrow = json!({
        "name": "narrow", "scopes": ["chat", "search", "agents/*", "knowledge/*"], "act_as": ["*@example.org"],
        "agents": ["other"], "collections": ["other"],
    });
    let key = daemon.key(narrow).await;
    let asked = daemon.ask(&key, "sarah@example.org", "How many days of leave do I have?").await;
    assert_eq!((asked.status, asked.code()), (404, "agent_not_found"));
    let agents = daemon.call(Method::GET, "/agents").bearer_auth(&key).answer().await.expect(200);
    assert_eq!(agents["data"], json!([]));
    assert_eq!(daemon.call(Method::GET, "/agents/hr-assistant").bearer_auth(&key).answer().await.status, 404);
    let change = |method, path: &str, body: serde_json::Value| {
        daemon.call(method, path).bearer_auth(&key).json(&body).answer()
    };
    let hr: serde_json::Value =
        serde_yaml::from_str(&crate::support::read("agents-examples/hr/hr.yml")).unwrap();
    for changed in [
        change(Method::POST, "/agents", hr).await,
        change(Method::DELETE, "/agents/hr-assistant", json!({})).await,
        change(Method::POST, "/agents/hr-assistant/promote", json!({"environment": "test"})).await,
    ] {
        assert_eq!((changed.status, changed.code()), (404, "agent_not_found"), "{}", changed.body);
    }
    let find =
        || daemon.call(Method::POST, "/search").bearer_auth(&key).header("X-User-Email", "sarah@example.org");
    let found = find().json(&json!({"query": "annual leave"})).answer().await.expect(200);
    assert_eq!(found["data"], json!([]));
    let add = json!({"collection": "hr-policies", "public": true, "text": "Anything."});
    let added = daemon.call(Method::POST, "/knowledge/documents").bearer_auth(&key).json(&add).answer().await;
    assert_eq!((added.status, added.code()), (404, "collection_not_found"));
    let wider = json!({"agents": ["hr-assistant"], "collections": ["hr-policies"]});
    daemon.admin(Method::PATCH, "/keys/narrow", wider).await.expect(200);
    daemon.ask(&key, "sarah@example.org", "How many days of leave do I have?").await.expect(200);
    let found = find().json(&json!({"query": "annual leave"})).answer().await.expect(200);
    assert!(!found["data"].as_array().unwrap().is_empty());
}

#[tokio::test]
async fn an_agent_uses_no_tool_that_the_key_may_not() {
    let daemon = Daemon::start().await.with_hr_unevaluated().await;
    let narrow =
        json!({"name": "narrow", "scopes": ["chat"], "act_as": ["*@example.org"], "tools": ["calculator"]});
    let key = daemon.key(narrow).await;
    let (user, question) = ("sarah@example.org", "How many days of leave do I have?");
    let events = daemon.stream(&key, user, question).await;
    let result = &events.iter().find(|event| event.name == "tool.result").unwrap().data;
    assert_eq!((&result["tool"], &result["ok"]), (&json!("knowledge_search"), &json!(false)), "{result}");
    assert!(result["summary"].as_str().unwrap().contains("tools of the key"), "{result}");
    let answer = &events.last().unwrap().data;
    assert_eq!(
        (&answer["refused"], &answer["citations"], &answer["retrieval"]),
        (&json!(true), &json!([]), &json!([]))
    );
    let trace = format!("/analytics/traces/{}", answer["trace_id"].as_str().unwrap());
    let trace = daemon.operator(Method::GET, &trace).answer().await.expect(200);
    assert_eq!(trace["tools"][0]["rule"], "key:tools");
    daemon.admin(Method::PATCH, "/keys/narrow", json!({"tools": ["knowledge_search"]})).await.expect(200);
    let answer = daemon.ask(&key, user, question).await.expect(200);
    assert_eq!(answer["refused"], false, "{answer}");
}

#[tokio::test]
async fn keys_come_a_page_at_a_time() {
    let daemon = Daemon::start().await;
    for n in 0..5 {
        daemon.key(json!({"name": format!("key-{n}"), "scopes": ["search"]})).await;
    }
    let mut names = Vec::new();
    let mut path = "/keys?limit=2".to_owned();
    loop {
        let page = daemon.admin(Method::GET, &path, json!({})).await.expect(200);
        names.extend(
            page["data"].as_array().unwrap().iter().map(|key| key["name"].as_str().unwrap().to_owned()),
        );
        let Some(next) = page["next"].as_str() else { break };
        path = format!("/keys?limit=2&after={next}");
    }
    assert_eq!(names, ["key-4", "key-3", "key-2", "key-1", "key-0"]);
}

/// bifrost#2361: a key was refused now and then while others changed.
#[tokio::test]
async fn a_right_key_is_never_refused_while_others_change() {
    let daemon = Daemon::start().await;
    let key = daemon.key(json!({"name": "app", "scopes": ["search"]})).await;
    daemon.key(json!({"name": "other", "scopes": ["search"]})).await;
    let change = async {
        for n in 0..20 {
            let limits = json!({"limits": {"per_day": 100 + n}});
            daemon.admin(Method::PATCH, "/keys/other", limits).await.expect(200);
            let rotate = json!({"overlap": "1h", "end_older": true});
            daemon.admin(Method::POST, "/keys/other/rotate", rotate).await.expect(201);
            daemon.key(json!({"name": format!("new-{n}"), "scopes": ["search"]})).await;
            daemon.admin(Method::POST, &format!("/keys/new-{n}/revoke"), json!({})).await.expect(200);
        }
    };
    let calls = (0..8).map(|_| async {
        for _ in 0..40 {
            search(&daemon, &key).await.expect(200);
        }
    });
    futures::join!(change, futures::future::join_all(calls));
}
