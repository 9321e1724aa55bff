//! Responses of a provider that has them: passed through, but for what the rails change and what is kept here.

use super::outlet::Outlet;
use super::{Request, kept, object};
use crate::app::App;
use crate::call::{Context, Ending};
use crate::completions::chat;
use crate::completions::meter::Meter;
use crate::completions::outlet::Governor;
use crate::completions::stream::{self, Encoder};
use crate::error::Error;
use crate::guardrails::{Engine, Phase};
use crate::http::mount::{Content, Written};
use crate::providers::{Ask, Chunk, Operation, Plan, Reply, Tokens};
use bytes::Bytes;
use contract::agent::Guardrails;
use serde_json::{Map, Value, json};

/// Answers a request by a provider that has `/responses`. The conversation stands in the request: it is kept here, and not
/// there, so that any other provider may go on from it.
///
/// # Errors
/// If nobody answers.
pub(super) async fn respond(
    app: &App,
    context: &Context,
    plan: &Plan,
    request: &Request,
) -> Result<Written, Error> {
    let mut body = request.body.clone();
    body.shift_remove("previous_response_id");
    body.insert("store".into(), false.into());
    let ask = Ask { operation: Operation::Responses, body: &body, stream: request.stream, by: context.by() };
    let answered = chat::ask_unless_left(app, context, plan, ask).await?;
    let headers = chat::headers(&answered, false);
    let mut meter = Meter::new(context, answered.target, body);
    let passing = Passing::new(&request.body, request.conversation.is_stored);
    let content = match answered.reply {
        Reply::Stream(pieces) => {
            let encoder = super::remembering(app, context, request.clone(), passing);
            Content::Frames(stream::begin(app, context.clone(), meter, pieces, encoder, None))
        }
        Reply::Whole(mut response) => {
            meter.note(&response);
            let is_blocked = govern(app, context, &mut response);
            meter.note_left(&response);
            meter.record(context).await;
            passing.repeat(&mut response);
            if is_blocked {
                context.settle(Ending { status: 200, label: "blocked" }).await?;
            }
            if request.conversation.is_stored {
                let id = response["id"].as_str().unwrap_or_default();
                let output = response["output"].as_array().cloned().unwrap_or_default();
                kept::keep(app, &context.caller, id, &request.body["input"], output).await?;
            }
            Content::Json(serde_json::to_vec(&response)?)
        }
    };
    Ok(Written { headers, content })
}

/// Lets a whole response through the rails; whether one stopped it.
fn govern(app: &App, context: &Context, response: &mut Value) -> bool {
    if !app.config.completions.rails {
        return false;
    }
    let settings = app.rail_policy.completions();
    let mut outlet = Outlet::new(&app.rails, &settings);
    for item in response["output"].as_array_mut().into_iter().flatten() {
        outlet.repeat(item);
    }
    let is_blocked = outlet.blocked().is_some();
    if let (_, Some(report)) = outlet.finish() {
        report.record(&context.recorder, Phase::Output);
    }
    if is_blocked {
        stop(response);
    }
    is_blocked
}

/// Marks a response as stopped by a rail.
fn stop(response: &mut Value) {
    response["status"] = "incomplete".into();
    response["incomplete_details"] = json!({"reason": "content_filter"});
}

/// Writes a provider's events, numbered anew; the last one waits until the call is settled.
struct Passing {
    previous: Value,
    is_stored: bool,
    number: u64,
    /// The response as it was last told of.
    response: Value,
    /// The items that are whole.
    output: Vec<Value>,
    has_ended: bool,
    has_failed: bool,
}

impl Passing {
    fn new(request: &Map<String, Value>, is_stored: bool) -> Self {
        Self {
            previous: request.get("previous_response_id").cloned().unwrap_or_default(),
            is_stored,
            number: 0,
            response: Value::Null,
            output: Vec::new(),
            has_ended: false,
            has_failed: false,
        }
    }

    /// What the client asked for, where the provider was told otherwise.
    fn repeat(&self, response: &mut Value) {
        response["previous_response_id"] = self.previous.clone();
        response["store"] = self.is_stored.into();
    }

    fn event(&mut self, mut event: Value) -> Bytes {
        event["sequence_number"] = self.number.into();
        self.number += 1;
        let name = event["type"].as_str().unwrap_or_default();
        Bytes::from(format!("event: {name}\ndata: {event}\n\n"))
    }
}

impl Encoder for Passing {
    fn governor<'a>(&self, engine: &'a Engine, settings: &'a Guardrails) -> Box<dyn Governor + 'a> {
        Box::new(Outlet::new(engine, settings))
    }

    fn chunk(&mut self, chunk: Chunk) -> Vec<Bytes> {
        let mut event = chunk.value;
        if let Some(response) = event.get_mut("response") {
            self.repeat(response);
            self.response = response.clone();
        }
        match event["type"].as_str() {
            Some("response.completed" | "response.incomplete") => {
                self.has_ended = true;
                return Vec::new();
            }
            Some("response.output_item.done") => self.output.push(event["item"].clone()),
            _ => {}
        }
        vec![self.event(event)]
    }

    fn end(&mut self, _: &Tokens) -> Vec<Bytes> {
        let mut response = std::mem::take(&mut self.response);
        if !self.has_ended {
            stop(&mut response);
            response["output"] = Value::Array(self.output.clone());
        }
        let name =
            if response["status"] == "incomplete" { "response.incomplete" } else { "response.completed" };
        self.response = response.clone();
        vec![self.event(json!({"type": name, "response": response}))]
    }

    fn error(&mut self, envelope: Value) -> Vec<Bytes> {
        self.has_failed = true;
        let mut event = object::failure(&envelope);
        event["type"] = "error".into();
        vec![self.event(event)]
    }

    fn output(&self) -> Option<(String, Vec<Value>)> {
        let id = self.response["id"].as_str()?;
        let output = self.response["output"].as_array()?;
        (!self.has_failed).then(|| (id.to_owned(), output.clone()))
    }
}
