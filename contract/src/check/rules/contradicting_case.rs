//! `contradicting-case`: a case that no answer can pass.

use super::Rule;
use crate::check::document::Document;
use crate::check::files::Files;
use crate::check::finding::{Finding, Severity};
use crate::check::node::{Content, Node};
use crate::check::text::{Text, shown};

pub(crate) const RULE: Rule = Rule {
    id: "contradicting-case",
    severity: Severity::Error,
    explanation: "What a case expects must be possible at once: a refusal states no facts, a tool is not both expected and forbidden, and what must never be said is in no expected answer.",
    mend: "Decide which of the two is meant, or make two cases of it.",
    suppressible: false,
    example: &[(
        "suite.yml",
        r#"apiVersion: katonic/v1
kind: EvalSuite
metadata: {id: hr-eval}
spec:
  cases:
    - {id: one, input: "How many?", expect: {refusal: true, facts: [ten]}}
"#,
    )],
    check: Some(check),
};

fn check(document: &Document, _: &Files<'_>, out: &mut Vec<Finding>) {
    for (text, case) in document.cases() {
        if let Some(search) = case.at(&["mocks"]).and_then(|mocks| mocks.entry("knowledge_search")) {
            let message =
                "`knowledge_search` can't be mocked: an answer begins with a search of its own".to_owned();
            let help = "remove it, and add documents to search to the agent's collections".to_owned();
            out.push(text.finding(&RULE, &search.span, message, help));
        }
        if let Some(expected) = case.at(&["expect"]) {
            refusal(text, expected, out);
            tools(text, expected, out);
            never(text, expected, out);
        }
    }
}

fn refusal(text: &Text, expected: &Node, out: &mut Vec<Finding>) {
    let Some(Content::Boolean(true)) = expected.at(&["refusal"]).map(|node| &node.content) else { return };
    let asked = ["answer", "facts", "citations"].iter().find_map(|field| expected.entry(field));
    if let Some(entry) =
        asked.filter(|entry| !matches!(&entry.value.content, Content::List(items) if items.is_empty()))
    {
        let message = format!("a refusal is expected, and `{}` too", entry.key);
        let help = format!("remove `{}`, or remove `refusal: true`", entry.key);
        out.push(text.finding(&RULE, &entry.span, message, help));
    }
}

fn tools(text: &Text, expected: &Node, out: &mut Vec<Finding>) {
    let calls = expected.at(&["tools", "calls"]).map(Node::items).unwrap_or_default();
    let called: Vec<&str> = calls.iter().filter_map(|call| call.at(&["name"])?.text()).collect();
    for node in expected.at(&["tools", "forbidden"]).map(Node::items).unwrap_or_default() {
        if let Some(tool) = node.text().filter(|tool| called.contains(tool)) {
            let message = format!("the tool `{}` is both expected and forbidden", shown(tool));
            out.push(text.finding(&RULE, &node.span, message, "keep it in one of the two lists".to_owned()));
        }
    }
}

fn never(text: &Text, expected: &Node, out: &mut Vec<Finding>) {
    let answer = expected.at(&["answer"]).and_then(Node::text).map(str::to_lowercase);
    let facts = expected.at(&["facts"]).map(Node::items).unwrap_or_default();
    let wanted: Vec<String> =
        facts.iter().filter_map(Node::text).map(str::to_lowercase).chain(answer).collect();
    for node in expected.at(&["never"]).map(Node::items).unwrap_or_default() {
        let Some(never) = node.text().filter(|never| !never.trim().is_empty()) else { continue };
        if wanted.iter().any(|wanted| wanted.contains(&never.to_lowercase())) {
            let message = format!("`{}` must never be said, and is part of what is expected", shown(never));
            let help = "take it out of `never:`, or out of the expected answer".to_owned();
            out.push(text.finding(&RULE, &node.span, message, help));
        }
    }
}
