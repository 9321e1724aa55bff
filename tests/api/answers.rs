//! Answers of earlier runs: taken again where all is the same that they depend on, and told.

use crate::api::gateway::Gateway;
use crate::scripted::Reply;
use crate::support::Answered;
use reqwest::Method;
use serde_json::{Value, json};

const AGENT: &str = "apiVersion: katonic/v1\nkind: Agent\nmetadata: {id: helper, owner: ops@example.org}\nspec:\n  \
                     model: local/m\n  instructions: You help.\n";

const SUITE: &str = "apiVersion: katonic/v1\nkind: EvalSuite\nmetadata: {id: small}\nspec:\n  defaults: {as_user: sam@example.org}\n  \
                     cases:\n    - {id: hello, input: Hello?, expect: {facts: [hello]}}\n";

async fn bench(replies: Vec<Reply>) -> Gateway {
    let gateway = Gateway::start(replies).await;
    gateway.daemon.apply(AGENT).await.expect(201);
    put(&gateway, SUITE).await;
    gateway
}

async fn put(gateway: &Gateway, suite: &str) {
    let put = gateway.daemon.operator(Method::PUT, "/evaluations/suites/small");
    let put = put.body(suite.to_owned()).answer().await;
    assert!(put.status == 200 || put.status == 201, "{:?}", put.body);
}

/// A run's case and figures after so many calls of the model in all.
async fn ran(gateway: &Gateway, fields: &Value, calls: usize) -> Value {
    let mut request = json!({"agent": "helper", "suite": "small"});
    request.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    let run = gateway.daemon.run(request).await;
    let path = format!("/evaluations/runs/{}", run["run_id"].as_str().unwrap());
    assert_eq!(gateway.provider.calls(), calls, "{fields}");
    gateway.daemon.operator(Method::GET, &path).answer().await.expect(200)
}

#[tokio::test]
async fn a_second_run_takes_the_answers_of_the_first_and_says_so() {
    let gateway = bench(vec![Reply::streams("Hello."); 2]).await;
    let first = ran(&gateway, &json!({}), 1).await;
    assert_eq!((&first["cached"], &first["data"][0]["cached_from"]), (&json!(0), &Value::Null));
    let second = ran(&gateway, &json!({}), 1).await;
    assert_eq!((&second["cached"], &second["passed"]), (&json!(1), &json!(1)));
    let (one, two) = (&first["data"][0], &second["data"][0]);
    assert_eq!((&one["trace_id"], &one["latency_ms"]), (&two["trace_id"], &two["latency_ms"]));
    assert_eq!(
        two["cached_from"], first["created_at"],
        "an answer is as old as it is, however often it is taken"
    );
    let third = ran(&gateway, &json!({}), 1).await;
    assert_eq!(third["data"][0]["cached_from"], first["created_at"]);
    let fresh = ran(&gateway, &json!({"fresh": true}), 2).await;
    assert_eq!(fresh["cached"], 0);
}

#[tokio::test]
async fn what_an_answer_depends_on_has_it_asked_again() {
    let gateway = bench(vec![Reply::streams("Hello."); 9]).await;
    ran(&gateway, &json!({}), 1).await;
    ran(&gateway, &json!({"repeat": 2}), 2).await;
    let users = json!({"users": [{"email": "sam@example.org", "role": "member", "groups": ["hr"]}]});
    gateway.daemon.admin(Method::PUT, "/users", users).await.expect(200);
    ran(&gateway, &json!({}), 3).await;
    put(&gateway, &SUITE.replace("[hello]", "[hello, you]")).await;
    ran(&gateway, &json!({}), 4).await;
    let agent = AGENT.replace("You help", "You help more");
    gateway.daemon.apply(&agent).await.expect(201);
    ran(&gateway, &json!({}), 5).await;
    put(&gateway, SUITE).await;
    ran(&gateway, &json!({}), 6).await;
    ran(&gateway, &json!({}), 6).await;
}

#[tokio::test]
async fn an_error_is_no_answer_to_take_again() {
    let gateway =
        bench(vec![Reply::json(400, &json!({"error": {"message": "no"}})), Reply::streams("Hello.")]).await;
    let failed = ran(&gateway, &json!({}), 1).await;
    assert_eq!(failed["errors"], 1, "{failed}");
    let mended = ran(&gateway, &json!({}), 2).await;
    assert_eq!((&mended["passed"], &mended["cached"]), (&json!(1), &json!(0)));
}
