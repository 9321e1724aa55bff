//! The gate's third rule: a case that broke is asked again before it blocks.

use crate::scripted::{chunk, event};
use crate::support::{Answered, Daemon, read};
use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;
use tokio::sync::watch;

/// A model whose answers go wrong where its instructions say so: for questions that have the word `broken`, or once for
/// one that has the word `flaky`.
#[derive(Clone)]
struct Moody {
    url: String,
    failed_once: Arc<Mutex<HashSet<String>>>,
    /// Whether the questions with the word `broken` go wrong for every version.
    is_spoilt: Arc<AtomicBool>,
    /// Whether it answers.
    open: watch::Sender<bool>,
}

impl Moody {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/v1", listener.local_addr().unwrap());
        let model = Self {
            url,
            failed_once: Arc::default(),
            is_spoilt: Arc::default(),
            open: watch::channel(true).0,
        };
        let router = Router::new().fallback(answer).with_state(model.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        model
    }

    /// A daemon where the agent's first version is live, and has passed its suite.
    async fn daemon(&self) -> Daemon {
        let tiers = "[tiers]\nbalanced = \"moody/model\"\n";
        let provider = format!("[providers.moody]\nbase_url = \"{}\"\n", self.url);
        let daemon = Daemon::start_with(&(tiers.to_owned() + &provider)).await;
        let cases: Vec<String> = ["broken", "flaky", "one", "two", "three", "four", "five", "six"]
            .iter()
            .map(|word| {
                format!("    - {{id: {word}-case, input: A {word} question?, expect: {{facts: [hello]}}}}\n")
            })
            .collect();
        let suite = "apiVersion: katonic/v1\nkind: EvalSuite\nmetadata: {id: small-suite}\nspec:\n  cases:\n";
        let suite = suite.to_owned() + &cases.concat();
        daemon
            .operator(Method::PUT, "/evaluations/suites/small-suite")
            .body(suite)
            .answer()
            .await
            .expect(201);
        evaluated(&daemon, "Say hello.").await;
        promote(&daemon, json!({}), 0).await.expect(200);
        daemon
    }
}

async fn answer(State(model): State<Moody>, request: Request) -> Response {
    model.open.subscribe().wait_for(|open| *open).await.unwrap();
    let body = axum::body::to_bytes(request.into_body(), 1 << 20).await.unwrap();
    let text = String::from_utf8(body.to_vec()).unwrap();
    let is_broken = text.contains("Break") || model.is_spoilt.load(Ordering::Relaxed);
    let is_wrong = is_broken && text.contains("broken question")
        || text.contains("flaky question")
            && text.contains("Fail once")
            && model.failed_once.lock().unwrap().insert(text);
    let said = if is_wrong { "no" } else { "hello" };
    let events = [chunk(json!({"role": "assistant", "content": said}), None), chunk(json!({}), Some("stop"))];
    let events = events.iter().map(event).collect::<String>() + "data: [DONE]\n\n";
    ([(CONTENT_TYPE, "text/event-stream")], events).into_response()
}

/// Applies a version with these instructions, and runs the suite.
async fn evaluated(daemon: &Daemon, instructions: &str) {
    let agent = format!(
        "apiVersion: katonic/v1\nkind: Agent\nmetadata: {{id: moody-agent}}\nspec:\n  model: balanced\n  \
         instructions: {instructions}\n  evaluation: {{suite: small-suite, gate: {{test: {{pass_rate: 0.5}}}}}}\n"
    );
    daemon.apply(&agent).await.expect(201);
    daemon.run(json!({"agent": "moody-agent", "suite": "small-suite"})).await;
}

async fn promote(daemon: &Daemon, more: Value, wait: u32) -> crate::support::Answer {
    let mut body = json!({"environment": "test"});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let call = daemon.operator(Method::POST, "/agents/moody-agent/promote").json(&body);
    let call = if wait > 0 { call.header("prefer", format!("wait={wait}")) } else { call };
    call.answer().await
}

async fn agent(daemon: &Daemon) -> Value {
    daemon.operator(Method::GET, "/agents/moody-agent").answer().await.expect(200)
}

/// The agent, once its newest promotion is decided.
async fn decided(daemon: &Daemon) -> Value {
    while agent(daemon).await["promotions"][0]["status"] == "pending" {}
    // What was read while it was decided may be of before and after.
    agent(daemon).await
}

