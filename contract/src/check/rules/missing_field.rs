//! `missing-field`: a field that must be there.

use super::Rule;
use crate::check::finding::{Finding, Fix, Severity};
use crate::check::text::{Text, shown};
use std::ops::Range;

pub(crate) const RULE: Rule = Rule {
    id: "missing-field",
    severity: Severity::Error,
    explanation: "Some fields have no default, such as an id or a model.",
    mend: "Add the field.",
    suppressible: false,
    example: &[(
        "agent.yml",
        r"apiVersion: katonic/v1
kind: Agent
metadata: {id: hr-assistant, owner: people@example.org}
spec:
  instructions: Answer from the policies.
  evaluation: {suite: hr-eval, gate: {prod: {pass_rate: 0.9}}}
",
    )],
    check: None,
};

/// The finding for a field's absence, given the key of what should hold it.
pub(crate) fn found(text: &Text, path: &str, key: &Range<usize>, name: &str, purpose: &str) -> Finding {
    let inside = if path.is_empty() { "the file".to_owned() } else { format!("`{}`", shown(path)) };
    let purpose = purpose.trim_end_matches('.');
    let help =
        if purpose.is_empty() { format!("add `{name}:`") } else { format!("add `{name}:` ({purpose})") };
    text.finding(&RULE, key, format!("{inside} lacks the field `{name}`"), help)
}

/// The mend for one of the two fields that a file begins with: a line before its first key, where that begins a line.
pub(crate) fn first_line(text: &Text, key: &Range<usize>, name: &str, value: &str) -> Option<Fix> {
    let before = text.text.get(..key.start)?.trim_start_matches('\u{feff}');
    let fits = before.is_empty() || before.ends_with('\n');
    fits.then(|| text.fix(&(key.start..key.start), format!("{name}: {value}\n")))
}
