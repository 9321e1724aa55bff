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
