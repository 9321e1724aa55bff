//! `katonic eval import`: suites of other tools.

use super::Home;
use insta::assert_snapshot;
use std::fs;

const PROMPTFOO: &str = r#"
prompts: ["You are HR's assistant. Answer: {{question}}", "Answer {{question}}"]
providers: [openai:gpt-5-mini]
scenarios: []
defaultTest:
  assert: [{type: latency, threshold: 3000}]
tests:
  - description: Remote work
    vars: {question: "What's the remote work policy?"}
    assert:
      - {type: contains, value: three days}
      - {type: not-contains, value: salary review}
      - {type: similar, value: Up to three days a week., threshold: 0.8}
      - {type: javascript, value: "output.length < 100"}
      - {type: contains, value: home, weight: 2}
  - description: Sick days
    vars: {question: ["How many sick days?", "How many sick days do I get?"]}
    assert: [{type: icontains-any, value: [ten, "10"]}, {type: cost, threshold: 0.01}]
  - file://more.csv
"#;

const MORE: &str = "question,__expected,__description\n\
                    Give me JSON,is-json,As JSON\n\
                    \"Say hi, please\",hi,Greeting\n\
                    Who?,\"contains-all: Ann, Ben\",Both\n";

#[test]
fn a_promptfoo_configuration_becomes_a_suite_and_what_can_t_is_told() {
    let home = Home::new();
    let folder = home.folder.path();
    fs::write(folder.join("promptfooconfig.yaml"), PROMPTFOO).unwrap();
    fs::write(folder.join("more.csv"), MORE).unwrap();
    let line = format!(
        "cd {} && katonic eval import promptfooconfig.yaml --id hr-eval --as sarah@example.org",
        folder.display()
    );
    let said = home.shell(&line).expect(0);
    assert_snapshot!("promptfoo", said.out);
    assert_snapshot!("promptfoo_left_out", said.err);
    let written = format!(
        "cd {} && katonic eval import promptfooconfig.yaml --id hr-eval -o hr-eval.yml && katonic agents validate hr-eval.yml",
        folder.display()
    );
    home.shell(&written).expect(0);
}

#[test]
fn datasets_of_other_tools_are_told_by_their_fields() {
    let home = Home::new();
    let folder = home.folder.path();
    let files = [
        (
            "samples.jsonl",
            r#"{"input": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "2+2?"}], "ideal": ["4", "four"]}"#,
        ),
        ("ragas.csv", "user_input,reference\nHow long?,Ten days.\n"),
        (
            "goldens.json",
            r#"{"goldens": [{"input": "Add", "expected_output": "3", "expected_tools": [{"name": "calculator", "input_parameters": {"expression": "1+2"}}]}]}"#,
        ),
    ];
    for (name, content) in files {
        fs::write(folder.join(name), content).unwrap();
        let line = format!("cd {} && katonic eval import {name} --json", folder.display());
        let made = home.shell(&line).json();
        let case = &made["suite"]["spec"]["cases"][0];
        match name {
            "samples.jsonl" => {
                assert_eq!((&case["input"], &case["expect"]["answer"][1]), (&"2+2?".into(), &"four".into()));
                assert!(made["left_out"].to_string().contains("system's message"), "{made}");
            }
            "ragas.csv" => assert_eq!(case["expect"]["answer"], "Ten days."),
            _ => assert_eq!(case["expect"]["tools"]["calls"][0]["arguments"]["expression"], "1+2"),
        }
    }
    fs::write(folder.join("other.json"), r#"[{"a": 1}]"#).unwrap();
    let line = format!("cd {} && katonic eval import other.json", folder.display());
    assert!(home.shell(&line).expect(2).err.contains("--format"));
}
