//! `unreachable-document`: a case that expects a source which the agent does not read.

use super::Rule;
use crate::check::context::KnownDocument;
use crate::check::document::Document;
use crate::check::files::Files;
use crate::check::finding::{Finding, Severity};
use crate::check::node::Node;
use crate::check::schema::Kind;
use crate::check::suggest;
use crate::check::text::{Text, shown};
use std::collections::HashMap;

pub(crate) const RULE: Rule = Rule {
    id: "unreachable-document",
    severity: Severity::Error,
    explanation: "A case that expects a citation can only pass if the document lies in a collection of the agent that the suite evaluates. Which documents there are is known from the folders under `collections` in katonic.toml, or from the daemon with `--remote`.",
    mend: "Correct the id or the section, add the document, or give the agent the collection that holds it.",
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
    - {id: one, input: "How many?", expect: {citations: [{doc_id: HR-1}]}}
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
    let agents = files.users_of(suite);
    if let Some(agent) = agents.iter().find(|agent| agent.root.at(&["spec", "knowledge"]).is_none()) {
        let cited = document.cases().find_map(|(text, case)| Some((text, citations(case).first()?)));
        if let Some((text, citation)) = cited {
            let id = agent.id().and_then(Node::text).unwrap_or("an agent");
            let message = format!("`{}`, which this suite evaluates, reads no documents at all", shown(id));
            let help =
                "add `knowledge:` with its `collections:` to the agent, or expect no citations".to_owned();
            out.push(text.finding(&RULE, &citation.span, message, help));
        }
        return;
    }
    for agent in agents {
        if let Some(reads) = readable(agent, files) {
            for (text, case) in document.cases() {
                citations(case).iter().for_each(|citation| look_up(text, citation, &reads, out));
            }
            return;
        }
    }
}

fn citations(case: &Node) -> &[Node] {
    case.at(&["expect", "citations"]).map(Node::items).unwrap_or_default()
}

/// What an agent may read; none where the documents of one of its collections aren't known.
fn readable<'a>(agent: &Document, files: &Files<'a>) -> Option<HashMap<&'a str, &'a KnownDocument>> {
    let collections = agent.root.at(&["spec", "knowledge", "collections"])?.items();
    let mut reads = HashMap::new();
    for collection in collections {
        let documents = files.documents(collection.text()?)?;
        reads.extend(documents.iter().map(|document| (document.doc_id.as_str(), document)));
    }
    Some(reads)
}

fn look_up(text: &Text, citation: &Node, reads: &HashMap<&str, &KnownDocument>, out: &mut Vec<Finding>) {
    let Some(node) = citation.at(&["doc_id"]) else { return };
    let Some(doc_id) = node.text() else { return };
    let Some(document) = reads.get(doc_id) else {
        let message = format!("there is no document `{}` in the agent's collections", shown(doc_id));
        let help = match suggest::closest(doc_id, reads.keys().copied()) {
            Some(close) => format!("did you mean `{close}`?"),
            None => "correct the id, or add the document".to_owned(),
        };
        out.push(text.finding(&RULE, &node.span, message, help));
        return;
    };
    let Some(node) = citation.at(&["section"]) else { return };
    let Some(section) = node.text().filter(|_| !document.sections.is_empty()) else { return };
    if !document.sections.iter().any(|heading| is_heading(heading, section)) {
        let message = format!("`{}` has no section `{}`", shown(doc_id), shown(section));
        let help = "name a section by its number or its heading, as the document has it".to_owned();
        out.push(text.finding(&RULE, &node.span, message, help));
    }
}

/// Whether a heading such as `2.1 Working from home` is what a section is called: by number, by words, or by both.
fn is_heading(heading: &str, section: &str) -> bool {
    let (number, words) = heading.split_once(' ').unwrap_or((heading, ""));
    let number = number.trim_end_matches('.');
    [heading, number, words]
        .iter()
        .any(|name| name.trim().eq_ignore_ascii_case(section.trim_end_matches('.').trim()))
}
