//! `invalid-regex`: a fact whose regular expression is none.

use super::Rule;
use crate::check::document::Document;
use crate::check::files::Files;
use crate::check::finding::{Finding, Severity};
use crate::check::node::Node;
use crate::check::text::shown;
use regex::Regex;

pub(crate) const RULE: Rule = Rule {
    id: "invalid-regex",
    severity: Severity::Error,
    explanation: "A fact given by `regex` must be a regular expression of the syntax of the Rust crate `regex`: no look-around and no back-references, so that it takes linear time.",
    mend: "Correct the expression; to look for a text as it stands, write the fact as a text.",
    suppressible: false,
    example: &[(
        "suite.yml",
        r"apiVersion: katonic/v1
kind: EvalSuite
metadata: {id: hr-eval}
spec:
  cases:
    - {id: one, input: How many?, expect: {facts: [{regex: 'ten (days'}]}}
",
    )],
    check: Some(check),
};

fn check(document: &Document, _: &Files<'_>, out: &mut Vec<Finding>) {
    for (text, case) in document.cases() {
        for fact in case.at(&["expect", "facts"]).map(Node::items).unwrap_or_default() {
            let Some(node) = fact.at(&["regex"]) else { continue };
            let Some(Err(error)) = node.text().map(Regex::new) else { continue };
            let why = error.to_string();
            let why = why.lines().last().unwrap_or_default().trim_start_matches("error: ");
            let message = format!("the regular expression can't be used: {}", shown(why));
            let help = "put a backslash before a mark that stands for itself, such as `(`, `[`, `?` or `*`"
                .to_owned();
            out.push(text.finding(&RULE, &node.span, message, help));
        }
    }
}
