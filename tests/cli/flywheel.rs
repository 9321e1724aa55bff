//! From a bad answer to a case that must pass.

use super::Home;
use std::fs;

#[test]
fn a_bad_answer_becomes_a_case_that_must_pass() {
    let (home, _up) = Home::with_sandbox();
    let answer = home.katonic(&["chat", "hr-assistant", "How many sick days do I have?", "--json"]).json();
    let trace = answer["trace_id"].as_str().unwrap();
    home.katonic(&["feedback", trace]).expect(2);
    let correction = ["feedback", trace, "--down", "--correction", "Ten a year."];
    home.katonic(&correction).expect(0);
    let candidates = home.katonic(&["flywheel", "candidates"]).expect(0).out;
    let found = candidates.lines().find(|line| line.contains(trace)).unwrap();
    assert!(found.contains("corrected negative_feedback") && found.contains("sick days"), "{candidates}");
    let only = home.katonic(&["flywheel", "candidates", "--reason", "failed", "--json"]).json();
    assert_eq!(only["data"], serde_json::json!([]));
    home.katonic(&["flywheel", "candidates", "--reason", "fialed"]).expect(2);
    let curate = ["flywheel", "curate", "harvest", "--corrected", "--no-review", "--split", "train=0,test=1"];
    let made = home.katonic(&curate).expect(0).out;
    assert!(made.contains("1 kept (test 1) of 1 that match"), "{made}");
    let suite = home.katonic(&["flywheel", "export", "harvest", "--format", "suite"]).expect(0).out;
    let file = home.folder.path().join("harvest.yml");
    fs::write(&file, &suite).unwrap();
    home.katonic(&["agents", "validate", file.to_str().unwrap()]).expect(0);
    home.katonic(&["eval", "apply", file.to_str().unwrap()]).expect(0);
    let run = ["eval", "run", "--agent", "hr-assistant", "--suite", "harvest", "--wait", "--json"];
    assert_eq!(home.katonic(&run).value()["cases"], 1);
    home.katonic(&["flywheel", "export", "none"]).expect(4);
}

#[test]
fn items_are_looked_at_one_by_one() {
    let (home, _up) = Home::with_sandbox();
    for question in
        ["How many sick days do I have?", "What is the remote work policy?", "Who approves leave?"]
    {
        home.katonic(&["chat", "hr-assistant", question]).expect(0);
    }
    home.katonic(&["flywheel", "curate", "hr"]).expect(0);
    let nothing = home.katonic(&["flywheel", "export", "hr"]).expect(0);
    assert!(nothing.out.is_empty() && nothing.err.contains("flywheel review"), "{nothing:?}");
    let said =
        home.shell("printf 'a\\nwhat?\\ne\\nThree days.\\nq\\n' | katonic flywheel review hr").expect(0).out;
    assert!(said.contains("1. How many sick days") && said.contains("2 items were decided on."), "{said}");
    assert_eq!(said.matches("2. What is the remote").count(), 2, "what is no answer is asked again: {said}");
    let exported = home.katonic(&["flywheel", "export", "hr"]).expect(0).out;
    assert!(exported.lines().count() == 2 && exported.contains("Three days."), "{exported}");
    let rest = home.katonic(&["flywheel", "review", "hr", "--reject", "1", "--edit", "3=The manager."]);
    assert!(rest.expect(0).out.contains("2 items were decided on."));
    let exported = home.katonic(&["flywheel", "export", "hr"]).expect(0).out;
    assert!(exported.contains("The manager.") && !exported.contains("sick days"), "{exported}");
}

#[test]
fn a_correction_that_its_agent_fails_becomes_a_case_of_the_suites_file() {
    let (home, _up) = Home::with_sandbox();
    let mut traces = Vec::new();
    for (question, correction) in [
        ("How many sick days do I have?", "Forty-one days, as agreed with the works council."),
        ("What is the remote work policy?", ""),
    ] {
        let answer = home.katonic(&["chat", "hr-assistant", question, "--json"]).json();
        let trace = answer["trace_id"].as_str().unwrap().to_owned();
        let said = if correction.is_empty() { answer["answer"].as_str().unwrap() } else { correction };
        home.katonic(&["feedback", &trace, "--down", "--correction", said]).expect(0);
        traces.push(trace);
    }
    home.katonic(&["flywheel", "curate", "bad", "--corrected"]).expect(0);
    let file = home.folder.path().join("suite.yml");
    fs::copy("agents-examples/hr/suites/hr-eval-v3.yml", &file).unwrap();
    let before = fs::read_to_string(&file).unwrap();
    let harvest = ["flywheel", "harvest", "bad", "--suite", file.to_str().unwrap()];
    let none = home.katonic(&harvest).expect(0);
    assert!(none.out.is_empty(), "what nobody accepted is no case: {none:?}");
    home.katonic(&["flywheel", "review", "bad", "--accept", "1,2"]).expect(0);
    let diff = home.katonic(&harvest).expect(0).out;
    let added: Vec<&str> =
        diff.lines().filter(|line| line.starts_with('+') && line.contains("id: ")).collect();
    assert_eq!(added.len(), 1, "the agent passes the other: {diff}");
    assert!(
        added[0].ends_with(&traces[0][traces[0].len() - 12..]) && diff.contains("+      must_pass: true"),
        "{diff}"
    );
    assert_eq!(fs::read_to_string(&file).unwrap(), before, "it is only shown");
    home.katonic(&[&harvest[..], &["--write"]].concat()).expect(0);
    assert!(fs::read_to_string(&file).unwrap().starts_with(before.trim_end()));
    home.katonic(&["agents", "validate", file.to_str().unwrap()]).expect(0);
    assert!(home.katonic(&harvest).expect(0).out.is_empty(), "it is there already");
}
