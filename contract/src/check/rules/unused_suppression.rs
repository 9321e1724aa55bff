//! `unused-suppression`: a suppression of what is not there.

use super::Rule;
use crate::check::finding::{Finding, Severity};
use crate::check::node::Node;
use crate::check::text::{Text, shown};

pub(crate) const RULE: Rule = Rule {
    id: "unused-suppression",
    severity: Severity::Warning,
    explanation: "A suppression that takes nothing out is left over, and would hide the next finding of its rule.",
    mend: "Remove it.",
    suppressible: false,
    example: &[(
        "agent.yml",
        r#"apiVersion: katonic/v1
kind: Agent
metadata: {id: hr-assistant, owner: people@example.org}
spec:
  model: balanced
  instructions: Answer from the policies.
  evaluation: {suite: hr-eval, gate: {prod: {pass_rate: 0.9}}}
suppress: [{rule: no-owner, reason: "The owner is the whole team."}]
"#,
    )],
    check: None,
};

/// The finding for a suppression's rule.
pub(crate) fn found(text: &Text, node: &Node, id: &str) -> Finding {
    let message = format!("`{}` finds nothing in this file", shown(id));
    text.finding(&RULE, &node.span, message, "remove the suppression".to_owned())
}
