//! Online evaluation: drawn answers of prod are scored by the formulas that need no expectation, and what changes is told.

mod drift;
mod sql;

pub(crate) use drift::quality;

use super::case::recorded;
use super::evaluators::{self, Idf, Score, evaluate};
use crate::app::App;
use crate::chat::Sample;
use crate::error::Error;
use contract::suite::Case;
use std::collections::{BTreeMap, HashMap};
use tokio_util::sync::CancellationToken;

/// The evaluators that need to know nothing of what is expected, and the share of refusals.
const FIGURES: [&str; 5] = ["groundedness", "relevance", "citations", "safety", REFUSED];

/// The share of answers that decline.
const REFUSED: &str = "refused";

/// How many answers of an agent are scored between two looks at its drift.
const LOOK_EVERY: u64 = 25;

/// Milliseconds of a day.
const DAY: i64 = 24 * 60 * 60 * 1000;

/// How many answers of each team's agents were scored today.
#[derive(Default)]
struct Today {
    day: i64,
    scored: HashMap<(String, String), u64>,
}

/// Scores what is drawn until the daemon stops.
pub(crate) async fn follow(app: App, stopped: CancellationToken) {
    let Some(mut samples) = app.samples.take() else { return };
    let mut today = Today::default();
    loop {
        let sample = tokio::select! {
            () = stopped.cancelled() => return,
            sample = samples.recv() => sample,
        };
        let Some(sample) = sample else { return };
        let trace = sample.trace_id.clone();
        if let Err(error) = one(&app, &mut today, sample).await {
            tracing::warn!(trace, %error, "an answer of prod could not be evaluated");
        }
    }
}

async fn one(app: &App, today: &mut Today, sample: Sample) -> Result<(), Error> {
    let now = app.books.clock.now();
    if today.day != now.0 / DAY {
        *today = Today { day: now.0 / DAY, ..Today::default() };
    }
    let agent = sample.agent.definition.metadata.id.clone();
    let most = sample.agent.definition.spec.evaluation.as_ref().and_then(|one| one.online.as_ref());
    let Some(most) = most.map(|online| online.most_per_day) else { return Ok(()) };
    let of = (sample.team.clone(), agent.clone());
    let scored = match today.scored.get(&of) {
        Some(scored) => *scored,
        None => sql::count(&app.db, &of.0, &of.1, today.day * DAY).await?,
    };
    if scored >= most {
        today.scored.insert(of, scored);
        return Ok(());
    }
    let version = sample.agent.version.clone();
    let (team, trace_id) = (sample.team.clone(), sample.trace_id.clone());
    let scores = tokio::task::spawn_blocking(move || scores(&sample)).await.map_err(Error::internal)?;
    sql::insert(&app.db, &team, &agent, (&version, &trace_id), &scores, now.0).await?;
    today.scored.insert(of, scored + 1);
    if (scored + 1) % LOOK_EVERY == 0 {
        drift::tell(app, &team, &agent).await?;
    }
    Ok(())
}

/// What an answer scores, as far as that applies.
fn scores(sample: &Sample) -> BTreeMap<String, f64> {
    let case = Case { id: sample.trace_id.clone(), input: sample.question.clone(), ..Case::default() };
    let idf = Idf::of(std::iter::once(sample.question.as_str()));
    let question = evaluators::Question { case: &case, thresholds: BTreeMap::new(), budget: None, idf: &idf };
    let recorded = recorded(Some(&sample.answered));
    let refused = sample.answered.answer.refused;
    let scored = evaluate(&question, &recorded).into_iter().filter_map(|(name, score)| match score {
        // What declines is counted as that.
        Score::Value(value) if FIGURES.contains(&name) && !(refused && name == "relevance") => {
            Some((name.to_owned(), value))
        }
        _ => None,
    });
    scored.chain([(REFUSED.to_owned(), f64::from(u8::from(refused)))]).collect()
}
