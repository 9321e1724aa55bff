//! Kill -9 in the middle of a run: the run goes on from its last finished case, and counts none twice.

use super::{Home, Said};
use crate::support::{Line, Upstream};
use serde_json::Value;
use std::process::Command;

const AGENT: &str = "apiVersion: katonic/v1\nkind: Agent\nmetadata: {id: slow-agent, owner: a@example.org}\n\
    spec: {model: fast, instructions: Hi}\n";

/// A sandbox whose tier `fast` is a scripted provider, with an agent and a suite of six cases on it.
fn slow(upstream: &Upstream) -> Home {
    let home = Home::new();
    let settings =
        format!("[providers.local]\nbase_url = \"{}\"\n[tiers]\nfast = \"local/scripted\"\n", upstream.url);
    let case = |n| format!("  - {{id: case-{n}, input: Hello number {n}, expect: {{facts: [hello]}}}}\n");
    let cases: String = (0..6).map(case).collect();
    let suite = format!(
        "apiVersion: katonic/v1\nkind: EvalSuite\nmetadata: {{id: slow-suite}}\nspec:\n  cases:\n{cases}"
    );
    for (name, text) in
        [("katonic.toml", settings.as_str()), ("agent.yml", AGENT), ("suite.yml", suite.as_str())]
    {
        std::fs::write(home.folder.path().join(name), text).unwrap();
    }
    home.katonic(&["sandbox", "up", "--json", "--port", "0"]).json();
    home.shell("katonic agents apply $KATONIC_HOME/agent.yml && katonic eval apply $KATONIC_HOME/suite.yml")
        .expect(0);
    home
}

fn is_going_on(run: &Value) -> bool {
    run["status"] == "running" || run["status"] == "queued"
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_daemon_takes_its_run_up_again() {
    let upstream = Upstream::start(vec![Line::Text("Hello there."), Line::Wait, Line::End]).await;
    let home = tokio::task::block_in_place(|| slow(&upstream));
    let katonic = |arguments: &[&str]| -> Said { tokio::task::block_in_place(|| home.katonic(arguments)) };
    let start =
        ["eval", "run", "--agent", "slow-agent", "--suite", "slow-suite", "--concurrency", "1", "--json"];
    let id = katonic(&start).json()["run_id"].as_str().unwrap().to_owned();
    let show = || katonic(&["eval", "show", &id, "--json"]).json();
    while show()["data"].as_array().unwrap().len() < 2 {
        upstream.go_on.notify_one();
    }
    let pid = katonic(&["sandbox", "status", "--json"]).json()["pid"].to_string();
    assert!(Command::new("kill").args(["-9", &pid]).status().unwrap().success());
    while katonic(&["sandbox", "status"]).code == 0 {}
    katonic(&["sandbox", "up", "--json", "--port", "0"]).expect(0);
    let mut run = show();
    while is_going_on(&run) {
        upstream.go_on.notify_one();
        run = show();
    }
    assert_eq!(
        (&run["status"], &run["cases"], &run["errors"]),
        (&"finished".into(), &6.into(), &0.into()),
        "{run}"
    );
    let mut ids: Vec<&str> =
        run["data"].as_array().unwrap().iter().map(|c| c["case_id"].as_str().unwrap()).collect();
    ids.dedup();
    assert_eq!(ids.len(), 6);
    assert_eq!(katonic(&["audit", "list", "--verify", "--json"]).json()["chain"]["ok"], true);
}
