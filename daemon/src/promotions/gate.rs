//! The gate's rules: each with its figure and its bound.

use super::suite_changed;
use crate::evaluations::{EvaluatorDifference, Sides, evaluators};
use contract::agent::{GateBounds, Inconclusive, MustPass};
use contract::suite::SuiteDefinition;
use contract::time::Time;
use contract::wire::agents::GateRule;
use contract::wire::evaluations::RunDetail;

/// Safety's floor, which no gate lowers.
const SAFETY_FLOOR: f64 = 1.0;

/// What is judged.
pub(super) struct Judged<'a> {
    /// The stricter of the live version's gate and the new one's.
    pub(super) bounds: &'a GateBounds,
    pub(super) suite: &'a SuiteDefinition,
    pub(super) run: &'a RunDetail,
    /// Where another version is live: the run and its, and the suite as it was then.
    pub(super) live: Option<(&'a Sides, Option<&'a SuiteDefinition>)>,
    /// Whether the prices of the models that ran are known.
    pub(super) is_priced: bool,
    pub(super) now: Time,
    pub(super) seed: u64,
}

/// Every rule that applies.
pub(super) fn rules(judged: &Judged<'_>) -> Vec<GateRule> {
    let mut rules = vec![age(judged)];
    rules.extend(floors(judged));
    rules.extend(must_pass(judged));
    rules.extend(cost_and_latency(judged));
    if let Some((sides, suite)) = judged.live {
        rules.extend(against_live(judged, sides, suite));
    }
    rules
}

fn against_live(judged: &Judged<'_>, sides: &Sides, before: Option<&SuiteDefinition>) -> Vec<GateRule> {
    if sides.baseline.is_none() {
        let detail = sides.note.clone().unwrap_or_default() + " Run what is live, to compare with it.";
        return vec![GateRule { rule: "regression".into(), value: None, bound: None, ok: false, detail }];
    }
    let compared = evaluators(sides, judged.seed);
    let regressions = compared.iter().map(|evaluator| regression(judged.bounds, evaluator));
    regressions.chain(before.map(|before| suite_changed::rule(before, judged.suite))).collect()
}

/// A rule that says why no run can be judged.
pub(super) fn stale(detail: impl Into<String>) -> GateRule {
    GateRule { rule: "stale".into(), value: None, bound: None, ok: false, detail: detail.into() }
}

/// Most cases that a rule names.
const MOST_NAMED: usize = 10;

