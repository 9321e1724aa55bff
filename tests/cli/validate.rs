//! `katonic agents validate`: offline, every problem of every file.

use super::Home;

const WRONG: &str = "apiVersion: katonic/v1
kind: Agent
metadata:
  id: HR
  owner: people@example.org
spec:
  model: balanced
  instrutions: Answer from the handbook.
  knowledge:
    collections: [hr-policies]
    top_k: 500
  tools: [knowlege_search]
";

fn wrong() -> (Home, String) {
    let home = Home::new();
    let path = home.folder.path().join("wrong.yml");
    std::fs::write(&path, WRONG).unwrap();
    (home, path.display().to_string())
}

#[test]
fn every_problem_is_shown_with_its_place_its_rule_and_a_mend() {
    let (home, path) = wrong();
    let said = home.katonic(&["agents", "validate", &path]).expect(1);
    let text = format!("{}{}", said.out, said.err);
    for part in [
        "wrong.yml:4:7",
        "wrong.yml:8:3",
        "wrong.yml:11:12",
        "invalid-id",
        "unknown-field",
        "instructions",
        "^^^",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[test]
fn json_holds_the_same_findings() {
    let (home, path) = wrong();
    let report = home.katonic(&["agents", "validate", &path, "--json"]).expect(1).value();
    let findings = report["findings"].as_array().unwrap();
    assert!(findings.len() >= 4, "{report}");
    for finding in findings {
        assert!(finding["file"].as_str().unwrap().ends_with("wrong.yml"));
        assert!(finding["line"].as_u64().unwrap() > 0 && finding["column"].as_u64().unwrap() > 0);
        assert!(!finding["help"].as_str().unwrap().is_empty(), "{finding}");
    }
}

#[test]
fn exit_codes_tell_valid_from_invalid_from_unreadable() {
    let home = Home::new();
    home.katonic(&["agents", "validate", "agents-examples/hr"]).expect(0);
    home.katonic(&["agents", "validate", "agents-examples/hr-worse/hr.yml"]).expect(0);
    home.katonic(&["agents", "validate", "/no/such/file.yml"]).expect(2);
    home.katonic(&["agents", "validate"]).expect(2);
}
