//! Acts: each stands with its audit row, or neither does; and of two at the same time none is lost.

use super::as_operator;
use crate::samples::pdf;
use crate::support::{Answer, Answered, Daemon, read};
use contract::endpoint::Trait;
use futures::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::HashMap;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufStream};
use tokio::net::TcpStream;

/// What changes more than the store, or needs more than a call: the tests are in `upkeep.rs`, `runs.rs`, `tools.rs`, `prompts.rs` and
/// `flywheel.rs`.
const ELSEWHERE: [&str; 10] = [
    "CreateHubLink",
    "CreateBackup",
    "DeleteBackup",
    "InvokeTool",
    "ApproveToolCall",
    "DenyToolCall",
    "OptimisePrompt",
    "ApplyOptimisation",
    "ReviewDataset",
    "CancelRun",
];

/// Everything that changes what the daemon governs, in an order in which each can be done: its endpoint, and how it is
/// called. The name of an endpoint in braces stands for the id that it answered, `{trace}` for the last call's trace.
fn acts() -> Vec<Done> {
    [on_the_gate(), on_scim(), on_the_rest()].concat()
}

/// An endpoint, how it is called, and with what.
type Done = (&'static str, &'static str, Value);

fn on_the_gate() -> Vec<Done> {
    let facts = json!({"models": [{"provider": "mistral", "id": "new", "input_usd_per_mtok": 1.0}]});
    vec![
        ("CreateKey", "POST /admin/v1/keys", json!({"name": "app", "scopes": ["search"]})),
        ("UpdateKey", "PATCH /admin/v1/keys/app", json!({"scopes": ["chat"]})),
        ("RotateKey", "POST /admin/v1/keys/app/rotate", json!({})),
        ("RevokeKey", "POST /admin/v1/keys/app/revoke", json!({})),
        ("CreateOperator", "POST /admin/v1/operators", json!({"name": "a", "role": "viewer"})),
        ("RevokeOperator", "DELETE /admin/v1/operators/{CreateOperator}", json!({})),
        ("PutTeam", "PUT /admin/v1/teams/sales", json!({"aliases": {"a": "local/m"}})),
        ("PutUsers", "PUT /admin/v1/users", json!({"users": [{"email": "a@example.org", "role": "member"}]})),
        ("UpdateUser", "PATCH /admin/v1/users/a@example.org", json!({"groups": ["hr"]})),
        (
            "CreateBudget",
            "POST /admin/v1/budgets",
            json!({"name": "all", "subject": "team", "period": "day", "limit_usd": 5}),
        ),
        ("UpdateBudget", "PATCH /admin/v1/budgets/all", json!({"limit_usd": 7})),
        ("DeleteBudget", "DELETE /admin/v1/budgets/all", json!({})),
        ("AddProvider", "POST /admin/v1/providers", json!({"provider": "mistral", "key": "secret"})),
        ("RefreshCatalogue", "PUT /admin/v1/providers/catalogue", facts),
        ("RemoveProvider", "DELETE /admin/v1/providers/mistral", json!({})),
        (
            "PutTier",
            "PUT /admin/v1/tiers/fast",
            json!({"targets": [{"model": "mistral/small"}, {"model": "openai/small"}], "hedge_ms": 5}),
        ),
        ("ResetTier", "DELETE /admin/v1/tiers/fast", json!({})),
        (
            "PutRailPolicy",
            "PUT /admin/v1/policies/guardrails",
            json!({"guardrails": {"pii": {"output": "block"}}}),
        ),
        ("ResetRailPolicy", "DELETE /admin/v1/policies/guardrails", json!({})),
        ("UpdateRetention", "PATCH /admin/v1/retention", json!({"trace_days": 30})),
    ]
}

