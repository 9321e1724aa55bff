//! `out-of-range`: a number below its least or above its most.

use super::{Rule, unknown_evaluator};
use crate::check::document::Document;
use crate::check::files::Files;
use crate::check::finding::{Finding, Severity};
use crate::check::node::{Content, Node};
use crate::check::text::{Text, shown};

pub(crate) const RULE: Rule = Rule {
    id: "out-of-range",
    severity: Severity::Error,
    explanation: "Numbers have bounds: scores and rates lie from 0 to 1, a temperature from 0 to 2, and so on.",
    mend: "Write a number within the bounds that are named.",
    suppressible: false,
    example: &[(
        "agent.yml",
        r"apiVersion: katonic/v1
kind: Agent
metadata: {id: hr-assistant, owner: people@example.org}
spec:
  model: balanced
  instructions: Answer from the policies.
  evaluation: {suite: hr-eval, gate: {prod: {pass_rate: 90}}}
",
    )],
    check: Some(check),
};

/// The finding for a number, given its least and its most.
pub(crate) fn found(text: &Text, path: &str, node: &Node, bounds: (Option<f64>, Option<f64>)) -> Finding {
    let range = match bounds {
        (Some(least), Some(most)) => format!("from {least} to {most}"),
        (Some(least), None) => format!("{least} or more"),
        (None, Some(most)) => format!("at most {most}"),
        (None, None) => "a number".to_owned(),
    };
    let percent = bounds.1 == Some(1.0) && node.number().is_some_and(|n| (2.0..=100.0).contains(&n));
    let share = node.number().filter(|_| percent).map(|number| (number / 100.0).to_string());
    let help = match &share {
        Some(share) => format!("it is a share, not a percentage: write {share}"),
        None => format!("write a number {range}"),
    };
    let number = node.number().unwrap_or_default();
    let message = format!("`{}` is {number}; it must be {range}", shown(path));
    let fix = share.map(|share| text.fix(&node.span, share));
    text.finding(&RULE, &node.span, message, help).or_fix(fix)
}

/// The bounds that the schema can't say: scores in maps, and a vote that can't be tied.
fn check(document: &Document, _: &Files<'_>, out: &mut Vec<Finding>) {
    for (text, path, entries) in unknown_evaluator::maps(document) {
        for entry in entries {
            if entry.value.number().is_some_and(|score| !(0.0..=1.0).contains(&score)) {
                let path = format!("{path}.{}", entry.key);
                out.push(found(text, &path, &entry.value, (Some(0.0), Some(1.0))));
            }
        }
    }
    for (path, judge) in document.judges() {
        if let Some(votes) = judge.at(&["votes"])
            && let Content::Integer(number @ 1..=9) = votes.content
            && number % 2 == 0
        {
            let message = format!("`{path}.votes` is {number}; it must be odd, so that no vote is tied");
            let help = format!("write {}", number + 1);
            out.push(document.text.finding(&RULE, &votes.span, message, help));
        }
    }
}
