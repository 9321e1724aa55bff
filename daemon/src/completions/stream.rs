//! A streamed answer on its way to the client: metered, governed, and ended well however it ends.

use super::cache::Ticket;
use super::meter::Meter;
use super::outlet::{Governor, Outlet};
use crate::app::App;
use crate::call::{Context, Ending};
use crate::error::{Error, Kind};
use crate::guardrails::{Engine, Phase};
use crate::http::reply;
use crate::providers::{Chunk, Pieces, Tokens, told};
use bytes::Bytes;
use contract::agent::Guardrails;
use futures::FutureExt;
use futures::future::BoxFuture;
use serde_json::{Value, json};
use std::panic::AssertUnwindSafe;
use tokio::sync::mpsc;

/// Frames that may wait for a slow client; past that, the provider waits.
const FRAMES: usize = 64;

/// How the chunks of an answer are written for the client.
pub(super) trait Encoder: Send {
    /// What comes before anything else.
    fn begin(&mut self) -> Vec<Bytes> {
        Vec::new()
    }

    /// What governs the answer before it is written.
    fn governor<'a>(&self, engine: &'a Engine, settings: &'a Guardrails) -> Box<dyn Governor + 'a> {
        Box::new(Outlet::new(engine, settings))
    }

    /// A chunk that says something.
    fn chunk(&mut self, chunk: Chunk) -> Vec<Bytes>;

    /// The end of an answer that used so much.
    fn end(&mut self, tokens: &Tokens) -> Vec<Bytes>;

    /// The end of an answer that failed: its envelope.
    fn error(&mut self, envelope: Value) -> Vec<Bytes>;

    /// The id and the items of an answer that can be gone on from, once it has ended.
    fn output(&self) -> Option<(String, Vec<Value>)> {
        None
    }

    /// Keeps such an answer, before its end is told.
    fn keep(&mut self) -> BoxFuture<'_, Result<(), Error>> {
        futures::future::ready(Ok(())).boxed()
    }
}

/// `chat.completion.chunk` events, as OpenAI sends them.
pub(super) struct Chunks {
    /// Whether the last chunk tells what was used.
    wants_usage: bool,
    /// What the answer's chunks repeat, for one that tells it.
    frame: Value,
}

impl Chunks {
    pub(super) fn new(wants_usage: bool) -> Self {
        Self { wants_usage, frame: Value::Null }
    }
}

impl Encoder for Chunks {
    fn chunk(&mut self, mut chunk: Chunk) -> Vec<Bytes> {
        if self.wants_usage && self.frame.is_null() {
            self.frame = chunk.value.clone();
        }
        let has_usage = chunk.value.get("usage").is_some_and(|usage| !usage.is_null());
        let is_empty = chunk.value.get("choices").and_then(Value::as_array).is_some_and(Vec::is_empty);
        // What was used is told at the end, once, and only to who asked.
        if has_usage && is_empty {
            return Vec::new();
        }
        if has_usage && let Value::Object(fields) = &mut chunk.value {
            fields.shift_remove("usage");
            chunk.raw = None;
        }
        vec![data(&chunk.raw.unwrap_or_else(|| chunk.value.to_string()))]
    }

    fn end(&mut self, tokens: &Tokens) -> Vec<Bytes> {
        let done = Bytes::from_static(b"data: [DONE]\n\n");
        if !self.wants_usage {
            return vec![done];
        }
        let mut last = std::mem::take(&mut self.frame);
        last["choices"] = json!([]);
        last["usage"] = usage(tokens);
        vec![data(&last.to_string()), done]
    }

    fn error(&mut self, envelope: Value) -> Vec<Bytes> {
        vec![data(&envelope.to_string())]
    }
}

/// A frame of an event without a name.
pub(super) fn data(text: &str) -> Bytes {
    // An event's data is lines; JSON has none, unless somebody wrote it so.
    let lines = text
        .lines()
        .fold(String::with_capacity(text.len() + 8), |frame, line| frame + "data: " + line + "\n");
    Bytes::from(lines + "\n")
}

/// OpenAI's `usage` of a chat completion.
pub(super) fn usage(tokens: &Tokens) -> Value {
    let mut usage = json!({
        "prompt_tokens": tokens.input,
        "completion_tokens": tokens.output,
        "total_tokens": tokens.input + tokens.output,
        "prompt_tokens_details": {"cached_tokens": tokens.cached},
        "completion_tokens_details": {"reasoning_tokens": tokens.reasoning},
    });
    if tokens.is_estimated {
        usage["estimated"] = true.into();
    }
    usage
}

/// Begins to send an answer; it settles itself when it ends.
pub(super) fn begin(
    app: &App,
    context: Context,
    meter: Meter,
    pieces: Box<Pieces>,
    encoder: Box<dyn Encoder>,
    ticket: Option<Ticket>,
) -> mpsc::Receiver<Bytes> {
    let (sender, frames) = mpsc::channel(FRAMES);
    let streaming = Streaming {
        app: app.clone(),
        context,
        meter,
        encoder,
        sender,
        kept: ticket.map(|t| (t, Vec::new())),
    };
    drop(app.work.spawn(streaming.run(pieces)));
    frames
}

