//! `katonic eval`: recorded answers, reports, and cases that are asked again.

use super::Home;
use serde_json::Value;
use std::fs;

#[test]
fn recorded_answers_are_scored_without_a_daemon_by_the_file_or_the_id_of_a_suite() {
    let home = Home::new();
    let suite = "apiVersion: katonic/v1\nkind: EvalSuite\nmetadata: {id: tiny-suite}\nspec:\n  cases:\n  \
                 - {id: greeting, input: Hello?, expect: {facts: [hello]}}\n  \
                 - {id: unasked, input: Hi?, expect: {facts: [hi]}}\n";
    fs::create_dir(home.folder.path().join("suites")).unwrap();
    fs::write(home.folder.path().join("suites/tiny.yml"), suite).unwrap();
    let answers = home.folder.path().join("answers.jsonl");
    fs::write(&answers, "{\"case_id\": \"greeting\", \"answer\": \"Hello there.\"}\n\n").unwrap();
    for named in ["tiny-suite", "suites/tiny.yml"] {
        let line = format!(
            "cd {} && katonic eval score --suite {named} --answers answers.jsonl --json",
            home.folder.path().display()
        );
        let scored = home.shell(&line).json();
        assert_eq!(scored["cases"][0]["case_id"], "greeting");
        assert_eq!(
            (&scored["cases"][0]["scores"]["correctness"], &scored["passed"]),
            (&1.0.into(), &1.into())
        );
        assert_eq!(
            (&scored["cases"][1]["passed"], &scored["evaluators"]["citations"]),
            (&false.into(), &().into())
        );
    }
    fs::write(&answers, "{\"case_id\": \"greeting\"}\n").unwrap();
    let suite = home.folder.path().join("suites/tiny.yml");
    let wrong = home.katonic(&[
        "eval",
        "score",
        "--suite",
        suite.to_str().unwrap(),
        "--answers",
        answers.to_str().unwrap(),
    ]);
    assert!(wrong.expect(2).err.contains("answers.jsonl:1: missing field `answer`"));
}

#[test]
fn a_run_is_reported_and_its_failing_cases_are_asked_again() {
    let (home, _up) = Home::with_sandbox();
    let worse = crate::support::example().parent().unwrap().join("hr-worse/hr.yml");
    home.katonic(&["agents", "apply", worse.to_str().unwrap()]).expect(0);
    let run = home
        .katonic(&["eval", "run", "--agent", "hr-assistant", "--suite", "hr-eval-v3", "--wait", "--json"])
        .json();
    let (id, failed) = (run["run_id"].as_str().unwrap(), run["failed"].as_u64().unwrap());
    let shown =
        |format| home.katonic(&["eval", "show", id, "--baseline", "prod", "--format", format]).expect(0).out;
    assert_eq!(shown("junit").matches("<failure ").count() as u64, failed);
    assert!(shown("markdown").contains("regressed against prod"));
    let page = shown("html");
    assert!(page.contains(">broken<") && page.contains("<del>") && page.ends_with("</html>\n"));
    let again = home.katonic(&["eval", "run", "--filter-failing", id, "--wait", "--json"]).json();
    assert_eq!((&again["cases"], &again["agent"]), (&failed.into(), &"hr-assistant".into()));
    let none = home.katonic(&["eval", "run", "--retry-errors", id]).expect(2);
    assert!(none.err.contains("ended in an error"), "{none:#?}");
    assert!(home.katonic(&["eval", "watch", id]).expect(0).out.contains("finished"));
}

#[test]
fn a_red_team_s_suite_is_made_of_the_agent_s_own_rules_tools_and_documents() {
    let (home, _up) = Home::with_sandbox();
    let made =
        home.katonic(&["eval", "redteam", "hr-assistant", "--as", "sarah@example.org", "--json"]).json();
    let cases = made["spec"]["cases"].as_array().unwrap();
    let of = |kind: &str| cases.iter().filter(|case| case["tags"][1] == kind).collect::<Vec<_>>();
    for kind in ["injection", "leakage", "exfiltration", "tools", "permissions"] {
        assert!(!of(kind).is_empty(), "{kind}: {made}");
    }
    let probes: Vec<_> = of("permissions").iter().map(|case| case["input"].to_string()).collect();
    assert!(probes.iter().any(|probe| probe.contains("Board salary review 2025")), "{probes:?}");
    assert!(!probes.iter().any(|probe| probe.contains("Sick leave")), "what she may read is no secret");
    let line = "katonic eval redteam hr-assistant --as sarah@example.org -o $HOME/redteam.yml && katonic eval apply $HOME/redteam.yml";
    home.shell(line).expect(0);
    let run =
        ["eval", "run", "--agent", "hr-assistant", "--suite", "hr-assistant-redteam", "--wait", "--json"];
    let run = home.katonic(&run).json();
    assert_eq!((&run["passed"], &run["errors"]), (&run["cases"], &0.into()));
}

#[test]
fn instructions_stand_side_by_side_and_quality_in_prod_is_told() {
    let (home, _up) = Home::with_sandbox();
    let line = "echo Answer shortly. > $HOME/short.md && echo Answer at length. > $HOME/long.md && katonic eval matrix --agent hr-assistant --instructions $HOME/short.md,$HOME/long.md --json";
    let told: Value = serde_json::from_str(&home.shell(line).expect(0).out).unwrap();
    let variants = told["variants"].as_array().unwrap();
    assert_eq!((variants.len(), &told["suite"]), (2, &"hr-eval-v3".into()));
    assert_eq!(
        (&variants[0]["comparison"], &variants[1]["comparison"]["verdict"]),
        (&Value::Null, &"unchanged".into())
    );
    assert_eq!(variants[1]["run"]["cases"], 127);
    let shown = home
        .shell("katonic eval matrix --agent hr-assistant --models balanced,powerful --fresh")
        .expect(0)
        .out;
    assert!(shown.contains("against the first") && shown.contains("unchanged (+0.000"), "{shown}");
    let drift = home.katonic(&["eval", "drift", "hr-assistant"]).expect(0).out;
    assert!(drift.contains("0 answers of prod scored") && drift.contains("none are drawn now"), "{drift}");
    let over = home.katonic(&["eval", "cancel", variants[0]["run"]["run_id"].as_str().unwrap()]);
    assert!(over.err.contains("is over: finished"), "{over:#?}");
}

#[test]
fn evaluators_are_held_to_people_s_labels() {
    let (home, _up) = Home::with_sandbox();
    let run =
        home.katonic(&["eval", "list", "--json"]).json()["data"][0]["run_id"].as_str().unwrap().to_owned();
    let labels = home.folder.path().join("labels.jsonl");
    let lines = "{\"case_id\": \"remote-work\", \"label\": \"pass\"}\n{\"case_id\": \"core-hours\", \"label\": 0.2}\n";
    fs::write(&labels, lines).unwrap();
    let file = labels.to_str().unwrap();
    let held = home.katonic(&["eval", "calibrate", &run, "--labels", file, "--json"]).json();
    let passed = held.as_array().unwrap().iter().find(|one| one["who"] == "passed").unwrap();
    assert_eq!(
        (&passed["n"], &passed["agreement"], &passed["too_lenient"]),
        (&2.into(), &0.5.into(), &1.into())
    );
    let said = home.katonic(&["eval", "calibrate", &run, "--labels", file]).expect(0);
    assert!(said.err.contains("no judge"), "{}", said.err);
    fs::write(&labels, "{\"case_id\": \"no-such\", \"label\": true}\n").unwrap();
    home.katonic(&["eval", "calibrate", &run, "--labels", file]).expect(2);
}
