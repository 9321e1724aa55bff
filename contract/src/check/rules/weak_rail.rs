//! `weak-rail`: a rail that is loosened below what any agent may.

use super::Rule;
use crate::check::document::Document;
use crate::check::finding::{Finding, Severity};

pub(crate) const RULE: Rule = Rule {
    id: "weak-rail",
    severity: Severity::Error,
    explanation: "An agent may tighten each rail and loosen some. It may not let through what exceeds the limits, an \
                  injection, a secret in an answer, or its own instructions.",
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

fn check(document: &Document, _: &[Document], out: &mut Vec<Finding>) {
    for (rail, direction) in FIRM {
        let action = document.root.at(&["spec", "guardrails", rail, direction]);
        if let Some(node) = action.filter(|node| matches!(node.text(), Some("warn" | "redact"))) {
            let said = node.text().unwrap_or_default();
            let message = format!("the rail `{rail}` can't be loosened to `{said}` for its {direction}");
            let help = format!("write `{direction}: block`, or leave it out: it is so by default");
            out.push(document.text.finding(&RULE, &node.span, message, help));
        }
    }
}
