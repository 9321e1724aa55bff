//! `missing-field`: a field that must be there.

use super::Rule;
use crate::check::finding::{Finding, Severity};
use crate::check::text::{Text, shown};
use std::ops::Range;

pub(crate) const RULE: Rule = Rule {
    id: "missing-field",
    severity: Severity::Error,
    explanation: "Some fields have no default, such as an id or a model.",
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
