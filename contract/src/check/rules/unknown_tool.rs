//! `unknown-tool`: a tool that doesn't exist.

use super::Rule;
use crate::check::document::Document;
use crate::check::files::Files;
use crate::check::finding::{Finding, Severity};
use crate::check::known::TOOLS;
use crate::check::node::Node;
use crate::check::suggest;
use crate::check::text::{Text, shown};
use crate::id::is_meant;
use std::ops::Range;

pub(crate) const RULE: Rule = Rule {
    id: "unknown-tool",
    severity: Severity::Error,
    explanation: "An agent can only be given tools that exist, and a suite can only expect or forbid those: a misspelt \
                  forbidden tool would forbid nothing.",
    mend: "Correct the name. A tool that only your daemon offers is named under `tools` in katonic.toml, as `files__read_file` or `files__*`.",
    suppressible: true,
    example: &[(
        "agent.yml",
        r"apiVersion: katonic/v1
kind: Agent
metadata: {id: hr-assistant, owner: people@example.org}
spec:
  model: balanced
  instructions: Answer from the policies.
  tools: [knowlege_search]
  evaluation: {suite: hr-eval, gate: {prod: {pass_rate: 0.9}}}
",
    )],
    check: Some(check),
};

fn check(document: &Document, files: &Files<'_>, out: &mut Vec<Finding>) {
    let own = files.policy.into_iter().flat_map(|policy| &policy.tools);
    let elsewhere = files.known.into_iter().flat_map(|known| &known.tools);
    let known: Vec<&str> = TOOLS.into_iter().chain(own.chain(elsewhere).map(String::as_str)).collect();
    let tools = document.root.at(&["spec", "tools"]).map(Node::items).unwrap_or_default();
    for tool in tools {
        name(&document.text, tool.at(&["name"]).unwrap_or(tool), &known, out);
    }
    for (text, case) in document.cases() {
        for mock in case.at(&["mocks"]).map(Node::entries).unwrap_or_default() {
            named(text, &mock.key, &mock.span, &known, out);
        }
        let Some(expected) = case.at(&["expect", "tools"]) else { continue };
        let calls = expected.at(&["calls"]).map(Node::items).unwrap_or_default();
        calls.iter().filter_map(|call| call.at(&["name"])).for_each(|node| name(text, node, &known, out));
        let forbidden = expected.at(&["forbidden"]).map(Node::items).unwrap_or_default();
        forbidden.iter().for_each(|node| name(text, node, &known, out));
    }
}

fn name(text: &Text, node: &Node, known: &[&str], out: &mut Vec<Finding>) {
    if let Some(tool) = node.text() {
        named(text, tool, &node.span, known, out);
    }
}

fn named(text: &Text, tool: &str, span: &Range<usize>, known: &[&str], out: &mut Vec<Finding>) {
    if known.iter().any(|pattern| is_meant(pattern, tool)) {
        return;
    }
    let message = format!("there is no tool `{}`", shown(tool));
    let finding = text.finding(&RULE, span, message, suggest::help(tool, known));
    let close = suggest::closest(tool, known.iter().copied());
    out.push(finding.or_fix(close.and_then(|close| text.respell(span, tool, close))));
}
