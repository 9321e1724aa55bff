//! A run at work: case after case, each stored as it ends, so that a crash loses and repeats none.

use super::asker::Asker;
use super::case::Bench;
use super::progress::Note;
use super::start::Stored;
use super::{answers, case, judge, preference, sql, summary};
use crate::agents::{self, Deployed};
use crate::app::App;
use crate::error::Error;
use crate::gate::purse::{Amount, Bounds, Purse};
use contract::catalogue::StartRun;
use contract::endpoint::Endpoint;
use contract::money::Usd;
use contract::suite::Case;
use contract::time::Time;
use contract::wire::evaluations::{Run, RunStatus};
use contract::wire::events::RunProgress;
use futures::{FutureExt, StreamExt, stream};
use std::collections::HashSet;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, MutexGuard, PoisonError};
use tokio_util::task::AbortOnDropHandle;

/// A run at work.
pub(super) struct Work {
    pub(super) run: Stored,
    pub(super) agent: Deployed,
    pub(super) bench: Bench,
    /// Why no more cases are asked.
    end: std::sync::Mutex<Option<End>>,
}

/// Why a run ends before its last case.
enum End {
    Cancelled,
    Failed(Error),
}

impl Work {
    fn end(&self) -> MutexGuard<'_, Option<End>> {
        self.end.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How far a run is, counted as its cases end.
struct Tally {
    done: AtomicUsize,
    passed: AtomicUsize,
}

impl Tally {
    fn count(&self, run: &Stored, repeat: u32, passed: bool) -> RunProgress {
        let last = usize::from(repeat + 1 == run.plan.repeat);
        let done = self.done.fetch_add(last, Ordering::Relaxed) + last;
        let one = usize::from(passed) * last;
        let passed = self.passed.fetch_add(one, Ordering::Relaxed) + one;
        let (run_id, cases) = (run.id.clone(), run.plan.cases.len());
        RunProgress { run_id, status: RunStatus::Running, cases, done, passed }
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
    let work = Arc::new(open(app, id).await?);
    sql::set_running(&app.db, id).await?;
    let before = summary::load(&app.db, &work.run.caller.team, id).await?.run;
    let tally = Arc::new(Tally { done: before.done.into(), passed: before.passed.into() });
    let done: HashSet<(String, u32)> = sql::done(&app.db, id).await?;
    let todo = planned(&work).filter(|(_, case, repeat)| !done.contains(&(case.id.clone(), *repeat)));
    let todo: Vec<(usize, u32)> = todo.map(|(position, _, repeat)| (position, repeat)).collect();
    stream::iter(todo)
        .for_each_concurrent(work.run.plan.concurrency as usize, |place| {
            let (app, work, tally) = (app.clone(), Arc::clone(&work), Arc::clone(&tally));
            async move {
                if work.end().is_some() {
                    return;
                }
                let its = Arc::clone(&work);
                // A task of its own, so that cases are scored on all processors; what was asked already is answered to
                // its end.
                let case = tokio::spawn(async move { one(&app, &its, &tally, place).await });
                match AbortOnDropHandle::new(case).await.unwrap_or_else(|_| Err(Error::internal("a panic"))) {
                    Ok(true) => {}
                    Ok(false) => drop(work.end().get_or_insert(End::Cancelled)),
                    Err(error) => drop(work.end().get_or_insert(End::Failed(error))),
                }
            }
        })
        .await;
    let end = work.end().take();
    match end {
        Some(End::Failed(error)) => Err(error),
        Some(End::Cancelled) => close(app, id, RunStatus::Cancelled, None).await,
        None => close(app, id, RunStatus::Finished, None).await,
    }
}

/// Asks a case, and stores and tells how it went; false, where the run was cancelled.
async fn one(app: &App, work: &Work, tally: &Tally, (position, repeat): (usize, u32)) -> Result<bool, Error> {
    let case = work.bench.suite.spec.cases.get(position).ok_or_else(|| Error::internal("no such case"))?;
    if sql::is_cancelled(&app.db, &work.run.id).await? {
        return Ok(false);
    }
    let key = answers::key(app, work, case, repeat).await?;
    let earlier = match &key {
        Some(key) => answers::earlier(app, work, key).await?,
        None => None,
    };
    let result = match earlier {
        Some(result) => result,
        None => {
            let result = case::ask(app, &work.bench, &work.agent, case).await?;
            let result = judge::judge(app, &work.bench, &work.agent, case, result).await?;
            preference::prefer(app, &work.bench, &work.agent, case, result).await?
        }
    };
    // An error is no answer.
    let key = key.filter(|_| result.error.is_none());
    sql::insert_case(&app.db, &work.run, position, repeat, &result, key).await?;
    let progress = tally.count(&work.run, repeat, result.passed);
    app.runs.tell(&work.run.id, Note::Case(Arc::new(result)));
    app.runs.tell(&work.run.id, Note::Progress(progress));
    Ok(true)
}

async fn open(app: &App, id: &str) -> Result<Work, Error> {
    let run = sql::run_by_id(&app.db, id).await?.ok_or_else(|| Error::not_found("run", id))?;
    let team = run.caller.team.clone();
    let suite = sql::suite_version(&app.db, &team, &run.suite, &run.suite_version).await?;
    let suite = suite.ok_or_else(|| Error::not_found("suite", &run.suite))?;
    let agent = agents::version(&app.db, &team, &run.agent, &run.agent_version).await?;
    let purse = purse(app, &run).await?;
    let asker = Asker::new(run.caller.clone(), StartRun::DECLARATION, ("run", id.to_owned()), purse);
    let other = preference::other(app, &team, &run.agent, &suite).await?;
    let bench = Bench::new(asker, suite).against(other);
    Ok(Work { run, agent, bench, end: Default::default() })
}

/// What a run may use, less what its cases have used.
async fn purse(app: &App, run: &Stored) -> Result<Option<Arc<Purse>>, Error> {
    let Some(dollars) = run.plan.budget_usd else { return Ok(None) };
    let done = sql::cases(&app.db, &run.id).await?;
    let asked = done.iter().filter(|case| case.cached_from.is_none());
    let used = asked.flat_map(|case| {
        let judges = case.judge.iter().chain(case.judges.values()).chain(&case.preference);
        std::iter::once(case.cost_usd).chain(judges.map(|judged| judged.cost_usd)).collect::<Vec<Usd>>()
    });
    let used = Amount { usd: used.sum(), ..Amount::default() };
    let bounds = Bounds { usd: Some(Usd::from_nanos((dollars * 1e9) as i64)), ..Bounds::default() };
    Ok(Some(Arc::new(Purse::new(bounds, used))))
}

fn planned(work: &Work) -> impl Iterator<Item = (usize, &Case, u32)> {
    let chosen: HashSet<&str> = work.run.plan.cases.iter().map(String::as_str).collect();
    let cases = work.bench.suite.spec.cases.iter().enumerate();
    let cases = cases.filter(move |(_, case)| chosen.contains(case.id.as_str()));
    cases.flat_map(|(position, case)| (0..work.run.plan.repeat).map(move |repeat| (position, case, repeat)))
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
