//! `invalid-date`: a fact whose date is none.

use super::Rule;
use crate::check::document::Document;
use crate::check::files::Files;
use crate::check::finding::{Finding, Severity};
use crate::check::node::Node;
use crate::check::text::shown;
use jiff::civil::Date;

pub(crate) const RULE: Rule = Rule {
    id: "invalid-date",
    severity: Severity::Error,
    explanation: "A fact given by `date` must be a day of the calendar, year first, with dashes: however an answer writes it, this is the form that it is compared in.",
    mend: "Write it as 2026-01-31.",
    suppressible: false,
    example: &[(
        "suite.yml",
        r"apiVersion: katonic/v1
kind: EvalSuite
metadata: {id: hr-eval}
spec:
  cases:
    - {id: one, input: Until when?, expect: {facts: [{date: 31.01.2026}]}}
",
    )],
    check: Some(check),
};

fn check(document: &Document, _: &Files<'_>, out: &mut Vec<Finding>) {
    for (text, case) in document.cases() {
        for fact in case.at(&["expect", "facts"]).map(Node::items).unwrap_or_default() {
            let Some(node) = fact.at(&["date"]) else { continue };
            if let Some(date) = node.text().filter(|date| date.parse::<Date>().is_err()) {
                let message = format!("`{}` is no date", shown(date));
                out.push(text.finding(&RULE, &node.span, message, "write it as 2026-01-31".to_owned()));
            }
        }
    }
}
