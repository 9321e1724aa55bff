//! `responses`: passed through to providers that have it, said as a chat completion to all others; remembered, so that the
//! next one may go on from it.

mod events;
mod kept;
mod object;
mod outlet;
mod passed;
mod request;
mod sql;

use super::api::{flag, required};
use super::meter::Meter;
use super::stream::Encoder;
use super::{agent, chat, names, rails, stream};
use crate::app::App;
use crate::call::{Context, Ending};
use crate::error::{Error, Kind};
use crate::http::mount::{Content, Written};
use crate::providers::{Ask, Operation, Plan, Reply, Tokens};
use events::Events;
use kept::Conversation;
use object::{Base, Status};
use serde_json::{Map, Value};

/// A request for a response.
#[derive(Clone)]
struct Request {
    model: String,
    /// The request as it came, but with the conversation that it goes on from.
    body: Map<String, Value>,
    stream: bool,
    conversation: Conversation,
}

/// Answers a request for a response.
///
/// # Errors
/// If it is malformed, goes on from what isn't there, may not be asked, or nobody answers.
pub(super) async fn respond(app: &App, context: Context, body: Map<String, Value>) -> Result<Written, Error> {
    let request = read(app, &context, body).await?;
    if let Some(agent) = agent::named(app, &context, &request.model) {
        return by_agent(app, context, agent, request).await;
    }
    let mut plan = names::plan(app, &context, &request.model)?;
    let request = Request { body: rails::check(app, &context, request.body).await?, ..request };
    if plan.targets.first().is_some_and(|target| target.upstream.serves(Operation::Responses)) {
        match passed::respond(app, &context, &plan, &request).await {
            Err(error) if is_upstreams(&error) => {
                plan.targets.retain(|target| !target.upstream.serves(Operation::Responses));
                if plan.targets.is_empty() {
                    return Err(error);
                }
            }
            answered => return answered,
        }
    }
    by_chat(app, context, &plan, request).await
}

/// Whether another provider may do better.
fn is_upstreams(error: &Error) -> bool {
    matches!(error.kind, Kind::Upstream | Kind::UpstreamOverloaded | Kind::UpstreamTimeout)
}

async fn read(app: &App, context: &Context, mut body: Map<String, Value>) -> Result<Request, Error> {
    let (model, stream) = (required(&body, "model")?, flag(&body, "stream")?);
    if flag(&body, "background")? {
        return Err(Error::invalid(
            "background",
            "Responses in the background are not supported: leave it out.",
        ));
    }
    let is_stored = body.get("store") != Some(&Value::Bool(false));
    let own = request::items(&body)?;
    let previous = body.get("previous_response_id").and_then(Value::as_str);
    let mut items = match previous {
        Some(id) => kept::find(app, &context.caller, id).await?,
        None => Vec::new(),
    };
    items.extend(own);
    body.insert("input".into(), Value::Array(items));
    Ok(Request { model, body, stream, conversation: Conversation { is_stored } })
}

async fn by_chat(app: &App, context: Context, plan: &Plan, request: Request) -> Result<Written, Error> {
    let items = request::items(&request.body)?;
    let chat = request::chat(&request.body, &items)?;
    let ask = Ask { operation: Operation::Chat, body: &chat, stream: request.stream, by: context.by() };
    let answered = chat::ask_unless_left(app, &context, plan, ask).await?;
    let headers = chat::headers(&answered, false);
    let base = Base::new(&request.body, request.conversation.is_stored);
    let model = answered.target.model.clone();
    let mut meter = Meter::new(&context, answered.target, chat);
    let content = match answered.reply {
        Reply::Stream(pieces) => {
            let encoder = remembering(app, &context, request, Events::new(base, model));
            Content::Frames(stream::begin(app, context, meter, pieces, encoder, None))
        }
        Reply::Whole(mut answer) => {
            meter.note(&answer);
            let is_blocked = chat::govern(app, &context, &mut answer);
            meter.note_left(&answer);
            let tokens = meter.record(&context).await;
            if is_blocked {
                context.settle(Ending { status: 200, label: "blocked" }).await?;
            }
            Content::Json(
                whole(app, &context, &request, &base, &model, &answer["choices"][0], &tokens).await?,
            )
        }
    };
    Ok(Written { headers, content })
}

async fn by_agent(app: &App, context: Context, agent: String, request: Request) -> Result<Written, Error> {
    let items = request::items(&request.body)?;
    let chat = request::chat(&request.body, &items)?;
    let asked = agent::prepare(app, &context, agent, &chat).await?;
    let headers = vec![("x-katonic-provider", "katonic".to_owned())];
    let base = Base::new(&request.body, request.conversation.is_stored);
    let model = request.model.clone();
    if request.stream {
        let encoder = remembering(app, &context, request, Events::new(base, model.clone()));
        let frames = agent::stream(app, context, asked, &model, encoder);
        return Ok(Written { headers, content: Content::Frames(frames) });
    }
    let answer = agent::whole(app, context.clone(), asked).await?;
    let choice = agent::choice(&answer);
    let tokens = agent::tokens(&answer.usage);
    let body = whole(app, &context, &request, &base, &model, &choice, &tokens).await?;
    Ok(Written { headers, content: Content::Json(body) })
}

/// A whole response of a chat completion's choice, remembered if it is to be.
async fn whole(
    app: &App,
    context: &Context,
    request: &Request,
    base: &Base,
    model: &str,
    choice: &Value,
    tokens: &Tokens,
) -> Result<Vec<u8>, Error> {
    let output = object::items(&choice["message"], choice.pointer("/logprobs/content"));
    let status = Status::of(choice["finish_reason"].as_str());
    let response = base.object(model, status, &output, Some(tokens));
    if request.conversation.is_stored {
        kept::keep(app, &context.caller, &base.id, &request.body["input"], output).await?;
    }
    Ok(serde_json::to_vec(&response)?)
}

/// An encoder whose response is remembered before its end is told.
fn remembering(
    app: &App,
    context: &Context,
    request: Request,
    encoder: impl Encoder + 'static,
) -> Box<dyn Encoder> {
    if !request.conversation.is_stored {
        return Box::new(encoder);
    }
    let input = request.body.get("input").cloned().unwrap_or_default();
    Box::new(kept::Remembering::new(app.clone(), context.caller.clone(), input, encoder))
}