fn broke(gate: &Value) -> Value {
    let rules = gate.as_array().unwrap();
    rules.iter().find(|rule| rule["rule"] == "confirmed_break").unwrap_or_else(|| panic!("{gate}")).clone()
}

#[tokio::test]
async fn one_case_that_fails_each_time_blocks_and_a_flaky_one_does_not() {
    let model = Moody::start().await;
    let daemon = model.daemon().await;
    let before = agent(&daemon).await["environments"].clone();
    evaluated(&daemon, "Say hello. Break. Fail once.").await;
    let refused = promote(&daemon, json!({}), 60).await;
    assert_eq!((refused.status, refused.code()), (409, "eval_gate_failed"), "{refused:?}");
    let rule = broke(&refused.body["gate"]);
    assert_eq!((&rule["ok"], &rule["value"], &rule["bound"]), (&json!(false), &json!(1.0), &json!(0.0)));
    let detail = rule["detail"].as_str().unwrap();
    assert!(detail.contains("broken-case") && !detail.contains("flaky-case"), "{detail}");
    let after = agent(&daemon).await;
    assert_eq!((&after["environments"], &after["promotions"][0]["status"]), (&before, &json!("refused")));
    let overridden = promote(&daemon, json!({"override": {"reason": "known"}}), 0).await.expect(200);
    assert_eq!((&overridden["promoted"], &overridden["status"]), (&json!(true), &json!("overridden")));
    assert_eq!(broke(&overridden["gate"])["ok"], false, "an operator lets it pass unasked");
}

#[tokio::test]
async fn a_version_with_nothing_but_flaky_cases_goes_live_once_they_were_asked_again() {
    let model = Moody::start().await;
    let daemon = model.daemon().await;
    evaluated(&daemon, "Say hello. Fail once.").await;
    let promoted = promote(&daemon, json!({}), 60).await.expect(200);
    assert_eq!((&promoted["promoted"], &promoted["status"]), (&json!(true), &json!("promoted")));
    assert_eq!(broke(&promoted["gate"])["ok"], true);
    assert_eq!(daemon.rows("ConfirmPromotion").await.len(), 1);
    assert_eq!(agent(&daemon).await["environments"]["test"]["version"], promoted["version"]);
}

#[tokio::test]
async fn a_case_that_what_is_live_fails_too_is_not_broken() {
    let model = Moody::start().await;
    let daemon = model.daemon().await;
    evaluated(&daemon, "Say hello. Break.").await;
    model.is_spoilt.store(true, Ordering::Relaxed);
    let promoted = promote(&daemon, json!({}), 60).await.expect(200);
    assert_eq!((&promoted["status"], &broke(&promoted["gate"])["value"]), (&json!("promoted"), &json!(0.0)));
}

#[tokio::test]
async fn a_promotion_that_waits_outlives_the_daemon_and_is_decided_once() {
    let model = Moody::start().await;
    let mut daemon = model.daemon().await;
    evaluated(&daemon, "Say hello. Fail once.").await;
    model.open.send_replace(false);
    let pending = promote(&daemon, json!({}), 0).await.expect(202);
    assert_eq!((&pending["promoted"], &pending["status"]), (&json!(false), &json!("pending")));
    assert_eq!(agent(&daemon).await["promotions"][0]["promotion_id"], pending["promotion_id"]);
    daemon.restart().await;
    assert_eq!(agent(&daemon).await["promotions"][0]["status"], "pending");
    model.open.send_replace(true);
    let agent = decided(&daemon).await;
    assert_eq!(agent["promotions"][0]["status"], "promoted");
    assert_eq!(agent["environments"]["test"]["version"], pending["version"]);
    assert_eq!(daemon.rows("ConfirmPromotion").await.len(), 1);
}

