//! An answer to its one end, whoever asked.

use super::events::Events;
use super::{Asked, run};
use crate::app::App;
use crate::call::{Context, Ending};
use crate::error::{Error, Kind};
use crate::http::reply;
use contract::wire::chat::ChatAnswer;
use contract::wire::sse::Event;
use futures::FutureExt;
use std::panic::AssertUnwindSafe;
use tokio::sync::mpsc;

/// Runs an answer to its one end: `agent.complete`, or `error`, settled either way.
pub(crate) async fn answer(
    app: App,
    context: Context,
    asked: Asked,
    sender: mpsc::Sender<Event>,
) -> Result<ChatAnswer, Error> {
    let events = Events::new(sender, context.trace_id(), app.work.cut_off.clone());
    let result = AssertUnwindSafe(run(&app, &context, asked, &events)).catch_unwind().await;
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
