//! `file-not-found`: a named file that can't be read.

use super::Rule;
use crate::check::finding::{Finding, Severity};
use crate::check::node::Entry;
use crate::check::text::{Text, shown};

pub(crate) const RULE: Rule = Rule {
    id: "file-not-found",
    severity: Severity::Error,
    explanation: "A file that a definition names is part of it and of its version. It is looked for beside the \
                  definition, and must be sent along inline where no files can be read.",
    mend: "Correct the path: it is relative to the file that names it, and may not lead out of the repository.",
    suppressible: false,
    example: &[(
        "agent.yml",
        r"apiVersion: katonic/v1
kind: Agent
metadata: {id: hr-assistant, owner: people@example.org}
spec:
  model: balanced
  instructions_file: ./hr.md
  evaluation: {suite: hr-eval, gate: {prod: {pass_rate: 0.9}}}
",
    )],
    check: None,
};

/// The finding for a field and the file it names, given why reading failed; no reason means no files at all.
pub(crate) fn found(text: &Text, entry: &Entry, named: &str, why: Option<String>) -> Finding {
    let field = entry.key.trim_end_matches("_file");
    let (message, help) = match why {
        Some(why) => (
            format!("`{}` can't be read: {}", shown(named), shown(&why)),
            "check the name; it is relative to this file".to_owned(),
        ),
        None => (
            format!("`{}` names a file, and none can be read here", entry.key),
            format!("write its content inline, as `{field}:`"),
        ),
    };
    text.finding(&RULE, &entry.value.span, message, help)
}
