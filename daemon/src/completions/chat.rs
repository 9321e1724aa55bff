//! `chat/completions` of a model: the request read, the rails, the model, the rails again.

use super::api::{flag, required};
use super::cache::Ticket;
use super::meter::Meter;
use super::{names, outlet, rails, stream};
use crate::app::App;
use crate::call::{Context, Ending};
use crate::error::{Error, Kind};
use crate::guardrails::Phase;
use crate::http::mount::{Content, Written};
use crate::providers::{Answered, Ask, Operation, Plan, Reply, told};
use crate::trace::{Asked, Settings};
use serde_json::{Map, Value};
use std::time::Instant;

/// A request for a chat completion.
pub(super) struct Request {
    /// The name that was asked for.
    pub(super) model: String,
    /// The request as it came.
    pub(super) body: Map<String, Value>,
    pub(super) stream: bool,
    /// Whether the stream's last chunk tells what was used.
    pub(super) wants_usage: bool,
}

impl Request {
    /// Reads what the daemon must know; all else is the model's affair.
    ///
    /// # Errors
    /// If that is missing or malformed.
    pub(super) fn read(body: Map<String, Value>) -> Result<Self, Error> {
        let messages = body.get("messages").and_then(Value::as_array);
        if messages.is_none_or(Vec::is_empty) {
            return Err(Error::invalid(
                "messages",
                "`messages` is missing: it is a list of at least one message.",
            ));
        }
        if let Some(n) = messages
            .into_iter()
            .flatten()
            .position(|message| !message.get("role").is_some_and(Value::is_string))
        {
            let at = format!("messages[{n}]");
            return Err(Error::invalid(&at, format!("`{at}` is no message: it needs a `role`.")));
        }
        let usage = body.get("stream_options").and_then(|options| options.get("include_usage"));
        Ok(Self {
            model: required(&body, "model")?,
            stream: flag(&body, "stream")?,
            wants_usage: usage.and_then(Value::as_bool).unwrap_or(false),
            body,
        })
    }
}

/// Answers a request by a model.
///
/// # Errors
/// If the caller may not call it, a rail stops the request, or nobody answers.
pub(super) async fn complete(app: &App, context: Context, request: Request) -> Result<Written, Error> {
    let plan = names::plan(app, &context, &request.model)?;
    let body = rails::check(app, &context, request.body).await?;
    let ticket = app.cache.ticket(&context, &plan, request.stream, &body)?;
    if let Some(ticket) = &ticket
        && let Some(written) = ticket.hit(app, &context).await?
    {
        return Ok(written);
    }
    let ask = Ask { operation: Operation::Chat, body: &body, stream: request.stream, by: context.by() };
    let answered = ask_unless_left(app, &context, &plan, ask).await?;
    let headers = headers(&answered, ticket.is_some());
    let meter = Meter::new(&context, answered.target, body);
    let content = match answered.reply {
        Reply::Whole(answer) => Content::Json(whole(app, &context, meter, answer, ticket).await?),
        Reply::Stream(pieces) => {
            let encoder = Box::new(stream::Chunks::new(request.wants_usage));
            Content::Frames(stream::begin(app, context, meter, pieces, encoder, ticket))
        }
    };
    Ok(Written { headers, content })
}

/// Asks until somebody answers, or until the client has left: then what it asked is counted as read.
///
/// # Errors
/// If nobody answers, or the client left.
pub(super) async fn ask_unless_left(
    app: &App,
    context: &Context,
    plan: &Plan,
    ask: Ask<'_>,
) -> Result<Answered, Error> {
    let began = Instant::now();
    let result = tokio::select! {
        answered = app.providers.ask(plan, ask) => answered.map_err(told),
        () = context.left() => {
            if let Some(target) = plan.targets.first() {
                Meter::new(context, target.clone(), ask.body.clone()).record(context).await;
            }
            Err(Error::new(Kind::Cancelled, "client_left", "The client left before the answer began."))
        }
    };
    let detail = match &result {
        Ok(answered) => serde_json::json!({"target": answered.target.name(), "failed": answered.attempts}),
        Err(error) => serde_json::json!({"error": error.code}),
    };
    let target = result.as_ref().ok().map(|answered| &answered.target).or(plan.targets.first());
    let settings =
        if context.is_exported() { Settings::of(ask.body, ask.stream) } else { Settings::default() };
    context.recorder.model(began, detail, Asked::new(ask.operation, target, settings));
    result
}

/// Who ran it, and that it did not come out of the cache where it could have.
pub(super) fn headers(answered: &Answered, is_cacheable: bool) -> Vec<(&'static str, String)> {
    let mut headers = vec![("x-katonic-provider", answered.target.upstream.name.clone())];
    if is_cacheable {
        headers.push(("x-katonic-cache", "miss".into()));
    }
    headers
}

async fn whole(
    app: &App,
    context: &Context,
    mut meter: Meter,
    mut answer: Value,
    ticket: Option<Ticket>,
) -> Result<Vec<u8>, Error> {
    meter.note(&answer);
    let is_blocked = govern(app, context, &mut answer);
    meter.note_left(&answer);
    let tokens = meter.record(context).await;
    if tokens.is_estimated {
        answer["usage"] = stream::usage(&tokens);
    }
    let body = serde_json::to_vec(&answer)?;
    match ticket {
        Some(ticket) if !is_blocked => ticket.keep(app, meter.target(), &body),
        _ => {}
    }
    if is_blocked {
        context.settle(Ending { status: 200, label: "blocked" }).await?;
    }
    Ok(body)
}

/// Lets a whole answer through the rails; whether one stopped it.
pub(super) fn govern(app: &App, context: &Context, answer: &mut Value) -> bool {
    if !app.config.completions.rails {
        return false;
    }
    let began = Instant::now();
    let report = outlet::whole(&app.rails, &app.rail_policy.completions(), answer);
    context.recorder.span("guardrails.output", began, None);
    let Some(report) = report else { return false };
    report.record(&context.recorder, Phase::Output);
    report.blocked().is_some()
}
