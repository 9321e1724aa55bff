//! `invalid-variables`: a case's variables that can't be put in.

use super::Rule;
use crate::check::document::Document;
use crate::check::files::Files;
use crate::check::finding::{Finding, Severity};
use crate::check::node::{Content, Entry, Node};
use crate::check::text::{Text, shown};
use crate::suite::{MOST_CASES, combinations, placeholders};

pub(crate) const RULE: Rule = Rule {
    id: "invalid-variables",
    severity: Severity::Error,
    explanation: "A case with `vars` is asked once for each combination of their values, which stand for `{{name}}` in its \
                  texts. Each name between braces is one of them, each of them is used, and the combinations are not too many.",
    mend: "Name the variable under `vars`, remove it there, or make several cases.",
    suppressible: false,
    example: &[(
        "suite.yml",
        r#"apiVersion: katonic/v1
kind: EvalSuite
metadata: {id: hr-eval}
spec:
  cases:
    - {id: leave, input: "How much leave in {{contry}}?", vars: {country: [Spain, France]}, expect: {refusal: false}}
"#,
    )],
    check: Some(check),
};

fn check(document: &Document, _: &Files<'_>, out: &mut Vec<Finding>) {
    for (text, case) in document.cases() {
        if let Some(variables) = case.entry("vars") {
            one(text, case, variables, out);
        }
    }
}

fn one(text: &Text, case: &Node, variables: &Entry, out: &mut Vec<Finding>) {
    let known: Vec<&str> = variables.value.entries().iter().map(|entry| entry.key.as_str()).collect();
    let mut used = Vec::new();
    for entry in case.entries().iter().filter(|entry| entry.key != "vars") {
        names(&entry.value, &mut used);
    }
    for (name, node) in used.iter().filter(|(name, _)| !known.contains(name)) {
        let message = format!("`{{{{{}}}}}` names no variable of the case", shown(name));
        let help = "name it under `vars`, or mend its spelling".to_owned();
        out.push(text.finding(&RULE, &node.span, message, help));
    }
    for entry in variables.value.entries() {
        if !used.iter().any(|(name, _)| *name == entry.key) {
            let message = format!("the variable `{}` is used nowhere in the case", shown(&entry.key));
            out.push(text.finding(&RULE, &entry.span, message, "remove it, or use it".to_owned()));
        }
    }
    let combinations = variables.value.to_json().as_object().map_or(1, combinations);
    if combinations == 0 || combinations > MOST_CASES {
        let message =
            format!("the variables have {combinations} combinations; 1 to {MOST_CASES} are possible");
        let help = "give each variable a value, and make several cases of many".to_owned();
        out.push(text.finding(&RULE, &variables.span, message, help));
    }
}

/// The names between braces in all texts of a node, each with its place.
fn names<'a>(node: &'a Node, used: &mut Vec<(&'a str, &'a Node)>) {
    match &node.content {
        Content::Text(text) => used.extend(placeholders(text).into_iter().map(|name| (name, node))),
        Content::List(items) => items.iter().for_each(|item| names(item, used)),
        Content::Mapping(entries) => entries.iter().for_each(|entry| names(&entry.value, used)),
        _ => {}
    }
}
