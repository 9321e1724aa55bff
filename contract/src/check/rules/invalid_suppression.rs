//! `invalid-suppression`: a suppression that can not count.

use super::{RULES, Rule, named};
use crate::check::document::Document;
use crate::check::files::Files;
use crate::check::finding::{Finding, Severity};
use crate::check::node::Node;
use crate::check::suggest;
use crate::check::text::shown;

pub(crate) const RULE: Rule = Rule {
    id: "invalid-suppression",
    severity: Severity::Error,
    explanation: "Under `suppress:` stands a rule whose findings were looked at, and why they may stand. Most errors can't be suppressed: the file could not be used.",
    mend: "Name an existing rule that may be suppressed, and give a reason.",
    suppressible: false,
    example: &[(
        "agent.yml",
        r#"apiVersion: katonic/v1
kind: Agent
metadata: {id: hr-assistant}
spec:
  model: balanced
  instructions: Answer from the policies.
  evaluation: {suite: hr-eval, gate: {prod: {pass_rate: 0.9}}}
suppress: [{rule: no-ower, reason: "The owner is the whole team."}]
"#,
    )],
    check: Some(check),
};

fn check(document: &Document, _: &Files<'_>, out: &mut Vec<Finding>) {
    for entry in document.root.at(&["suppress"]).map(Node::items).unwrap_or_default() {
        let text = &document.text;
        if let Some(node) = entry.at(&["rule"])
            && let Some(id) = node.text()
        {
            match named(id) {
                None => {
                    let ids: Vec<&str> =
                        RULES.iter().filter(|rule| rule.is_suppressible()).map(|rule| rule.id).collect();
                    let message = format!("there is no rule `{}`", shown(id));
                    let finding = text.finding(&RULE, &node.span, message, suggest::help(id, &ids));
                    let close = suggest::closest(id, ids);
                    out.push(finding.or_fix(close.and_then(|close| text.respell(&node.span, id, close))));
                }
                Some(rule) if !rule.is_suppressible() => {
                    let message = format!("findings of `{id}` can't be suppressed");
                    out.push(text.finding(
                        &RULE,
                        &node.span,
                        message,
                        "mend what it finds instead".to_owned(),
                    ));
                }
                Some(_) => {}
            }
        }
        if let Some(node) =
            entry.at(&["reason"]).filter(|node| node.text().is_some_and(|text| text.trim().is_empty()))
        {
            let help = "say why the rule doesn't apply here".to_owned();
            out.push(text.finding(&RULE, &node.span, "the suppression gives no reason".to_owned(), help));
        }
    }
}
