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
}

/// A repository in a folder, with these files.
fn repository(files: &[(&str, &str)]) -> (Home, std::path::PathBuf) {
    let home = Home::new();
    let root = home.folder.path().join("repository");
    for (file, text) in files {
        let path = root.join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    (home, root)
}

fn validate(home: &Home, root: &std::path::Path, arguments: &[&str]) -> super::Said {
    super::said(home.command(super::binary()).current_dir(root).args(["agents", "validate"]).args(arguments))
}

const SOUND: &str = "apiVersion: katonic/v1
kind: Agent
metadata: {id: it-desk, owner: it@example.org}
spec:
  model: fast
  instructions: Be brief.
  evaluation: {suite: it-eval, gate: {prod: {pass_rate: 0.9}}}
";

#[test]
fn a_repository_says_what_is_checked_and_what_is_asked() {
    let (home, root) = repository(&[("agents/it.yml", SOUND), ("drafts/x.yml", WRONG)]);
    validate(&home, &root, &[]).expect(2);
    std::fs::write(root.join("katonic.toml"), "[validate]\npaths = [\".\"]\nexclude = [\"drafts/\"]\n")
        .unwrap();
    validate(&home, &root.join("agents"), &[]).expect(0);
    let floors = "[validate]\npaths = [\"agents\"]\n[floors.gate.prod]\npass_rate = 0.95\n";
    std::fs::write(root.join("katonic.toml"), floors).unwrap();
    assert!(validate(&home, &root, &[]).expect(1).out.contains("below-floor"));
    assert!(validate(&home, &root, &["--fix"]).expect(0).out.contains("1 mended"));
    std::fs::write(root.join("katonic.toml"), "[rules]\nsecret-in-file = \"off\"\n").unwrap();
    assert!(validate(&home, &root, &["agents"]).expect(2).err.contains("always an error"));
}

#[test]
fn in_github_actions_annotations_are_the_format_and_a_summary_is_written() {
    let (home, root) = repository(&[("agents/a.yml", WRONG)]);
    let summary = root.join("summary.md");
    let mut command = home.command(super::binary());
    command.env("GITHUB_ACTIONS", "true").env("GITHUB_STEP_SUMMARY", &summary).current_dir(&root);
    let said = super::said(command.args(["agents", "validate", "agents"])).expect(1);
    assert!(
        said.out.starts_with("::error file=agents/a.yml,line=4,col=7,title=invalid-id::"),
        "{}",
        said.out
    );
    assert!(std::fs::read_to_string(summary).unwrap().contains("`agents/a.yml:4`"));
    let mut command = home.command(super::binary());
    command.env("GITHUB_ACTIONS", "true").current_dir(&root).args(["agents", "validate", "agents", "--json"]);
    let said = super::said(&mut command).expect(1);
    assert!(said.value()["errors"].as_u64().unwrap() > 3 && said.err.contains("::error "), "{said:#?}");
}

#[test]
fn hostile_input_is_answered_file_by_file() {
    let (home, root) = repository(&[("a.yml", SOUND), ("deep.yml", ""), ("nul.yml", "a: \0\n")]);
    std::fs::write(root.join("deep.yml"), format!("a: {}", "[".repeat(100_000))).unwrap();
    std::fs::write(root.join("big.yml"), format!("a: {}", "x".repeat(50_000_000))).unwrap();
    std::fs::write(root.join("latin.yml"), b"a: \xfc\n").unwrap();
    std::fs::write(root.join("many.yml"), "a: 1\n".repeat(400_000)).unwrap();
    let cycle = SOUND
        .replace("it-desk", "it-cycle")
        .replace("instructions: Be brief.", "instructions_file: cycle.yml");
    std::fs::write(root.join("cycle.yml"), cycle).unwrap();
    let outside =
        SOUND.replace("it-desk", "it-out").replace("instructions: Be brief.", "instructions_file: link.md");
    std::fs::write(root.join("outside.yml"), outside).unwrap();
    std::os::unix::fs::symlink("/etc/hostname", root.join("link.md")).unwrap();
    let names =
        ["a.yml", "big.yml", "cycle.yml", "deep.yml", "latin.yml", "many.yml", "nul.yml", "outside.yml"];
    let mut arguments = names.to_vec();
    arguments.push("--json");
    let report = validate(&home, &root, &arguments).expect(1).value();
    let mut rules: Vec<(&str, &str)> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| (finding["file"].as_str().unwrap(), finding["rule"].as_str().unwrap()))
        .collect();
    rules.dedup();
    let expected = [
        ("big.yml", "too-complex"),
        ("cycle.yml", "file-not-found"),
        ("deep.yml", "too-complex"),
        ("latin.yml", "not-utf8"),
        ("many.yml", "too-complex"),
        ("nul.yml", "yaml-syntax"),
        ("outside.yml", "file-not-found"),
    ];
    assert_eq!(rules, expected);
}

#[test]
fn a_secret_is_shown_by_no_format() {
    let key = format!("AKIA{}", "Z7".repeat(8));
    let (home, root) = repository(&[("a.yml", &SOUND.replace("Be brief.", &format!("Use {key}")))]);
    for format in ["text", "json", "github", "sarif", "junit"] {
        let said = validate(&home, &root, &["a.yml", "--format", format]).expect(1);
        assert!(said.out.contains("secret-in-file") && !said.out.contains(&key), "{format}: {}", said.out);
    }
}
