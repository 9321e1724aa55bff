//! A search at work, from the agent as it is to the verdict of the cases that the search never saw. What is taken up again
//! goes the same way once more, by the answers that it has, and then on.

use super::lab::{AT_ONCE, Lab, Stop};
use super::outcome::{SPEED, times, used};
use super::{examples, gepa, mipro, random, sql, view};
use crate::app::App;
use crate::error::{Error, Kind};
use crate::evaluations::Both;
use crate::gate::purse::{Amount, SPENT};
use contract::money::Usd;
use contract::wire::evaluations::{CaseResult, RunStatus};
use contract::wire::prompts::{Algorithm, Dimension, Holdout, Optimisation, OptimisationProgress};
use futures::FutureExt;
use std::collections::HashMap;
use std::panic::AssertUnwindSafe;

/// Searches at the same time.
pub(crate) const SEARCHES: usize = 4;

/// How much more a candidate may cost than the agent as it was, on the cases that decide: in percent.
const DEARER: u64 = 150;

/// What happens in a search, as it is told inside the daemon.
#[derive(Clone, Debug)]
pub(crate) enum Note {
    /// So far it is.
    Progress(Box<OptimisationProgress>),
    /// It is over.
    Over,
}

/// Works on a search in the background.
pub(crate) fn spawn(app: App, id: String) {
    let (worker, search) = (app.clone(), id.clone());
    app.optimisations.begin(&id, || tokio::spawn(async move { see_through(&worker, &search).await }));
}

async fn see_through(app: &App, id: &str) {
    // Until its turn comes it is queued.
    let Ok(_turn) = app.searches.acquire().await else { return };
    let result = AssertUnwindSafe(work(app, id)).catch_unwind().await;
    if let Err(error) = result.unwrap_or_else(|_| Err(Error::internal("a panic"))) {
        tracing::error!(optimisation = id, %error, "optimisation failed");
        if let Err(error) = fail(app, id, &error).await {
            tracing::error!(optimisation = id, %error, "optimisation could not be closed");
        }
    }
    app.optimisations.tell(id, Note::Over);
    app.optimisations.end(id);
}

async fn fail(app: &App, id: &str, error: &Error) -> Result<(), Error> {
    let Some(search) = sql::by_id(&app.db, id).await? else { return Ok(()) };
    let reason = match error.kind {
        Kind::Internal => "internal error; the daemon's log says what".to_owned(),
        _ => error.message.clone(),
    };
    let (status, finished_at) = (RunStatus::Failed, Some(app.books.clock.now()));
    let spent = view::spent(used(&sql::calls(&app.db, id).await?));
    let shown = Optimisation { status, finished_at, spent, reason: Some(reason), ..search.shown };
    sql::end(&app.db, id, &shown).await
}

async fn work(app: &App, id: &str) -> Result<(), Error> {
    let mut lab = Lab::open(app, id).await?;
    begin(&mut lab).await.map_err(too_little)?;
    let mut notes = lab.search.plan.notes.clone();
    match search(&mut lab).await {
        Ok(()) => {}
        Err(Stop::Spent) => notes.push("The budget was spent before the search had come to its end.".into()),
        Err(Stop::Failed(error)) => return Err(error),
    }
    lab.purse.keep(Amount::default());
    let holdout = decide(&mut lab, &mut notes).await?;
    let [_, examples, ..] = lab.candidates[lab.best()].point;
    if examples > 0 {
        notes.push(
            "Examples repeat what the suite's users were answered: look whether all who talk to the agent may read it. \
             Those that are cases of the suite give these away in its runs."
                .into(),
        );
    }
    let (status, finished_at) = (RunStatus::Finished, Some(app.books.clock.now()));
    sql::end(&app.db, id, &Optimisation { status, holdout, notes, finished_at, ..view::of(&lab) }).await
}

