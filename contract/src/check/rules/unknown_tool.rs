//! `unknown-tool`: a tool that doesn't exist.

use super::Rule;
use crate::check::document::Document;
use crate::check::finding::{Finding, Severity};
use crate::check::known::TOOLS;
use crate::check::node::Node;
use crate::check::suggest;
use crate::check::text::{Text, shown};

pub(crate) const RULE: Rule = Rule {
    id: "unknown-tool",
    severity: Severity::Error,
    explanation: "An agent can only be given tools that exist, and a suite can only expect or forbid those: a misspelt \
                  forbidden tool would forbid nothing.",
    check: Some(check),
};

fn check(document: &Document, _: &[Document], out: &mut Vec<Finding>) {
    let tools = document.root.at(&["spec", "tools"]).map(Node::items).unwrap_or_default();
    for tool in tools {
        name(&document.text, tool.at(&["name"]).unwrap_or(tool), out);
    }
    for (text, case) in document.cases() {
        let Some(expected) = case.at(&["expect", "tools"]) else { continue };
        let calls = expected.at(&["calls"]).map(Node::items).unwrap_or_default();
        calls.iter().filter_map(|call| call.at(&["name"])).for_each(|node| name(text, node, out));
        let forbidden = expected.at(&["forbidden"]).map(Node::items).unwrap_or_default();
        forbidden.iter().for_each(|node| name(text, node, out));
    }
}

fn name(text: &Text, node: &Node, out: &mut Vec<Finding>) {
    if let Some(tool) = node.text().filter(|tool| !TOOLS.contains(tool)) {
        let message = format!("there is no tool `{}`", shown(tool));
        out.push(text.finding(&RULE, &node.span, message, suggest::help(tool, &TOOLS)));
    }
}
