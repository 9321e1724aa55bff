//! A provider that answers each call as the test says, over real HTTP.

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use futures::stream;
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;
use tokio::sync::{Notify, watch};

/// One answer.
#[derive(Clone, Debug)]
pub struct Reply {
    status: u16,
    headers: Vec<(&'static str, String)>,
    steps: Vec<Step>,
}

/// What an answer's body does next.
#[derive(Clone, Debug)]
pub enum Step {
    /// Sends these bytes.
    Send(Vec<u8>),
    /// Waits until the test goes on.
    Wait,
    /// Breaks the connection.
    Break,
}

impl Reply {
    /// A JSON body under a status.
    pub fn json(status: u16, body: &Value) -> Self {
        let headers = vec![("content-type", "application/json".to_owned())];
        Self { status, headers, steps: vec![Step::Send(body.to_string().into_bytes())] }
    }

    /// An event stream of raw bytes.
    pub fn stream(text: impl Into<Vec<u8>>) -> Self {
        let headers = vec![("content-type", "text/event-stream".to_owned())];
        Self { status: 200, headers, steps: vec![Step::Send(text.into())] }
    }

    /// A chat completion of a text.
    pub fn says(text: &str) -> Self {
        Self::json(200, &completion(text))
    }

    /// The same as a stream, a chunk a word, with its usage.
    pub fn streams(text: &str) -> Self {
        let mut events = event(&chunk(json!({"role": "assistant", "content": ""}), None));
        for word in text.split_inclusive(' ') {
            events.push_str(&event(&chunk(json!({"content": word}), None)));
        }
        events.push_str(&event(&chunk(json!({}), Some("stop"))));
        let mut last = chunk(json!({}), None);
        last["choices"] = json!([]);
        last["usage"] = json!({"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18});
        events.push_str(&event(&last));
        Self::stream(events + "data: [DONE]\n\n")
    }

    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    pub fn then(mut self, step: Step) -> Self {
        self.steps.push(step);
        self
    }
}

/// A whole chat completion of a text.
pub fn completion(text: &str) -> Value {
    json!({
        "id": "chatcmpl-1", "object": "chat.completion", "created": 1_700_000_000, "model": "scripted",
        "choices": [{"index": 0, "message": {"role": "assistant", "content": text}, "logprobs": null, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18},
    })
}

/// A chunk of one choice.
pub fn chunk(delta: Value, reason: Option<&str>) -> Value {
    json!({
        "id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1_700_000_000, "model": "scripted",
        "choices": [{"index": 0, "delta": delta, "finish_reason": reason}],
    })
}

/// An event of OpenAI's streams.
pub fn event(data: &Value) -> String {
    format!("data: {data}\n\n")
}

/// A call as it reached the provider.
#[derive(Clone, Debug)]
pub struct Received {
    pub path: String,
    pub headers: HeaderMap,
    pub body: Value,
}

/// A provider with answers for its next calls; the last one is for all after it.
pub struct Scripted {
    /// Its address, without a path.
    pub url: String,
    pub received: Arc<Mutex<Vec<Received>>>,
    /// Lets one answer that waits go on.
    pub go_on: Arc<Notify>,
    /// How many answers were dropped before their end.
    pub dropped: watch::Receiver<usize>,
    script: Arc<Mutex<VecDeque<Reply>>>,
}

#[derive(Clone)]
struct Shared {
    script: Arc<Mutex<VecDeque<Reply>>>,
    received: Arc<Mutex<Vec<Received>>>,
    go_on: Arc<Notify>,
    dropped: Arc<watch::Sender<usize>>,
}

struct Guard {
    has_ended: bool,
    dropped: Arc<watch::Sender<usize>>,
}

impl Drop for Guard {
    fn drop(&mut self) {
        if !self.has_ended {
            self.dropped.send_modify(|count| *count += 1);
        }
    }
}

impl Scripted {
    pub async fn start(replies: Vec<Reply>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (sender, dropped) = watch::channel(0);
        let shared = Shared {
            script: Arc::new(Mutex::new(replies.into())),
            received: Arc::default(),
            go_on: Arc::new(Notify::new()),
            dropped: Arc::new(sender),
        };
        let scripted = Self {
            url,
            received: Arc::clone(&shared.received),
            go_on: Arc::clone(&shared.go_on),
            dropped,
            script: Arc::clone(&shared.script),
        };
        let router = Router::new().fallback(answer).with_state(shared);
        tokio::spawn(async move { axum::serve(listener, router).await });
        scripted
    }

    /// Replaces what is left of the script.
    pub fn next(&self, replies: Vec<Reply>) {
        *self.script.lock().unwrap() = replies.into();
    }

    /// How many calls reached it.
    pub fn calls(&self) -> usize {
        self.received.lock().unwrap().len()
    }

    /// The last call.
    pub fn last(&self) -> Received {
        self.received.lock().unwrap().last().cloned().unwrap()
    }

    /// Settings of a daemon for which it is an OpenAI-compatible provider of a name.
    pub fn provider(&self, name: &str) -> String {
        format!("[providers.{name}]\nbase_url = \"{}/v1\"\n", self.url)
    }
}

async fn answer(State(shared): State<Shared>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let bytes = axum::body::to_bytes(body, 1 << 26).await.unwrap();
    let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
    let path = parts.uri.path_and_query().unwrap().to_string();
    shared.received.lock().unwrap().push(Received { path, headers: parts.headers, body });
    let reply = {
        let mut script = shared.script.lock().unwrap();
        if script.len() > 1 { script.pop_front().unwrap() } else { script.front().cloned().unwrap() }
    };
    let guard = Guard { has_ended: false, dropped: Arc::clone(&shared.dropped) };
    let steps = VecDeque::from(reply.steps);
    let body = stream::unfold((steps, guard, shared.go_on), async |(mut steps, mut guard, go_on)| {
        loop {
            match steps.pop_front() {
                Some(Step::Send(bytes)) => return Some((Ok(Bytes::from(bytes)), (steps, guard, go_on))),
                Some(Step::Wait) => go_on.notified().await,
                Some(Step::Break) => {
                    guard.has_ended = true;
                    return Some((Err(io::Error::other("broken by the test")), (steps, guard, go_on)));
                }
                None => {
                    guard.has_ended = true;
                    return None;
                }
            }
        }
    });
    let mut response = Response::builder().status(StatusCode::from_u16(reply.status).unwrap());
    for (name, value) in reply.headers {
        response = response.header(name, value);
    }
    response.body(Body::from_stream(body)).unwrap()
}
