//! `duplicate-id`: one id for two agents, two suites, or two cases of a suite.

use super::Rule;
use crate::check::document::Document;
use crate::check::files::Files;
use crate::check::finding::{Finding, Severity};
use crate::check::text::shown;
use std::collections::HashSet;
use std::ptr;

pub(crate) const RULE: Rule = Rule {
    id: "duplicate-id",
    severity: Severity::Error,
    explanation: "Among files that are checked together an agent's or a suite's id may stand once, else the one \
                  applied last would win; in a suite each case has its own, since runs are compared by it.",
    mend: "Give one of the two another id.",
    suppressible: false,
    example: &[
        (
            "agent.yml",
            r"apiVersion: katonic/v1
kind: Agent
metadata: {id: hr-assistant, owner: people@example.org}
spec:
  model: balanced
  instructions: Answer from the policies.
  evaluation: {suite: hr-eval, gate: {prod: {pass_rate: 0.9}}}
",
        ),
        (
            "agent-two.yml",
            r"apiVersion: katonic/v1
kind: Agent
metadata: {id: hr-assistant, owner: people@example.org}
spec:
  model: fast
  instructions: Answer from the policies.
  evaluation: {suite: hr-eval, gate: {prod: {pass_rate: 0.9}}}
",
        ),
    ],
    check: Some(check),
};

fn check(document: &Document, files: &Files<'_>, out: &mut Vec<Finding>) {
    if let Some(node) = document.id()
        && let Some((id, kind)) = node.text().zip(document.kind)
        && let Some(first) = files.definition(kind, id).filter(|first| !ptr::eq(*first, document))
    {
        let file = first.text.file.as_deref().unwrap_or("another file");
        let message = format!("the id `{}` is already that of {}", shown(id), shown(file));
        out.push(document.text.finding(
            &RULE,
            &node.span,
            message,
            "give one of the two another id".to_owned(),
        ));
    }
    let mut seen = HashSet::new();
    for (text, case) in document.cases() {
        if let Some(node) = case.at(&["id"])
            && let Some(id) = node.text()
            && !seen.insert(id)
        {
            let message = format!("an earlier case has the id `{}` too", shown(id));
            out.push(text.finding(&RULE, &node.span, message, "give each case an id of its own".to_owned()));
        }
    }
}
