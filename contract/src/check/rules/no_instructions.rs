//! `no-instructions`: an agent that is told nothing.

use super::Rule;
use crate::check::document::Document;
use crate::check::files::Files;
use crate::check::finding::{Finding, Severity};
use crate::check::node::Node;
use crate::check::schema::Kind;
use crate::check::suggest;

pub(crate) const RULE: Rule = Rule {
    id: "no-instructions",
    severity: Severity::Error,
    explanation: "An agent without instructions is only its model: it needs `instructions` or `instructions_file`.",
    mend: "Say what the agent does, for whom, and what it must not do.",
    suppressible: false,
    example: &[(
        "agent.yml",
        r"apiVersion: katonic/v1
kind: Agent
metadata: {id: hr-assistant, owner: people@example.org}
spec:
  model: balanced
  evaluation: {suite: hr-eval, gate: {prod: {pass_rate: 0.9}}}
",
    )],
    check: Some(check),
};

fn check(document: &Document, _: &Files<'_>, out: &mut Vec<Finding>) {
    if document.kind != Some(Kind::Agent) {
        return;
    }
    let written = document.root.at(&["spec", "instructions"]);
    let named = document.root.at(&["spec", "instructions_file"]);
    let help = "say under `instructions:` what the agent does, for whom, and what it must not do".to_owned();
    // A misspelt field is `unknown-field`, one of another type `wrong-type`, and an unreadable file `file-not-found`: none is reported twice.
    let blank = written.filter(|node| node.text().is_some_and(|text| text.trim().is_empty()));
    if let Some(node) = blank {
        out.push(document.text.finding(&RULE, &node.span, "the instructions are blank".to_owned(), help));
    } else if let Some(file) = document.attached.as_ref().filter(|file| file.text.text.trim().is_empty()) {
        out.push(file.text.finding(&RULE, &(0..0), "the instructions are blank".to_owned(), help));
    } else if written.is_none() && named.is_none() && !misspelt(document) {
        let message = "the agent has no instructions".to_owned();
        out.push(document.text.finding(&RULE, &document.near(&["spec"]), message, help));
    }
}

fn misspelt(document: &Document) -> bool {
    let fields = document.root.at(&["spec"]).map(Node::entries).unwrap_or_default();
    fields.iter().any(|field| suggest::closest(&field.key, ["instructions", "instructions_file"]).is_some())
}
