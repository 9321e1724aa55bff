//! `unknown-field`: a field that the model doesn't have.

use super::Rule;
use crate::check::finding::{Finding, Severity};
use crate::check::node::Entry;
use crate::check::suggest::quoted;
use crate::check::text::{Text, shown};

pub(crate) const RULE: Rule = Rule {
    id: "unknown-field",
    severity: Severity::Error,
    explanation: "A field that nothing reads is most often a misspelt one, whose setting would silently be lost.",
    mend: "Correct the name, move the field to where it belongs, or remove it.",
    suppressible: false,
    example: &[(
        "agent.yml",
        r"apiVersion: katonic/v1
kind: Agent
metadata: {id: hr-assistant, owner: people@example.org}
spec:
  model: balanced
  instrutions: Answer from the policies.
  evaluation: {suite: hr-eval, gate: {prod: {pass_rate: 0.9}}}
",
    )],
    check: None,
};

/// The finding for a field, given the known ones, the close one, and the section that has one of that name.
pub(crate) fn found(
    text: &Text,
    entry: &Entry,
    path: &str,
    known: &[&str],
    close: Option<&str>,
    elsewhere: Option<&str>,
) -> Finding {
    let inside = if path.is_empty() { String::new() } else { format!(" in `{}`", shown(path)) };
    let help = match (close, elsewhere) {
        (Some(close), _) => format!("did you mean `{close}`?"),
        (None, Some(section)) => format!("it belongs under `{section}`"),
        (None, None) => format!("remove it; known are {}", quoted(known)),
    };
    let message = format!("there is no field `{}`{inside}", shown(&entry.key));
    let fix = close.and_then(|close| text.respell(&entry.span, &entry.key, close));
    text.finding(&RULE, &entry.span, message, help).or_fix(fix)
}
