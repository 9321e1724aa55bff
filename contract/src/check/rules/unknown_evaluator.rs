//! `unknown-evaluator`: a score that nothing gives.

use super::Rule;
use crate::check::document::Document;
use crate::check::files::Files;
use crate::check::finding::{Finding, Severity};
use crate::check::node::{Entry, Node};
use crate::check::suggest;
use crate::check::text::{Text, shown};
use crate::suite::EVALUATORS;

pub(crate) const RULE: Rule = Rule {
    id: "unknown-evaluator",
    severity: Severity::Error,
    explanation: "Floors and thresholds name one of the seven evaluators: a floor for a score that is never given \
                  could never be met, or would never hold anything back.",
    mend: "Name one of the seven evaluators.",
    suppressible: false,
    example: &[(
        "agent.yml",
        r"apiVersion: katonic/v1
kind: Agent
metadata: {id: hr-assistant, owner: people@example.org}
spec:
  model: balanced
  instructions: Answer from the policies.
  evaluation: {suite: hr-eval, gate: {prod: {evaluators: {saftey: 1.0}}}}
",
    )],
    check: Some(check),
};

fn check(document: &Document, _: &Files<'_>, out: &mut Vec<Finding>) {
    let judges = document.root.at(&["spec", "judges"]).map(Node::entries).unwrap_or_default();
    let judges = (&document.text, "spec.judges", judges);
    for (text, _, entries) in maps(document).into_iter().chain([judges]) {
        for entry in entries.iter().filter(|entry| !EVALUATORS.contains(&entry.key.as_str())) {
            let message = format!("there is no evaluator `{}`", shown(&entry.key));
            let finding = text.finding(&RULE, &entry.span, message, suggest::help(&entry.key, &EVALUATORS));
            let close = suggest::closest(&entry.key, EVALUATORS);
            out.push(finding.or_fix(close.and_then(|close| text.respell(&entry.span, &entry.key, close))));
        }
    }
}

/// The maps from evaluators to scores: text, path and entries of each.
pub(crate) fn maps(document: &Document) -> Vec<(&Text, &'static str, &[Entry])> {
    let own = [
        (
            "spec.evaluation.gate.test.evaluators",
            ["spec", "evaluation", "gate", "test", "evaluators"].as_slice(),
        ),
        ("spec.evaluation.gate.prod.evaluators", &["spec", "evaluation", "gate", "prod", "evaluators"]),
        ("spec.defaults.pass", &["spec", "defaults", "pass"]),
    ];
    let own = own.into_iter().map(|(name, path)| (&document.text, name, document.root.at(path)));
    let cases = document.cases().map(|(text, case)| (text, "pass", case.at(&["pass"])));
    own.chain(cases).filter_map(|(text, name, map)| Some((text, name, map.map(Node::entries)?))).collect()
}
