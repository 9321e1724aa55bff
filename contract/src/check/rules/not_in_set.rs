//! `not-in-set`: a text that is none of those that the field takes.

use super::Rule;
use crate::check::finding::{Finding, Severity};
use crate::check::suggest;
use crate::check::text::{Text, shown};
use std::ops::Range;

pub(crate) const RULE: Rule = Rule {
    id: "not-in-set",
    severity: Severity::Error,
    explanation: "Some fields take one of a few words, such as what a rail does: warn, redact or block.",
    check: None,
};

/// The finding for a word, given those that may stand there.
pub(crate) fn found(text: &Text, path: &str, span: &Range<usize>, word: &str, words: &[&str]) -> Finding {
    let message =
        format!("`{}` can't be `{}`: it is one of {}", shown(path), shown(word), suggest::quoted(words));
    let help = match suggest::closest(word, words.iter().copied()) {
        Some(close) => format!("did you mean `{close}`?"),
        None => format!("choose one of {}", suggest::quoted(words)),
    };
    text.finding(&RULE, span, message, help)
}
