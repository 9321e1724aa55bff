//! A run against a baseline: paired by case, with intervals, tests, and a verdict that admits what it can't tell.

use super::start::Stored;
use super::statistics::{
    Difference, Pair, cases_needed, mcnemar_exact, paired_difference, paired_differences, verdict,
};
use super::{RESAMPLES, SEED, sql, summary};
use crate::agents;
use crate::error::Error;
use crate::store::Db;
use contract::agent::ENVIRONMENTS;
use contract::suite::EVALUATORS;
use contract::wire::evaluations::{CaseResult, CompareRequest, Comparison, EvaluatorComparison, RunDetail};
use std::collections::{BTreeMap, HashMap};
use tokio::task;

/// Differences of the pass rate up to this far from zero count as none.
const MARGIN: f64 = 0.01;

/// A run, and what it is held against.
pub(crate) struct Sides {
    pub(crate) candidate: RunDetail,
    pub(crate) baseline: Option<RunDetail>,
    /// The group of each case that has one.
    pub(crate) groups: HashMap<String, String>,
    /// Why there is no baseline.
    pub(crate) note: Option<String>,
}

/// An evaluator on both sides.
pub(crate) struct EvaluatorDifference {
    pub(crate) name: &'static str,
    pub(crate) difference: Difference,
    pub(crate) p_value_holm: f64,
    /// The interval at the level that Holm's procedure gives this evaluator.
    pub(crate) adjusted: (f64, f64),
}

/// Compares a run as it was asked for.
///
/// # Errors
/// If a run isn't there, or isn't finished.
pub(crate) async fn compare(db: &Db, team: &str, request: CompareRequest) -> Result<Comparison, Error> {
    let sides = sides(db, team, &request.run_id, &request.baseline).await?;
    let seed = request.seed.unwrap_or(SEED);
    task::spawn_blocking(move || judge(&sides, seed)).await.map_err(Error::internal)
}

/// Finds both sides.
///
/// # Errors
/// If a run isn't there, or isn't finished.
pub(crate) async fn sides(db: &Db, team: &str, run_id: &str, baseline: &str) -> Result<Sides, Error> {
    let candidate = finished(db, team, run_id).await?;
    let (agent, suite) = (&candidate.run.agent, &candidate.run.suite);
    let definition = sql::suite_version(db, team, suite, &candidate.run.suite_version).await?;
    let cases = definition.map(|suite| suite.spec.cases).unwrap_or_default();
    let groups = cases.into_iter().filter_map(|case| Some((case.id, case.group?))).collect();
    let (baseline, note) = if !ENVIRONMENTS.contains(&baseline) {
        (Some(finished(db, team, baseline).await?), None)
    } else {
        match live_run(db, team, agent, suite, baseline).await? {
            Ok(run) => (Some(summary::load(db, team, &run.id).await?), None),
            Err(note) => (None, Some(note)),
        }
    };
    Ok(Sides { candidate, baseline, groups, note })
}

/// The run of record of what is live, or why there is none.
pub(super) async fn live_run(
    db: &Db,
    team: &str,
    agent: &str,
    suite: &str,
    environment: &str,
) -> Result<Result<Stored, String>, Error> {
    let Some(version) = agents::environment(db, team, agent, environment).await? else {
        return Ok(Err(format!("Nothing is live in {environment}.")));
    };
    let run = sql::newest_run(db, team, agent, &version, suite).await?;
    let short = contract::version::short(&version);
    Ok(run.ok_or_else(|| format!("What is live in {environment} ({short}) has no finished run on {suite}.")))
}

async fn finished(db: &Db, team: &str, id: &str) -> Result<RunDetail, Error> {
    let run = summary::load(db, team, id).await?;
    if run.run.finished_at.is_none() {
        return Err(Error::invalid("run_id", format!("The run {id} is not finished. Wait for it.")));
    }
    Ok(run)
}

/// The cases that two versions were both asked, with the groups of those that have one.
pub(crate) struct Both<'a> {
    /// Each case's results: the baseline's first.
    pub(super) cases: Vec<(&'a CaseResult, &'a CaseResult)>,
    groups: &'a HashMap<String, String>,
}

impl<'a> Both<'a> {
    /// The cases of the one that the other has too.
    pub(crate) fn of(
        baseline: impl IntoIterator<Item = &'a CaseResult>,
        candidate: impl IntoIterator<Item = &'a CaseResult>,
        groups: &'a HashMap<String, String>,
    ) -> Self {
        let before: HashMap<&str, &CaseResult> =
            baseline.into_iter().map(|case| (case.case_id.as_str(), case)).collect();
        let both = |case: &'a CaseResult| Some((*before.get(case.case_id.as_str())?, case));
        Self { cases: candidate.into_iter().filter_map(both).collect(), groups }
    }

