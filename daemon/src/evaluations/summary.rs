//! A run's figures, from its cases.

use super::start::Stored;
use super::statistics::{mcnemar_exact, mean_ci95, wilson};
use super::{EVALUATOR_VERSION, sql};
use crate::error::Error;
use crate::store::Db;
use contract::money::Usd;
use contract::suite::EVALUATORS;
use contract::wire::evaluations::{
    CaseResult, EvaluatorSummary, JudgeSummary, Judged, PreferenceSummary, Repeats, Run, RunDetail, RunUsage,
};
use std::collections::BTreeMap;
use tokio::task;

/// A run with its cases, repeats put together.
///
/// # Errors
/// If there is no such run.
pub(super) async fn load(db: &Db, team: &str, id: &str) -> Result<RunDetail, Error> {
    let run = sql::run_by_id(db, id).await?.filter(|run| run.caller.team == team);
    let run = run.ok_or_else(|| Error::not_found("run", id))?;
    of(db, &run).await
}

/// The same for a run at hand.
///
/// # Errors
/// If the store fails.
pub(super) async fn of(db: &Db, run: &Stored) -> Result<RunDetail, Error> {
    let data = merge(sql::cases(db, &run.id).await?, run.plan.repeat as usize);
    if let Some(figures) = &run.summary {
        return Ok(RunDetail { run: figures.clone(), data });
    }
    let run = run.clone();
    let figured = task::spawn_blocking(move || RunDetail { run: self::run(&run, &data), data });
    figured.await.map_err(Error::internal)
}

/// A run's figures alone: kept ones, once it is over.
///
/// # Errors
/// If the store fails.
pub(super) async fn figures(db: &Db, run: Stored) -> Result<Run, Error> {
    match run.summary {
        Some(summary) => Ok(summary),
        None => Ok(of(db, &run).await?.run),
    }
}

/// Repeats of a case as one result: scores in the mean, passed if each passed. A case is there once all its repeats are.
fn merge(results: Vec<CaseResult>, repeat: usize) -> Vec<CaseResult> {
    let mut merged: Vec<CaseResult> = Vec::new();
    let mut repeats: Vec<CaseResult> = Vec::new();
    for result in results {
        if repeats.first().is_some_and(|first| first.case_id != result.case_id) {
            repeats.clear();
        }
        repeats.push(result);
        if repeats.len() == repeat {
            merged.extend(one(std::mem::take(&mut repeats)));
        }
    }
    merged
}

fn one(repeats: Vec<CaseResult>) -> Option<CaseResult> {
    let n = repeats.len() as f64;
    let passed = repeats.iter().all(|result| result.passed);
    let error = repeats.iter().find_map(|result| result.error.clone());
    let mut scores = BTreeMap::new();
    for name in EVALUATORS {
        let values: Vec<f64> =
            repeats.iter().filter_map(|result| result.scores.get(name).copied().flatten()).collect();
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        scores.insert(name.to_owned(), (!values.is_empty()).then_some(mean));
    }
    let latency_ms = repeats.iter().map(|result| result.latency_ms).sum::<f64>() / n;
    let tokens = repeats.iter().map(|result| result.tokens).sum();
    let cost_usd: Usd = repeats.iter().map(|result| result.cost_usd).sum();
    let cached_from = repeats.iter().filter_map(|result| result.cached_from).min();
    let judge = judged(repeats.iter().filter_map(|result| result.judge.as_ref()));
    let preference = judged(repeats.iter().filter_map(|result| result.preference.as_ref()));
    let mut judges = BTreeMap::new();
    for name in EVALUATORS {
        let said = judged(repeats.iter().filter_map(|result| result.judges.get(name)));
        judges.extend(said.map(|judged| (name.to_owned(), judged)));
    }
    let went = went(&repeats);
    repeats.into_iter().next().map(|first| CaseResult {
        passed,
        error,
        scores,
        latency_ms,
        tokens,
        cost_usd,
        cached_from,
        judge,
        judges,
        preference,
        repeats: went,
        ..first
    })
}

/// How often a case passed that was asked more than once.
fn went(repeats: &[CaseResult]) -> Option<Repeats> {
    let asked = u32::try_from(repeats.len()).ok().filter(|asked| *asked > 1)?;
    let passed = u32::try_from(repeats.iter().filter(|result| result.passed).count()).ok()?;
    let pairs = |n: u32| f64::from(n) * f64::from(n.saturating_sub(1)) / 2.0;
    Some(Repeats { asked, passed, pass_at_2: 1.0 - pairs(asked - passed) / pairs(asked) })
}

/// What a judge says of all repeats: the mean of its scores.
fn judged<'a>(repeats: impl Iterator<Item = &'a Judged>) -> Option<Judged> {
    let all: Vec<&Judged> = repeats.collect();
    let scores: Vec<f64> = all.iter().filter_map(|judged| judged.score).collect();
    let first = *all.first()?;
    Some(Judged {
        score: mean(&scores),
        votes: all.iter().flat_map(|judged| judged.votes.clone()).collect(),
        tokens: all.iter().map(|judged| judged.tokens).sum(),
        cost_usd: all.iter().map(|judged| judged.cost_usd).sum(),
        error: all.iter().find_map(|judged| judged.error.clone()),
        ..first.clone()
    })
}

fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

/// What a judge says of a run.
fn judge<'a>(data: impl Iterator<Item = &'a Judged>) -> Option<JudgeSummary> {
    let all: Vec<&Judged> = data.collect();
    let scores: Vec<f64> = all.iter().filter_map(|judged| judged.score).collect();
    Some(JudgeSummary {
        model: all.first()?.model.clone(),
        mean: mean(&scores),
        judged: scores.len(),
        errors: all.len() - scores.len(),
        tokens: all.iter().map(|judged| judged.tokens).sum(),
        cost_usd: all.iter().map(|judged| judged.cost_usd).sum(),
    })
}

/// What the judges of single evaluators say of a run.
fn judges(data: &[CaseResult]) -> BTreeMap<String, JudgeSummary> {
    let one = |name: &str| judge(data.iter().filter_map(|case| case.judges.get(name)));
    EVALUATORS.iter().filter_map(|name| Some(((*name).to_owned(), one(name)?))).collect()
}

/// Whose answers a judge prefers.
fn preference(data: &[CaseResult]) -> Option<PreferenceSummary> {
    let all: Vec<&Judged> = data.iter().filter_map(|case| case.preference.as_ref()).collect();
    let count = |is: fn(f64) -> bool| all.iter().filter(|judged| judged.score.is_some_and(is)).count();
    let (wins, losses) = (count(|score| score > 0.5), count(|score| score < 0.5));
    Some(PreferenceSummary {
        model: all.first()?.model.clone(),
        wins,
        ties: count(|score| score == 0.5),
        losses,
        p_value: mcnemar_exact(losses as u64, wins as u64),
        errors: all.iter().filter(|judged| judged.score.is_none()).count(),
        tokens: all.iter().map(|judged| judged.tokens).sum(),
        cost_usd: all.iter().map(|judged| judged.cost_usd).sum(),
    })
}

/// A run's figures.
pub(super) fn run(run: &Stored, data: &[CaseResult]) -> Run {
    let cases = run.plan.cases.len();
    let passed = data.iter().filter(|case| case.passed).count();
    let errors = data.iter().filter(|case| case.error.is_some()).count();
    let failed = data.iter().filter(|case| !case.passed && case.error.is_none()).count();
    Run {
        object: "evaluation.run".into(),
        run_id: run.id.clone(),
        agent: run.agent.clone(),
        agent_version: run.agent_version.clone(),
        suite: run.suite.clone(),
        suite_version: run.suite_version.clone(),
        evaluator_version: EVALUATOR_VERSION.into(),
        models: vec![run.plan.model.clone()],
        seed: run.plan.seed,
        status: run.status,
        complete: run.complete,
        cases,
        done: data.len(),
        passed,
        failed,
        errors,
        pass_rate: if cases == 0 { 0.0 } else { passed as f64 / cases as f64 },
        pass_rate_ci95: wilson(passed as u64, cases as u64),
        evaluators: evaluators(data, run.plan.seed),
        judge: judge(data.iter().filter_map(|case| case.judge.as_ref())),
        judges: judges(data),
        preference: preference(data),
        flaky: data.iter().filter(|case| case.repeats.is_some_and(is_flaky)).count(),
        cached: data.iter().filter(|case| case.cached_from.is_some()).count(),
        usage: usage(data),
        created_at: run.created_at,
        finished_at: run.finished_at,
        reason: None,
    }
}

fn is_flaky(repeats: Repeats) -> bool {
    repeats.passed > 0 && repeats.passed < repeats.asked
}

fn evaluators(data: &[CaseResult], seed: u64) -> BTreeMap<String, EvaluatorSummary> {
    let mut summaries = BTreeMap::new();
    for name in EVALUATORS {
        let values: Vec<f64> =
            data.iter().filter_map(|case| case.scores.get(name).copied().flatten()).collect();
        if !values.is_empty() {
            let (mean, ci95) = mean_ci95(&values, seed);
            summaries.insert(name.to_owned(), EvaluatorSummary { mean, ci95, n: values.len() });
        }
    }
    summaries
}

fn usage(data: &[CaseResult]) -> RunUsage {
    let mut latencies: Vec<f64> = data.iter().map(|case| case.latency_ms).collect();
    latencies.sort_by(f64::total_cmp);
    let rank = (latencies.len() as f64 * 0.95).ceil() as usize;
    RunUsage {
        tokens: data.iter().map(|case| case.tokens).sum(),
        cost_usd: data.iter().map(|case| case.cost_usd).sum(),
        p95_ms: rank.checked_sub(1).and_then(|rank| latencies.get(rank)).copied().unwrap_or_default(),
    }
}
