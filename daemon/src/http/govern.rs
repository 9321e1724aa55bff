//! The one path of a call: gate, input, work, settlement.

use super::idempotency::{self, Claim, Ticket};
use super::listen::Peer;
use super::mount::{Answer, Attempt, Content, Written};
use super::{hub, input, proxy, reply, sse};
use crate::app::App;
use crate::call::{Context, Ending};
use crate::error::Error;
use crate::gate::admit::{self, Admitted, Credentials, Refusal};
use crate::gate::rate::Standing;
use crate::store::StoreError;
use crate::trace::{Parent, Recorder};
use axum::extract::Request;
use axum::http::HeaderMap;
use axum::response::Response;
use contract::endpoint::{Declaration, Media};
use futures::FutureExt;
use futures::future::BoxFuture;
use prometheus_client::metrics::gauge::Gauge;
use serde_json::Value;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{self, Poll, ready};
use std::time::{Duration, Instant};
use tokio::sync::watch;
use tokio_util::task::task_tracker::TaskTrackerToken;

/// How often an act is decided on that others overtake.
const TRIES: usize = 8;

/// A call on its way to its settlement. It runs where it came in; when the client leaves before the answer, the server
/// drops this, and the call goes on by itself: it learns that nobody is `here` any longer.
pub(super) struct Stay {
    call: Option<BoxFuture<'static, Response>>,
    here: Option<watch::Sender<()>>,
    app: App,
    _held: TaskTrackerToken,
    _waiting: Waiting,
}

/// Counts among the calls whose answer has not begun, as long as it lives.
struct Waiting(Gauge);

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.dec();
    }
}

impl Future for Stay {
    type Output = Response;

    fn poll(mut self: Pin<&mut Self>, context: &mut task::Context<'_>) -> Poll<Response> {
        // A call that has ended is polled no more.
        let Some(call) = &mut self.call else { return Poll::Pending };
        let response = ready!(call.as_mut().poll(context));
        self.call = None;
        Poll::Ready(response)
    }
}

impl Drop for Stay {
    fn drop(&mut self) {
        self.here = None;
        if let Some(call) = self.call.take() {
            drop(self.app.work.spawn(call));
        }
    }
}

