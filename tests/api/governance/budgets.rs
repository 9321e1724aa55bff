//! Budgets: exact, whatever happens to a call.

use crate::api::gateway::{Gateway, question, streamed};
use crate::scripted::{Reply, Step, chunk, event};
use crate::support::{Answer, Answered};
use futures::StreamExt;
use futures::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};

/// A dollar a token, both ways: 18 dollars a call, by the scripted provider's usage.
const PRICES: &str = "[models.\"local/m\"]\ninput_usd_per_mtok = 1000000\noutput_usd_per_mtok = 1000000\nmax_output_tokens = 500\n";

async fn gateway(replies: Vec<Reply>) -> Gateway {
    Gateway::start_with(replies, PRICES).await
}

async fn budget(gateway: &Gateway, mut body: Value) -> String {
    for (field, default) in [("name", json!("all")), ("subject", json!("team")), ("period", json!("day"))] {
        if body[field].is_null() {
            body[field] = default;
        }
    }
    let budget = gateway.daemon.admin(Method::POST, "/budgets", body).await.expect(201);
    budget["id"].as_str().unwrap().to_owned()
}

async fn standing(gateway: &Gateway, id: &str) -> (f64, f64) {
    let budget = gateway.daemon.admin(Method::GET, &format!("/budgets/{id}"), json!({})).await.expect(200);
    (budget["spent_usd"].as_f64().unwrap(), budget["held_usd"].as_f64().unwrap())
}

fn bounded(mut body: Value) -> Value {
    body["max_completion_tokens"] = 10.into();
    body
}

fn refused(answer: &Answer) -> bool {
    let is_quota = (answer.status, answer.code()) == (429, "insufficient_quota");
    assert!(!is_quota || answer.headers["x-should-retry"] == "false");
    is_quota
}

/// What the audit log says was spent.
async fn logged(gateway: &Gateway) -> f64 {
    let rows = gateway.daemon.operator(Method::GET, "/analytics/audit?limit=200").answer().await.expect(200);
    rows["data"].as_array().unwrap().iter().map(|row| row["cost_usd"].as_f64().unwrap()).sum()
}

/// litellm#34732, #40095: calls at the same time passed the cap.
#[tokio::test]
async fn calls_at_the_same_time_never_spend_more_than_the_budget() {
    let gateway = gateway(vec![Reply::says("Hello.")]).await;
    let id = budget(&gateway, json!({"limit_usd": 1000})).await;
    let body = bounded(question());
    let answers = join_all((0..60).map(|_| gateway.chat(&body))).await;
    let answered = answers.iter().filter(|answer| answer.status == 200).count();
    assert!(answers.iter().all(|answer| answer.status == 200 || refused(answer)));
    let (spent, held) = standing(&gateway, &id).await;
    assert!(spent <= 1000.0 && held == 0.0, "{spent} {held}");
    assert_eq!(spent, 18.0 * answered as f64);
    assert_eq!(spent, logged(&gateway).await, "the log agrees to the cent");
}

