//! `katonic agents init`: what it writes is valid, passes its own gate, and overwrites nothing.

use super::Home;
use std::fs;

#[test]
fn a_starter_validates_evaluates_and_is_promoted() {
    let (home, _) = Home::with_sandbox();
    let root = home.folder.path().join("repository");
    fs::create_dir(&root).unwrap();
    let katonic =
        |arguments: &[&str]| super::said(home.command(super::binary()).current_dir(&root).args(arguments));
    katonic(&["agents", "init", "it-desk", "--owner", "it@example.org"]).expect(0);
    katonic(&["agents", "validate", "--strict"]).expect(0);
    katonic(&["documents", "add", "documents/it-desk-docs", "--collection", "it-desk-docs"]).expect(0);
    katonic(&["agents", "apply", "suites/it-desk-eval.yml", "agents/it-desk.yml"]).expect(0);
    katonic(&["agents", "validate", "--strict", "--remote"]).expect(0);
    let run =
        katonic(&["eval", "run", "--agent", "it-desk", "--suite", "it-desk-eval", "--wait", "--json"]).json();
    assert_eq!(run["pass_rate"], 1.0, "{run}");
    katonic(&["agents", "promote", "it-desk", "--env=prod"]).expect(0);

    let suite = root.join("suites/it-desk-eval.yml");
    let text = fs::read_to_string(&suite)
        .unwrap()
        .replace("doc_id: it-desk-docs-welcome", "doc_id: it-desk-docs-welcom");
    fs::write(&suite, text).unwrap();
    let said = katonic(&["agents", "validate", "--remote"]).expect(1);
    assert!(said.out.contains("did you mean `it-desk-docs-welcome`?"), "{}", said.out);
}

#[test]
fn nothing_is_overwritten_and_a_second_agent_finds_its_place() {
    let home = Home::new();
    let dir = home.folder.path().join("repository").display().to_string();
    let init = |id: &str| home.katonic(&["agents", "init", id, "--owner", "it@example.org", "--dir", &dir]);
    init("it-desk").expect(0);
    assert!(init("it-desk").expect(1).err.contains("agents/it-desk.yml"));
    init("hr-desk").expect(0);
    home.katonic(&["agents", "validate", &dir, "--strict"]).expect(0);
    init("No id").expect(2);
    home.katonic(&["agents", "init", "x-desk", "--owner", "a: b", "--dir", &dir]).expect(2);
}
