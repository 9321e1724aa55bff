//! `no-prod-gate`: an agent that is evaluated, but whose promotion to prod nothing bounds.

use super::Rule;
use crate::check::document::Document;
use crate::check::files::Files;
use crate::check::finding::{Finding, Severity};

pub(crate) const RULE: Rule = Rule {
    id: "no-prod-gate",
    severity: Severity::Warning,
    explanation: "A gate for prod says which pass rate, scores, cost and latency a promotion must meet.",
    mend: "Add `prod:` under `gate:`.",
    suppressible: true,
    example: &[(
        "agent.yml",
        r"apiVersion: katonic/v1
kind: Agent
metadata: {id: hr-assistant, owner: people@example.org}
spec:
  model: balanced
  instructions: Answer from the policies.
  evaluation: {suite: hr-eval, gate: {test: {pass_rate: 0.9}}}
",
    )],
    check: Some(check),
};

fn check(document: &Document, _: &Files<'_>, out: &mut Vec<Finding>) {
    let Some(evaluation) = document.root.at(&["spec", "evaluation"]) else { return };
    if evaluation.at(&["gate", "prod"]).is_none() {
        let help = "add `prod:` under `gate:`, such as `prod: {pass_rate: 0.95, must_pass: all}`".to_owned();
        let span = document.near(&["spec", "evaluation", "gate"]);
        out.push(document.text.finding(&RULE, &span, "the agent has no gate for prod".to_owned(), help));
    }
}
