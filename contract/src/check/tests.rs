//! Examples of the rules: a small file, and what is found in it where.

use super::*;

const AGENT: &str = "\
apiVersion: katonic/v1
kind: Agent
metadata: {id: hr-assistant, owner: people@example.org}
spec:
  model: balanced
  instructions: Answer from the policies.
  evaluation: {suite: hr-eval, gate: {prod: {pass_rate: 0.9}}}
";

const SUITE: &str = "\
apiVersion: katonic/v1
kind: EvalSuite
metadata: {id: hr-eval}
spec:
  cases:
    - {id: one, input: May I?, expect: {facts: [yes you may]}}
";

/// What the suite's case asks and expects.
const ASKED: &str = "input: May I?, expect: {facts: [yes you may]}";

fn source(file: &str, text: &str) -> Source {
    Source::new(file, text)
}

fn brief(found: &[Finding]) -> Vec<String> {
    found.iter().map(|f| format!("{} {}:{}", f.rule, f.line, f.column)).collect()
}

/// What is found in a text, as `rule line:column`.
fn found(text: &str) -> Vec<String> {
    brief(&check(&source("", text), &Context::default()).1)
}

/// What is found in the agent after a change of its text.
fn agent(from: &str, to: &str) -> Vec<String> {
    assert!(AGENT.contains(from), "{from}");
    found(&AGENT.replacen(from, to, 1))
}

/// What is found in the suite after a change of its text.
fn suite(from: &str, to: &str) -> Vec<String> {
    assert!(SUITE.contains(from), "{from}");
    found(&SUITE.replacen(from, to, 1))
}

#[test]
fn a_sound_file_has_no_findings_and_becomes_its_model() {
    let (checked, findings) = check(&source("hr.yml", AGENT), &Context::default());
    assert_eq!(findings, []);
    let Some(Checked::Agent(agent)) = checked else { panic!("{checked:?}") };
    assert_eq!(agent.suite(), Some("hr-eval"));
    assert_eq!(found(SUITE), [""; 0]);
}

#[test]
fn what_is_not_yaml_is_explained() {
    let cases = [
        ("a: \"b", "yaml-syntax 1:4"),
        ("a:\n\tb: 1\n", "yaml-syntax 2:1"),
        ("é: 1\n  ü: 2\n", "yaml-syntax 2:4"),
        ("a:\n  b: 1\n\tc: 2\n", "yaml-syntax 3:1"),
        ("a: b: c\n", "yaml-syntax 1:5"),
        ("a: *b\n", "yaml-syntax 1:4"),
        ("a: 1\0\n", "yaml-syntax 1:5"),
        ("", "wrong-type 1:1"),
        ("- a\n", "wrong-type 1:1"),
    ];
    for (text, expected) in cases {
        assert_eq!(found(text), [expected], "{text:?}");
    }
    let (_, tab) = check(&source("", "a:\n\tb: 1\n"), &Context::default());
    assert!(tab[0].message.contains("tab") && tab[0].help.contains("spaces"), "{tab:?}");
    assert_eq!(found(&format!("{AGENT}---\na: 1\n")), ["multiple-documents 9:1"]);
}

#[test]
fn shape_is_checked_against_the_models() {
    let cases = [
        ("kind: Agent", "kind: Agnet", "unknown-kind 2:7"),
        ("katonic/v1", "katonic/v2", "unknown-kind 1:13"),
        ("kind: Agent\n", "", "missing-field 1:1"),
        ("instructions:", "instrutcions:", "unknown-field 6:3"),
        ("model: balanced", "model: {model: x, temprature: 1}", "unknown-field 5:21"),
        ("  model: balanced\n", "", "missing-field 4:1"),
        ("id: hr-assistant, ", "", "missing-field 3:1"),
        ("model: balanced", "model: [balanced]", "wrong-type 5:10"),
        ("model: balanced", "model: {model: x, max_output_tokens: 1.5}", "wrong-type 5:40"),
        ("model: balanced", "model: balanced\n  tools: calculator", "wrong-type 6:10"),
        (
            "model: balanced",
            "model: balanced\n  knowledge: {collections: [x], required: yes}",
            "wrong-type 6:43",
        ),
        (
            "model: balanced",
            "model: balanced\n  knowledge: {collections: [x], top_k: 0}",
            "out-of-range 6:40",
        ),
        ("pass_rate: 0.9", "pass_rate: 90", "out-of-range 7:57"),
        ("pass_rate: 0.9", "evaluators: {safety: 2}", "out-of-range 7:67"),
        ("pass_rate: 0.9", "max_age: a week", "wrong-type 7:55"),
        ("pass_rate: 0.9", "max_regression: .nan", "wrong-type 7:62"),
        ("pass_rate: 0.9", "inconclusive: wran", "not-in-set 7:60"),
        ("owner:", "id: hr-two, owner:", "duplicate-key 3:30"),
    ];
    for (from, to, expected) in cases {
        assert_eq!(agent(from, to), [expected], "{to}");
    }
    assert_eq!(suite("input: May I?", "input: 5"), ["wrong-type 6:24"]);
    assert_eq!(
        suite(ASKED, "input: x, expect: {facts: [{pattern: x}]}"),
        ["missing-field 6:44", "unknown-field 6:45"]
    );
}