struct Streaming {
    app: App,
    context: Context,
    meter: Meter,
    encoder: Box<dyn Encoder>,
    sender: mpsc::Sender<Bytes>,
    /// What is sent, where the cache may keep it.
    kept: Option<(Ticket, Vec<Bytes>)>,
}

impl Streaming {
    async fn run(mut self, pieces: Box<Pieces>) {
        let result = AssertUnwindSafe(self.relay(pieces)).catch_unwind().await;
        let result = result.unwrap_or_else(|_| Err(Error::internal("a panic")));
        self.context.recorder.model_ended(result.as_ref().err().map(|error| error.code));
        let (ending, error) = match result {
            Ok(false) => (Ending { status: 200, label: "completed" }, None),
            Ok(true) => (Ending { status: 200, label: "blocked" }, None),
            Err(error) => {
                let is_cancelled = error.kind == Kind::Cancelled || error.code == "shutting_down";
                let label = if is_cancelled { "cancelled" } else { "failed" };
                (Ending { status: reply::status(error.kind), label }, Some(error))
            }
        };
        let settled = self.meter.settle(&self.context, ending).await;
        let last = match (error, settled) {
            (Some(error), _) if error.kind == Kind::Cancelled => return,
            (Some(error), _) | (None, Err(error)) => {
                self.encoder.error(reply::error_event(&error, &self.context.trace_id()))
            }
            (None, Ok(tokens)) => {
                let last = self.encoder.end(&tokens);
                match self.encoder.keep().await {
                    Ok(()) => last,
                    Err(error) => self.encoder.error(reply::error_event(&error, &self.context.trace_id())),
                }
            }
        };
        let sent = self.send(last).await;
        if let (Some((ticket, frames)), "completed", Ok(())) = (self.kept.take(), ending.label, sent) {
            ticket.keep_frames(&self.app, self.meter.target(), &frames);
        }
    }

    /// Sends what comes until the end; whether a rail stopped it.
    async fn relay(&mut self, mut pieces: Box<Pieces>) -> Result<bool, Error> {
        let app = self.app.clone();
        let settings = app.rail_policy.completions();
        let mut outlet = app.config.completions.rails.then(|| self.encoder.governor(&app.rails, &settings));
        let first = self.encoder.begin();
        self.send(first).await?;
        loop {
            let chunk = tokio::select! {
                chunk = pieces.next() => chunk,
                () = self.sender.closed() => return Err(left()),
                () = app.work.cut_off.cancelled() => return Err(stopping()),
            };
            let tried = || format!("The provider {}", self.meter.target().upstream.name);
            let Some(chunk) = chunk.map_err(|failure| told(failure.into_error(&tried())))? else { break };
            self.meter.note(&chunk.value);
            let leaving = match &mut outlet {
                Some(outlet) => outlet.push(chunk),
                None => vec![chunk],
            };
            self.send_chunks(leaving).await?;
            if outlet.as_ref().is_some_and(|outlet| outlet.blocked().is_some()) {
                break;
            }
        }
        // Dropping the pieces closes the connection to the provider.
        drop(pieces);
        let Some(mut outlet) = outlet else { return Ok(false) };
        let (last, report) = outlet.finish();
        self.send_chunks(last).await?;
        if let Some(report) = report {
            report.record(&self.context.recorder, Phase::Output);
        }
        Ok(outlet.blocked().is_some())
    }

    async fn send_chunks(&mut self, chunks: Vec<Chunk>) -> Result<(), Error> {
        for chunk in chunks {
            self.meter.first_text(&self.context);
            self.meter.note_left(&chunk.value);
            let frames = self.encoder.chunk(chunk);
            self.send(frames).await?;
        }
        Ok(())
    }

    async fn send(&mut self, frames: Vec<Bytes>) -> Result<(), Error> {
        for frame in frames {
            if let Some((_, kept)) = &mut self.kept {
                kept.push(frame.clone());
            }
            self.sender.send(frame).await.map_err(|_| left())?;
        }
        Ok(())
    }
}

pub(super) fn left() -> Error {
    Error::new(Kind::Cancelled, "client_left", "The client left before the answer ended.")
}

fn stopping() -> Error {
    Error::new(Kind::Unavailable, "shutting_down", "The daemon stops. Ask again when it is back.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usage_is_told_once_and_only_to_who_asked() {
        let said = json!({"id": "c", "choices": [{"index": 0, "delta": {"content": "a"}}], "usage": {"prompt_tokens": 1}});
        let last = json!({"id": "c", "choices": [], "usage": {"prompt_tokens": 1}});
        let tokens = Tokens { input: 1, output: 2, ..Tokens::default() };
        for wants_usage in [false, true] {
            let mut encoder = Chunks::new(wants_usage);
            let mut frames = encoder.chunk(Chunk::from(said.clone()));
            frames.extend(encoder.chunk(Chunk::from(last.clone())));
            frames.extend(encoder.end(&tokens));
            let text = String::from_utf8(frames.concat()).unwrap();
            assert_eq!(text.matches("usage").count(), usize::from(wants_usage), "{text}");
            assert!(text.ends_with("data: [DONE]\n\n"), "{text}");
        }
    }

    #[test]
    fn data_of_several_lines_stays_one_event() {
        assert_eq!(data("{\n\"a\": 1}"), "data: {\ndata: \"a\": 1}\n\n");
    }
}
