//! One attempt at one provider: the request out, the answer in, whole or in pieces.

use super::failure::{Failure, Fault};
use super::flavours::{Call, Chunk, Flavour, Problem, Reader, from_whole};
use super::framing::Framer;
use super::upstream::Upstream;
use crate::config::Timeouts;
use crate::error::Error;
use crate::trace::Onward;
use contract::time::Time;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::{Body, Client, Method, Request, Response};
use secrecy::SecretString;
use serde_json::Value;
use std::collections::VecDeque;
use std::time::Duration;
use tokio::time::{Instant, timeout, timeout_at};

/// Most bytes of a whole answer.
const MOST_BYTES: usize = 64 * 1024 * 1024;

/// Most bytes of an error's body that are read.
const MOST_ERROR_BYTES: usize = 64 * 1024;

/// How long one attempt may take.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Patience {
    first_byte: Duration,
    idle: Duration,
    /// When everything must have ended.
    pub(crate) deadline: Instant,
}

impl Patience {
    /// From now on.
    pub(crate) fn new(timeouts: &Timeouts) -> Self {
        Self {
            first_byte: Duration::from_secs_f64(timeouts.first_byte_seconds.max(0.001)),
            idle: Duration::from_secs_f64(timeouts.idle_seconds.max(0.001)),
            deadline: Instant::now() + Duration::from_secs_f64(timeouts.total_seconds.max(0.001)),
        }
    }
}

/// A provider's answer, in OpenAI's shape.
pub(crate) enum Reply {
    /// The whole of it.
    Whole(Value),
    /// Its pieces; dropping them closes the connection.
    Stream(Box<Pieces>),
}

/// Why there is no reply.
pub(crate) enum Stop {
    /// This attempt failed; another may do better.
    Failure(Failure),
    /// The call can't be said in the provider's flavour.
    Error(Error),
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

/// Whom to ask, with what beside the call.
#[derive(Clone, Copy)]
pub(crate) struct Errand<'a> {
    pub(crate) upstream: &'a Upstream,
    pub(crate) key: Option<&'a SecretString>,
    pub(crate) trace: Option<Onward<'a>>,
}

impl Stop {
    /// The same without what the provider may have said of its key.
    fn without_secrets(self, key: Option<&SecretString>) -> Self {
        match self {
            Self::Failure(failure) => Self::Failure(failure.without_secrets(key)),
            error => error,
        }
    }
}

/// Asks a provider once. Of a stream, everything up to the first content has come: what fails before may be tried again
/// elsewhere.
///
/// # Errors
/// If the attempt fails, or the flavour can't say what is asked.
pub(crate) async fn ask(
    client: &Client,
    errand: Errand<'_>,
    call: &Call<'_>,
    patience: Patience,
) -> Result<Reply, Stop> {
    attempt(client, errand, call, patience).await.map_err(|stop| stop.without_secrets(errand.key))
}

