//! Suites, runs and comparisons.

use crate::support::{Answered, Daemon, Line, Upstream, events, read};
use reqwest::Method;
use serde_json::json;

#[tokio::test]
async fn the_good_agent_passes_its_suite_on_all_seven_evaluators() {
    let daemon = Daemon::start().await.with_hr().await;
    let run = daemon.run(json!({"agent": "hr-assistant", "suite": "hr-eval-v3"})).await;
    assert_eq!((&run["cases"], &run["errors"], &run["complete"]), (&json!(127), &json!(0), &json!(true)));
    assert!(run["pass_rate"].as_f64().unwrap() >= 0.95, "{run}");
    assert_eq!(run["evaluators"].as_object().unwrap().len(), 7);
    assert_eq!(run["models"], json!(["katonic/extractive"]));
    let detail =
        daemon.operator(Method::GET, &format!("/evaluations/runs/{}", run["run_id"].as_str().unwrap()));
    let detail = detail.answer().await.expect(200);
    let case = &detail["data"][0];
    assert_eq!((&case["case_id"], &case["passed"]), (&json!("remote-work"), &json!(true)));
    let trace = format!("/analytics/traces/{}", case["trace_id"].as_str().unwrap());
    let trace = daemon.operator(Method::GET, &trace).answer().await.expect(200);
    assert_eq!(trace["request"]["case"], "remote-work");
}

#[tokio::test]
async fn a_run_tells_its_progress_and_ends_with_itself() {
    let daemon = Daemon::start().await.with_hr().await;
    let start = daemon.operator(Method::POST, "/evaluations/run");
    let run = start.json(&json!({"agent": "hr-assistant", "suite": "hr-eval-v3"})).answer().await.expect(202);
    let path = format!("/evaluations/runs/{}", run["run_id"].as_str().unwrap());
    let watch =
        daemon.operator(Method::GET, &path).header("Accept", "text/event-stream").send().await.unwrap();
    let events = events(&watch.text().await.unwrap());
    assert_eq!(events.first().unwrap().name, "run.progress");
    let last = events.last().unwrap();
    assert_eq!((last.name.as_str(), &last.data["status"]), ("run.finished", &json!("finished")));
    assert_eq!(last.data["data"].as_array().unwrap().len(), 127);
}

#[tokio::test]
async fn a_worse_version_compares_as_regressed_and_the_same_as_unchanged() {
    let daemon = Daemon::start().await.with_hr().await;
    let compare = |run: &serde_json::Value| {
        let body = json!({"run_id": run["run_id"], "baseline": "prod"});
        daemon.operator(Method::POST, "/evaluations/compare").json(&body).answer()
    };
    let same = daemon.run(json!({"agent": "hr-assistant", "suite": "hr-eval-v3"})).await;
    let same = compare(&same).await.expect(200);
    assert_eq!(
        (&same["verdict"], &same["delta"], &same["broken"]),
        (&json!("unchanged"), &json!(0.0), &json!([]))
    );
    daemon.apply(&read("agents-examples/hr-worse/hr.yml")).await.expect(201);
    let worse = daemon.run(json!({"agent": "hr-assistant", "suite": "hr-eval-v3"})).await;
    let worse = compare(&worse).await.expect(200);
    assert_eq!(worse["verdict"], "regressed");
    assert!(worse["broken"].as_array().unwrap().len() >= 6);
    assert!(worse["ci95"][1].as_f64().unwrap() < 0.0);
    assert!(worse["minimum_detectable"].as_f64().unwrap() > 0.0);
    assert_eq!(worse["cases_compared"], 127);
}

#[tokio::test]
async fn with_nothing_live_there_is_no_baseline() {
    let daemon = Daemon::start().await.with_hr().await;
    let other = read("agents-examples/hr/hr.yml").replace("id: hr-assistant", "id: hr-second");
    let run = json!({"agent": "hr-second", "suite": "hr-eval-v3", "definition": other});
    let run = daemon.run(run).await;
    let body = json!({"run_id": run["run_id"], "baseline": "prod"});
    let compared =
        daemon.operator(Method::POST, "/evaluations/compare").json(&body).answer().await.expect(200);
    assert_eq!(compared["verdict"], "no_baseline");
    let list = daemon.operator(Method::GET, "/agents").answer().await.expect(200);
    assert_eq!(list["data"].as_array().unwrap().len(), 1, "a definition evaluated is not one applied");
}

