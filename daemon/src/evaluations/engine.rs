//! A run at work: case after case, each stored as it ends, so that a crash loses and repeats none.

use super::progress::{Note, Progress};
use super::start::Stored;
use super::{case, sql, summary};
use crate::agents::{self, Deployed};
use crate::app::App;
use crate::call::Context;
use crate::error::Error;
use crate::gate;
use crate::trace::Recorder;
use contract::suite::{Case, SuiteDefinition};
use contract::time::Time;
use contract::wire::evaluations::RunStatus;
use futures::{FutureExt, TryStreamExt, stream};
use std::collections::HashSet;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// What the cases of a run share.
pub(super) struct Bench {
    pub(super) run: Stored,
    pub(super) agent: Deployed,
    pub(super) suite: SuiteDefinition,
    pub(super) idf: super::evaluators::Idf,
    pub(super) context: Context,
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
        if let Err(error) = close(app, id, RunStatus::Failed).await {
            tracing::error!(run = id, %error, "run could not be closed");
        }
    }
    app.runs.end(id);
}

async fn work(app: &App, id: &str) -> Result<(), Error> {
    let bench = open(app, id).await?;
    if !gate::authenticate::is_live(app, &bench.run.caller).await? {
        return close(app, id, RunStatus::Interrupted).await;
    }
    sql::set_status(&app.db, id, RunStatus::Running).await?;
    let before = summary::load(&app.db, &bench.run.caller.team, id).await?;
    let tally = Tally { done: before.run.done.into(), passed: before.run.passed.into() };
    let done: HashSet<(String, u32)> = sql::done(&app.db, id).await?;
    let todo = planned(&bench).filter(|(_, case, repeat)| !done.contains(&(case.id.clone(), *repeat)));
    stream::iter(todo.map(Ok::<_, Error>))
        .try_for_each_concurrent(bench.run.plan.concurrency as usize, |(position, case, repeat)| {
            let (bench, tally) = (&bench, &tally);
            async move {
                let result = case::ask(app, bench, case).await;
                sql::insert_case(&app.db, &bench.run, position, repeat, &result).await?;
                let progress = tally.count(&bench.run, repeat, result.passed);
                app.runs.tell(&bench.run.id, Note::Case(Arc::new(result)));
                app.runs.tell(&bench.run.id, Note::Progress(progress));
                Ok(())
            }
        })
        .await?;
    close(app, id, RunStatus::Finished).await
}

async fn open(app: &App, id: &str) -> Result<Bench, Error> {
    let run = sql::run_by_id(&app.db, id).await?.ok_or_else(|| Error::not_found("run", id))?;
    let team = run.caller.team.clone();
    let suite = sql::suite_version(&app.db, &team, &run.suite, &run.suite_version).await?;
    let suite = suite.ok_or_else(|| Error::not_found("suite", &run.suite))?;
    let agent = agents::version(&app.db, &team, &run.agent, &run.agent_version).await?;
    let idf = super::evaluators::Idf::of(suite.spec.cases.iter().map(|case| case.input.as_str()));
    let recorder = Recorder::open("StartRun", app.books.clock.now());
    let context = Context::new(Arc::new(run.caller.clone()), recorder, app.books.clone(), Vec::new());
    Ok(Bench { run, agent, suite, idf, context })
}

fn planned(bench: &Bench) -> impl Iterator<Item = (usize, &Case, u32)> {
    let chosen: HashSet<&str> = bench.run.plan.cases.iter().map(String::as_str).collect();
    let cases = bench.suite.spec.cases.iter().enumerate();
    let cases = cases.filter(move |(_, case)| chosen.contains(case.id.as_str()));
    cases.flat_map(|(position, case)| (0..bench.run.plan.repeat).map(move |repeat| (position, case, repeat)))
}

/// Ends a run, keeps its figures, and tells who watches.
async fn close(app: &App, id: &str, status: RunStatus) -> Result<(), Error> {
    let Some(run) = sql::run_by_id(&app.db, id).await? else { return Ok(()) };
    let run = Stored { status, finished_at: Some(Time::now()), summary: None, ..run };
    let detail = summary::of(&app.db, &run).await?;
    sql::end_run(&app.db, &run, &detail.run).await?;
    app.runs.tell(id, Note::Over);
    Ok(())
}