/// The agent as it is, on all cases. Those that decide come first, so that what they cost is kept for the best candidate:
/// the search doesn't look at them.
async fn begin(lab: &mut Lab) -> Result<(), Stop> {
    let (parts, order) = (lab.parts.clone(), lab.order.clone());
    lab.ask(&[0], &parts.holdout).await?;
    let results = parts.holdout.iter().filter_map(|case| lab.result(0, *case));
    let (tokens, usd) =
        results.fold((0, Usd::ZERO), |(tokens, usd), result| (tokens + result.tokens, usd + result.cost_usd));
    let worst = lab.purse.dearest();
    lab.purse.keep(Amount {
        calls: parts.holdout.len() as u64,
        tokens: tokens * DEARER / 100 + worst.tokens * AT_ONCE as u64,
        usd: Usd::from_nanos(times(usd, DEARER).nanos() / 100) + times(worst.usd, AT_ONCE as u64),
    });
    lab.evaluate(&[0], &order).await?;
    lab.evaluate(&[0], &parts.train).await?;
    let plan = lab.search.plan.clone();
    if plan.searches(Dimension::Examples) {
        let learnt = parts.train.iter().filter_map(|case| Some((lab.case(*case), lab.result(0, *case)?)));
        let scored = parts.dev.iter().chain(&parts.holdout).map(|case| lab.case(*case));
        let pool = examples::pool(learnt, &plan.accepted, scored);
        let own = lab.space.examples.swap_remove(0);
        lab.space.examples = examples::sets(own, &pool, &mut lab.random);
    }
    if plan.searches(Dimension::Retrieval) {
        lab.space.with_retrieval();
    }
    if plan.searches(Dimension::Model) {
        lab.space.with_models(&plan.tiers);
    }
    Ok(())
}

fn too_little(stop: Stop) -> Error {
    match stop {
        Stop::Failed(error) => error,
        Stop::Spent => {
            let message = "The budget doesn't reach for the agent as it is on every case. Give it more.";
            Error::new(Kind::QuotaSpent, SPENT, message)
        }
    }
}

async fn search(lab: &mut Lab) -> Result<(), Stop> {
    match lab.search.plan.algorithm {
        Algorithm::Random => random::search(lab).await,
        Algorithm::Gepa => gepa::search(lab).await,
        Algorithm::Mipro | Algorithm::Auto => mipro::search(lab).await,
    }
}

/// What the cases say that the search never saw. Where no candidate is better on those that it saw, there is nothing to ask.
async fn decide(lab: &mut Lab, notes: &mut Vec<String>) -> Result<Option<Holdout>, Error> {
    let best = lab.best();
    if best == 0 {
        notes.push("No candidate is better than the agent as it was.".into());
        return Ok(None);
    }
    let cases = lab.parts.holdout.clone();
    match lab.ask(&[best], &cases).await {
        Ok(()) => {}
        Err(Stop::Failed(error)) => return Err(error),
        Err(Stop::Spent) => notes.push("The budget was spent before the held-out cases were asked.".into()),
    }
    let holdout = judge(lab, best, &cases);
    if holdout.verdict != "improved" {
        let best = view::candidate_id(best);
        notes.push(format!(
            "{best} is ahead on the cases that it was chosen by; the held-out ones don't show a gain."
        ));
    }
    Ok(Some(holdout))
}

/// A candidate against the agent as it was, on cases that both were asked.
fn judge(lab: &Lab, candidate: usize, cases: &[usize]) -> Holdout {
    let groups: HashMap<String, String> = cases
        .iter()
        .filter_map(|case| Some((lab.case(*case).id.clone(), lab.case(*case).group.clone()?)))
        .collect();
    // How fast a provider was when each was asked decides nothing, as it does in the search.
    let results = |of: usize| -> Vec<CaseResult> {
        cases.iter().filter_map(|case| lab.result(of, *case)).map(without_speed).collect()
    };
    let (before, after) = (results(0), results(candidate));
    let both = Both::of(&before, &after, &groups);
    let (difference, _, verdict) = both.judge(lab.search.plan.seed);
    Holdout {
        cases: difference.n,
        baseline: difference.baseline,
        candidate: difference.candidate,
        delta: difference.delta,
        ci95: difference.ci95,
        verdict: verdict.into(),
    }
}

fn without_speed(result: &CaseResult) -> CaseResult {
    let mut result = result.clone();
    result.scores.remove(SPEED);
    result
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_faster_provider_is_no_better_prompt() {
        let results = |speed: f64| -> Vec<CaseResult> {
            let result = |n: u32| {
                let scores = json!({"correctness": f64::from(n % 2), SPEED: speed});
                let result = json!({
                    "case_id": n.to_string(), "passed": n % 2 == 1, "scores": scores, "answer": "", "refused": false,
                    "citations": [], "tool_calls": [], "trace_id": null, "latency_ms": 1.0, "cost_usd": 0.0,
                });
                serde_json::from_value(result).unwrap()
            };
            (0..40).map(result).collect()
        };
        let (slow, fast, groups) = (results(0.2), results(1.0), HashMap::new());
        assert_eq!(Both::of(&slow, &fast, &groups).judge(1).2, "improved");
        let bare = |results: &[CaseResult]| results.iter().map(without_speed).collect::<Vec<_>>();
        assert_ne!(Both::of(&bare(&slow), &bare(&fast), &groups).judge(1).2, "improved");
    }
}
