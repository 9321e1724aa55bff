//! `no-owner`: an agent whose owner isn't named.

use super::Rule;
use crate::check::document::Document;
use crate::check::finding::{Finding, Severity};
use crate::check::schema::Kind;

pub(crate) const RULE: Rule = Rule {
    id: "no-owner",
    severity: Severity::Warning,
    explanation: "When a gate refuses or an answer is wrong, someone must be asked. An owner is the address for that.",
    check: Some(check),
};

fn check(document: &Document, _: &[Document], out: &mut Vec<Finding>) {
    if document.kind == Some(Kind::Agent) && document.root.at(&["metadata", "owner"]).is_none() {
        let help = "add `owner:` under `metadata:`, the address to ask about it".to_owned();
        let span = document.near(&["metadata"]);
        out.push(document.text.finding(&RULE, &span, "the agent has no owner".to_owned(), help));
    }
}
