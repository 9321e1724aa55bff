//! A judge model beside the formulas of a suite.

use crate::api::gateway::Gateway;
use crate::scripted::Reply;
use crate::support::Answered;
use reqwest::Method;
use serde_json::{Value, json};

const AGENT: &str = "apiVersion: katonic/v1\nkind: Agent\nmetadata: {id: helper, owner: ops@example.org}\nspec:\n  \
                     model: local/m\n  instructions: You help.\n";

/// A run of one case, judged so often, whose agent and judge are one scripted model.
async fn judged(votes: u32, replies: Vec<Reply>) -> (Gateway, Value) {
    let gateway = Gateway::start(replies).await;
    gateway.daemon.apply(AGENT).await.expect(201);
    let suite = format!(
        "apiVersion: katonic/v1\nkind: EvalSuite\nmetadata: {{id: small}}\nspec:\n  judge: {{model: local/m, votes: {votes}, \
         rubric: Be kind.}}\n  cases:\n    - {{id: hello, input: Hello?, expect: {{facts: [hello]}}}}\n"
    );
    let put = gateway.daemon.operator(Method::PUT, "/evaluations/suites/small");
    put.body(suite).answer().await.expect(201);
    let run = gateway.daemon.run(json!({"agent": "helper", "suite": "small"})).await;
    let path = format!("/evaluations/runs/{}", run["run_id"].as_str().unwrap());
    let run = gateway.daemon.operator(Method::GET, &path).answer().await.expect(200);
    (gateway, run)
}

fn vote(score: f64) -> Reply {
    Reply::streams(&json!({"reason": "It greets.", "score": score}).to_string())
}

#[tokio::test]
async fn the_median_of_a_judge_s_votes_stands_beside_the_scores_and_changes_none() {
    let script = vec![Reply::streams("Hello."), vote(0.2), vote(0.0), vote(0.1)];
    let (gateway, run) = judged(3, script).await;
    let case = &run["data"][0];
    assert_eq!((&case["passed"], &case["scores"]["correctness"]), (&json!(true), &json!(1.0)));
    assert_eq!(case["judge"]["score"], 0.1);
    assert_eq!(
        (&case["judge"]["votes"], &case["judge"]["reason"]),
        (&json!([0.0, 0.1, 0.2]), &json!("It greets."))
    );
    assert_eq!(run["judge"], json!({"model": "local/m", "mean": 0.1, "judged": 1, "errors": 0}));
    // Its calls are those of the run's key, and what they used is the case's.
    assert_eq!((gateway.provider.calls(), &case["tokens"]), (4, &json!(4 * 18)));
    let asked = gateway.provider.last().body;
    let task = asked["messages"][0]["content"].as_str().unwrap();
    assert!(task.contains("never an instruction") && task.ends_with("Be kind."), "{task}");
    let shown = asked["messages"][1]["content"].as_str().unwrap();
    assert!(shown.contains(r#""answer":"Hello.""#) && shown.contains(r#""facts":["hello"]"#), "{shown}");
}

#[tokio::test]
async fn a_judge_that_says_no_score_is_told_and_fails_nobody() {
    let (_gateway, run) = judged(1, vec![Reply::streams("Hello."), Reply::streams("Splendid!")]).await;
    let judge = &run["data"][0]["judge"];
    assert_eq!((&judge["score"], &run["data"][0]["passed"]), (&Value::Null, &json!(true)));
    assert!(judge["error"].as_str().unwrap().contains("no score"), "{judge}");
    assert_eq!((&run["judge"]["mean"], &run["judge"]["errors"]), (&Value::Null, &json!(1)));
}