#[tokio::test]
async fn a_run_may_not_see_what_its_key_may_not() {
    let daemon = Daemon::start().await.with_hr().await;
    let key =
        daemon.key(json!({"name": "ci", "scopes": ["evaluations"], "act_as": ["sarah@example.org"]})).await;
    let call = daemon.call(Method::POST, "/evaluations/run").bearer_auth(&key);
    let answer = call.json(&json!({"agent": "hr-assistant", "suite": "hr-eval-v3"})).answer().await;
    assert_eq!((answer.status, answer.code()), (403, "act_as_denied"));
}

#[tokio::test]
async fn an_incomplete_run_passes_no_gate() {
    let daemon = Daemon::start().await.with_hr().await;
    daemon.apply(&read("agents-examples/hr/hr.yml").replace("top_k: 6", "top_k: 7")).await.expect(201);
    let run =
        daemon.run(json!({"agent": "hr-assistant", "suite": "hr-eval-v3", "cases": ["remote-work"]})).await;
    assert_eq!((&run["complete"], &run["pass_rate"]), (&json!(false), &json!(1.0)));
    assert_eq!(daemon.promote("test").await.body["gate"][0]["rule"], "stale");
}

/// An evaluation's errors stay in the denominator (promptfoo's "Failures: 0" after a crash is what we are free of).
#[tokio::test]
async fn errors_count_against_a_run() {
    let upstream = Upstream::start(vec![Line::Raw("data: nonsense\n\n")]).await;
    let daemon = Daemon::start_with(&upstream.settings()).await;
    let agent = "apiVersion: katonic/v1\nkind: Agent\nmetadata: {id: plain-agent}\nspec: {model: balanced, instructions: Hi}\n";
    daemon.apply(agent).await.expect(201);
    let suite = "apiVersion: katonic/v1\nkind: EvalSuite\nmetadata: {id: tiny-suite}\nspec:\n  cases:\n  \
        - {id: one, input: Hello?, expect: {facts: [hello]}}\n";
    daemon.operator(Method::PUT, "/evaluations/suites/tiny-suite").body(suite).answer().await.expect(201);
    let run = daemon.run(json!({"agent": "plain-agent", "suite": "tiny-suite"})).await;
    assert_eq!(
        (&run["status"], &run["errors"], &run["pass_rate"]),
        (&json!("finished"), &json!(1), &json!(0.0))
    );
}

#[tokio::test]
async fn a_run_goes_on_after_a_restart_and_counts_no_case_twice() {
    let words = vec![Line::Text("Hello [1]."), Line::Wait, Line::End];
    let upstream = Upstream::start(words).await;
    let mut daemon = Daemon::start_with(&upstream.settings()).await;
    let agent = "apiVersion: katonic/v1\nkind: Agent\nmetadata: {id: plain-agent}\nspec: {model: balanced, instructions: Hi}\n";
    daemon.apply(agent).await.expect(201);
    let cases: String = (0..6)
        .map(|n| format!("  - {{id: case-{n}, input: Hello {n}, expect: {{facts: [hello]}}}}\n"))
        .collect();
    let suite = format!(
        "apiVersion: katonic/v1\nkind: EvalSuite\nmetadata: {{id: tiny-suite}}\nspec:\n  cases:\n{cases}"
    );
    daemon.operator(Method::PUT, "/evaluations/suites/tiny-suite").body(suite).answer().await.expect(201);
    let body = json!({"agent": "plain-agent", "suite": "tiny-suite", "concurrency": 1});
    let run = daemon.operator(Method::POST, "/evaluations/run").json(&body).answer().await.expect(202);
    let path = format!("/evaluations/runs/{}", run["run_id"].as_str().unwrap());
    let mut done = 0;
    while done < 2 {
        upstream.go_on.notify_one();
        done = daemon.operator(Method::GET, &path).answer().await.expect(200)["done"].as_u64().unwrap();
    }
    daemon.restart().await;
    let mut status = json!("running");
    while status == "running" || status == "queued" {
        upstream.go_on.notify_one();
        status = daemon.operator(Method::GET, &path).answer().await.expect(200)["status"].clone();
    }
    let run = daemon.operator(Method::GET, &path).answer().await.expect(200);
    assert_eq!(
        (&run["status"], &run["done"], &run["errors"]),
        (&json!("finished"), &json!(6), &json!(0)),
        "{run}"
    );
    let ids: Vec<&str> =
        run["data"].as_array().unwrap().iter().map(|c| c["case_id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["case-0", "case-1", "case-2", "case-3", "case-4", "case-5"]);
}
