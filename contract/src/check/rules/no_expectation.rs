//! `no-expectation`: a case that expects nothing.

use super::Rule;
use crate::check::document::Document;
use crate::check::files::Files;
use crate::check::finding::{Finding, Severity};
use crate::check::text::shown;

pub(crate) const RULE: Rule = Rule {
    id: "no-expectation",
    severity: Severity::Warning,
    explanation: "A case without expectations is scored only for what holds of every answer, and says little about this one.",
    mend: "Add facts, a reference answer, citations, tools, a refusal, or what must never be said.",
    suppressible: true,
    example: &[(
        "suite.yml",
        r"apiVersion: katonic/v1
kind: EvalSuite
metadata: {id: hr-eval}
spec:
  cases:
    - {id: one, input: How many sick days?}
",
    )],
    check: Some(check),
};

fn check(document: &Document, _: &Files<'_>, out: &mut Vec<Finding>) {
    for (text, case) in document.cases() {
        let Some(node) = case.at(&["id"]) else { continue };
        if case.at(&["expect"]).is_none_or(|expected| expected.entries().is_empty()) {
            let id = node.text().unwrap_or_default();
            let help =
                "add `expect:` with `facts`, an `answer`, `citations`, `refusal: true` or `never`".to_owned();
            out.push(text.finding(
                &RULE,
                &node.span,
                format!("the case `{}` expects nothing", shown(id)),
                help,
            ));
        }
    }
}
