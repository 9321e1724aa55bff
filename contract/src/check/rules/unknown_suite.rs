//! `unknown-suite`: an agent's suite doesn't exist.

use super::Rule;
use crate::check::document::Document;
use crate::check::files::Files;
use crate::check::finding::{Finding, Severity};
use crate::check::suggest;
use crate::check::text::shown;

pub(crate) const RULE: Rule = Rule {
    id: "unknown-suite",
    severity: Severity::Error,
    explanation: "Where suites are checked together with agents, each agent's suite is one of them: no version \
                  could be promoted without it.",
    mend: "Correct the id, check the suite's file too, or use `--remote` where the suite is only in the daemon.",
    suppressible: true,
    example: &[
        (
            "agent.yml",
            r"apiVersion: katonic/v1
kind: Agent
metadata: {id: hr-assistant, owner: people@example.org}
spec:
  model: balanced
  instructions: Answer from the policies.
  evaluation: {suite: hr-evil, gate: {prod: {pass_rate: 1.0}}}
",
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
    let Some(node) = document.root.at(&["spec", "evaluation", "suite"]) else { return };
    if let Some(suite) = node.text()
        && let Some(suites) = files.suites()
        && !suites.contains(suite)
    {
        let message = format!("there is no suite `{}`", shown(suite));
        let close = suggest::closest(suite, suites);
        let help = match close {
            Some(close) => format!("did you mean `{close}`?"),
            None => "check its file too, or correct the id".to_owned(),
        };
        let finding = document.text.finding(&RULE, &node.span, message, help);
        out.push(finding.or_fix(close.and_then(|close| document.text.respell(&node.span, suite, close))));
    }
}
