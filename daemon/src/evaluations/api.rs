//! The evaluation endpoints.

use super::{compare, progress, sql, start, suites, summary};
use crate::app::App;
use crate::error::Error;
use crate::http::mount::{Api, Call, Out};
use contract::catalogue::{CompareRuns, GetRun, ListRuns, ListSuites, PutSuite, StartRun};
use contract::wire::evaluations::{AppliedSuite, Comparison, Run, RunDetail, SuiteSummary};
use contract::wire::page::Page;
use contract::wire::sse::Event;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{broadcast, mpsc};
use tokio::time::timeout;

/// Events that may wait for a slow watcher.
const EVENTS: usize = 64;

pub(crate) fn routes(api: Api) -> Api {
    api.mount::<PutSuite, _, _>(put_suite)
        .mount::<ListSuites, _, _>(list_suites)
        .mount::<StartRun, _, _>(start_run)
        .mount::<ListRuns, _, _>(list_runs)
        .mount::<GetRun, _, _>(get_run)
        .mount::<CompareRuns, _, _>(compare_runs)
}

async fn put_suite(app: App, call: Call<PutSuite>) -> Result<Out<AppliedSuite>, Error> {
    let applied = suites::put(&app.db, &call.context.caller, &call.input).await?;
    let status = if applied.new && !call.input.dry_run { 201 } else { 200 };
    Ok(Out::Status(status, applied))
}

async fn list_suites(app: App, call: Call<ListSuites>) -> Result<Out<Page<SuiteSummary>>, Error> {
    Ok(Out::Body(sql::suites(&app.db, &call.context.caller.team, &call.input).await?))
}

async fn start_run(app: App, call: Call<StartRun>) -> Result<Out<Run>, Error> {
    let caller = &call.context.caller;
    let run = start::start(&app, caller, call.input).await?;
    let Some(patience) = call.context.wait else { return Ok(Out::Body(run)) };
    if let Some(mut events) = app.runs.watch(&run.run_id) {
        // Whether it ended in time or not, the answer is how far it is.
        drop(
            timeout(patience, async { while !matches!(events.recv().await, Err(RecvError::Closed)) {} })
                .await,
        );
    }
    let run = summary::load(&app.db, &caller.team, &run.run_id).await?.run;
    let status = if run.status.is_over() { 200 } else { 202 };
    Ok(Out::Status(status, run))
}

async fn list_runs(app: App, call: Call<ListRuns>) -> Result<Out<Page<Run>>, Error> {
    let team = &call.context.caller.team;
    let page = sql::runs(&app.db, team, &call.input).await?;
    let mut data = Vec::with_capacity(page.data.len());
    for run in page.data {
        data.push(summary::figures(&app.db, run).await?);
    }
    Ok(Out::Body(Page { object: page.object, data, has_more: page.has_more, next: page.next }))
}

async fn get_run(app: App, call: Call<GetRun>) -> Result<Out<RunDetail>, Error> {
    let (team, id) = (&call.context.caller.team, &call.input.run_id);
    let watched = app.runs.watch(id);
    let run = summary::load(&app.db, team, id).await?;
    if !call.context.wants_events {
        return Ok(Out::Body(run));
    }
    let (sender, events) = mpsc::channel(EVENTS);
    tokio::spawn(follow(app, team.clone(), run, watched, sender));
    Ok(Out::Watch(events))
}

/// Tells how far a run is, then what happens, up to its end.
async fn follow(
    app: App,
    team: String,
    run: RunDetail,
    watched: Option<broadcast::Receiver<Event>>,
    sender: mpsc::Sender<Event>,
) {
    let now = &run.run;
    let progress = progress::progress(&now.run_id, now.status, now.cases, now.done, now.passed);
    if sender.send(progress).await.is_err() {
        return;
    }
    let mut told_end = false;
    if let (Some(mut events), false) = (watched, now.status.is_over()) {
        loop {
            let event = match events.recv().await {
                Ok(event) => event,
                Err(RecvError::Lagged(_)) => continue,
                Err(RecvError::Closed) => break,
            };
            told_end |= event.name == "run.finished";
            if sender.send(event).await.is_err() || told_end {
                return;
            }
        }
    }
    if let Ok(event) =
        summary::load(&app.db, &team, &now.run_id).await.and_then(|run| progress::finished(&run))
    {
        // The watcher may have gone.
        drop(sender.send(event).await);
    }
}

async fn compare_runs(app: App, call: Call<CompareRuns>) -> Result<Out<Comparison>, Error> {
    Ok(Out::Body(compare::compare(&app.db, &call.context.caller.team, call.input).await?))
}
