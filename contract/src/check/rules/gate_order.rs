//! `gate-order`: a gate for prod that asks less than the one for test.

use super::Rule;
use super::below_floor::laxer;
use crate::agent::GateBounds;
use crate::check::document::Document;
use crate::check::files::Files;
use crate::check::finding::{Finding, Severity};
use serde_json::from_value;

pub(crate) const RULE: Rule = Rule {
    id: "gate-order",
    severity: Severity::Warning,
    explanation: "What is promoted to prod went through test before: a bound of prod that is laxer than that of test holds nothing back.",
    mend: "Raise the bound of prod, or lower that of test.",
    suppressible: true,
    example: &[(
        "agent.yml",
        r"apiVersion: katonic/v1
kind: Agent
metadata: {id: hr-assistant, owner: people@example.org}
spec:
  model: balanced
  instructions: Answer from the policies.
  evaluation: {suite: hr-eval, gate: {test: {pass_rate: 0.95}, prod: {pass_rate: 0.9}}}
",
    )],
    check: Some(check),
};

fn check(document: &Document, _: &Files<'_>, out: &mut Vec<Finding>) {
    let gate = |environment| document.root.at(&["spec", "evaluation", "gate", environment]);
    let Some((test, prod)) = gate("test").zip(gate("prod")) else { return };
    let Ok(floor) = from_value::<GateBounds>(test.to_json()) else { return };
    for bound in laxer(prod, &floor) {
        // What prod doesn't bound at all may be meant so.
        if let Some(entry) = bound.entry {
            let message = format!("`{}` asks less of prod than of test", bound.name);
            let help = "raise it to what test asks, or lower that of test".to_owned();
            out.push(document.text.finding(&RULE, &entry.span, message, help));
        }
    }
}
