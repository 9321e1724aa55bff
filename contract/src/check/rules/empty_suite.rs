//! `empty-suite`: a suite without cases.

use super::Rule;
use crate::check::document::Document;
use crate::check::files::Files;
use crate::check::finding::{Finding, Severity};
use crate::check::node::Content;
use crate::check::schema::Kind;

pub(crate) const RULE: Rule = Rule {
    id: "empty-suite",
    severity: Severity::Error,
    explanation: "A suite without cases asks nothing, and a gate on it could show nothing.",
    mend: "Add at least one case, with an `id` and an `input`.",
    suppressible: false,
    example: &[(
        "suite.yml",
        r"apiVersion: katonic/v1
kind: EvalSuite
metadata: {id: hr-eval}
spec:
  cases: []
",
    )],
    check: Some(check),
};

fn check(document: &Document, _: &Files<'_>, out: &mut Vec<Finding>) {
    // A named file that can't be read may hold cases.
    let unread = document.attached.is_none() && document.root.at(&["spec", "cases_file"]).is_some();
    // Cases that aren't a list are `wrong-type`.
    let misshapen = document
        .entry(&["spec"], "cases")
        .is_some_and(|entry| !matches!(entry.value.content, Content::List(_)));
    if document.kind == Some(Kind::Suite) && document.cases().next().is_none() && !unread && !misshapen {
        let help = "add at least one case under `cases:`, with an `id` and an `input`".to_owned();
        let span = document.near(&["spec", "cases"]);
        out.push(document.text.finding(&RULE, &span, "the suite has no cases".to_owned(), help));
    }
}
