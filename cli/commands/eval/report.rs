//! A run for people, and for scripts.

use crate::failure::Failure;
use crate::output::table::{figure, or_dash, table, version};
use crate::session::Session;
use contract::suite::EVALUATORS;
use contract::wire::evaluations::{CaseResult, EvaluatorSummary, Run, RunDetail};
use serde::Serialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// A run as scripts rely on it: `evaluators` is name → mean; means with interval and number stand beside.
///
/// # Errors
/// If it can't be written as JSON.
pub(super) fn summary(run: &impl Serialize) -> Result<Value, Failure> {
    let mut run = serde_json::to_value(run)?;
    if let Some(fields) = run.as_object_mut() {
        let full = fields.get("evaluators").cloned().unwrap_or_default();
        let mean = |(name, summary): (&String, &Value)| {
            (name.clone(), summary.get("mean").cloned().unwrap_or_default())
        };
        let means: Map<String, Value> = full.as_object().into_iter().flatten().map(mean).collect();
        fields.insert("evaluators".into(), means.into());
        fields.insert("evaluator_details".into(), full);
    }
    Ok(run)
}

/// Prints a run.
///
/// # Errors
/// If nobody reads it.
pub(super) fn print(session: &Session, run: &RunDetail) -> Result<(), Failure> {
    session.output.either(&summary(run)?, || describe(run))
}

fn describe(run: &RunDetail) -> String {
    let failing: Vec<[String; 3]> = run.data.iter().filter(|case| !case.passed).map(failure).collect();
    let mut parts = vec![evaluators(&run.run.evaluators)];
    if !failing.is_empty() {
        parts.push(table(["failing case", "scores", "trace"], failing));
    }
    parts.push(conclusion(&run.run));
    parts.join("\n\n")
}

fn evaluators(evaluators: &BTreeMap<String, EvaluatorSummary>) -> String {
    let known = EVALUATORS.iter().filter_map(|name| evaluators.get_key_value(*name));
    let rows = known.map(|(name, summary)| {
        let interval = format!("{} to {}", figure(summary.ci95.0), figure(summary.ci95.1));
        [name.clone(), figure(summary.mean), interval, summary.n.to_string()]
    });
    table(["evaluator", "mean", "95 % interval", "cases"], rows)
}

/// The case, and what it lost on: the error, else the scores below 1.
fn failure(case: &CaseResult) -> [String; 3] {
    let low = case.scores.iter().filter_map(|(name, score)| score.filter(|s| *s < 1.0).map(|s| (name, s)));
    let scores: Vec<String> = low.map(|(name, score)| format!("{name} {}", figure(score))).collect();
    let why = case.error.clone().unwrap_or_else(|| scores.join(", "));
    [case.case_id.clone(), why, or_dash(case.trace_id.as_ref())]
}

fn conclusion(run: &Run) -> String {
    let errors = if run.errors == 0 { String::new() } else { format!(", {} in error", run.errors) };
    format!(
        "{}: {} of {} cases passed ({:.1} %){errors}; {} {} on {}, {}",
        run.run_id,
        run.passed,
        run.cases,
        run.pass_rate * 100.0,
        run.agent,
        version(&run.agent_version),
        run.suite,
        run.status.as_str()
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn scripts_get_the_mean_of_each_evaluator() {
        let run =
            json!({"run_id": "run_1", "evaluators": {"safety": {"mean": 1.0, "ci95": [0.9, 1.0], "n": 40}}});
        let shown = summary(&run).unwrap();
        assert_eq!(shown["evaluators"], json!({"safety": 1.0}));
        assert_eq!(shown["evaluator_details"]["safety"]["n"], 40);
        assert_eq!(shown["run_id"], "run_1");
    }
}
