//! `not-utf8`: bytes that are no text.

use super::Rule;
use crate::check::finding::{Finding, Severity};
use crate::check::text::Text;

pub(crate) const RULE: Rule = Rule {
    id: "not-utf8",
    severity: Severity::Error,
    explanation: "A definition is a text in UTF-8: other encodings are read differently by different programs.",
    mend: "Save the file as UTF-8.",
    suppressible: false,
    example: &[(
        "agent.yml",
        r"apiVersion: katonic/v1
kind: Agent
metadata: {id: hr-assistant, owner: people@example.org}
spec:
  model: balanced
  instructions: Antworte h�flich.
  evaluation: {suite: hr-eval, gate: {prod: {pass_rate: 0.9}}}
",
    )],
    check: None,
};

/// The finding for where a file stops being UTF-8.
pub(crate) fn found(text: &Text, at: usize) -> Finding {
    let help = if text.text.contains('\0') {
        "it looks like UTF-16: save it as UTF-8, in the dialogue of your editor or by `iconv -f UTF-16 -t UTF-8`"
    } else {
        "save it as UTF-8, in the dialogue of your editor or by `iconv -f LATIN1 -t UTF-8`"
    };
    text.finding(
        &RULE,
        &(at..at + 1),
        "the file is not a text in UTF-8 from here on".to_owned(),
        help.to_owned(),
    )
}
