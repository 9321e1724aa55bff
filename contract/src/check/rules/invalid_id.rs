//! `invalid-id`: an id that can't be used in an address.

use super::Rule;
use crate::check::document::Document;
use crate::check::files::Files;
use crate::check::finding::{Finding, Severity};
use crate::check::text::shown;
use crate::id::is_name;

pub(crate) const RULE: Rule = Rule {
    id: "invalid-id",
    severity: Severity::Error,
    explanation: "The ids of agents and suites stand in addresses and file names: 3 to 63 of a-z, 0-9 and `-`. A \
                  case's id may be any text that isn't blank.",
    mend: "Choose an id of lower-case letters, digits and hyphens.",
    suppressible: false,
    example: &[(
        "agent.yml",
        r"apiVersion: katonic/v1
kind: Agent
metadata: {id: HR_assistant, owner: people@example.org}
spec:
  model: balanced
  instructions: Answer from the policies.
  evaluation: {suite: hr-eval, gate: {prod: {pass_rate: 0.9}}}
",
    )],
    check: Some(check),
};

fn check(document: &Document, _: &Files<'_>, out: &mut Vec<Finding>) {
    if let Some(node) = document.id()
        && let Some(id) = node.text().filter(|id| !is_name(id))
    {
        let message = format!("`{}` is not an id: 3 to 63 of a-z, 0-9 and `-`", shown(id));
        let mended = mended(id);
        let usable = is_name(&mended);
        let help = if usable { format!("write `{mended}`") } else { "choose another id".to_owned() };
        let fix = usable.then(|| document.text.respell(&node.span, id, &mended)).flatten();
        out.push(document.text.finding(&RULE, &node.span, message, help).or_fix(fix));
    }
    for (text, case) in document.cases() {
        if let Some(node) = case.at(&["id"]).filter(|id| id.text().is_some_and(|id| id.trim().is_empty())) {
            let help = "give the case an id by which reports can name it".to_owned();
            out.push(text.finding(&RULE, &node.span, "a case's id is blank".to_owned(), help));
        }
    }
}

fn mended(id: &str) -> String {
    let letters =
        id.chars().take(64).map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' });
    letters.collect::<String>().trim_matches('-').to_owned()
}
