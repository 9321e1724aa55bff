//! A run for people, for scripts, and for what shows reports.

mod html;
mod junit;
mod markdown;

use crate::failure::Failure;
use crate::output::table::{figure, or_dash, table, version};
use crate::session::Session;
use clap::ValueEnum;
use contract::suite::EVALUATORS;
use contract::wire::evaluations::{CaseResult, Comparison, PreferenceSummary, Run, RunDetail};
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

/// How to show a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// For people: figures, and the cases that failed
    Text,
    /// One JSON document
    Json,
    /// JUnit XML, for test reports
    Junit,
    /// Markdown, for the comment of a pull request
    Markdown,
    /// One HTML file that opens without a network, with each case's answer and what changed in it
    Html,
}

/// A run, and what it is held against.
pub(super) struct Told<'a> {
    pub(super) run: &'a RunDetail,
    pub(super) against: Option<Against>,
}

/// A baseline, with what the comparison says.
pub(super) struct Against {
    /// As it was asked for: an environment or a run.
    pub(super) name: String,
    pub(super) comparison: Comparison,
    /// None where nothing is live, or it never ran.
    pub(super) baseline: Option<RunDetail>,
}

/// Shows a run in a form.
///
/// # Errors
/// If nobody reads it, or it can't be written.
pub(super) fn show(session: &Session, told: &Told<'_>, format: Format) -> Result<(), Failure> {
    let output = &session.output;
    match format {
        Format::Text => output.result(&describe(told.run)),
        Format::Json => output.json(&summary(told.run)?),
        Format::Junit => output.piece(&junit::report(told)?),
        Format::Markdown => output.piece(&markdown::report(told)),
        Format::Html => output.piece(&html::report(told)),
    }
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
    let mut parts = vec![evaluators(&run.run)];
    if !failing.is_empty() {
        parts.push(table(["failing case", "scores", "trace"], failing));
    }
    parts.push(conclusion(&run.run));
    parts.join("\n\n")
}

fn evaluators(run: &Run) -> String {
    let known = EVALUATORS.iter().filter_map(|name| run.evaluators.get_key_value(*name));
    let rows = known.map(|(name, summary)| {
        let interval = format!("{} to {}", figure(summary.ci95.0), figure(summary.ci95.1));
        [name.clone(), figure(summary.mean), interval, summary.n.to_string()]
    });
    let overall = run.judge.iter().map(|judge| (format!("judge {}, for information", judge.model), judge));
    let single = run.judges.iter().map(|(name, judge)| (format!("judge {} of {name}", judge.model), judge));
    let judges = overall.chain(single).map(|(name, judge)| {
        [name, or_dash(judge.mean.map(figure)), or_dash(None::<String>), judge.judged.to_string()]
    });
    let table = table(["evaluator", "mean", "95 % interval", "cases"], rows.chain(judges));
    match &run.preference {
        Some(told) => format!("{table}\n\n{}", preference(told)),
        None => table,
    }
}

/// Whose answers a judge prefers, in a line.
fn preference(told: &PreferenceSummary) -> String {
    let PreferenceSummary { model, wins, ties, losses, p_value, errors, .. } = told;
    let errors = if *errors == 0 { String::new() } else { format!(", {errors} not judged") };
    format!(
        "{model} prefers these answers in {wins} cases, those of what is live in {losses}, neither in {ties}{errors} (p = {})",
        figure(*p_value)
    )
}

fn failure(case: &CaseResult) -> [String; 3] {
    [case.case_id.clone(), lost(case), or_dash(case.trace_id.as_ref())]
}

/// What a case lost on.
fn lost(case: &CaseResult) -> String {
    lost_on(case.error.as_deref(), &case.scores)
}

/// What was lost on: the error, else the scores below 1.
pub(super) fn lost_on(error: Option<&str>, scores: &BTreeMap<String, Option<f64>>) -> String {
    let low = scores.iter().filter_map(|(name, score)| score.filter(|s| *s < 1.0).map(|s| (name, s)));
    let low: Vec<String> = low.map(|(name, score)| format!("{name} {}", figure(score))).collect();
    error.map_or_else(|| low.join(", "), str::to_owned)
}