#[test]
fn references_must_lead_somewhere() {
    let cases = [
        ("hr-assistant", "HR_assistant", "invalid-id 3:16"),
        ("model: balanced", "model: balanced\n  tools: [{name: calculater}]", "unknown-tool 6:18"),
        ("pass_rate: 0.9", "evaluators: {saftey: 1}", "unknown-evaluator 7:59"),
        ("instructions: Answer from the policies.", "instructions_file: ./hr.md", "file-not-found 6:22"),
    ];
    for (from, to, expected) in cases {
        assert_eq!(agent(from, to), [expected], "{to}");
    }
    assert_eq!(suite("id: one", "id: ' '"), ["invalid-id 6:12"]);
    let forbidden = "input: x, expect: {tools: {forbidden: [email]}}";
    assert_eq!(suite(ASKED, forbidden), ["unknown-tool 6:56"]);
    let twice = "    - {id: one, input: May I?, expect: {facts: [yes you may]}}\n    - {id: one, input: And now?, expect: {refusal: true}}\n";
    assert_eq!(
        suite("    - {id: one, input: May I?, expect: {facts: [yes you may]}}\n", twice),
        ["duplicate-id 7:12"]
    );
}

#[test]
fn an_agent_needs_what_makes_it_answerable() {
    let cases = [
        ("  instructions: Answer from the policies.\n", "", "no-instructions 4:1"),
        ("Answer from the policies.", "' '", "no-instructions 6:17"),
        (", owner: people@example.org", "", "no-owner 3:1"),
        ("  evaluation: {suite: hr-eval, gate: {prod: {pass_rate: 0.9}}}\n", "", "no-evaluation 4:1"),
        (", gate: {prod: {pass_rate: 0.9}}", "", "no-prod-gate 7:3"),
        ("model: balanced", "model: balanced\n  guardrails: {secrets: {output: warn}}", "weak-rail 6:34"),
        ("model: balanced", "model: balanced\n  tools: [calculator, calculator]", "conflicting-fields 6:23"),
    ];
    for (from, to, expected) in cases {
        assert_eq!(agent(from, to), [expected], "{to}");
    }
    assert_eq!(
        suite("cases:\n    - {id: one, input: May I?, expect: {facts: [yes you may]}}\n", "cases: []\n"),
        ["empty-suite 5:3"]
    );
}

#[test]
fn a_secret_is_found_anywhere_and_never_repeated() {
    let key = format!("sk-proj-{}", "a1B2".repeat(12));
    let text = format!("{AGENT}  tools: [{key}]\n# {key}\n");
    let (_, findings) = check(&source("", &text), &Context::default());
    assert_eq!(brief(&findings), ["secret-in-file 8:11", "unknown-tool 8:11", "secret-in-file 9:3"]);
    assert!(!serde_json::to_string(&findings).unwrap().contains(&key));
}

#[test]
fn every_problem_is_found_in_one_pass_in_order_of_place() {
    let text = "kind: Agent\nmetadata: {id: X}\nspec:\n  modle: fast\n  tools: [x, 5]\n  guardrails: {pii: {input: never}}\n";
    let expected = [
        "missing-field 1:1",
        "no-owner 2:1",
        "invalid-id 2:16",
        "no-evaluation 3:1",
        "no-instructions 3:1",
        "unknown-field 4:3",
        "unknown-tool 5:11",
        "wrong-type 5:14",
        "not-in-set 6:29",
    ];
    assert_eq!(found(text), expected);
}

#[test]
fn files_are_checked_together() {
    let other = AGENT.replace("hr-eval,", "hr-evil,");
    let sources = [source("a.yml", AGENT), source("b.yml", &other), source("s.yml", SUITE)];
    let found: Vec<_> =
        check_all(&sources, &Context::default()).into_iter().map(|verdict| verdict.findings).collect();
    assert_eq!(brief(&found[0]), ["suite-too-small 7:57"]);
    assert_eq!(brief(&found[1]), ["duplicate-id 3:16", "unknown-suite 7:23"]);
    assert!(found[1][0].message.contains("a.yml"));
    let strict = check_all(&sources, &Context { strict: true, ..Context::default() });
    assert!(
        strict
            .iter()
            .flat_map(|verdict| &verdict.findings)
            .all(|finding| finding.severity == Severity::Error)
    );
}