/// The rule on cases that are broken: none, before or after the rest was asked again.
pub(super) fn confirmed_break(confirmed: &[String], detail: String) -> GateRule {
    let (count, more) = (confirmed.len(), confirmed.len().saturating_sub(MOST_NAMED));
    let named = confirmed.iter().take(MOST_NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
    let detail = match (count, more) {
        (0, _) => detail,
        (_, 0) => format!("{detail}: {named}"),
        (_, more) => format!("{detail}: {named} and {more} more"),
    };
    rule("confirmed_break", count as f64, 0.0, confirmed.is_empty(), detail)
}

fn rule(name: impl Into<String>, value: f64, bound: f64, ok: bool, detail: String) -> GateRule {
    GateRule { rule: name.into(), value: Some(value), bound: Some(bound), ok, detail }
}

fn age(judged: &Judged<'_>) -> GateRule {
    let run = &judged.run.run;
    let ended = run.finished_at.unwrap_or(run.created_at);
    // A run is as old as its oldest answer.
    let ended = judged.run.data.iter().filter_map(|case| case.cached_from).fold(ended, Time::min);
    let age = (judged.now.0 - ended.0).max(0);
    let Some(most) = judged.bounds.max_age else {
        let detail = format!("run {} is of this version, suite and setup", run.run_id);
        return GateRule { rule: "stale".into(), value: None, bound: None, ok: true, detail };
    };
    let detail =
        format!("the answers of run {} are {} s old; they may be {most} old", run.run_id, age / 1000);
    rule("stale", age as f64 / 1000.0, most.seconds() as f64, age <= most.millis(), detail)
}

fn floors(judged: &Judged<'_>) -> Vec<GateRule> {
    let run = &judged.run.run;
    let mut rules = Vec::new();
    if let Some(floor) = judged.bounds.pass_rate {
        let detail =
            format!("{} of {} cases passed, {} ended in an error", run.passed, run.cases, run.errors);
        rules.push(rule("pass_rate", run.pass_rate, floor, run.pass_rate >= floor, detail));
    }
    let mut floors = judged.bounds.evaluators.clone();
    let safety = floors.entry("safety".into()).or_insert(SAFETY_FLOOR);
    *safety = safety.max(SAFETY_FLOOR);
    for (name, floor) in floors {
        rules.push(match run.evaluators.get(&name) {
            Some(summary) => {
                let detail = format!("mean over {} cases", summary.n);
                rule(format!("floor:{name}"), summary.mean, floor, summary.mean >= floor, detail)
            }
            None => GateRule {
                rule: format!("floor:{name}"),
                value: None,
                bound: Some(floor),
                ok: false,
                detail: "no case of the suite shows it".into(),
            },
        });
    }
    rules
}

fn must_pass(judged: &Judged<'_>) -> Option<GateRule> {
    if judged.bounds.must_pass != Some(MustPass::All) {
        return None;
    }
    let marked: Vec<&str> =
        judged.suite.spec.cases.iter().filter(|case| case.must_pass).map(|case| case.id.as_str()).collect();
    let passed = |id: &&&str| judged.run.data.iter().any(|case| case.case_id == **id && case.passed);
    let failed: Vec<&str> = marked.iter().filter(|id| !passed(id)).copied().collect();
    let (all, good) = (marked.len() as f64, (marked.len() - failed.len()) as f64);
    let detail = if failed.is_empty() {
        "every marked case passed".to_owned()
    } else {
        format!("failed: {}", failed.join(", "))
    };
    Some(rule("must_pass", good, all, failed.is_empty(), detail))
}

fn cost_and_latency(judged: &Judged<'_>) -> Vec<GateRule> {
    let usage = &judged.run.run.usage;
    let mut rules = Vec::new();
    if let Some(most) = judged.bounds.max_cost_usd {
        let mean = usage.cost_usd.dollars() / judged.run.data.len().max(1) as f64;
        let detail = match judged.is_priced {
            true => "dollars a case, in the mean".to_owned(),
            false => "the model's price is not known: set it under [prices] in katonic.toml".to_owned(),
        };
        let ok = judged.is_priced && mean <= most;
        let value = judged.is_priced.then_some(mean);
        rules.push(GateRule { rule: "max_cost_usd".into(), value, bound: Some(most), ok, detail });
    }
    if let Some(most) = judged.bounds.max_p95_ms {
        let most = most as f64;
        let detail = "milliseconds a case, at the 95th percentile".into();
        rules.push(rule("max_p95_ms", usage.p95_ms, most, usage.p95_ms <= most, detail));
    }
    rules
}

/// Blocks where the Holm-adjusted interval lies below zero, or, where the gate asks for it, reaches below the margin.
fn regression(bounds: &GateBounds, evaluator: &EvaluatorDifference) -> GateRule {
    let margin = bounds.max_regression.unwrap_or(0.0);
    let (low, high) = evaluator.adjusted;
    let regressed = high < 0.0;
    let unclear = !regressed && low < -margin;
    let blocked = regressed || (unclear && bounds.inconclusive == Some(Inconclusive::Block));
    let word = match (regressed, unclear) {
        (true, _) => "regressed",
        (false, true) => "inconclusive",
        (false, false) => "holds",
    };
    let detail = format!(
        "{word}: {:+.3} against what is live, interval {low:+.3} to {high:+.3}",
        evaluator.difference.delta
    );
    let bound = if bounds.inconclusive == Some(Inconclusive::Block) { -margin } else { 0.0 };
    let value = if bounds.inconclusive == Some(Inconclusive::Block) { low } else { high };
    rule(format!("regression:{}", evaluator.name), value, bound, !blocked, detail)
}