fn on_scim() -> Vec<Done> {
    let user = |name: &str| json!({"userName": format!("{name}@example.org")});
    let rename = json!({"Operations": [{"op": "replace", "path": "displayName", "value": "other"}]});
    vec![
        ("CreateScimUser", "POST /admin/scim/v2/Users", user("s")),
        ("ReplaceScimUser", "PUT /admin/scim/v2/Users/{CreateScimUser}", user("t")),
        ("PatchScimUser", "PATCH /admin/scim/v2/Users/{CreateScimUser}", rename.clone()),
        ("CreateScimGroup", "POST /admin/scim/v2/Groups", json!({"displayName": "new"})),
        ("ReplaceScimGroup", "PUT /admin/scim/v2/Groups/{CreateScimGroup}", json!({"displayName": "newer"})),
        ("PatchScimGroup", "PATCH /admin/scim/v2/Groups/{CreateScimGroup}", rename),
        ("DeleteScimGroup", "DELETE /admin/scim/v2/Groups/{CreateScimGroup}", json!({})),
        ("DeleteScimUser", "DELETE /admin/scim/v2/Users/{CreateScimUser}", json!({})),
    ]
}

fn on_the_rest() -> Vec<Done> {
    let agent: Value = serde_yaml::from_str(&read("agents-examples/hr/hr.yml")).unwrap();
    let suite: Value = serde_yaml::from_str(&read("agents-examples/hr/suites/hr-eval-v3.yml")).unwrap();
    let session = json!({"agent_id": "hr-assistant"});
    let case = &suite["spec"]["cases"][0]["id"];
    let run = json!({"agent": "hr-assistant", "suite": "hr-eval-v3", "cases": [case]});
    vec![
        ("PutSuite", "PUT /public/v1/evaluations/suites/hr-eval-v3", suite.clone()),
        ("ApplyAgent", "POST /public/v1/agents", agent),
        (
            "PromoteAgent",
            "POST /public/v1/agents/hr-assistant/promote",
            json!({"environment": "test", "override": {"reason": "a test"}}),
        ),
        (
            "PromoteAgent",
            "POST /public/v1/agents/hr-assistant/promote",
            json!({"environment": "prod", "override": {"reason": "a test"}}),
        ),
        ("CreateSession", "POST /public/v1/sessions", session),
        ("DeleteSession", "DELETE /public/v1/sessions/{CreateSession}", json!({})),
        (
            "AddDocument",
            "POST /public/v1/knowledge/documents",
            json!({"doc_id": "d", "collection": "all", "public": true, "text": "A text."}),
        ),
        ("DeleteDocument", "DELETE /public/v1/knowledge/documents/d", json!({})),
        ("StartRun", "POST /public/v1/evaluations/run", run),
        ("GiveFeedback", "POST /public/v1/feedback", json!({"trace_id": "{trace}", "rating": "down"})),
        ("CurateDataset", "POST /public/v1/flywheel/datasets", json!({"name": "poor"})),
        ("ArchiveAgent", "DELETE /public/v1/agents/hr-assistant", json!({})),
        ("CreateWebhook", "POST /admin/v1/webhooks", json!({"url": "http://127.0.0.1:1/hook"})),
        ("DeleteWebhook", "DELETE /admin/v1/webhooks/{CreateWebhook}", json!({})),
        ("CreateWebhook", "POST /admin/v1/webhooks", json!({"url": "http://127.0.0.1:1/hook"})),
        // What is sent changes the store on its own: so this comes last.
        ("ResendDelivery", "POST /admin/v1/webhooks/{CreateWebhook}/deliveries/evt_1/resend", json!({})),
    ]
}

async fn call(daemon: &Daemon, call: &str, body: &Value) -> Answer {
    let (method, path) = call.split_once(' ').unwrap();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let call = client.request(method.parse().unwrap(), format!("{}{path}", daemon.url));
    // What reads a definition reads it as JSON too; what begins work is waited for.
    call.bearer_auth(daemon.operator.expose()).header("Prefer", "wait=120").json(body).answer().await
}

/// What the store governs, and what the daemon holds of it in memory.
async fn state(daemon: &Daemon) -> (Vec<(String, String)>, Vec<Value>) {
    let mut held = Vec::new();
    for path in ["/budgets", "/providers", "/teams", "/tiers", "/retention", "/backups"] {
        held.push(daemon.admin(Method::GET, path, json!({})).await.expect(200));
    }
    (daemon.governed().await, held)
}