fn conclusion(run: &Run) -> String {
    let errors = if run.errors == 0 { String::new() } else { format!(", {} in error", run.errors) };
    let cached =
        if run.cached == 0 { String::new() } else { format!(", {} answered by an earlier run", run.cached) };
    format!(
        "{}: {} of {} cases passed ({:.1} %){errors}{cached}; {} {} on {}, {}",
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

    fn case(id: &str, answer: &str, score: f64, error: Option<&str>) -> Value {
        json!({
            "case_id": id, "passed": score == 1.0, "scores": {"correctness": score, "safety": null}, "answer": answer,
            "refused": false, "tool_calls": [], "trace_id": null, "latency_ms": 12.5, "cost_usd": 0, "error": error,
            "citations": [],
        })
    }

    fn run(cases: Vec<Value>) -> RunDetail {
        let (all, passed) = (cases.len(), cases.iter().filter(|case| case["passed"] == true).count());
        let rate = passed as f64 / all as f64;
        let detail = json!({
            "object": "evaluation.run", "run_id": "run_2", "agent": "hr-assistant", "agent_version": "ab".repeat(32),
            "suite": "hr-eval", "suite_version": "cd".repeat(32), "evaluator_version": "1", "models": ["acme/one"],
            "seed": 1, "status": "finished", "complete": true, "cases": all, "done": all, "passed": passed,
            "failed": all - passed, "errors": 1, "pass_rate": rate, "pass_rate_ci95": [0.1, 0.9],
            "evaluators": {"correctness": {"mean": 0.5, "ci95": [0.25, 0.75], "n": all}},
            "usage": {"tokens": 70, "cost_usd": 0.0012, "p95_ms": 12.5}, "created_at": "2026-11-20T10:00:00Z",
            "finished_at": "2026-11-20T10:00:01Z", "data": cases,
        });
        serde_json::from_value(detail).unwrap()
    }

    /// Every form of a run in which a case broke, one was mended, and one ended in an error.
    #[test]
    fn a_run_reads_well_in_every_form() {
        let hostile = "Ask <script>alert(1)</script> | \"them\" & go";
        let before =
            run(vec![case("leave", "There are 25 days.", 1.0, None), case("travel", "No.", 0.0, None)]);
        let now = run(vec![
            case("leave", "There are 20 days.", 0.0, None),
            case("travel", "Two.", 1.0, None),
            case("pets", hostile, 0.0, Some("the model was silent | for 10 s")),
        ]);
        let both = json!({"baseline": 0.5, "candidate": 0.333, "delta": -0.167, "ci95": [-0.4, 0.1], "p_value_holm": 0.4});
        let comparison = serde_json::from_value(json!({
            "object": "evaluation.comparison", "verdict": "inconclusive", "run_id": "run_2", "baseline_run_id": "run_1",
            "cases_compared": 2, "delta": 0.0, "ci95": [-0.5, 0.5], "p_value": 1.0, "minimum_detectable": 0.9,
            "cases_needed": 800, "evaluators": {"correctness": both}, "broken": ["leave"], "mended": ["travel"], "notes": [],
        }));
        let against =
            Some(Against { name: "prod".into(), comparison: comparison.unwrap(), baseline: Some(before) });
        let told = Told { run: &now, against };
        insta::assert_snapshot!("markdown", markdown::report(&told));
        insta::assert_snapshot!("junit", junit::report(&told).unwrap());
        let page = html::report(&told);
        let (style, body) = page.split_once("</style>").unwrap();
        assert!(!page.contains("<script") && !page.contains("http") && style.contains("color-scheme"));
        insta::assert_snapshot!("html", body);
        insta::assert_snapshot!("text", anstream::adapter::strip_str(&describe(&now)).to_string());
        insta::assert_snapshot!("markdown_alone", markdown::report(&Told { run: &now, against: None }));
    }
}