pub(super) fn stay<W, F>(app: App, declaration: &'static Declaration, request: Request, work: W) -> Stay
where
    W: Fn(App, Context, Value) -> F + Send + 'static,
    F: Future<Output = Result<Answer, Error>> + Send + 'static,
{
    let (here, presence) = watch::channel(());
    let call = govern(app.clone(), declaration, request, work, presence).boxed();
    let waiting = app.metrics.waiting.clone();
    waiting.inc();
    Stay { call: Some(call), here: Some(here), _held: app.work.hold(), _waiting: Waiting(waiting), app }
}

/// Lets the call in, has its work done, and settles it.
async fn govern<W, F>(
    app: App,
    declaration: &'static Declaration,
    request: Request,
    work: W,
    presence: watch::Receiver<()>,
) -> Response
where
    W: Fn(App, Context, Value) -> F + Send,
    F: Future<Output = Result<Answer, Error>> + Send + 'static,
{
    let recorder = Recorder::open_under(declaration.name, app.books.clock.now(), parent(request.headers()));
    if let Err(error) = app.books.check_open() {
        // A call that its row can't follow does nothing, and has none.
        let mut response = reply::error(error, &recorder.trace_id(), declaration.media);
        reply::add_headers(&mut response, &recorder.trace_id(), None);
        return response;
    }
    let (began, credentials) = (Instant::now(), credentials(&app, &request));
    let admitted = admit::admit(&app, &recorder, &credentials, declaration).await;
    recorder.span("gate", began, None);
    let Admitted { caller, standing, slot } = match admitted {
        Ok(admitted) => admitted,
        Err(refusal) => return turn_away(&app, &recorder, refusal, declaration.media).await,
    };
    let (tags, wrong) = match tags(request.headers()) {
        Ok(tags) => (tags, None),
        Err(error) => (Vec::new(), Some(error)),
    };
    let mut context = Context::new(caller, recorder, app.books.clone(), tags);
    context.slot = slot.map(Arc::new);
    context.client = Some(presence);
    let accept = header(request.headers(), "accept").unwrap_or_default();
    context.wants_json = accept.contains("application/json");
    // Who reads either has JSON: generated clients name all that is documented.
    context.wants_events = accept.contains("text/event-stream") && !context.wants_json;
    context.is_fresh = header(request.headers(), "cache-control")
        .is_some_and(|c| c.contains("no-cache") || c.contains("no-store"));
    context.wait = header(request.headers(), "prefer").as_deref().and_then(wait);
    if declaration.media == Media::Scim {
        let peer = request.extensions().get::<Peer>().map(|peer| peer.0);
        context.origin = proxy::origin(&app.proxies, peer, request.headers()).map(Into::into);
    }
    let result = match wrong {
        Some(error) => Ok(Err(error)),
        None => AssertUnwindSafe(perform(&app, declaration, &context, request, work)).catch_unwind().await,
    };
    let result = result.unwrap_or_else(|_| Err(Error::internal("a panic")));
    finish(&context, standing, result, declaration.media).await
}

async fn perform<W, F>(
    app: &App,
    declaration: &'static Declaration,
    context: &Context,
    request: Request,
    work: W,
) -> Result<(Answer, bool), Error>
where
    W: Fn(App, Context, Value) -> F + Send,
    F: Future<Output = Result<Answer, Error>> + Send + 'static,
{
    let key = match declaration.creates() {
        true => idempotency::key(request.headers())?,
        false => None,
    };
    let config = &app.config;
    // Calls to models and documents may hold images.
    let holds_images = matches!(declaration.scope.family(), "completions" | "documents");
    let most = match () {
        () if holds_images => config.max_model_body_bytes,
        () if declaration.is_admin() => config.max_upload_bytes,
        () => config.max_body_bytes,
    };
    let began = Instant::now();
    let input = input::read(app, most, declaration.method, declaration.media, request).await;
    context.recorder.span("body", began, None);
    let (input, upload) = input?;
    let mut context = context.clone();
    context.upload = upload.map(Arc::new);
    let ticket = match &key {
        None => None,
        Some(key) => match idempotency::claim(app, &context.caller, declaration.name, key, &input).await? {
            Claim::Answered(status, body) => return Ok((Answer::Json(status, body), true)),
            Claim::First(ticket) => Some(ticket),
        },
    };
    let (result, is_kept) = accomplish(app, declaration, context, input, work, ticket.as_ref()).await;
    if let Some(ticket) = ticket.filter(|_| !is_kept) {
        ticket.release(&app.db).await?;
    }
    Ok((result?, false))
}

/// Does the work. An act is stored with its call's row, and with the answer that its ticket keeps; where others overtake
/// it, it is decided on anew, as far as its caller still may. Whether the answer is kept.
async fn accomplish<W, F>(
    app: &App,
    declaration: &Declaration,
    mut context: Context,
    mut input: Value,
    work: W,
    ticket: Option<&Ticket>,
) -> (Result<Answer, Error>, bool)
where
    W: Fn(App, Context, Value) -> F + Send,
    F: Future<Output = Result<Answer, Error>> + Send + 'static,
{
    for _ in 0..TRIES {
        let Attempt { mut act, reply, later, input: again } =
            match work(app.clone(), context.clone(), input).await {
                Ok(Answer::Act(attempt)) => *attempt,
                other => return (other, false),
            };
        let status = match &reply {
            Ok((status, _)) => *status,
            Err(error) => reply::status(error.kind),
        };
        if let (Some(ticket), Ok((_, body))) = (ticket, &reply) {
            match ticket.kept(app, status, body) {
                Ok(kept) => act.statements.push(kept),
                Err(error) => return (Err(error), false),
            }
        }
        match context.act(act, Ending { status, label: label(status) }).await {
            Ok(()) => {
                let is_kept = reply.is_ok();
                let reply = match later {
                    Some(later) => later.await,
                    None => reply,
                };
                return (reply.map(|(status, body)| Answer::Json(status, body)), is_kept);
            }
            Err(StoreError::Conflict) => {
                let now = app.books.clock.now().0;
                match admit::still(app, &context.caller, declaration, now).await {
                    Ok(caller) => context.caller = caller,
                    Err(error) => return (Err(error), false),
                }
                input = again;
            }
            Err(error) => return (Err(error.into()), false),
        }
    }
    (Err(StoreError::Conflict.into()), false)
}

/// How a call ended that was answered so.
fn label(status: u16) -> &'static str {
    match status {
        200..=299 => "completed",
        401 | 403 | 429 => "denied",
        499 => "cancelled",
        _ => "failed",
    }
}