/// litellm PR#38647, #40050: holds were larger than calls could cost, and stayed.
#[tokio::test]
async fn a_hold_is_what_the_call_can_cost_and_shrinks_to_what_it_did() {
    let waits = Reply::says("Hello.").then(Step::Wait);
    let gateway = gateway(vec![waits]).await;
    let id = budget(&gateway, json!({"limit_usd": 1000})).await;
    let body = bounded(question());
    let mut call = Box::pin(gateway.chat(&body));
    let arrived = async {
        while gateway.provider.calls() == 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::select! { _ = &mut call => panic!("it waits"), () = arrived => {} }
    let (spent, held) = standing(&gateway, &id).await;
    assert!(spent == 0.0 && held > 18.0 && held < 150.0, "{held}");
    gateway.provider.go_on.notify_one();
    call.await.expect(200);
    assert_eq!(standing(&gateway, &id).await, (18.0, 0.0));
    gateway.provider.next(vec![Reply::says("Hello.")]);
    gateway.chat(&question()).await.expect(200);
    let bound = &gateway.provider.last().body["max_completion_tokens"];
    assert_eq!(bound, 500, "a call without a bound gets the one that it is paid for");
}

#[tokio::test]
async fn a_reservation_has_its_span_and_the_wait_for_a_row_its_figure() {
    let gateway = gateway(vec![Reply::says("Hello.")]).await;
    let spans = async |answer: &Answer| -> Vec<Value> {
        let trace = gateway.trace(answer).await;
        let spans = trace["spans"].as_array().unwrap().iter();
        spans.filter(|span| span["name"] == "reservation").cloned().collect()
    };
    let unbounded = gateway.chat(&bounded(question())).await;
    assert!(spans(&unbounded).await.is_empty(), "nobody asks what it could cost");
    budget(&gateway, json!({"limit_usd": 200})).await;
    let reserved = spans(&gateway.chat(&bounded(question())).await).await;
    let detail = &reserved[0]["detail"];
    assert!(detail["tokens"].as_u64() > Some(10) && detail["usd"].as_f64() > Some(18.0), "{detail}");
    let refused = gateway.chat(&question()).await;
    assert_eq!(spans(&refused).await[0]["detail"]["error"], "insufficient_quota");
    let rows = gateway.daemon.figure("katonic_audit_commit_seconds_count").await;
    assert!(rows >= 4.0, "{rows}");
}

const DAY: i64 = 24 * 60 * 60 * 1000;

#[tokio::test]
async fn a_call_that_midnight_passes_over_is_spent_on_the_day_it_came_in() {
    let waits = Reply::says("Hello.").then(Step::Wait);
    let gateway = gateway(vec![waits]).await;
    let id = budget(&gateway, json!({"limit_usd": 100})).await;
    // From noon on: the clock also goes on by itself.
    gateway.daemon.advance(DAY / 2 - contract::time::Time::now().0.rem_euclid(DAY));
    let body = bounded(question());
    let mut call = Box::pin(gateway.chat(&body));
    let arrived = async {
        while gateway.provider.calls() == 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::select! { _ = &mut call => panic!("it waits"), () = arrived => {} }
    let held = standing(&gateway, &id).await.1;
    assert!(held > 18.0, "{held}");
    gateway.daemon.advance(DAY);
    assert_eq!(standing(&gateway, &id).await, (0.0, 0.0), "a new day");
    gateway.provider.go_on.notify_one();
    call.await.expect(200);
    assert_eq!(standing(&gateway, &id).await, (0.0, 0.0));
    gateway.daemon.advance(-DAY);
    assert_eq!(standing(&gateway, &id).await, (18.0, 0.0));
}

/// litellm PR#30522, PR#39851: what was held for calls that failed was never given back.
#[tokio::test]
async fn a_refused_a_failed_and_a_cancelled_call_give_back_what_they_held() {
    let gateway = gateway(vec![Reply::json(500, &json!({"error": {"message": "no"}}))]).await;
    let id = budget(&gateway, json!({"limit_usd": 1000})).await;
    assert_eq!(gateway.chat(&bounded(question())).await.status, 502);
    assert_eq!(standing(&gateway, &id).await, (0.0, 0.0));
    gateway.provider.next(vec![Reply::json(400, &json!({"error": {"message": "bad"}}))]);
    assert_eq!(gateway.chat(&bounded(question())).await.status, 400);
    assert_eq!(standing(&gateway, &id).await, (0.0, 0.0));
    let first = event(&chunk(json!({"content": "Well. And so on, at length. "}), None));
    gateway.provider.next(vec![Reply::stream(first).then(Step::Wait)]);
    let response = gateway.call("/chat/completions", &bounded(streamed())).send().await.unwrap();
    let trace_id = response.headers()["x-trace-id"].to_str().unwrap().to_owned();
    let mut stream = response.bytes_stream();
    stream.next().await.unwrap().unwrap();
    drop(stream);
    let cost = gateway.trace_of(&trace_id).await["usage"]["cost_usd"].as_f64().unwrap();
    assert!(cost > 5.0, "what it read, and what came: {cost}");
    assert_eq!(standing(&gateway, &id).await, (cost, 0.0));
}

/// litellm#35524: a model without a price passed every budget.
#[tokio::test]
async fn a_model_without_a_price_is_refused_unless_the_budget_allows_it() {
    let gateway = Gateway::start(vec![Reply::says("Hello.")]).await;
    let id = budget(&gateway, json!({"limit_usd": 10})).await;
    let answer = gateway.chat(&question()).await;
    assert_eq!((answer.status, answer.code()), (403, "model_not_allowed"));
    assert!(answer.body["error"]["message"].as_str().unwrap().contains("`all`"));
    gateway
        .daemon
        .admin(Method::PATCH, &format!("/budgets/{id}"), json!({"unpriced": "allow"}))
        .await
        .expect(200);
    gateway.chat(&question()).await.expect(200);
}

#[tokio::test]
async fn what_only_the_provider_can_measure_is_refused_unless_the_budget_allows_it() {
    let gateway = gateway(vec![Reply::says("Hello.")]).await;
    let id = budget(&gateway, json!({"limit_usd": 100})).await;
    let file = json!({"type": "file", "file": {"file_id": "file-1"}});
    let linked = json!({"type": "image_url", "image_url": {"url": "https://example.org/a.png"}});
    let with = |part: &Value| {
        let mut body = bounded(question());
        body["messages"][0]["content"] = json!([part]);
        body
    };
    for part in [&file, &linked] {
        let refused = gateway.chat(&with(part)).await;
        assert_eq!((refused.status, refused.code()), (403, "model_not_allowed"), "{}", refused.body);
        assert!(refused.body["error"]["message"].as_str().unwrap().contains("only the provider can measure"));
    }
    assert_eq!(gateway.provider.calls(), 0);
    let path = format!("/budgets/{id}");
    gateway.daemon.admin(Method::PATCH, &path, json!({"unpriced": "allow"})).await.expect(200);
    gateway.chat(&with(&file)).await.expect(200);
    assert!(standing(&gateway, &id).await.0 > 0.0, "what it did cost is settled");
}

/// A tag that were left out would lead past its budget.
#[tokio::test]
async fn no_tag_is_left_out_without_a_word() {
    let gateway = gateway(vec![Reply::says("Hello.")]).await;
    let last = json!({"subject": "tag", "subject_id": "t17", "limit_usd": 0});
    budget(&gateway, last).await;
    let tags = (1..=17).map(|n| format!("t{n}")).collect::<Vec<_>>().join(",");
    let ask = |tags: &[&str]| {
        let call = gateway.call("/chat/completions", &bounded(question()));
        tags.iter().fold(call, |call, tags| call.header("x-katonic-tags", *tags)).answer()
    };
    let (long, many) = ("x".repeat(101), tags.as_str());
    for wrong in [many, long.as_str(), "täg"] {
        let refused = ask(&[wrong]).await;
        assert_eq!((refused.status, &refused.body["error"]["param"]), (400, &json!("X-Katonic-Tags")));
    }
    assert_eq!(ask(&["t1, t2", "t17"]).await.status, 429, "of two headers both count");
    ask(&["t1, t2"]).await.expect(200);
}

/// bifrost#2873: some endpoints went past the budget.
#[tokio::test]
async fn every_way_to_a_model_comes_under_the_budget() {
    let gateway = gateway(vec![Reply::says("Hello.")]).await;
    budget(&gateway, json!({"limit_usd": 0})).await;
    let bodies = [
        ("/chat/completions", question()),
        ("/chat/completions", streamed()),
        ("/responses", json!({"model": "local/m", "input": "Hi"})),
        ("/embeddings", json!({"model": "local/m", "input": "Hi"})),
    ];
    for (path, body) in bodies {
        let answer = gateway.call(path, &body).answer().await;
        assert!(refused(&answer), "{path}: {}", answer.body);
        assert!(answer.body["error"]["message"].as_str().unwrap().contains("begins anew at"));
    }
    assert_eq!(gateway.provider.calls(), 0);
}

#[tokio::test]
async fn a_budget_counts_its_key_its_user_or_its_tag_only() {
    let gateway = gateway(vec![Reply::says("Hello.")]).await;
    let acting = json!({"name": "acting", "scopes": ["completions"], "act_as": ["*@example.org"]});
    let acting = gateway.daemon.key(acting).await;
    let of = async |subject: &str, id: &str| {
        budget(&gateway, json!({"name": subject, "subject": subject, "subject_id": id, "limit_usd": 5000}))
            .await
    };
    let (key, user, tag) =
        (of("key", "app").await, of("user", "ana@example.org").await, of("tag", "nightly").await);
    gateway.chat(&bounded(question())).await.expect(200);
    let call = || gateway.daemon.call(Method::POST, "/chat/completions").bearer_auth(&acting);
    let ana = call().header("X-User-Email", "Ana@example.org").json(&bounded(question()));
    ana.answer().await.expect(200);
    let tagged = call().header("X-Katonic-Tags", "web, nightly").json(&bounded(question()));
    tagged.answer().await.expect(200);
    for id in [key, user, tag] {
        assert_eq!(standing(&gateway, &id).await, (18.0, 0.0));
    }
}

#[tokio::test]
async fn what_is_spent_outlives_a_restart_and_a_prepaid_budget_is_topped_up() {
    let mut gateway = gateway(vec![Reply::says("Hello.")]).await;
    let id = budget(&gateway, json!({"limit_usd": 95, "period": "prepaid"})).await;
    gateway.chat(&bounded(question())).await.expect(200);
    gateway.daemon.restart().await;
    assert_eq!(standing(&gateway, &id).await, (18.0, 0.0));
    let over = gateway.chat(&bounded(question())).await;
    assert!(
        refused(&over) && over.body["error"]["message"].as_str().unwrap().contains("prepaid"),
        "{}",
        over.body
    );
    gateway
        .daemon
        .admin(Method::PATCH, &format!("/budgets/{id}"), json!({"limit_usd": 1000}))
        .await
        .expect(200);
    gateway.chat(&bounded(question())).await.expect(200);
    let removed = gateway.daemon.admin(Method::DELETE, &format!("/budgets/{id}"), json!({})).await;
    assert_eq!(removed.status, 204);
}

/// litellm#13245, #37140: work that was cancelled was not billed, or billed twice.
#[tokio::test]
async fn an_agent_that_is_left_in_the_midst_of_its_answer_is_billed_for_what_came() {
    let first = event(&chunk(json!({"content": "Leave is twenty-five days a year [1]. And "}), None));
    let tiers = "[tiers]\nfast = \"local/m\"\nbalanced = \"local/m\"\npowerful = \"local/m\"\n";
    let reply = Reply::stream(first).then(Step::Wait);
    let gateway =
        Gateway::start_with(vec![Reply::streams("Twenty-five days [1].")], &format!("{tiers}{PRICES}")).await;
    let Gateway { provider, daemon, .. } = gateway;
    let daemon = daemon.with_hr_unevaluated().await;
    let id = {
        let body = json!({"name": "all", "subject": "team", "period": "day", "limit_usd": 100_000});
        daemon.admin(Method::POST, "/budgets", body).await.expect(201)["id"].as_str().unwrap().to_owned()
    };
    provider.next(vec![reply]);
    let key = daemon.chat_key().await;
    let response =
        daemon.question(&key, "sarah@example.org", "How many days of leave?", true).send().await.unwrap();
    let trace_id = response.headers()["x-trace-id"].to_str().unwrap().to_owned();
    let mut stream = response.bytes_stream();
    let mut seen = String::new();
    while !seen.contains("completion.delta") {
        seen.push_str(&String::from_utf8_lossy(&stream.next().await.unwrap().unwrap()));
    }
    drop(stream);
    let trace = loop {
        let answer = daemon.operator(Method::GET, &format!("/analytics/traces/{trace_id}")).answer().await;
        if answer.status == 200 {
            break answer.body;
        }
        tokio::task::yield_now().await;
    };
    assert_eq!(trace["status"], "cancelled");
    let cost = trace["usage"]["cost_usd"].as_f64().unwrap();
    assert!(cost > 20.0 && trace["usage"]["output_tokens"].as_u64().unwrap() > 3, "{trace}");
    let budget = daemon.admin(Method::GET, &format!("/budgets/{id}"), json!({})).await.expect(200);
    assert_eq!((budget["spent_usd"].as_f64().unwrap(), budget["held_usd"].as_f64().unwrap()), (cost, 0.0));
}
