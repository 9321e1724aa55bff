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
    mend: "Choose one of the words that are listed.",
    suppressible: false,
    example: &[(
        "agent.yml",
        r"apiVersion: katonic/v1
kind: Agent
metadata: {id: hr-assistant, owner: people@example.org}
spec:
  model: balanced
  instructions: Answer from the policies.
  guardrails: {pii: {output: redcat}}
  evaluation: {suite: hr-eval, gate: {prod: {pass_rate: 0.9}}}
",
    )],
    check: None,
};

/// The finding for a word, given those that may stand there.
pub(crate) fn found(text: &Text, path: &str, span: &Range<usize>, word: &str, words: &[&str]) -> Finding {
    let message =
        format!("`{}` can't be `{}`: it is one of {}", shown(path), shown(word), suggest::quoted(words));
    let close = suggest::closest(word, words.iter().copied());
    let help = match close {
        Some(close) => format!("did you mean `{close}`?"),
        None => format!("choose one of {}", suggest::quoted(words)),
    };
    let fix = close.and_then(|close| text.respell(span, word, close));
    text.finding(&RULE, span, message, help).or_fix(fix)
}
