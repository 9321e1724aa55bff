//! `duplicate-key`: a key stands twice in a mapping.

use super::Rule;
use crate::check::finding::{Finding, Severity};
use crate::check::node::Node;
use crate::check::text::{Text, shown};
use std::collections::HashSet;

pub(crate) const RULE: Rule = Rule {
    id: "duplicate-key",
    severity: Severity::Error,
    explanation: "A key may stand once in a mapping: readers differ about which of two values counts.",
    mend: "Keep one of the two.",
    suppressible: false,
    example: &[(
        "agent.yml",
        r"apiVersion: katonic/v1
kind: Agent
metadata: {id: hr-assistant, owner: people@example.org}
spec:
  model: balanced
  model: fast
  instructions: Answer from the policies.
  evaluation: {suite: hr-eval, gate: {prod: {pass_rate: 0.9}}}
",
    )],
    check: None,
};

/// Adds every repeated key of a tree.
pub(crate) fn find(text: &Text, node: &Node, found: &mut Vec<Finding>) {
    let mut seen = HashSet::new();
    for entry in node.entries() {
        if !seen.insert(entry.key.as_str()) {
            let message = format!("`{}` is given twice here", shown(&entry.key));
            let help = "keep one of the two, or put it into the mapping that it belongs to".to_owned();
            found.push(text.finding(&RULE, &entry.span, message, help));
        }
        find(text, &entry.value, found);
    }
    node.items().iter().for_each(|item| find(text, item, found));
}
