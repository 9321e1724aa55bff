//! `unknown-suite`: an agent's suite isn't among the files.

use super::Rule;
use crate::check::document::Document;
use crate::check::finding::{Finding, Severity};
use crate::check::node::Node;
use crate::check::schema::Kind;
use crate::check::suggest;
use crate::check::text::shown;

pub(crate) const RULE: Rule = Rule {
    id: "unknown-suite",
    severity: Severity::Warning,
    explanation: "Where suites are checked together with agents, each agent's suite should be one of them. The \
                  suite may also exist in the daemon alone, so this is a warning.",
    check: Some(check),
};

fn check(document: &Document, all: &[Document], out: &mut Vec<Finding>) {
    let Some(node) = document.root.at(&["spec", "evaluation", "suite"]) else { return };
    let suites: Vec<&str> = all
        .iter()
        .filter(|other| other.kind == Some(Kind::Suite))
        .filter_map(|suite| suite.id().and_then(Node::text))
        .collect();
    if let Some(suite) = node.text()
        && !suites.is_empty()
        && !suites.contains(&suite)
    {
        let message = format!("the suite `{}` is not among the checked files", shown(suite));
        let help = match suggest::closest(suite, suites) {
            Some(close) => format!("did you mean `{close}`?"),
            None => "check its file too, or correct the id".to_owned(),
        };
        out.push(document.text.finding(&RULE, &node.span, message, help));
    }
}