#[test]
fn a_named_file_becomes_part_of_the_definition() {
    let read = |_: &str, named: &str| {
        match named {
        "./hr.md" => Ok("Answer.".to_owned()),
        "more.jsonl" => {
            Ok("{\"id\": \"two\", \"input\": \"x\", \"expect\": {\"refusal\": true}}\n\n{\"id\": \"one\", \"expect\": {\"refusal\": true}, \"input\": \"\\ud83d\\ude00\"}\n"
                .to_owned())
        }
        "bad.jsonl" => {
            Ok("{\"id\": \"two\", \"input\": \"x\", \"expect\": {\"refusal\": true}}\n{\"id\": \"three\", \"inptu\": \"x\", \"expect\": {\"refusal\": true}}\n".to_owned())
        }
        _ => Err("no such file".to_owned()),
    }
    };
    let context = Context { read: Some(&read), ..Context::default() };
    let text = AGENT.replace("instructions: Answer from the policies.", "instructions_file: ./hr.md");
    let (Some(Checked::Agent(agent)), _) = check(&source("a.yml", &text), &context) else { panic!() };
    assert_eq!(agent.spec.instructions.as_deref(), Some("Answer."));
    assert_eq!(agent.spec.instructions_file, None);

    let text = format!("{SUITE}  cases_file: more.jsonl\n");
    let (checked, findings) = check(&source("suites/s.yml", &text), &context);
    let Some(Checked::Suite(suite)) = checked else { panic!("{findings:?}") };
    assert_eq!(suite.spec.cases.len(), 3);
    assert_eq!(suite.spec.cases[2].input, "😀");
    assert_eq!(brief(&findings), ["duplicate-id 3:8"]);
    assert_eq!(findings[0].file.as_deref(), Some("suites/more.jsonl"));

    let bad = check(&source("", &text.replace("more", "bad")), &context);
    assert_eq!((bad.0, brief(&bad.1)), (None, vec!["unknown-field 2:17".to_owned()]));
    assert_eq!(
        brief(&check(&source("", &text.replace("more", "none")), &context).1),
        ["file-not-found 7:15"]
    );
}

#[test]
fn hostile_files_are_one_finding() {
    let mut bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for (name, of) in ('b'..='i').zip('a'..) {
        bomb.push_str(&format!("{name}: &{name} [{}]\n", format!("*{of}, ").repeat(9)));
    }
    let block = format!("a: &a |\n{}b: [{}]\n", "  some text\n".repeat(50_000), "*a, ".repeat(100_000));
    let texts = [
        bomb,
        block,
        format!("a: {}", "[".repeat(100_000)),
        format!("a:\n{}x", "- ".repeat(100_000)),
        (0..1000).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect(),
        format!("a: {}", "x".repeat(MAX_TEXT)),
    ];
    for text in texts {
        let found = found(&text);
        assert!(found.len() == 1 && found[0].starts_with("too-complex "), "{found:?} {}", &text[..40]);
    }
    assert_eq!(found("a: &a {b: *a}\n").len(), 1);
    let many: String = (0..40_000).map(|key| format!("k{key}: 1\n")).collect();
    assert_eq!(found(&format!("{AGENT}{many}")).len(), MOST_FINDINGS);
}

const MAX_TEXT: usize = super::parse::MAX_BYTES;

#[test]
fn rules_have_ids_of_their_own_and_explain_themselves() {
    let mut ids: Vec<&str> = RULES.iter().map(|rule| rule.id).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), RULES.len());
    for rule in RULES {
        assert!(rule.explanation.ends_with('.') && rule.mend.ends_with('.'), "{}", rule.id);
    }
}

#[test]
fn cases_stand_in_a_table_and_are_asked_with_each_value_of_their_variables() {
    let read = |_: &str, name: &str| match name {
        "more.csv" => Ok("id,input,facts,must_pass,citations,vars.country,pass.correctness\n\
                          leave,\"How much leave, in {{country}}?\",ten; paid,yes,HR-1;HR-2,Spain,0.5\n\
                          two,Hello?,hello,,,,\n"
            .to_owned()),
        "bad.csv" => Ok("id,inptu,must_pass\nnine,x,maybe\n".to_owned()),
        _ => Err("no such file".to_owned()),
    };
    let context = Context { read: Some(&read), ..Context::default() };
    let own = "    - {id: three, input: 'Is {{x}} in {{y}}?', vars: {x: [1, 2], y: [a, b]}, expect: {refusal: false}}\n";
    let text = format!("{SUITE}{own}  cases_file: more.csv\n");
    let (checked, findings) = check(&source("suites/s.yml", &text), &context);
    let Some(Checked::Suite(suite)) = checked else { panic!("{findings:?}") };
    let ids: Vec<&str> = suite.spec.cases.iter().map(|case| case.id.as_str()).collect();
    assert_eq!(
        ids[1..],
        ["three[x=1,y=a]", "three[x=1,y=b]", "three[x=2,y=a]", "three[x=2,y=b]", "leave", "two"]
    );
    assert_eq!(suite.spec.cases[4].input, "Is 2 in b?");
    let leave = &suite.spec.cases[5];
    assert_eq!((leave.input.as_str(), leave.must_pass), ("How much leave, in Spain?", true));
    assert_eq!(
        (leave.expect.facts.len(), leave.expect.citations.len(), leave.pass["correctness"]),
        (2, 2, 0.5)
    );

    let bad = check(&source("", &text.replace("more", "bad")), &context);
    let places: Vec<String> = brief(&bad.1);
    assert_eq!(places, ["no-expectation 2:1", "unknown-field 2:1", "wrong-type 2:1"]);
}