#[tokio::test]
async fn a_promotion_that_waits_is_judged_anew_by_what_is_then_so() {
    let model = Moody::start().await;
    let daemon = model.daemon().await;
    let key = json!({"name": "ci", "scopes": ["agents/*"]});
    let key = daemon.admin(Method::POST, "/keys", key).await.expect(201);
    evaluated(&daemon, "Say hello. Fail once.").await;
    model.open.send_replace(false);
    let call = daemon.call(Method::POST, "/agents/moody-agent/promote");
    let call = call.bearer_auth(key["secret"].as_str().unwrap()).json(&json!({"environment": "test"}));
    let pending = call.answer().await.expect(202);
    let path = format!("/keys/{}/revoke", key["id"].as_str().unwrap());
    daemon.admin(Method::POST, &path, json!({})).await.expect(200);
    let also = promote(&daemon, json!({}), 0).await.expect(202);
    promote(&daemon, json!({"override": {"reason": "now"}}), 0).await.expect(200);
    model.open.send_replace(true);
    let promotions = loop {
        let agent = agent(&daemon).await;
        let all = agent["promotions"].as_array().unwrap().clone();
        if all.iter().all(|promotion| promotion["status"] != "pending") {
            break all;
        }
    };
    let of = |id: &Value| promotions.iter().find(|one| one["promotion_id"] == *id).unwrap().clone();
    let failed = |promotion: &Value| {
        let rules = promotion["gate"].as_array().unwrap().iter().filter(|rule| rule["ok"] == false);
        rules.map(|rule| rule["rule"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(failed(&of(&pending["promotion_id"])), ["permission"], "its key was revoked");
    assert_eq!(failed(&of(&also["promotion_id"])), ["stale"], "another promotion went first");
}

const TWO_PEOPLE: &str = "[promotions]\napprovals = [\"prod\"]\n";

#[tokio::test]
async fn where_two_people_are_asked_for_another_one_approves_and_nobody_their_own() {
    let mut daemon = Daemon::start().await.with_hr().await;
    daemon.restart_with(TWO_PEOPLE).await;
    let waits = daemon.promote("prod").await.expect(202);
    assert_eq!((&waits["status"], &waits["promoted"]), (&json!("awaiting_approval"), &json!(false)));
    let approval = waits["approval_id"].as_str().unwrap().to_owned();
    assert_eq!(daemon.promote("prod").await.expect(202)["approval_id"], approval, "asked for once");
    let approve = format!("/approvals/{approval}/approve");
    let own = daemon.admin(Method::POST, &approve, json!({})).await;
    assert_eq!((own.status, own.code()), (403, "not_permitted"));
    let withdrawn = format!("/approvals/{approval}/deny");
    let reason = json!({"reason": "not today"});
    assert_eq!(daemon.admin(Method::POST, &withdrawn, reason).await.expect(200)["status"], "denied");
    let denied = daemon.promote("prod").await;
    assert_eq!((denied.status, denied.code()), (403, "promotion_denied"), "until it is given up");
    daemon.advance(24 * 60 * 60 * 1000 + 1);
    let approval = daemon.promote("prod").await.expect(202)["approval_id"].as_str().unwrap().to_owned();
    let approve = format!("/approvals/{approval}/approve");
    let other = json!({"name": "second", "role": "super_admin"});
    let other = daemon.admin(Method::POST, "/operators", other).await.expect(201);
    let token = other["token"].as_str().or(other["secret"].as_str()).unwrap().to_owned();
    let address = format!("{}/admin/v1{approve}", daemon.url);
    let approved = reqwest::Client::new().post(address).bearer_auth(token).json(&json!({"reason": "seen"}));
    assert_eq!(approved.answer().await.expect(200)["decided_by"], "second");
    assert_eq!(daemon.promote("prod").await.expect(200)["promoted"], true);
    assert_ne!(daemon.promote("prod").await.expect(202)["approval_id"], approval, "once");
    assert_eq!(daemon.promote("test").await.expect(200)["promoted"], true, "no other environment");
}

#[tokio::test]
async fn in_a_freeze_nothing_goes_live_but_what_was_live_before() {
    let mut daemon = Daemon::start().await.with_hr().await;
    let freeze = "[[promotions.freezes]]\nenvironment = \"prod\"\nfrom = \"2020-01-01T00:00:00Z\"\nreason = \"the holidays\"\n";
    daemon.restart_with(freeze).await;
    let back = daemon.promote("prod").await.expect(200);
    let rule = back["gate"].as_array().unwrap().iter().find(|rule| rule["rule"] == "freeze").unwrap();
    assert_eq!(rule["ok"], true, "what is live goes live");
    let new = read("agents-examples/hr/hr.yml").replace("top_k: 6", "top_k: 5");
    daemon.apply(&new).await.expect(201);
    daemon.run(json!({"agent": "hr-assistant", "suite": "hr-eval-v3"})).await;
    let refused = daemon.promote("prod").await;
    assert_eq!((refused.status, refused.code()), (409, "eval_gate_failed"));
    assert!(refused.body.to_string().contains("nothing new goes live: the holidays"), "{}", refused.body);
    daemon.promote("test").await.expect(200);
}
