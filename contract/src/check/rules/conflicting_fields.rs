//! `conflicting-fields`: two fields of which only one can count.

use super::Rule;
use crate::agent::MODEL_CHECKED;
use crate::check::document::Document;
use crate::check::files::Files;
use crate::check::finding::{Finding, Severity};
use crate::check::node::Node;
use crate::check::text::shown;
use std::collections::HashSet;

pub(crate) const RULE: Rule = Rule {
    id: "conflicting-fields",
    severity: Severity::Error,
    explanation: "Instructions stand in the file or in another, not in both; a topic is allowed or denied; a tool is \
                  given once; a model looks beside `injection`, `toxicity` and `topics` alone.",
    mend: "Keep one of the two.",
    suppressible: false,
    example: &[(
        "agent.yml",
        r"apiVersion: katonic/v1
kind: Agent
metadata: {id: hr-assistant, owner: people@example.org}
spec:
  model: balanced
  instructions: Answer from the policies.
  tools: [calculator, calculator]
  evaluation: {suite: hr-eval, gate: {prod: {pass_rate: 0.9}}}
",
    )],
    check: Some(check),
};

fn check(document: &Document, _: &Files<'_>, out: &mut Vec<Finding>) {
    let text = &document.text;
    if document.root.at(&["spec", "instructions"]).is_some()
        && let Some(entry) = document.entry(&["spec"], "instructions_file")
        && entry.value.text().is_some()
    {
        let message = "`instructions` and `instructions_file` are both given".to_owned();
        out.push(text.finding(&RULE, &entry.span, message, "keep one of them".to_owned()));
    }
    let topics =
        |list| document.root.at(&["spec", "guardrails", "topics", list]).map(Node::items).unwrap_or_default();
    let denied: HashSet<&str> = topics("deny").iter().filter_map(Node::text).collect();
    for node in topics("allow") {
        if let Some(topic) = node.text().filter(|topic| denied.contains(topic)) {
            let message = format!("the topic `{}` is both allowed and denied", shown(topic));
            out.push(text.finding(&RULE, &node.span, message, "keep it in one of the two lists".to_owned()));
        }
    }
    for rail in document.root.at(&["spec", "guardrails"]).map(Node::entries).unwrap_or_default() {
        if let Some(entry) = rail.value.entry("model").filter(|_| !MODEL_CHECKED.contains(&rail.key.as_str()))
        {
            let message = format!("no model looks beside the rail `{}`", shown(&rail.key));
            let help = format!("remove it: models look beside {}", MODEL_CHECKED.join(", "));
            out.push(text.finding(&RULE, &entry.span, message, help));
        }
    }
    let mut given = HashSet::new();
    for tool in document.root.at(&["spec", "tools"]).map(Node::items).unwrap_or_default() {
        let node = tool.at(&["name"]).unwrap_or(tool);
        if let Some(name) = node.text().filter(|name| !given.insert(*name)) {
            let message = format!("the tool `{}` is given twice", shown(name));
            out.push(text.finding(&RULE, &node.span, message, "keep one of the two".to_owned()));
        }
    }
}