#[tokio::test]
async fn an_act_whose_row_the_store_refuses_is_not_done() {
    let daemon = Daemon::start().await;
    let mut ids: HashMap<&str, String> = HashMap::new();
    for (endpoint, act, body) in acts() {
        let named =
            |text: String| ids.iter().fold(text, |text, (name, id)| text.replace(&format!("{{{name}}}"), id));
        let (act, body) = (named(act.to_owned()), serde_json::from_str(&named(body.to_string())).unwrap());
        if endpoint == "ResendDelivery" {
            daemon.delivered(&ids["CreateWebhook"]).await;
        }
        let before = state(&daemon).await;
        daemon.refuse_rows("NEW.entry LIKE '%\"outcome\":\"completed\"%'").await;
        let refused = call(&daemon, &act, &body).await;
        daemon.accept_rows().await;
        assert!(refused.status >= 500, "{endpoint}: {} {}", refused.status, refused.body);
        assert_eq!(state(&daemon).await, before, "{endpoint}");
        let rows = daemon.rows(endpoint).await;
        assert_eq!(
            (&rows[0]["status"], &rows[0]["change"]),
            (&json!(refused.status), &Value::Null),
            "{endpoint}"
        );
        let done = call(&daemon, &act, &body).await;
        assert!(done.status < 300, "{endpoint}: {}", done.body);
        assert_ne!(state(&daemon).await, before, "{endpoint}");
        let row = &daemon.rows(endpoint).await[0];
        // Who waits for work is answered when it has ended, later than what began it is stored.
        assert!([json!(done.status), json!(202)].contains(&row["status"]), "{endpoint}: {row}");
        if !endpoint.ends_with("Session") {
            assert!(row["change"].is_object(), "{endpoint}: {row}");
        }
        if let Some(id) = done.body["id"].as_str() {
            ids.insert(endpoint, id.to_owned());
        }
        ids.insert("trace", done.headers["x-trace-id"].to_str().unwrap().to_owned());
    }
    let verified = daemon.operator(Method::GET, "/analytics/audit?verify=true").answer().await.expect(200);
    assert_eq!(verified["chain"]["ok"], true);
}

#[test]
fn every_endpoint_that_is_no_get_either_acts_or_asks() {
    let acts: Vec<&str> = acts().iter().map(|(endpoint, ..)| *endpoint).collect();
    let all = contract::catalogue::CATALOGUE.iter().chain(contract::admin::CATALOGUE);
    for endpoint in all.filter(|endpoint| endpoint.method != contract::endpoint::Method::Get) {
        let asks = endpoint.has(Trait::Question) || endpoint.has(Trait::AsksModels);
        let acts = acts.contains(&endpoint.name) || ELSEWHERE.contains(&endpoint.name);
        assert!(asks || acts, "{} is in neither list", endpoint.name);
    }
}

#[tokio::test]
async fn a_file_has_a_row_when_it_comes_and_another_when_it_is_read() {
    let daemon = Daemon::start().await;
    let send = || {
        daemon.send_file("a.pdf", pdf(&["Salaries."], ""), &[("collection", "pay"), ("public", "true")], 60)
    };
    let before = state(&daemon).await;
    daemon.refuse_rows("NEW.entry LIKE '%\"outcome\":\"completed\"%'").await;
    assert!(send().await.status >= 500);
    daemon.accept_rows().await;
    assert_eq!(state(&daemon).await, before);
    let document = send().await.expect(201);
    for endpoint in ["AddDocument", "ReadFile"] {
        let row = &daemon.rows(endpoint).await[0];
        assert_eq!(row["change"]["after"]["doc_id"], document["doc_id"], "{row}");
        assert!(row["key_id"].is_string(), "in whose name: {row}");
    }
}

