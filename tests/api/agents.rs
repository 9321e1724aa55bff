//! Agents, and the gate they are promoted through.

use crate::embedder::Embedder;
use crate::support::{Answered, Daemon, read};
use reqwest::Method;
use serde_json::json;

#[tokio::test]
async fn the_same_content_is_the_same_version() {
    let daemon = Daemon::start().await;
    let yaml = read("agents-examples/hr/hr.yml");
    let first = daemon.apply(&yaml).await.expect(201);
    let again = daemon.apply(&format!("# another comment\n{yaml}")).await.expect(200);
    assert_eq!((first["version"].clone(), again["new"].clone()), (again["version"].clone(), json!(false)));
    let definition: serde_json::Value = serde_yaml::from_str(&yaml).unwrap();
    assert_eq!(daemon.apply(&definition.to_string()).await.expect(200)["version"], first["version"]);
    let changed = daemon.apply(&yaml.replace("top_k: 6", "top_k: 5")).await.expect(201);
    assert_ne!(changed["version"], first["version"]);
    let agent = daemon.operator(Method::GET, "/agents/hr-assistant").answer().await.expect(200);
    assert_eq!(agent["versions"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_dry_run_only_validates_and_a_wrong_definition_names_every_problem() {
    let daemon = Daemon::start().await;
    let call = daemon.operator(Method::POST, "/agents?dry_run=true").body(read("agents-examples/hr/hr.yml"));
    assert_eq!(call.answer().await.expect(200)["new"], true);
    assert_eq!(daemon.operator(Method::GET, "/agents/hr-assistant").answer().await.code(), "agent_not_found");
    let wrong = "apiVersion: katonic/v1\nkind: Agent\nmetadata: {id: HR}\nspec:\n  model: balanced\n  instrutions: Hi\n";
    let answer = daemon.apply(wrong).await;
    assert_eq!((answer.status, answer.code()), (400, "invalid_definition"));
    let rules: Vec<&str> =
        answer.body["findings"].as_array().unwrap().iter().map(|f| f["rule"].as_str().unwrap()).collect();
    assert!(rules.contains(&"invalid-id") && rules.contains(&"unknown-field"), "{rules:?}");
}

#[tokio::test]
async fn an_archived_agent_stops_answering_and_keeps_its_history() {
    let daemon = Daemon::start().await.with_hr().await;
    let key = daemon.chat_key().await;
    daemon.operator(Method::DELETE, "/agents/hr-assistant").answer().await.expect(204);
    assert_eq!(daemon.ask(&key, "sarah@example.org", "What are the core hours?").await.status, 404);
    let agent = daemon.operator(Method::GET, "/agents/hr-assistant").answer().await.expect(200);
    assert_eq!((&agent["archived"], agent["promotions"].as_array().unwrap().len()), (&json!(true), 2));
}

#[tokio::test]
async fn a_version_without_a_run_is_stale() {
    let daemon = Daemon::start().await;
    daemon.apply(&read("agents-examples/hr/hr.yml")).await.expect(201);
    let suite = read("agents-examples/hr/suites/hr-eval-v3.yml");
    daemon.operator(Method::PUT, "/evaluations/suites/hr-eval-v3").body(suite).answer().await.expect(201);
    let answer = daemon.promote("test").await;
    assert_eq!((answer.status, answer.code()), (409, "eval_gate_failed"));
    assert_eq!(answer.body["gate"][0]["rule"], "stale");
}

#[tokio::test]
async fn a_worse_version_is_refused_with_every_failed_rule_and_what_is_live_stays() {
    let daemon = Daemon::start().await.with_hr().await;
    let before = daemon.operator(Method::GET, "/agents/hr-assistant").answer().await.expect(200);
    daemon.apply(&read("agents-examples/hr-worse/hr.yml")).await.expect(201);
    daemon.run(json!({"agent": "hr-assistant", "suite": "hr-eval-v3"})).await;
    let answer = daemon.promote("prod").await;
    assert_eq!((answer.status, answer.code()), (409, "eval_gate_failed"));
    let gate = answer.body["gate"].as_array().unwrap();
    let failed: Vec<&str> =
        gate.iter().filter(|rule| rule["ok"] == false).map(|rule| rule["rule"].as_str().unwrap()).collect();
    for rule in ["pass_rate", "floor:safety"] {
        assert!(failed.contains(&rule), "{failed:?}");
    }
    assert!(gate.iter().any(|rule| rule["rule"] == "stale" && rule["ok"] == true));
    let after = daemon.operator(Method::GET, "/agents/hr-assistant").answer().await.expect(200);
    assert_eq!(after["environments"], before["environments"]);
    assert_eq!(after["promotions"][0]["status"], "refused");
}

/// No YAML of the new version loosens the gate of what is live.
#[tokio::test]
async fn a_lowered_gate_in_the_new_version_does_not_help_it() {
    let daemon = Daemon::start().await.with_hr().await;
    let worse = read("agents-examples/hr-worse/hr.yml");
    let lowered = worse.split("  evaluation:").next().unwrap().to_owned()
        + "  evaluation: {suite: hr-eval-v3, gate: {prod: {pass_rate: 0.1, must_pass: none, evaluators: {safety: 0.0}}}}\n";
    daemon.apply(&lowered).await.expect(201);
    daemon.run(json!({"agent": "hr-assistant", "suite": "hr-eval-v3"})).await;
    let answer = daemon.promote("prod").await;
    assert_eq!(answer.code(), "eval_gate_failed", "{}", answer.body);
    let pass_rate =
        answer.body["gate"].as_array().unwrap().iter().find(|rule| rule["rule"] == "pass_rate").unwrap();
    assert_eq!(pass_rate["bound"], 0.95);
}

#[tokio::test]
async fn a_run_of_another_version_or_of_a_suite_edited_since_is_stale() {
    let daemon = Daemon::start().await.with_hr().await;
    let yaml = read("agents-examples/hr/hr.yml");
    let good = daemon.run(json!({"agent": "hr-assistant", "suite": "hr-eval-v3"})).await;
    daemon.apply(&yaml.replace("top_k: 6", "top_k: 5")).await.expect(201);
    let reused = daemon.operator(Method::POST, "/agents/hr-assistant/promote");
    let reused = reused.json(&json!({"environment": "prod", "run_id": good["run_id"]})).answer().await;
    assert_eq!(reused.body["gate"][0]["rule"], "stale", "{}", reused.body);
    daemon.run(json!({"agent": "hr-assistant", "suite": "hr-eval-v3"})).await;
    let easier = read("agents-examples/hr/suites/hr-eval-v3.yml").replacen("0.6", "0.1", 1);
    daemon.operator(Method::PUT, "/evaluations/suites/hr-eval-v3").body(easier).answer().await.expect(201);
    assert_eq!(daemon.promote("prod").await.body["gate"][0]["rule"], "stale");
}

#[tokio::test]
async fn a_changed_document_makes_a_run_stale() {
    let daemon = Daemon::start().await.with_hr().await;
    let document = json!({"doc_id": "NEW", "collection": "hr-policies", "groups": ["employees"], "text": "News of today."});
    daemon.operator(Method::POST, "/knowledge/documents").json(&document).answer().await.expect(201);
    let answer = daemon.promote("prod").await;
    assert_eq!(answer.body["gate"][0]["ok"], false, "{}", answer.body);
}

#[tokio::test]
async fn a_model_that_embeds_what_it_reads_makes_a_run_stale() {
    let mut daemon = Daemon::start().await.with_hr().await;
    assert_eq!(daemon.promote("prod").await.body["gate"][0]["ok"], true);
    let embedder = Embedder::start().await;
    daemon.restart_with(&embedder.settings("m", 60_000)).await;
    let answer = daemon.promote("prod").await;
    let stale = &answer.body["gate"][0];
    assert_eq!((&stale["rule"], &stale["ok"]), (&json!("stale"), &json!(false)), "{}", answer.body);
}

#[tokio::test]
async fn only_an_operator_overrides_the_gate_and_the_reason_stays() {
    let daemon = Daemon::start().await;
    daemon.apply(&read("agents-examples/hr/hr.yml")).await.expect(201);
    let key = daemon.key(json!({"name": "ci", "scopes": ["agents/*"]})).await;
    let body = json!({"environment": "test", "override": {"reason": "the suite is down"}});
    let call = daemon.call(Method::POST, "/agents/hr-assistant/promote").bearer_auth(&key).json(&body);
    assert_eq!(call.answer().await.code(), "not_permitted");
    let call = daemon.operator(Method::POST, "/agents/hr-assistant/promote").json(&body);
    call.answer().await.expect(200);
    let agent = daemon.operator(Method::GET, "/agents/hr-assistant").answer().await.expect(200);
    let promotion = &agent["promotions"][0];
    assert_eq!(
        (&promotion["status"], &promotion["reason"]),
        (&json!("overridden"), &json!("the suite is down"))
    );
}