async fn attempt(
    client: &Client,
    errand: Errand<'_>,
    call: &Call<'_>,
    patience: Patience,
) -> Result<Reply, Stop> {
    let upstream = errand.upstream;
    let request = request(client, errand, call).await?;
    let first_byte = patience.deadline.min(Instant::now() + patience.first_byte);
    let response = timeout_at(first_byte, client.execute(request)).await.map_err(|_| no_first_byte())?;
    let response = response.map_err(|error| unreachable(&error))?;
    if !response.status().is_success() {
        return Err(refused(upstream.flavour, response).await.into());
    }
    let is_json = response
        .headers()
        .get(CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"));
    if !call.stream || is_json {
        let answer = whole(upstream.flavour, call, response, patience).await?;
        if !call.stream {
            return Ok(Reply::Whole(answer));
        }
        return Ok(Reply::Stream(Box::new(Pieces::ready(from_whole(answer), patience))));
    }
    let mut pieces = Box::new(Pieces {
        source: Some(Source {
            response,
            framer: Framer::new(upstream.flavour.framing()),
            reader: upstream.flavour.reader(call),
        }),
        ready: VecDeque::new(),
        failed: None,
        patience,
        key: errand.key.cloned(),
    });
    pieces.begin().await?;
    Ok(Reply::Stream(pieces))
}

async fn request(client: &Client, errand: Errand<'_>, call: &Call<'_>) -> Result<Request, Stop> {
    let Errand { upstream, key, trace } = errand;
    let outgoing = upstream.flavour.outgoing(call).map_err(Stop::Error)?;
    let url = upstream.url(&outgoing.path);
    let url = url.ok_or_else(|| Failure::silent(Fault::Failed, "its address is no URL"))?;
    let mut request = Request::new(Method::POST, url);
    let headers = request.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    for (name, value) in &outgoing.headers {
        headers.insert(*name, HeaderValue::from_static(value));
    }
    let state = trace.and_then(|trace| trace.state).map(str::as_bytes);
    let parent = trace.as_ref().map(|trace| trace.parent.as_slice());
    for (name, value) in [("traceparent", parent), ("tracestate", state)] {
        if let Some(value) = value.and_then(|value| HeaderValue::from_bytes(value).ok()) {
            headers.insert(name, value);
        }
    }
    headers.extend(upstream.headers.clone());
    *request.body_mut() = Some(Body::from(outgoing.body));
    upstream.auth.apply(client, &mut request, key).await.map_err(Failure::of_problem)?;
    Ok(request)
}

fn no_first_byte() -> Failure {
    Failure::silent(Fault::TimedOut, "its first byte did not come in time")
}

fn unreachable(error: &reqwest::Error) -> Failure {
    if error.is_timeout() {
        return Failure::silent(Fault::TimedOut, "it took too long to connect");
    }
    let what = if error.is_connect() { "it can't be reached" } else { "the connection broke" };
    Failure::silent(Fault::Failed, what)
}

async fn refused(flavour: &dyn Flavour, response: Response) -> Failure {
    let status = response.status().as_u16();
    let retry_after = retry_after(response.headers());
    let body = tokio::time::timeout(Duration::from_secs(5), read(response, MOST_ERROR_BYTES)).await;
    let body = body.ok().and_then(Result::ok).unwrap_or_default();
    let problem = match serde_json::from_slice::<Value>(&body) {
        Ok(body) => flavour.problem(&body),
        Err(_) => Problem::default(),
    };
    // Some say by a 400 or 429 what others say by another status.
    let status = match problem.code.as_deref() {
        Some("model_not_found") => 404,
        _ => status,
    };
    Failure::of_status(status, problem, retry_after)
}

/// `retry-after-ms`, or `Retry-After` in seconds or as a date (RFC 9110, section 10.2.3).
pub(crate) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    if let Some(milliseconds) = text("retry-after-ms").and_then(|text| text.parse::<f64>().ok()) {
        return Duration::try_from_secs_f64(milliseconds / 1000.0).ok();
    }
    let text = text("retry-after")?;
    if let Ok(seconds) = text.parse::<f64>() {
        return Duration::try_from_secs_f64(seconds).ok();
    }
    let date = jiff::fmt::rfc2822::parse(text).ok()?;
    let wait = date.timestamp().as_millisecond() - Time::now().0;
    u64::try_from(wait).ok().map(Duration::from_millis)
}