    fn differ(&self, score: impl Fn(&CaseResult) -> Option<f64>) -> Vec<Pair> {
        let scored = self.cases.iter().filter_map(|(before, after)| {
            let group = self.groups.get(&after.case_id).cloned();
            Some(Pair { baseline: score(before)?, candidate: score(after)?, group })
        });
        scored.collect()
    }

    /// How the pass rates differ, how each evaluator does, and the verdict on all that.
    pub(crate) fn judge(&self, seed: u64) -> (Difference, Vec<EvaluatorDifference>, &'static str) {
        let overall = paired_difference(&self.differ(passed), RESAMPLES, seed);
        let evaluators = self.evaluators(seed);
        let judged: Vec<_> =
            evaluators.iter().map(|e| (e.difference.clone(), e.p_value_holm, e.adjusted)).collect();
        let word = verdict(&overall, &judged, MARGIN);
        (overall, evaluators, word)
    }

    /// Each evaluator's difference, judged with all others.
    fn evaluators(&self, seed: u64) -> Vec<EvaluatorDifference> {
        let (names, compared): (Vec<&'static str>, Vec<Vec<Pair>>) = EVALUATORS
            .iter()
            .map(|name| (*name, self.differ(|case| case.scores.get(*name).copied().flatten())))
            .filter(|(_, pairs)| !pairs.is_empty())
            .unzip();
        let judged = paired_differences(&compared, RESAMPLES, seed).into_iter();
        let named = names.into_iter().zip(judged).map(|(name, (difference, p_value_holm, adjusted))| {
            EvaluatorDifference { name, difference, p_value_holm, adjusted }
        });
        named.collect()
    }
}

impl Sides {
    pub(super) fn both(&self) -> Both<'_> {
        Both::of(self.baseline.iter().flat_map(|run| &run.data), &self.candidate.data, &self.groups)
    }
}

fn passed(case: &CaseResult) -> Option<f64> {
    Some(f64::from(u8::from(case.passed)))
}

/// Each evaluator's difference.
pub(crate) fn evaluators(sides: &Sides, seed: u64) -> Vec<EvaluatorDifference> {
    sides.both().evaluators(seed)
}

/// The comparison of two sides.
fn judge(sides: &Sides, seed: u64) -> Comparison {
    let both = sides.both();
    let (overall, evaluators, word) = both.judge(seed);
    let list = |which: fn(bool, bool) -> bool| {
        let cases = both.cases.iter().filter(|(before, after)| which(before.passed, after.passed));
        cases.map(|(_, after)| after.case_id.clone()).collect::<Vec<_>>()
    };
    let broken = list(|before, after| before && !after);
    let mended = list(|before, after| !before && after);
    let word = if sides.baseline.is_none() { "no_baseline" } else { word };
    let spread = overall.minimum_detectable * (overall.n as f64).sqrt() / 2.80;
    let needed = cases_needed(spread, overall.delta.abs().max(MARGIN));
    Comparison {
        object: "evaluation.comparison".into(),
        verdict: word.into(),
        run_id: sides.candidate.run.run_id.clone(),
        baseline_run_id: sides.baseline.as_ref().map(|run| run.run.run_id.clone()),
        cases_compared: both.cases.len(),
        delta: overall.delta,
        ci95: overall.ci95,
        p_value: mcnemar_exact(broken.len() as u64, mended.len() as u64),
        minimum_detectable: overall.minimum_detectable,
        cases_needed: (word == "inconclusive").then_some(needed),
        evaluators: evaluators.into_iter().map(shown).collect::<BTreeMap<_, _>>(),
        notes: notes(sides, both.cases.len(), &overall),
        broken,
        mended,
    }
}

fn shown(evaluator: EvaluatorDifference) -> (String, EvaluatorComparison) {
    let EvaluatorDifference { name, difference, p_value_holm, .. } = evaluator;
    let Difference { baseline, candidate, delta, ci95, .. } = difference;
    (name.to_owned(), EvaluatorComparison { baseline, candidate, delta, ci95, p_value_holm })
}

fn notes(sides: &Sides, compared: usize, overall: &Difference) -> Vec<String> {
    let mut notes: Vec<String> = sides.note.iter().cloned().collect();
    if let Some(baseline) = &sides.baseline {
        if baseline.run.suite_version != sides.candidate.run.suite_version {
            notes.push(format!(
                "The runs are of different suite versions: the {compared} cases of both are compared."
            ));
        }
        if overall.delta != 0.0 && overall.ci95.0 <= 0.0 && overall.ci95.1 >= 0.0 {
            notes.push(format!(
                "A difference of {:+.3} on {compared} cases may be noise: this suite shows differences from {:.3} on.",
                overall.delta, overall.minimum_detectable
            ));
        }
        let errors = sides.candidate.run.errors;
        if errors > 0 {
            notes.push(format!("{errors} case(s) ended in an error and count as failed."));
        }
    }
    notes
}
