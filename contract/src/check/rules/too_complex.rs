//! `too-complex`: a text that is too long, too deep, or grows too much through its anchors.

use super::Rule;
use crate::check::finding::{Finding, Severity};
use crate::check::parse::MAX_BYTES;
use crate::check::text::Text;
use std::ops::Range;

pub(crate) const RULE: Rule = Rule {
    id: "too-complex",
    severity: Severity::Error,
    explanation: "A file is at most 2 MiB long, and its nesting and its anchors are bounded, so that no file can \
                  exhaust who reads it.",
    mend: "Write values out instead of repeating anchors in anchors, nest less deeply, and put long texts into the knowledge base.",
    suppressible: false,
    example: &[(
        "agent.yml",
        r"apiVersion: katonic/v1
kind: Agent
spec: &spec {again: *spec}
",
    )],
    check: None,
};

/// The finding for where reading was given up.
pub(crate) fn found(text: &Text, span: &Range<usize>) -> Finding {
    let message = "the file nests too deeply, or its anchors make it too large".to_owned();
    let help =
        "write the values out instead of repeating anchors in anchors, and nest less deeply".to_owned();
    text.finding(&RULE, span, message, help)
}

/// The finding for a text of too many bytes.
pub(crate) fn too_long(text: &Text) -> Finding {
    let message = format!("the file is longer than {} MiB", MAX_BYTES / 1024 / 1024);
    text.finding(&RULE, &(0..0), message, "split it, or put what is long into the knowledge base".to_owned())
}

/// The finding for a named file of too many bytes.
pub(crate) fn attached_too_long(text: &Text, span: &Range<usize>) -> Finding {
    let message = format!("this file is longer than {} MiB", MAX_BYTES / 1024 / 1024);
    text.finding(&RULE, span, message, "split it, or put what is long into the knowledge base".to_owned())
}
