//! The evaluation endpoints.

use super::progress::Note;
use super::{compare, sql, start, suites, summary, visible};
use crate::act::Act;
use crate::app::App;
use crate::error::Error;
use crate::gate::Caller;
use crate::http::mount::{Api, Call, Out};
use contract::catalogue::{CompareRuns, GetRun, ListRuns, ListSuites, PutSuite, StartRun};
use contract::wire::evaluations::{AppliedSuite, CaseResult, Comparison, Run, RunDetail, SuiteSummary};
use contract::wire::events::RunProgress;
use contract::wire::page::Page;
use contract::wire::sse::Event;
use serde::Serialize;
use std::sync::Arc;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{broadcast, mpsc};
use tokio::time::sleep;

/// Events that may wait for a slow watcher.
const EVENTS: usize = 64;

pub(crate) fn routes(api: Api) -> Api {
    api.act::<PutSuite, _, _>(put_suite)
        .mount::<ListSuites, _, _>(list_suites)
        .act::<StartRun, _, _>(start_run)
        .mount::<ListRuns, _, _>(list_runs)
        .mount::<GetRun, _, _>(get_run)
        .mount::<CompareRuns, _, _>(compare_runs)
}

async fn put_suite(app: App, call: Call<PutSuite>) -> Result<Act<Out<AppliedSuite>>, Error> {
    let act = suites::put(&app, &call.context.caller, &call.input).await?;
    let is_dry = call.input.dry_run;
    Ok(act.map(|applied| Out::Status(if applied.new && !is_dry { 201 } else { 200 }, applied)))
}

async fn list_suites(app: App, call: Call<ListSuites>) -> Result<Out<Page<SuiteSummary>>, Error> {
    Ok(Out::Body(sql::suites(&app.db, &call.context.caller.team, &call.input).await?))
}

async fn start_run(app: App, call: Call<StartRun>) -> Result<Act<Out<Run>>, Error> {
    let caller = Arc::clone(&call.context.caller);
    let act = start::start(&app, &caller, call.input).await?;
    let Some(patience) = call.context.wait else { return Ok(act.map(Out::Body)) };
    let id = act.answer.run_id.clone();
    let slot = call.context.slot.clone();
    let later = async move {
        if let Some(slot) = slot {
            slot.free();
        }
        if let Some(mut notes) = app.runs.watch(&id) {
            let over = async { while !matches!(notes.recv().await, Err(RecvError::Closed)) {} };
            tokio::select! {
                () = over => {}
                () = sleep(patience) => {}
                () = app.work.draining.cancelled() => {}
            }
        }
        let run = summary::load(&app.db, &caller.team, &id).await?.run;
        Ok((if run.status.is_over() { 200 } else { 202 }, run))
    };
    Ok(act.map(|run| Out::Begun(202, run, Box::pin(later))))
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
    let (caller, id) = (Arc::clone(&call.context.caller), &call.input.run_id);
    let watched = app.runs.watch(id);
    let run = shown(&app, &caller, id).await?;
    if !call.context.wants_events {
        return Ok(Out::Body(run));
    }
    let (sender, events) = mpsc::channel(EVENTS);
    app.clone().work.spawn(async move {
        // The watcher may have gone, or the daemon stops: there is nobody left to tell.
        drop(follow(app, &caller, run, watched, &sender).await);
    });
    Ok(Out::Watch(events))
}

/// A run as a caller may see it.
async fn shown(app: &App, caller: &Caller, id: &str) -> Result<RunDetail, Error> {
    let mut run = summary::load(&app.db, &caller.team, id).await?;
    run.data = run.data.into_iter().map(|case| visible::case(caller, case)).collect();
    Ok(run)
}

/// Tells how far a run is, then what happens, up to its end.
async fn follow(
    app: App,
    caller: &Caller,
    run: RunDetail,
    watched: Option<broadcast::Receiver<Note>>,
    sender: &mpsc::Sender<Event>,
) -> Result<(), Error> {
    let id = run.run.run_id.clone();
    send(sender, "run.progress", &RunProgress::of(&run.run)).await?;
    if let (Some(mut notes), false) = (watched, run.run.status.is_over()) {
        loop {
            let note = tokio::select! {
                note = notes.recv() => note,
                () = sender.closed() => return Ok(()),
                () = app.work.draining.cancelled() => return Ok(()),
            };
            match note {
                Ok(Note::Case(case)) => {
                    let case = visible::case(caller, CaseResult::clone(&case));
                    send(sender, "case.finished", &case).await?;
                }
                Ok(Note::Progress(progress)) => send(sender, "run.progress", &progress).await?,
                Err(RecvError::Lagged(_)) => {}
                Ok(Note::Over) | Err(RecvError::Closed) => break,
            }
        }
    }
    send(sender, "run.finished", &shown(&app, caller, &id).await?).await
}

async fn send(sender: &mpsc::Sender<Event>, name: &'static str, data: &impl Serialize) -> Result<(), Error> {
    let event = Event { name, data: serde_json::to_value(data)? };
    sender.send(event).await.map_err(|_| Error::internal("the watcher has left"))
}

async fn compare_runs(app: App, call: Call<CompareRuns>) -> Result<Out<Comparison>, Error> {
    Ok(Out::Body(compare::compare(&app.db, &call.context.caller.team, call.input).await?))
}
