//! `POST /chat`.

use super::events::Events;
use crate::app::App;
use crate::call::{Context, Ending};
use crate::chat::{self, Asked};
use crate::error::{Error, Kind};
use crate::http::mount::{Api, Call, Out};
use crate::http::reply;
use contract::catalogue::Chat;
use contract::wire::chat::ChatAnswer;
use contract::wire::sse::Event;
use futures::FutureExt;
use std::panic::AssertUnwindSafe;
use tokio::sync::mpsc;

/// Events that may wait for a slow client; past that, the model waits.
const EVENTS: usize = 64;

pub(crate) fn routes(api: Api) -> Api {
    api.mount::<Chat, _, _>(chat)
}

async fn chat(app: App, call: Call<Chat>) -> Result<Out<ChatAnswer>, Error> {
    let asked = chat::prepare(&app, &call.context, &call.input).await?;
    let (sender, mut events) = mpsc::channel(EVENTS);
    let context = call.context.clone();
    let left = context.left();
    let work = app.clone().work.spawn(answer(app, call.context, asked, sender));
    if call.input.stream {
        return Ok(Out::Stream(events));
    }
    tokio::select! {
        () = async { while events.recv().await.is_some() {} } => {}
        () = left => {}
    }
    // Nobody listens any longer: work that isn't done by now stops here.
    drop(events);
    Ok(Out::Body(work.await.map_err(Error::internal)??))
}

/// Runs an answer to its one end: `agent.complete`, or `error`, settled either way.
async fn answer(
    app: App,
    context: Context,
    asked: Asked,
    sender: mpsc::Sender<Event>,
) -> Result<ChatAnswer, Error> {
    let events = Events::new(sender, context.trace_id(), app.work.cut_off.clone());
    let result = AssertUnwindSafe(chat::run(&app, &context, asked, &events)).catch_unwind().await;
    let error = match result.unwrap_or_else(|_| Err(Error::internal("a panic"))) {
        Ok(answered) => return Ok(answered.answer),
        Err(error) => error,
    };
    let label = match error.kind {
        Kind::Cancelled => "cancelled",
        _ if error.code == "shutting_down" => "cancelled",
        _ if error.code == "content_filter" => "blocked",
        _ => "failed",
    };
    context.settle(Ending { status: reply::status(error.kind), label }).await?;
    if error.kind != Kind::Cancelled {
        // The client may have left by now.
        drop(events.send("error", reply::error_event(&error, &context.trace_id())).await);
    }
    Err(error)
}
