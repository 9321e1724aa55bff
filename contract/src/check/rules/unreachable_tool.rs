//! `unreachable-tool`: a case that expects a tool which the agent does not have.

use super::Rule;
use crate::check::document::Document;
use crate::check::files::Files;
use crate::check::finding::{Finding, Severity};
use crate::check::node::Node;
use crate::check::schema::Kind;
use crate::check::text::shown;

pub(crate) const RULE: Rule = Rule {
    id: "unreachable-tool",
    severity: Severity::Error,
    explanation: "A case that expects a call of a tool can only pass if the agent that the suite evaluates has the tool.",
    mend: "Give the agent the tool, or take it out of the case.",
    suppressible: true,
    example: &[
        (
            "agent.yml",
            r"apiVersion: katonic/v1
kind: Agent
metadata: {id: hr-assistant, owner: people@example.org}
spec:
  model: balanced
  instructions: Answer from the policies.
  evaluation: {suite: hr-eval, gate: {prod: {pass_rate: 1.0}}}
",
        ),
        (
            "suite.yml",
            r#"apiVersion: katonic/v1
kind: EvalSuite
metadata: {id: hr-eval}
spec:
  cases:
    - {id: one, input: "2 + 2?", expect: {tools: {calls: [{name: calculator}]}}}
"#,
        ),
    ],
    check: Some(check),
};

fn check(document: &Document, files: &Files<'_>, out: &mut Vec<Finding>) {
    let Some(suite) = document.id().and_then(Node::text).filter(|_| document.kind == Some(Kind::Suite))
    else {
        return;
    };
    for (text, case) in document.cases() {
        let calls = case.at(&["expect", "tools", "calls"]).map(Node::items).unwrap_or_default();
        for node in calls.iter().filter_map(|call| call.at(&["name"])) {
            let Some(tool) = node.text() else { continue };
            let without = files.users_of(suite).iter().find(|agent| !has(agent, tool));
            if let Some(agent) = without {
                let id = agent.id().and_then(Node::text).unwrap_or("an agent");
                let message =
                    format!("`{}`, which this suite evaluates, has no tool `{}`", shown(id), shown(tool));
                let help =
                    format!("add `{}` to the agent's `tools:`, or take it out of the case", shown(tool));
                out.push(text.finding(&RULE, &node.span, message, help));
            }
        }
    }
}

/// Whether an agent may call a tool. One with knowledge searches it in any case.
fn has(agent: &Document, tool: &str) -> bool {
    let tools = agent.root.at(&["spec", "tools"]).map(Node::items).unwrap_or_default();
    let given = tools.iter().any(|given| given.at(&["name"]).unwrap_or(given).text() == Some(tool));
    given || (tool == "knowledge_search" && agent.root.at(&["spec", "knowledge"]).is_some())
}