/// Each row's `before` is what the row before it left.
fn is_history(rows: &[Value], of: impl Fn(&Value) -> Value) -> bool {
    rows.windows(2).all(|two| of(&two[1]["change"]["after"]) == of(&two[0]["change"]["before"]))
}

#[tokio::test]
async fn of_changes_at_the_same_time_none_is_lost_and_the_log_tells_them_one_after_the_other() {
    let daemon = Daemon::start().await;
    daemon.key(json!({"name": "app", "scopes": ["search"]})).await;
    let budget = json!({"name": "all", "subject": "team", "period": "day", "limit_usd": 5});
    daemon.admin(Method::POST, "/budgets", budget).await.expect(201);
    let changes = [
        json!({"scopes": ["chat"]}),
        json!({"act_as": ["*@example.org"]}),
        json!({"limits": {"per_minute": 7}}),
        json!({"limits": {"per_day": 8}}),
        json!({"models": ["local/m"]}),
        json!({"agents": ["a-1"]}),
        json!({"collections": ["c-1"]}),
        json!({"sources": ["127.0.0.1"]}),
    ];
    let patches = changes.iter().map(|change| daemon.admin(Method::PATCH, "/keys/app", change.clone()));
    for answer in join_all(patches).await {
        answer.expect(200);
    }
    let key = daemon.admin(Method::GET, "/keys/app", json!({})).await.expect(200);
    for change in &changes {
        for (field, value) in change.as_object().unwrap() {
            let has = match value.as_object() {
                Some(limits) => limits.iter().all(|(name, limit)| key[field][name] == *limit),
                None => key[field] == *value,
            };
            assert!(has, "{change} was lost: {key}");
        }
    }
    let settings =
        |key: &Value| json!([key["scopes"], key["act_as"], key["limits"], key["models"], key["agents"]]);
    assert!(is_history(&daemon.rows("UpdateKey").await, settings));
    let changes = [json!({"limit_usd": 9}), json!({"mode": "soft"}), json!({"unpriced": "allow"})];
    let patches = changes.iter().map(|change| daemon.admin(Method::PATCH, "/budgets/all", change.clone()));
    for answer in join_all(patches).await {
        answer.expect(200);
    }
    let budget = daemon.admin(Method::GET, "/budgets/all", json!({})).await.expect(200);
    let shown = |budget: &Value| json!([budget["limit_usd"], budget["mode"], budget["unpriced"]]);
    assert_eq!(shown(&budget), json!([9.0, "soft", "allow"]));
    assert!(is_history(&daemon.rows("UpdateBudget").await, shown));
    let wanted: Vec<Value> = (0..4).map(|n| json!({"aliases": {"a": format!("local/{n}")}})).collect();
    let puts = wanted.iter().map(|team| daemon.admin(Method::PUT, "/teams/default", team.clone()));
    for answer in join_all(puts).await {
        answer.expect(200);
    }
    assert!(is_history(&daemon.rows("PutTeam").await, |team| team["aliases"].clone()));
}

#[tokio::test]
async fn of_many_who_want_the_same_name_one_gets_it_and_the_others_are_told() {
    let daemon = Daemon::start().await;
    let other = daemon.admin(Method::POST, "/operators", json!({"name": "b", "role": "operator"})).await;
    let other = other.expect(201)["secret"].as_str().unwrap().to_owned();
    let budget = json!({"name": "app", "subject": "team", "period": "day", "limit_usd": 5});
    for (path, body) in [("/keys", json!({"name": "app", "scopes": ["search"]})), ("/budgets", budget)] {
        let creations = (0..8).map(|_| as_operator(&daemon, &other, Method::POST, path, body.clone()));
        let answers = join_all(creations).await;
        assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1, "{path}");
        for answer in answers.iter().filter(|answer| answer.status != 201) {
            assert_eq!((answer.status, answer.code()), (409, "name_taken"), "{path}: {}", answer.body);
        }
    }
    let rotations = (0..8).map(|_| daemon.admin(Method::POST, "/keys/app/rotate", json!({})));
    let answers = join_all(rotations).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1);
    assert!(answers.iter().all(|answer| answer.status == 201 || answer.code() == "rotation_under_way"));
    let key = daemon.admin(Method::GET, "/keys/app", json!({})).await.expect(200);
    assert_eq!(key["secrets"].as_array().unwrap().len(), 2);
}

