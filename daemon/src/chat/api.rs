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
use tokio::sync::mpsc;

/// Events that may wait for a slow client; past that, the model waits.
const EVENTS: usize = 64;

pub(crate) fn routes(api: Api) -> Api {
    api.mount::<Chat, _, _>(chat)
}

async fn chat(app: App, call: Call<Chat>) -> Result<Out<ChatAnswer>, Error> {
    let asked = chat::prepare(&app, &call.context, &call.input).await?;
    let (sender, mut events) = mpsc::channel(EVENTS);
    let work = tokio::spawn(answer(app, call.context, asked, sender));
    if call.input.stream {
        return Ok(Out::Stream(events));
    }
    while events.recv().await.is_some() {}
    Ok(Out::Body(work.await.map_err(Error::internal)??))
}

/// Runs an answer to its one end: `agent.complete`, or `error`, settled either way.
async fn answer(
    app: App,
    context: Context,
    asked: Asked,
    sender: mpsc::Sender<Event>,
) -> Result<ChatAnswer, Error> {
    let events = Events::new(sender, context.trace_id());
    let error = match chat::run(&app, &context, asked, &events).await {
        Ok(answered) => return Ok(answered.answer),
        Err(error) => error,
    };
    let label = match error.kind {
        Kind::Cancelled => "cancelled",
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
