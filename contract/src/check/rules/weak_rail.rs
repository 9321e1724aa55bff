//! `weak-rail`: a rail that is loosened below what any agent may.

use super::Rule;
use crate::check::document::Document;
use crate::check::files::Files;
use crate::check::finding::{Finding, Severity};

pub(crate) const RULE: Rule = Rule {
    id: "weak-rail",
    severity: Severity::Error,
    explanation: "An agent may tighten each rail and loosen some. It may not let through what exceeds the limits, an \
                  injection, a secret in an answer, or its own instructions.",
    mend: "Leave the field out, or write `block`.",
    suppressible: false,
    example: &[(
        "agent.yml",
        r"apiVersion: katonic/v1
kind: Agent
metadata: {id: hr-assistant, owner: people@example.org}
spec:
  model: balanced
  instructions: Answer from the policies.
  guardrails: {secrets: {output: warn}}
  evaluation: {suite: hr-eval, gate: {prod: {pass_rate: 0.9}}}
",
    )],
    check: Some(check),
};

/// The rails and directions that stay at `block`.
const FIRM: [(&str, &str); 5] = [
    ("limits", "input"),
    ("limits", "output"),
    ("injection", "input"),
    ("secrets", "output"),
    ("leakage", "output"),
];

fn check(document: &Document, _: &Files<'_>, out: &mut Vec<Finding>) {
    for (rail, direction) in FIRM {
        let action = document.root.at(&["spec", "guardrails", rail, direction]);
        if let Some(node) = action.filter(|node| matches!(node.text(), Some("warn" | "redact"))) {
            let said = node.text().unwrap_or_default();
            let message = format!("the rail `{rail}` can't be loosened to `{said}` for its {direction}");
            let help = format!("write `{direction}: block`, or leave it out: it is so by default");
            let finding = document.text.finding(&RULE, &node.span, message, help);
            out.push(finding.or_fix(document.text.respell(&node.span, said, "block")));
        }
    }
}
