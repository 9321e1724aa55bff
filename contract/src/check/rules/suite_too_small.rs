//! `suite-too-small`: a gate that is stricter than its suite can show.

use super::Rule;
use crate::check::document::Document;
use crate::check::files::Files;
use crate::check::finding::{Finding, Severity};
use crate::check::node::{Content, Node};
use crate::check::schema::Kind;

pub(crate) const RULE: Rule = Rule {
    id: "suite-too-small",
    severity: Severity::Warning,
    explanation: "With n cases the pass rate moves in steps of 1/n. A floor p below 1 means to tolerate some failures; \
                  with fewer than 1/(1 - p) cases it tolerates none, and a single flaky case blocks.",
    mend: "Add cases, or lower the floor; mark the cases that must never fail with `must_pass: true`.",
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
  evaluation: {suite: hr-eval, gate: {prod: {pass_rate: 0.9}}}
",
        ),
        (
            "suite.yml",
            r#"apiVersion: katonic/v1
kind: EvalSuite
metadata: {id: hr-eval}
spec:
  cases:
    - {id: one, input: "How many sick days?", expect: {facts: [ten]}}
"#,
        ),
    ],
    check: Some(check),
};

/// Room for the rounding of 1/(1 - p): 0.9 needs 10 cases, not 10.000000000000002.
const ROUNDING: f64 = 1e-9;

fn check(document: &Document, files: &Files<'_>, out: &mut Vec<Finding>) {
    let Some(suite) = suite_of(document, files) else { return };
    let cases = suite.case_count();
    for environment in ["test", "prod"] {
        let Some(gate) = document.root.at(&["spec", "evaluation", "gate", environment]) else { continue };
        if let Some(floor) = gate.at(&["pass_rate"])
            && let Some(needed) = floor.number().and_then(needed)
            && cases < needed
        {
            let message = format!(
                "the suite has {cases} cases: a pass rate of {} tolerates no failure with fewer than {needed}",
                floor.number().unwrap_or_default()
            );
            let help = format!("add {} cases, or lower the floor", needed - cases);
            out.push(document.text.finding(&RULE, &floor.span, message, help));
        }
        if let Some(marked) = gate.at(&["must_pass"]).filter(|node| node.text() == Some("all"))
            && !suite.cases().any(|(_, case)| is_marked(case))
        {
            let message =
                "no case of the suite is marked `must_pass`, so this bound holds nothing back".to_owned();
            let help = "mark the cases that must never fail with `must_pass: true`".to_owned();
            out.push(document.text.finding(&RULE, &marked.span, message, help));
        }
    }
}

/// The suite that an agent names, among the files; not one whose cases couldn't be read.
fn suite_of<'a>(document: &Document, files: &Files<'a>) -> Option<&'a Document> {
    files.definition(Kind::Suite, document.named_suite()?).filter(|suite| {
        suite.cases().next().is_some()
            && (suite.attached.is_some() || suite.root.at(&["spec", "cases_file"]).is_none())
    })
}

fn needed(floor: f64) -> Option<usize> {
    let cases = (1.0 / (1.0 - floor) - ROUNDING).ceil();
    (0.0..1.0).contains(&floor).then_some(cases).filter(|cases| *cases < 1e9).map(|cases| cases as usize)
}

fn is_marked(case: &Node) -> bool {
    case.at(&["must_pass"]).is_some_and(|node| matches!(node.content, Content::Boolean(true)))
}

#[cfg(test)]
mod tests {
    use super::needed;

    #[test]
    fn a_floor_needs_as_many_cases_as_let_one_fail() {
        assert_eq!(needed(0.95), Some(20));
        assert_eq!(needed(0.9), Some(10));
        assert_eq!(needed(0.0), Some(1));
        assert_eq!(needed(1.0), None);
    }
}
