//! The rules by their own examples: each shows its rule, its mend mends it, and suppressions and levels hold.

use super::policy::Policy;
use super::*;

/// What is found in files, given as names and texts, a file at a time.
fn found(files: &[(&str, &str)], policy: &Policy) -> Vec<Verdict> {
    let sources: Vec<Source> = files
        .iter()
        .filter(|(file, _)| file.ends_with(".yml"))
        .map(|(file, text)| {
            // A replacement character stands for a byte that is no text.
            let bytes = text.replace('\u{fffd}', "\u{7f}").into_bytes();
            let bytes = bytes.into_iter().map(|byte| if byte == 0x7f { 0xfc } else { byte });
            Source::of_bytes(file, bytes.collect())
        })
        .collect();
    let read = |_: &str, _: &str| Err("there is no such file".to_owned());
    check_all(&sources, &Context { read: Some(&read), policy: Some(policy), ..Context::default() })
}

/// The policy of an example, if it has one.
fn policy(rule: &rules::Rule) -> Policy {
    let mut policy = Policy::default();
    if rule.example.iter().any(|(file, _)| *file == "katonic.toml") {
        let prod = crate::agent::GateBounds { pass_rate: Some(0.95), ..Default::default() };
        policy.floors.gate.prod = Some(prod);
    }
    policy
}

#[test]
fn each_example_shows_its_rule_and_nothing_else() {
    for rule in RULES {
        let found = found(rule.example, &policy(rule));
        let rules: Vec<&str> =
            found.iter().flat_map(|verdict| &verdict.findings).map(|f| f.rule.as_str()).collect();
        // A suppression that names no rule leaves what it was meant for.
        let beside: &[&str] = if rule.id == "invalid-suppression" { &["no-owner"] } else { &[] };
        assert!(rules.contains(&rule.id), "{}: {rules:?}", rule.id);
        assert!(
            rules.iter().all(|found| *found == rule.id || beside.contains(found)),
            "{}: {rules:?}",
            rule.id
        );
    }
}

#[test]
fn what_has_a_mend_is_mended_by_it_and_comments_stay() {
    let mut mended_rules = Vec::new();
    for rule in RULES {
        let policy = policy(rule);
        let mut files: Vec<(&str, String)> =
            rule.example.iter().map(|(file, text)| (*file, format!("# ours\n{text}"))).collect();
        let mut made = 0;
        for _ in 0..5 {
            let given: Vec<(&str, &str)> = files.iter().map(|(file, text)| (*file, text.as_str())).collect();
            let found = found(&given, &policy);
            let all: Vec<Finding> = found.into_iter().flat_map(|verdict| verdict.findings).collect();
            for (file, text) in &mut files {
                let (mended, count) =
                    mend(text, all.iter().filter(|finding| finding.file.as_deref() == Some(*file)));
                (*text, made) = (mended, made + count);
            }
        }
        if made > 0 {
            let given: Vec<(&str, &str)> = files.iter().map(|(file, text)| (*file, text.as_str())).collect();
            let left: Vec<Finding> =
                found(&given, &policy).into_iter().flat_map(|verdict| verdict.findings).collect();
            assert!(left.iter().all(|finding| finding.rule != rule.id), "{}: {left:#?}", rule.id);
            assert!(files.iter().all(|(_, text)| text.starts_with("# ours\n")));
            mended_rules.push(rule.id);
        }
    }
    let expected = [
        "yaml-syntax",
        "unknown-kind",
        "unknown-field",
        "wrong-type",
        "not-in-set",
        "out-of-range",
        "invalid-id",
        "unknown-model",
        "unknown-tool",
        "unknown-evaluator",
        "unknown-suite",
        "below-floor",
        "weak-rail",
        "invalid-suppression",
    ];
    assert_eq!(mended_rules, expected);
}

const BARE: &str =
    "kind: Agent\nmetadata: {id: hr-assistant}\nspec:\n  model: fast\n  instructions: Be kind.\n";

#[test]
fn the_first_lines_are_written_where_they_are_missing() {
    let verdict = found(&[("a.yml", BARE)], &Policy::default());
    let (mended, made) = mend(BARE, &verdict[0].findings);
    assert_eq!((made, mended.starts_with("apiVersion: katonic/v1\nkind: Agent\n")), (1, true), "{mended}");
}

