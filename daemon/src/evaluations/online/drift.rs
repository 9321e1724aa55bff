//! Drift: the newest answers of an agent against those before them.

use super::{DAY, FIGURES, sql};
use crate::act::Act;
use crate::agents;
use crate::app::App;
use crate::audit::TELL_DRIFT;
use crate::error::Error;
use crate::evaluations::compare::live_run;
use crate::evaluations::statistics::{holm, welch};
use crate::evaluations::summary;
use crate::gate::Caller;
use crate::store::StoreError;
use contract::wire::evaluations::{Quality, QualityFigure, QualityMean};
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::Arc;

/// How many of the newest answers are held against those before them, and how many of these at most.
const RECENT: usize = 100;
const BEFORE: usize = 1000;

/// The fewest values on each side that anything is said of.
const FEWEST: usize = 30;

/// How far back is looked, in days.
const DAYS: i64 = 30;

/// The level at which a difference counts as drift, Holm-adjusted over the figures.
const LEVEL: f64 = 0.01;

/// How an agent does in prod, and against its evaluation.
///
/// # Errors
/// If there is no such agent for the team, or the store fails.
pub(crate) async fn quality(app: &App, team: &str, agent: &str) -> Result<Quality, Error> {
    let known =
        agents::detail(&app.db, team, agent).await?.ok_or_else(|| Error::not_found("agent", agent))?;
    let live = match known.environments.get("prod") {
        Some(live) => Some(agents::version(&app.db, team, agent, &live.version).await?),
        None => None,
    };
    let evaluation = live.as_ref().and_then(|live| live.definition.spec.evaluation.as_ref());
    let evaluated = match evaluation {
        Some(evaluation) => evaluated(app, team, agent, &evaluation.suite).await?,
        None => BTreeMap::new(),
    };
    let percent = evaluation.and_then(|evaluation| evaluation.online.as_ref()).map_or(0.0, |one| one.percent);
    let (samples, figures) = figures(app, team, agent, &evaluated).await?;
    Ok(Quality { object: "quality".into(), agent_id: agent.to_owned(), percent, samples, figures })
}

/// The means of the newest run of what is live.
async fn evaluated(app: &App, team: &str, agent: &str, suite: &str) -> Result<BTreeMap<String, f64>, Error> {
    let Ok(run) = live_run(&app.db, team, agent, suite, "prod").await? else { return Ok(BTreeMap::new()) };
    let run = summary::figures(&app.db, run).await?;
    Ok(run.evaluators.into_iter().map(|(name, summary)| (name, summary.mean)).collect())
}

async fn figures(
    app: &App,
    team: &str,
    agent: &str,
    evaluated: &BTreeMap<String, f64>,
) -> Result<(usize, Vec<QualityFigure>), Error> {
    let since = app.books.clock.now().0 - DAYS * DAY;
    let scored = sql::newest(&app.db, team, agent, since, RECENT + BEFORE).await?;
    let (recent, before) = scored.split_at(scored.len().min(RECENT));
    let values = |of: &[sql::Scored], name: &str| -> Vec<f64> {
        of.iter().filter_map(|one| one.scores.get(name).copied()).collect()
    };
    let sides = FIGURES.map(|name| (name, values(before, name), values(recent, name)));
    let enough = |side: &(&str, Vec<f64>, Vec<f64>)| side.1.len() >= FEWEST && side.2.len() >= FEWEST;
    let tested: Vec<_> = sides.iter().map(|side| enough(side).then(|| welch(&side.1, &side.2))).collect();
    let p_values: Vec<f64> = tested.iter().flatten().map(|difference| difference.p_value).collect();
    let mut adjusted = holm(&p_values).into_iter();
    let shown = sides.iter().zip(tested).map(|((name, before, recent), difference)| {
        let p_value_holm = difference.as_ref().and_then(|_| adjusted.next());
        QualityFigure {
            name: (*name).to_owned(),
            before: mean(before),
            recent: mean(recent),
            delta: difference.as_ref().map(|one| one.delta),
            ci95: difference.as_ref().map(|one| one.ci95),
            p_value_holm,
            drifted: p_value_holm.is_some_and(|p| p < LEVEL),
            evaluated: evaluated.get(*name).copied(),
            recent_since: scored.get(..RECENT.min(scored.len())).and_then(<[_]>::last).map(|one| one.at),
        }
    });
    Ok((scored.len(), shown.collect()))
}

fn mean(values: &[f64]) -> Option<QualityMean> {
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    (!values.is_empty()).then_some(QualityMean { mean, n: values.len() })
}

/// Tells who listens of each figure that has drifted, once until it comes back.
///
/// # Errors
/// If the store fails.
pub(super) async fn tell(app: &App, team: &str, agent: &str) -> Result<(), Error> {
    let now = app.books.clock.now().0;
    sql::prune(&app.db, now - 2 * DAYS * DAY).await?;
    let (_, figures) = figures(app, team, agent, &BTreeMap::new()).await?;
    let told = sql::told(&app.db, team, agent).await?;
    for figure in figures {
        match (figure.drifted, told.contains(&figure.name)) {
            (true, false) => one(app, team, agent, figure).await?,
            (false, true) => sql::recovered(&app.db, team, agent, &figure.name).await?,
            _ => {}
        }
    }
    Ok(())
}

async fn one(app: &App, team: &str, agent: &str, figure: QualityFigure) -> Result<(), Error> {
    tracing::warn!(agent, figure = figure.name, "the quality of answers in prod has drifted");
    let told = json!({"agent": agent, "figure": figure});
    let webhooks = app.books.webhooks.clone();
    let statements = vec![
        sql::tell(team, agent, &figure.name, app.books.clock.now().0),
        webhooks.quality_drifted(team, &told),
    ];
    let act = Act::new((), statements).changing((), told).then(move || webhooks.wake());
    let by = Arc::new(Caller::itself(team, "online".into(), "online evaluation", Vec::new()));
    match app.books.own_act(TELL_DRIFT, &by, act).await {
        // Another node has told it.
        Ok(()) | Err(StoreError::Conflict) => Ok(()),
        Err(error) => Err(error.into()),
    }
}
