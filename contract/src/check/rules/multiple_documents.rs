//! `multiple-documents`: a file holds more than one YAML document.

use super::Rule;
use crate::check::finding::{Finding, Severity};
use crate::check::text::Text;
use std::ops::Range;

pub(crate) const RULE: Rule = Rule {
    id: "multiple-documents",
    severity: Severity::Error,
    explanation: "A file holds one agent or one suite, so that its version is the version of one thing.",
    mend: "Put each agent and each suite in a file of its own.",
    suppressible: false,
    example: &[(
        "agent.yml",
        r"apiVersion: katonic/v1
kind: Agent
metadata: {id: hr-assistant, owner: people@example.org}
spec:
  model: balanced
  instructions: Answer from the policies.
  evaluation: {suite: hr-eval, gate: {prod: {pass_rate: 0.9}}}
---
apiVersion: katonic/v1
kind: Agent
metadata: {id: it-assistant, owner: it@example.org}
spec:
  model: balanced
  instructions: Answer from the policies.
  evaluation: {suite: hr-eval, gate: {prod: {pass_rate: 0.9}}}
",
    )],
    check: None,
};

/// The finding for where the second document begins.
pub(crate) fn found(text: &Text, span: &Range<usize>) -> Finding {
    let message = "the file holds more than one document".to_owned();
    let help = "put each agent and each suite in a file of its own, without `---` between them".to_owned();
    text.finding(&RULE, span, message, help)
}
