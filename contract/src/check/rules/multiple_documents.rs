//! `multiple-documents`: a file holds more than one YAML document.

use super::Rule;
use crate::check::finding::{Finding, Severity};
use crate::check::text::Text;
use std::ops::Range;

pub(crate) const RULE: Rule = Rule {
    id: "multiple-documents",
    severity: Severity::Error,
    explanation: "A file holds one agent or one suite, so that its version is the version of one thing.",
    check: None,
};

/// The finding for where the second document begins.
pub(crate) fn found(text: &Text, span: &Range<usize>) -> Finding {
    let message = "the file holds more than one document".to_owned();
    let help = "put each agent and each suite in a file of its own, without `---` between them".to_owned();
    text.finding(&RULE, span, message, help)
}
