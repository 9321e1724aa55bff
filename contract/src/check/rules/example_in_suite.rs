//! `example-in-suite`: a few-shot example that is also a case.

use super::Rule;
use crate::check::document::Document;
use crate::check::files::Files;
use crate::check::finding::{Finding, Severity};
use crate::check::node::Node;
use crate::check::schema::Kind;
use std::collections::HashSet;

pub(crate) const RULE: Rule = Rule {
    id: "example-in-suite",
    severity: Severity::Warning,
    explanation: "An agent that was shown the answer to a case doesn't show what it can do: the suite then measures its memory.",
    mend: "Change the example, or the case.",
    suppressible: true,
    example: &[
        (
            "agent.yml",
            r#"apiVersion: katonic/v1
kind: Agent
metadata: {id: hr-assistant, owner: people@example.org}
spec:
  model: balanced
  instructions: Answer from the policies.
  examples: [{user: "How many sick days?", assistant: "Ten [1]."}]
  evaluation: {suite: hr-eval, gate: {prod: {pass_rate: 1.0}}}
"#,
        ),
        (
            "suite.yml",
            r#"apiVersion: katonic/v1
kind: EvalSuite
metadata: {id: hr-eval}
spec:
  cases:
    - {id: one, input: "How many sick days?", expect: {facts: [ten]}}
"#,
        ),
    ],
    check: Some(check),
};

fn check(document: &Document, files: &Files<'_>, out: &mut Vec<Finding>) {
    let examples = document.root.at(&["spec", "examples"]).map(Node::items).unwrap_or_default();
    let suite = document.named_suite().and_then(|suite| files.definition(Kind::Suite, suite));
    let Some(suite) = suite.filter(|_| !examples.is_empty()) else { return };
    let asked: HashSet<String> =
        suite.cases().filter_map(|(_, case)| Some(plain(case.at(&["input"])?.text()?))).collect();
    for node in examples.iter().filter_map(|example| example.at(&["user"])) {
        if node.text().is_some_and(|user| asked.contains(&plain(user))) {
            let message = "this example is also a case of the agent's suite".to_owned();
            let help = "ask something else in the example, so that the suite stays a test".to_owned();
            out.push(document.text.finding(&RULE, &node.span, message, help));
        }
    }
}

/// A question's letters and digits, in lower case.
fn plain(question: &str) -> String {
    question.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