#[test]
fn a_suppression_takes_out_what_it_names_and_is_no_part_of_the_version() {
    let bare = format!("apiVersion: katonic/v1\n{BARE}");
    let text = format!("{bare}suppress:\n  - {{rule: no-owner, reason: the team owns it}}\n");
    let all =
        found(&[("a.yml", &bare), ("b.yml", &text.replace("hr-assistant", "hr-two"))], &Policy::default());
    let rules = |verdict: &Verdict| verdict.findings.iter().map(|f| f.rule.clone()).collect::<Vec<_>>();
    assert_eq!(
        (rules(&all[0]), all[0].suppressed),
        (vec!["no-owner".to_owned(), "no-evaluation".to_owned()], 0)
    );
    assert_eq!((rules(&all[1]), all[1].suppressed), (vec!["no-evaluation".to_owned()], 1));
    let version = |verdict: &Verdict| match &verdict.checked {
        Some(Checked::Agent(agent)) => agent.version().unwrap(),
        other => panic!("{other:?}"),
    };
    assert_eq!(version(&all[0]), version(&found(&[("a.yml", &text)], &Policy::default())[0]));
    let firm = format!("{bare}suppress: [{{rule: secret-in-file, reason: x}}]\n");
    assert!(
        rules(&found(&[("a.yml", &firm)], &Policy::default())[0]).contains(&"invalid-suppression".to_owned())
    );
}

#[test]
fn a_repository_raises_and_drops_rules_but_loosens_no_error() {
    let bare = format!("apiVersion: katonic/v1\n{BARE}");
    let mut policy = Policy::default();
    policy.rules.insert("no-owner".to_owned(), Level::Error);
    policy.rules.insert("no-evaluation".to_owned(), Level::Off);
    let found = found(&[("a.yml", &bare)], &policy);
    let brief: Vec<_> = found[0].findings.iter().map(|f| (f.rule.as_str(), f.severity)).collect();
    assert_eq!(brief, [("no-owner", Severity::Error)]);
    policy.verify().unwrap();
    policy.rules.insert("weak-rail".to_owned(), Level::Off);
    assert!(policy.verify().unwrap_err().contains("always an error"));
    policy.rules.clear();
    policy.rules.insert("no-ower".to_owned(), Level::Off);
    assert!(policy.verify().unwrap_err().contains("no-owner"));
}

#[test]
fn documents_that_are_known_are_looked_up() {
    let agent = RULES.iter().find(|rule| rule.id == "unreachable-document").unwrap().example;
    let with = agent[0].1.replace("  model: balanced", "  model: balanced\n  knowledge: {collections: [hr]}");
    let cited = |citation: &str| {
        let suite = agent[1].1.replace("{doc_id: HR-1}", citation);
        let sources = [Source::new("agent.yml", &with), Source::new("suite.yml", &suite)];
        let document =
            KnownDocument { doc_id: "HR-2024".into(), sections: vec!["2.1 Working from home".into()] };
        let known = Known { collections: [("hr".to_owned(), vec![document])].into(), ..Known::default() };
        let found = check_all(&sources, &Context { known: Some(&known), ..Context::default() });
        found
            .into_iter()
            .flat_map(|verdict| verdict.findings)
            .map(|finding| finding.message)
            .collect::<Vec<_>>()
    };
    for sound in [
        "{doc_id: HR-2024}",
        "{doc_id: HR-2024, section: \"2.1\"}",
        "{doc_id: HR-2024, section: working from home}",
    ] {
        assert!(cited(sound).is_empty(), "{sound}");
    }
    assert!(cited("{doc_id: HR-2023}")[0].contains("there is no document"));
    assert!(cited("{doc_id: HR-2024, section: \"2.2\"}")[0].contains("has no section"));
}

#[test]
fn a_secret_is_masked_letter_by_letter() {
    let text = "a: AKIAZ7Z7Z7Z7Z7Z7Z7Z7 # é\n";
    assert_eq!(masked(text), format!("a: {} # é\n", "*".repeat(20)));
    let block =
        format!("x: |\n  -----BEGIN {0} KEY-----\n  MIIé\n  -----END {0} KEY-----\ny: 1\n", "PRIVATE");
    let hidden = masked(&block);
    assert_eq!(hidden.len(), block.len());
    assert!(
        hidden.starts_with("x: |\n  ***") && hidden.ends_with("***\ny: 1\n") && !hidden.contains("MII"),
        "{hidden}"
    );
}

#[test]
fn a_search_that_an_answer_begins_with_is_not_mocked() {
    let suite = |tool: &str| {
        format!(
            "apiVersion: katonic/v1\nkind: EvalSuite\nmetadata: {{id: hr-eval}}\nspec:\n  cases:\n    - \
             {{id: one, input: How many?, mocks: {{{tool}: {{n: 1}}}}, expect: {{facts: [one]}}}}\n"
        )
    };
    let rules = |tool: &str| -> Vec<String> {
        let text = suite(tool);
        let verdicts = found(&[("suite.yml", text.as_str())], &Policy::default());
        verdicts.iter().flat_map(|verdict| &verdict.findings).map(|finding| finding.rule.clone()).collect()
    };
    assert_eq!(rules("knowledge_search"), ["contradicting-case"]);
    assert_eq!(rules("calcul"), ["unknown-tool"]);
    assert!(rules("calculator").is_empty());
}
