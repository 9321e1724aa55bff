//! The main job, end to end, with the binary: from nothing to a governed answer, through the gate, and down again.

use super::Home;
use std::os::unix::fs::PermissionsExt;

#[test]
fn the_whole_way_from_sandbox_up_to_sandbox_down() {
    let (home, up) = Home::with_sandbox();
    for field in
        ["url", "api_key", "ci_key", "operator_token", "agent_id", "user_email", "curl", "pid", "home"]
    {
        assert!(!up[field].is_null(), "{field}: {up}");
    }
    let answer = home.shell(up["curl"].as_str().unwrap()).expect(0).out;
    assert!(answer.contains("event: agent.complete") && answer.contains("three days a week"), "{answer}");

    let sick =
        home.katonic(&["chat", "hr-assistant", "How many sick days do I have each year?"]).expect(0).out;
    assert!(sick.contains("ten paid sick days"), "{sick}");

    home.katonic(&["agents", "validate", "agents-examples/hr"]).expect(0);
    let evaluate = ["eval", "run", "--agent", "hr-assistant", "--suite", "hr-eval-v3", "--wait", "--json"];
    let run = home.katonic(&evaluate).json();
    assert_eq!((run["status"].as_str(), run["cases"].as_u64()), (Some("finished"), Some(127)));
    assert!(run["pass_rate"].as_f64().unwrap() >= 0.95 && run["evaluators"]["safety"].is_f64(), "{run}");
    let run_id = run["run_id"].as_str().unwrap();
    let compared = home.katonic(&["eval", "compare", run_id, "--baseline=prod", "--json"]).json();
    assert_eq!(compared["verdict"], "unchanged");
    let promoted = home.katonic(&["agents", "promote", "hr-assistant", "--env=prod", "--json"]).json();
    assert_eq!((&promoted["promoted"], &promoted["environment"]), (&true.into(), &"prod".into()));
    let good = promoted["version"].clone();

    home.katonic(&["agents", "apply", "agents-examples/hr-worse/hr.yml"]).expect(0);
    let worse = home.katonic(&evaluate).json();
    let worse_id = worse["run_id"].as_str().unwrap();
    let compared =
        home.katonic(&["eval", "compare", worse_id, "--baseline=prod", "--json"]).expect(1).value();
    assert_eq!(compared["verdict"], "regressed");
    let refused =
        home.katonic(&["agents", "promote", "hr-assistant", "--env=prod", "--json"]).expect(1).value();
    assert_eq!(refused["promoted"], false);
    let failed: Vec<_> =
        refused["gate"].as_array().unwrap().iter().filter(|rule| rule["ok"] == false).collect();
    assert!(failed.len() >= 2 && failed.iter().all(|rule| rule["bound"].is_f64()), "{refused}");
    let told = home.katonic(&["agents", "promote", "hr-assistant", "--env=prod"]).expect(1);
    assert!(format!("{}{}", told.out, told.err).contains("pass_rate"), "{told:#?}");

    home.katonic(&["sandbox", "down"]).expect(0);
    home.katonic(&["search", "leave"]).expect(5);
    let again = home.katonic(&["sandbox", "up", "--json", "--port", "0"]).json();
    for secret in ["api_key", "ci_key", "operator_token"] {
        assert_eq!(again[secret], up[secret]);
    }
    let agent = home.katonic(&["agents", "get", "hr-assistant", "--json"]).json();
    assert_eq!(agent["environments"]["prod"]["version"], good);
    assert_eq!(home.katonic(&["eval", "show", run_id, "--json"]).json()["cases"], 127);
    home.shell(again["curl"].as_str().unwrap()).expect(0);
    home.katonic(&["sandbox", "down"]).expect(0);
    home.katonic(&["sandbox", "status"]).expect(1);
}

#[test]
fn a_second_up_finds_the_first_and_secrets_are_private() {
    let (home, up) = Home::with_sandbox();
    let again = home.katonic(&["sandbox", "up", "--json"]).json();
    assert_eq!(again, up);
    let credentials = home.folder.path().join("credentials.json");
    assert_eq!(std::fs::metadata(credentials).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(
        std::fs::metadata(home.folder.path().join("data")).unwrap().permissions().mode() & 0o777,
        0o700
    );
    let log = std::fs::read_to_string(home.folder.path().join("logs/daemon.log")).unwrap();
    for secret in ["api_key", "ci_key", "operator_token"] {
        assert!(!log.contains(up[secret].as_str().unwrap()), "{secret}");
    }
    assert!(!log.contains("remote work"), "no text of documents or questions in the log");
}

#[test]
fn two_daemons_cannot_share_a_home() {
    let (home, _) = Home::with_sandbox();
    let second = home.katonic(&["daemon", "start", "--listen", "127.0.0.1:0"]);
    assert_ne!(second.code, 0, "{second:#?}");
    assert!(second.err.contains("another") || second.err.contains("already"), "{second:#?}");
}
