//! A run at work: case after case, each stored as it ends, so that a crash loses and repeats none.

use super::progress::{Note, Progress};
use super::start::Stored;
use super::{case, sql, summary};
use crate::agents::{self, Deployed};
use crate::app::App;
use crate::error::Error;
use contract::suite::{Case, SuiteDefinition};
use contract::time::Time;
use contract::wire::evaluations::{Run, RunStatus};
use futures::{FutureExt, StreamExt, stream};
use std::collections::HashSet;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, MutexGuard, PoisonError};

/// What the cases of a run share.
pub(super) struct Bench {
    pub(super) run: Stored,
    pub(super) agent: Deployed,
    pub(super) suite: SuiteDefinition,
    pub(super) idf: super::evaluators::Idf,
    /// Whose turn it is to be let in.
    pub(super) turn: tokio::sync::Mutex<()>,
    /// Why no more cases are asked.
    end: std::sync::Mutex<Option<Error>>,
}

impl Bench {
    fn end(&self) -> MutexGuard<'_, Option<Error>> {
        self.end.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How far a run is, counted as its cases end.
struct Tally {
    done: AtomicUsize,
    passed: AtomicUsize,
}

impl Tally {
    fn count(&self, run: &Stored, repeat: u32, passed: bool) -> Progress {
        let last = usize::from(repeat + 1 == run.plan.repeat);
        let done = self.done.fetch_add(last, Ordering::Relaxed) + last;
        let one = usize::from(passed) * last;
        let passed = self.passed.fetch_add(one, Ordering::Relaxed) + one;
        let (run_id, cases) = (run.id.clone(), run.plan.cases.len());
        Progress { run_id, status: RunStatus::Running, cases, done, passed }
    }
}

/// Works on a run in the background.
pub(crate) fn spawn(app: App, id: String) {
    let (worker, run) = (app.clone(), id.clone());
    app.runs.begin(&id, || tokio::spawn(async move { see_through(&worker, &run).await }));
}

async fn see_through(app: &App, id: &str) {
    let result = AssertUnwindSafe(work(app, id)).catch_unwind().await;
    if let Err(error) = result.unwrap_or_else(|_| Err(Error::internal("a panic"))) {
        tracing::error!(run = id, %error, "run failed");
        if let Err(error) = close(app, id, RunStatus::Failed, Some(case::told(&error))).await {
            tracing::error!(run = id, %error, "run could not be closed");
        }
    }
    app.runs.end(id);
}

async fn work(app: &App, id: &str) -> Result<(), Error> {
    let bench = open(app, id).await?;
    sql::set_status(&app.db, id, RunStatus::Running).await?;
    let before = summary::load(&app.db, &bench.run.caller.team, id).await?;
    let tally = Tally { done: before.run.done.into(), passed: before.run.passed.into() };
    let done: HashSet<(String, u32)> = sql::done(&app.db, id).await?;
    let todo = planned(&bench).filter(|(_, case, repeat)| !done.contains(&(case.id.clone(), *repeat)));
    stream::iter(todo)
        .for_each_concurrent(bench.run.plan.concurrency as usize, |(position, case, repeat)| {
            let (bench, tally) = (&bench, &tally);
            async move {
                if bench.end().is_some() {
                    return;
                }
                if let Err(error) = one(app, bench, tally, (position, case, repeat)).await {
                    // What was asked already is answered to its end.
                    bench.end().get_or_insert(error);
                }
            }
        })
        .await;
    match bench.end().take() {
        Some(error) => Err(error),
        None => Ok(()),
    }?;
    close(app, id, RunStatus::Finished, None).await
}

/// Asks a case, and stores and tells how it went.
async fn one(
    app: &App,
    bench: &Bench,
    tally: &Tally,
    (position, case, repeat): (usize, &Case, u32),
) -> Result<(), Error> {
    let result = case::ask(app, bench, case).await?;
    sql::insert_case(&app.db, &bench.run, position, repeat, &result).await?;
    let progress = tally.count(&bench.run, repeat, result.passed);
    app.runs.tell(&bench.run.id, Note::Case(Arc::new(result)));
    app.runs.tell(&bench.run.id, Note::Progress(progress));
    Ok(())
}

async fn open(app: &App, id: &str) -> Result<Bench, Error> {
    let run = sql::run_by_id(&app.db, id).await?.ok_or_else(|| Error::not_found("run", id))?;
    let team = run.caller.team.clone();
    let suite = sql::suite_version(&app.db, &team, &run.suite, &run.suite_version).await?;
    let suite = suite.ok_or_else(|| Error::not_found("suite", &run.suite))?;
    let agent = agents::version(&app.db, &team, &run.agent, &run.agent_version).await?;
    let idf = super::evaluators::Idf::of(suite.spec.cases.iter().map(|case| case.input.as_str()));
    Ok(Bench { run, agent, suite, idf, turn: Default::default(), end: Default::default() })
}

fn planned(bench: &Bench) -> impl Iterator<Item = (usize, &Case, u32)> {
    let chosen: HashSet<&str> = bench.run.plan.cases.iter().map(String::as_str).collect();
    let cases = bench.suite.spec.cases.iter().enumerate();
    let cases = cases.filter(move |(_, case)| chosen.contains(case.id.as_str()));
    cases.flat_map(|(position, case)| (0..bench.run.plan.repeat).map(move |repeat| (position, case, repeat)))
}

/// Ends a run, keeps its figures, and tells who watches.
async fn close(app: &App, id: &str, status: RunStatus, reason: Option<String>) -> Result<(), Error> {
    let Some(run) = sql::run_by_id(&app.db, id).await? else { return Ok(()) };
    let run = Stored { status, finished_at: Some(Time::now()), summary: None, ..run };
    let figures = Run { reason, ..summary::of(&app.db, &run).await?.run };
    sql::end_run(&app.db, &run, &figures).await?;
    app.runs.tell(id, Note::Over);
    Ok(())
}