async fn read(mut response: Response, most: usize) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|_| broken())? {
        if bytes.len() + chunk.len() > most {
            return Err(Failure::silent(Fault::Failed, "its answer is too large"));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

fn broken() -> Failure {
    Failure::silent(Fault::Failed, "its answer broke off")
}

async fn whole(
    flavour: &dyn Flavour,
    call: &Call<'_>,
    response: Response,
    patience: Patience,
) -> Result<Value, Failure> {
    let bytes = timeout_at(patience.deadline, read(response, MOST_BYTES)).await;
    let bytes = bytes.map_err(|_| Failure::silent(Fault::TimedOut, "its answer took too long"))??;
    let answer: Value = serde_json::from_slice(&bytes)
        .map_err(|_| Failure::of_problem(Problem::garbled("it is not JSON")))?;
    if answer.get("error").is_some_and(|error| !error.is_null()) && answer.get("object").is_none() {
        let mut problem = flavour.problem(&answer);
        problem.status = problem.code.as_deref().and_then(|code| code.parse().ok());
        return Err(Failure::of_problem(problem));
    }
    flavour.answer(call, answer).map_err(Failure::of_problem)
}

/// The pieces of a streamed answer.
pub(crate) struct Pieces {
    source: Option<Source>,
    ready: VecDeque<Chunk>,
    /// What went wrong after all that is ready.
    failed: Option<Failure>,
    patience: Patience,
    /// The key that the provider was shown.
    key: Option<SecretString>,
}

struct Source {
    response: Response,
    framer: Framer,
    reader: Box<dyn Reader>,
}

impl Pieces {
    fn ready(chunks: Vec<Chunk>, patience: Patience) -> Self {
        Self { source: None, ready: chunks.into(), failed: None, patience, key: None }
    }

    /// The next piece; none at the end. An answer that stops without its end is a failure, never a clean end.
    ///
    /// # Errors
    /// If the provider fails, breaks off, or is silent for too long.
    pub(crate) async fn next(&mut self) -> Result<Option<Chunk>, Failure> {
        loop {
            if let Some(chunk) = self.ready.pop_front() {
                return Ok(Some(chunk));
            }
            if let Some(failure) = self.failed.take() {
                self.source = None;
                return Err(failure.without_secrets(self.key.as_ref()));
            }
            let Some(source) = &mut self.source else { return Ok(None) };
            let wait =
                self.patience.idle.min(self.patience.deadline.saturating_duration_since(Instant::now()));
            match timeout(wait, source.advance(&mut self.ready)).await {
                Ok(Ok(false)) => {}
                Ok(Ok(true)) => self.source = None,
                Ok(Err(failure)) => self.failed = Some(failure),
                Err(_) => {
                    self.failed = Some(Failure::silent(Fault::TimedOut, "it fell silent within its answer"));
                }
            }
        }
    }

    /// Holds what comes until there is content: a provider that fails after an empty prologue has not begun.
    async fn begin(&mut self) -> Result<(), Failure> {
        let mut held = VecDeque::new();
        while let Some(chunk) = self.next().await? {
            let begun = chunk.has_content();
            held.push_back(chunk);
            if begun {
                break;
            }
        }
        held.append(&mut self.ready);
        self.ready = held;
        Ok(())
    }
}

impl Source {
    /// Reads on until there is a chunk or the end; true at the end.
    async fn advance(&mut self, ready: &mut VecDeque<Chunk>) -> Result<bool, Failure> {
        loop {
            let bytes = self.response.chunk().await.map_err(|_| broken())?;
            let frames = match &bytes {
                Some(bytes) => {
                    self.framer.push(bytes);
                    self.read(ready)
                }
                None => self.read(ready).and_then(|()| self.read_last(ready)),
            };
            frames.map_err(Failure::of_problem)?;
            if bytes.is_none() {
                return if self.reader.is_whole() { Ok(true) } else { Err(broken()) };
            }
            if !ready.is_empty() {
                return Ok(false);
            }
        }
    }

    fn read(&mut self, ready: &mut VecDeque<Chunk>) -> Result<(), Problem> {
        while let Some(frame) = self.framer.next()? {
            ready.extend(self.reader.read(frame)?);
        }
        Ok(())
    }

    fn read_last(&mut self, ready: &mut VecDeque<Chunk>) -> Result<(), Problem> {
        if let Some(frame) = self.framer.finish()? {
            ready.extend(self.reader.read(frame)?);
        }
        Ok(())
    }
}
