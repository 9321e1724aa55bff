//! Responses that the next request may go on from: kept for their caller alone, for thirty days.

use super::sql;
use crate::app::App;
use crate::completions::outlet::Governor;
use crate::completions::stream::Encoder;
use crate::error::Error;
use crate::gate::Caller;
use crate::guardrails::Engine;
use crate::providers::{Chunk, Tokens};
use bytes::Bytes;
use contract::agent::Guardrails;
use contract::time::Time;
use futures::FutureExt;
use futures::future::BoxFuture;
use serde_json::{Value, json};
use std::sync::Arc;

/// How long a response is kept, in milliseconds.
const KEPT: i64 = 30 * 24 * 60 * 60 * 1000;

/// Most bytes of a conversation that is kept.
const MOST_BYTES: usize = 8 * 1024 * 1024;

/// What a request says of its conversation.
#[derive(Clone, Copy)]
pub(super) struct Conversation {
    /// Whether its response is kept.
    pub(super) is_stored: bool,
}

/// The items of the conversation that a response ended: what was said to it, and what it said.
///
/// # Errors
/// If there is none of that id for the caller.
pub(super) async fn find(app: &App, caller: &Caller, id: &str) -> Result<Vec<Value>, Error> {
    let found = sql::find(&app.db, caller, id, Time::now().0 - KEPT).await?;
    found.ok_or_else(|| Error {
        param: Some("previous_response_id".into()),
        ..Error::not_found("response", id)
    })
}

/// Keeps a response with what was said to it.
///
/// # Errors
/// If the conversation is too long to keep, or the store fails.
pub(super) async fn keep(
    app: &App,
    caller: &Caller,
    id: &str,
    input: &Value,
    output: Vec<Value>,
) -> Result<(), Error> {
    let mut items = input.as_array().cloned().unwrap_or_default();
    items.extend(output);
    let body = Value::Array(items).to_string();
    if body.len() > MOST_BYTES {
        let message =
            "The conversation is over 8 MiB, too long to keep. Send `store: false`, or begin a new one.";
        return Err(Error::invalid("store", message));
    }
    sql::keep(&app.db, caller, id, &body, Time::now().0, KEPT).await
}

/// An encoder whose response is kept before its end is told, so that the next request finds it.
pub(super) struct Remembering<E> {
    app: App,
    caller: Arc<Caller>,
    input: Value,
    encoder: E,
}

impl<E: Encoder> Remembering<E> {
    pub(super) fn new(app: App, caller: Arc<Caller>, input: Value, encoder: E) -> Self {
        Self { app, caller, input, encoder }
    }
}

impl<E: Encoder> Encoder for Remembering<E> {
    fn begin(&mut self) -> Vec<Bytes> {
        self.encoder.begin()
    }

    fn governor<'a>(&self, engine: &'a Engine, settings: &'a Guardrails) -> Box<dyn Governor + 'a> {
        self.encoder.governor(engine, settings)
    }

    fn chunk(&mut self, chunk: Chunk) -> Vec<Bytes> {
        self.encoder.chunk(chunk)
    }

    fn end(&mut self, tokens: &Tokens) -> Vec<Bytes> {
        self.encoder.end(tokens)
    }

    fn error(&mut self, envelope: Value) -> Vec<Bytes> {
        self.encoder.error(envelope)
    }

    fn output(&self) -> Option<(String, Vec<Value>)> {
        self.encoder.output()
    }

    fn keep(&mut self) -> BoxFuture<'_, Result<(), Error>> {
        let Some((id, output)) = self.encoder.output() else { return futures::future::ready(Ok(())).boxed() };
        let input = std::mem::replace(&mut self.input, json!([]));
        async move { keep(&self.app, &self.caller, &id, &input, output).await }.boxed()
    }
}
