//! The endpoints of prompt optimisation.

use super::engine::Note;
use super::{apply, sql, start, view};
use crate::act::Act;
use crate::app::App;
use crate::error::Error;
use crate::http::mount::{Api, Call, Out};
use contract::catalogue::{ApplyOptimisation, GetOptimisation, OptimisePrompt};
use contract::wire::prompts::{AppliedOptimisation, Optimisation};
use contract::wire::sse::Event;
use serde::Serialize;
use std::sync::Arc;
use tokio::sync::broadcast::{self, error::RecvError};
use tokio::sync::mpsc;

/// Events that may wait for a slow watcher.
const EVENTS: usize = 64;

pub(crate) fn routes(api: Api) -> Api {
    api.act::<OptimisePrompt, _, _>(optimise)
        .mount::<GetOptimisation, _, _>(get)
        .act::<ApplyOptimisation, _, _>(apply)
}

async fn optimise(app: App, call: Call<OptimisePrompt>) -> Result<Act<Out<Optimisation>>, Error> {
    Ok(start::start(&app, &call.context.caller, call.input).await?.map(Out::Body))
}

async fn get(app: App, call: Call<GetOptimisation>) -> Result<Out<Optimisation>, Error> {
    let (caller, id) = (&call.context.caller, call.input.optimisation_id);
    let team = caller.team.clone();
    let watched = app.optimisations.watch(&id);
    let found = sql::within_reach(&app.db, caller, &id).await?.shown;
    if !call.context.wants_events {
        return Ok(Out::Body(found));
    }
    let (sender, events) = mpsc::channel(EVENTS);
    app.clone().work.spawn(async move {
        // The watcher may have gone, or the daemon stops: there is nobody left to tell.
        drop(follow(&app, &team, found, watched, &sender).await);
    });
    Ok(Out::Watch(events))
}

/// Tells how far an optimisation is, then what happens, up to its end.
async fn follow(
    app: &App,
    team: &str,
    found: Optimisation,
    watched: Option<broadcast::Receiver<Note>>,
    sender: &mpsc::Sender<Event>,
) -> Result<(), Error> {
    send(sender, "optimisation.progress", &view::progress(&found)).await?;
    if let (Some(mut notes), false) = (watched, found.status.is_over()) {
        loop {
            let note = tokio::select! {
                note = notes.recv() => note,
                () = sender.closed() => return Ok(()),
                () = app.work.draining.cancelled() => return Ok(()),
            };
            match note {
                Ok(Note::Progress(progress)) => send(sender, "optimisation.progress", &*progress).await?,
                Err(RecvError::Lagged(_)) => {}
                Ok(Note::Over) | Err(RecvError::Closed) => break,
            }
        }
    }
    let ended = sql::of_team(&app.db, team, &found.optimisation_id).await?.shown;
    send(sender, "optimisation.finished", &ended).await
}

async fn send(sender: &mpsc::Sender<Event>, name: &'static str, data: &impl Serialize) -> Result<(), Error> {
    let event = Event { name, data: serde_json::to_value(data)? };
    sender.send(event).await.map_err(|_| Error::internal("the watcher has left"))
}

async fn apply(app: App, call: Call<ApplyOptimisation>) -> Result<Act<Out<AppliedOptimisation>>, Error> {
    let caller = Arc::clone(&call.context.caller);
    Ok(apply::apply(&app, &caller, call.input).await?.map(Out::Body))
}