async fn finish(
    context: &Context,
    standing: Option<Standing>,
    result: Result<(Answer, bool), Error>,
    media: Media,
) -> Response {
    let trace_id = context.trace_id();
    let is_blocked = result.as_ref().is_err_and(|error| error.code == "content_filter");
    let (mut response, settles) = match result {
        Ok((Answer::Json(status, body), replayed)) if media == Media::Scim => {
            (reply::scim(status, &body, replayed), true)
        }
        Ok((Answer::Json(status, body), replayed)) => (reply::json(status, &body, replayed), true),
        Ok((Answer::Stream(events), _)) => (sse::response(events), false),
        Ok((Answer::Watch(events), _)) => (sse::response(events), true),
        Ok((Answer::Lines(lines), _)) => (sse::lines(lines), true),
        Ok((Answer::Act(_), _)) => {
            (reply::error(Error::internal("an act that was not done"), &trace_id, media), true)
        }
        Ok((Answer::Written(Written { headers, content }), _)) => match content {
            Content::Json(body) | Content::Text(body) => (reply::written(body, &headers), true),
            Content::Frames(frames) => (reply::with(sse::frames(frames), &headers), false),
        },
        Err(error) => (reply::error(error, &trace_id, media), true),
    };
    if settles {
        let status = response.status().as_u16();
        let label = if is_blocked { "blocked" } else { label(status) };
        if let Err(error) = context.settle(Ending { status, label }).await {
            // What isn't logged isn't answered.
            response = reply::error(error, &trace_id, media);
        }
    }
    reply::add_headers(&mut response, &trace_id, standing);
    response
}

pub(super) async fn turn_away(app: &App, recorder: &Recorder, refusal: Refusal, media: Media) -> Response {
    let trace_id = recorder.trace_id();
    let mut response = reply::error(refusal.error, &trace_id, media);
    if let Some(record) = recorder.close() {
        let ending = Ending { status: response.status().as_u16(), label: "denied" };
        if let Err(error) = app.books.write(record, refusal.caller.as_ref(), ending, Vec::new()).await {
            response = reply::error(error, &trace_id, media);
        }
    }
    reply::add_headers(&mut response, &trace_id, refusal.standing);
    response
}

/// What a request shows at the gate.
pub(super) fn credentials(app: &App, request: &Request) -> Credentials {
    let headers = request.headers();
    let users = headers.get_all("x-user-email").iter();
    let peer = request.extensions().get::<Peer>().map(|peer| peer.0);
    Credentials {
        authorization: header(headers, "authorization"),
        users: users.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()).collect(),
        assertion: header(headers, "x-user-assertion"),
        hub: hub::cookie(headers).map(|secret| (secret, hub::guard(headers).unwrap_or_default())),
        address: peer.map(|peer| proxy::client(&app.proxies, peer, headers)),
    }
}

/// Most tags of a call, and the longest, in bytes.
const MOST_TAGS: usize = 16;
const LONGEST_TAG: usize = 100;

/// The tags of `X-Katonic-Tags`, comma-separated.
///
/// # Errors
/// If there are too many, or one is too long or unreadable: budgets count by them, so none is left out.
fn tags(headers: &HeaderMap) -> Result<Vec<String>, Error> {
    let wrong = |what: String| Err(Error::invalid("X-Katonic-Tags", what));
    let mut tags = Vec::new();
    for value in headers.get_all("x-katonic-tags") {
        let Ok(text) = value.to_str() else { return wrong("A tag has ASCII characters only.".into()) };
        tags.extend(text.split(',').map(str::trim).filter(|tag| !tag.is_empty()).map(str::to_owned));
    }
    if tags.len() > MOST_TAGS {
        return wrong(format!("A call has {MOST_TAGS} tags at most, not {}.", tags.len()));
    }
    if tags.iter().any(|tag| tag.len() > LONGEST_TAG) {
        return wrong(format!("A tag has {LONGEST_TAG} characters at most."));
    }
    Ok(tags)
}

/// The client's span, of one `traceparent` and any number of `tracestate`s, which are one list (W3C Trace Context, 3.3.1).
fn parent(headers: &HeaderMap) -> Option<Parent> {
    let parent = headers.get("traceparent")?.to_str().ok()?;
    let state = headers.get_all("tracestate").iter().filter_map(|value| value.to_str().ok());
    let state = state.collect::<Vec<_>>().join(",");
    Parent::read(parent, Some(&state).filter(|state| !state.is_empty()).map(String::as_str))
}

fn header(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
}

/// The seconds of `Prefer: wait=N` (RFC 7240, section 4.3), ten minutes at most.
fn wait(prefer: &str) -> Option<Duration> {
    let seconds = prefer.split([',', ';']).find_map(|part| part.trim().strip_prefix("wait="))?;
    Some(Duration::from_secs(seconds.trim().parse::<u64>().ok()?.min(600)))
}
