//! Events leave here: numbered from 1, unbuffered, kept alive.

use axum::body::{Body, Bytes};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use contract::wire::sse::{Event, KEEP_ALIVE_SECONDS};
use futures::stream;
use std::convert::Infallible;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::timeout;

/// A `text/event-stream` answer. When the client leaves, the receiver is dropped, and with it the work.
pub(super) fn response(events: mpsc::Receiver<Event>) -> Response {
    streamed(Body::from_stream(stream::unfold((events, 1), next)))
}

/// The same of frames that are written already.
pub(super) fn frames(frames: mpsc::Receiver<Bytes>) -> Response {
    streamed(Body::from_stream(stream::unfold(frames, next_frame)))
}

fn streamed(body: Body) -> Response {
    let headers = [
        (CONTENT_TYPE.as_str(), "text/event-stream"),
        (CACHE_CONTROL.as_str(), "no-cache"),
        ("x-accel-buffering", "no"),
    ];
    (headers, body).into_response()
}

/// Lines of JSON, as they come. When the client leaves, the receiver is dropped, and with it the work.
pub(super) fn lines(lines: mpsc::Receiver<Bytes>) -> Response {
    let lines = stream::unfold(lines, async |mut lines| {
        lines.recv().await.map(|line| (Ok::<_, Infallible>(line), lines))
    });
    ([(CONTENT_TYPE.as_str(), "application/x-ndjson")], Body::from_stream(lines)).into_response()
}

const KEEP_ALIVE: Bytes = Bytes::from_static(b": keep-alive\n\n");

async fn next_frame(
    mut frames: mpsc::Receiver<Bytes>,
) -> Option<(Result<Bytes, Infallible>, mpsc::Receiver<Bytes>)> {
    match timeout(Duration::from_secs(KEEP_ALIVE_SECONDS), frames.recv()).await {
        Ok(frame) => frame.map(|frame| (Ok(frame), frames)),
        Err(_) => Some((Ok(KEEP_ALIVE), frames)),
    }
}

type State = (mpsc::Receiver<Event>, u64);

async fn next((mut events, number): State) -> Option<(Result<Bytes, Infallible>, State)> {
    match timeout(Duration::from_secs(KEEP_ALIVE_SECONDS), events.recv()).await {
        Ok(Some(event)) => Some((Ok(Bytes::from(event.encode(number))), (events, number + 1))),
        Ok(None) => None,
        Err(_) => Some((Ok(KEEP_ALIVE), (events, number))),
    }
}