/// The head of a call whose body comes when it is asked for: the gate has let it in by then.
async fn let_in(daemon: &Daemon, token: &str, call: &str, length: usize) -> BufStream<TcpStream> {
    let address = daemon.url.strip_prefix("http://").unwrap();
    let mut stream = BufStream::new(TcpStream::connect(address).await.unwrap());
    let head = format!(
        "{call} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\nX-User-Email: ana@example.org\r\n\
         Content-Type: application/json\r\nContent-Length: {length}\r\nExpect: 100-continue\r\n\
         Connection: close\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.flush().await.unwrap();
    let (mut status, mut end) = (String::new(), String::new());
    stream.read_line(&mut status).await.unwrap();
    stream.read_line(&mut end).await.unwrap();
    assert_eq!((status.trim(), end.trim()), ("HTTP/1.1 100 Continue", ""));
    stream
}

#[tokio::test]
async fn who_may_no_longer_when_the_act_is_stored_has_not_done_it() {
    let daemon = Daemon::start().await;
    let token = async |name: &str| {
        let body = json!({"name": name, "role": "org_admin"});
        daemon.admin(Method::POST, "/operators", body).await.expect(201)
    };
    let user = |change: Value| json!({"users": [{"email": "ana@example.org", "role": change}]});
    daemon.admin(Method::PUT, "/users", user(json!("builder"))).await.expect(200);
    let key = json!({"name": "app", "scopes": ["knowledge/*"], "act_as": ["*@example.org"]});
    let (operator, key) = (token("leaves").await, daemon.key(key).await);
    let secret = operator["secret"].as_str().unwrap();
    let (keys, documents) = ("POST /admin/v1/keys", "POST /public/v1/knowledge/documents");
    let new_key = json!({"name": "late", "scopes": ["chat"]}).to_string();
    let document = json!({"doc_id": "d", "collection": "all", "public": true, "text": "A text."}).to_string();
    let revocation = format!("/operators/{}", operator["id"].as_str().unwrap());
    let narrower = json!({"scopes": ["chat"], "act_as": ["*@example.org"]});
    let wider = json!({"scopes": ["knowledge/*"]});
    let undone = [
        (secret, keys, &new_key, (Method::DELETE, revocation.as_str(), json!({})), "key_revoked"),
        (&key, documents, &document, (Method::PUT, "/users", user(json!("viewer"))), "not_permitted"),
        (&key, documents, &document, (Method::PATCH, "/keys/app", narrower), "insufficient_scope"),
        (&key, documents, &document, (Method::POST, "/keys/app/revoke", json!({})), "key_revoked"),
    ];
    for (secret, call, body, (method, path, change), code) in undone {
        daemon.admin(Method::PATCH, "/keys/app", wider.clone()).await.expect(200);
        daemon.admin(Method::PUT, "/users", user(json!("builder"))).await.expect(200);
        let mut stream = let_in(&daemon, secret, call, body.len()).await;
        let changed = daemon.admin(method, path, change).await;
        assert!(changed.status < 300, "{}", changed.body);
        stream.write_all(body.as_bytes()).await.unwrap();
        stream.flush().await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.contains(code), "{path}: {answer}");
    }
    let log = daemon.operator(Method::GET, "/analytics/audit?limit=200").answer().await.expect(200);
    let rows = log["data"].as_array().unwrap();
    let done =
        rows.iter().filter(|row| ["CreateKey", "AddDocument"].contains(&row["endpoint"].as_str().unwrap()));
    let done: Vec<_> = done.map(|row| (row["status"].clone(), row["change"].is_object())).collect();
    let refused = |status: u16| (json!(status), false);
    assert_eq!(done, [refused(401), refused(403), refused(403), refused(401), (json!(201), true)]);
}
