//! `no-owner`: an agent whose owner isn't named.

use super::Rule;
use crate::check::document::Document;
use crate::check::files::Files;
use crate::check::finding::{Finding, Severity};
use crate::check::schema::Kind;

pub(crate) const RULE: Rule = Rule {
    id: "no-owner",
    severity: Severity::Warning,
    explanation: "When a gate refuses or an answer is wrong, someone must be asked. An owner is the address for that.",
    mend: "Add `owner:` under `metadata:`, an address that somebody reads.",
    suppressible: true,
    example: &[(
        "agent.yml",
        r"apiVersion: katonic/v1
kind: Agent
metadata: {id: hr-assistant}
spec:
  model: balanced
  instructions: Answer from the policies.
  evaluation: {suite: hr-eval, gate: {prod: {pass_rate: 0.9}}}
",
    )],
    check: Some(check),
};

fn check(document: &Document, _: &Files<'_>, out: &mut Vec<Finding>) {
    if document.kind == Some(Kind::Agent) && document.root.at(&["metadata", "owner"]).is_none() {
        let help = "add `owner:` under `metadata:`, the address to ask about it".to_owned();
        let span = document.near(&["metadata"]);
        out.push(document.text.finding(&RULE, &span, "the agent has no owner".to_owned(), help));
    }
}
