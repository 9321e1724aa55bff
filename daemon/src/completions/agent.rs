//! `model: "agent/<id>"`: the governed agent answers any OpenAI client, its citations as annotations.

use super::chat::Request;
use super::names;
use super::stream::{self, Encoder, usage};
use crate::app::App;
use crate::call::Context;
use crate::chat::{self, Asked};
use crate::error::Error;
use crate::http::mount::{Content, Written};
use crate::providers::{Chunk, Tokens};
use bytes::Bytes;
use contract::time::Time;
use contract::wire::chat::{ChatAnswer, ChatRequest, ChatStatus, Citation, Message, Usage};
use contract::wire::sse::Event;
use serde_json::{Map, Value, json};
use tokio::sync::mpsc;

/// Events that may wait for a slow client.
const EVENTS: usize = 64;

/// What an agent's name begins with.
const PREFIX: &str = "agent/";

/// The agent that a model's name means, if it means one.
pub(super) fn named(app: &App, context: &Context, model: &str) -> Option<String> {
    names::resolve(app, &context.caller, model).strip_prefix(PREFIX).map(str::to_owned)
}

/// A question to an agent, ready to be answered.
///
/// # Errors
/// If there is no such agent for the caller, or the conversation is malformed.
pub(super) async fn prepare(
    app: &App,
    context: &Context,
    agent: String,
    body: &Map<String, Value>,
) -> Result<Asked, Error> {
    let model = format!("{PREFIX}{agent}");
    if !names::allows(&context.caller, &model) {
        return Err(names::not_allowed(context, &model));
    }
    let messages = body.get("messages").and_then(Value::as_array).into_iter().flatten();
    // What an application tells models to be is not for an agent, which has instructions of its own.
    let messages =
        messages.filter(|message| !matches!(message["role"].as_str(), Some("system" | "developer")));
    let read = |message: &Value| {
        serde_json::from_value::<Message>(message.clone()).map_err(|_| {
            Error::invalid("messages", "An agent reads messages of text, from `user` and `assistant`.")
        })
    };
    let request = ChatRequest {
        agent_id: agent,
        messages: messages.map(read).collect::<Result<_, _>>()?,
        session_id: None,
        stream: false,
        environment: None,
        metadata: None,
    };
    chat::prepare(app, context, &request).await
}

/// Answers a request by an agent.
///
/// # Errors
/// As [`prepare`], or as the agent's answer fails.
pub(super) async fn complete(
    app: &App,
    context: Context,
    agent: String,
    request: Request,
) -> Result<Written, Error> {
    let asked = prepare(app, &context, agent, &request.body).await?;
    let headers = vec![("x-katonic-provider", "katonic".to_owned())];
    let model = request.model;
    let id = format!("chatcmpl-{}", context.trace_id());
    if !request.stream {
        let answer = whole(app, context, asked).await?;
        let completion = json!({
            "id": id,
            "object": "chat.completion",
            "created": Time::now().0 / 1000,
            "model": model,
            "choices": [choice(&answer)],
            "usage": usage(&tokens(&answer.usage)),
        });
        return Ok(Written { headers, content: Content::Json(serde_json::to_vec(&completion)?) });
    }
    let encoder = Box::new(stream::Chunks::new(request.wants_usage));
    Ok(Written { headers, content: Content::Frames(self::stream(app, context, asked, &model, encoder)) })
}

/// An agent's whole answer, unless the client leaves before.
pub(super) async fn whole(app: &App, context: Context, asked: Asked) -> Result<ChatAnswer, Error> {
    let left = context.left();
    let (sender, mut events) = mpsc::channel(EVENTS);
    let work = app.work.spawn(chat::answer(app.clone(), context.clone(), asked, sender));
    tokio::select! {
        () = async { while events.recv().await.is_some() {} } => {}
        () = left => {}
    }
    drop(events);
    work.await.map_err(Error::internal)?
}

/// An agent's answer as the frames that an encoder writes.
pub(super) fn stream(
    app: &App,
    context: Context,
    asked: Asked,
    model: &str,
    encoder: Box<dyn Encoder>,
) -> mpsc::Receiver<Bytes> {
    let (sender, events) = mpsc::channel(EVENTS);
    let id = format!("chatcmpl-{}", context.trace_id());
    let frame = Frame { id, model: model.to_owned(), created: Time::now().0 / 1000 };
    drop(app.work.spawn(chat::answer(app.clone(), context, asked, sender)));
    let (sender, frames) = mpsc::channel(EVENTS);
    drop(app.work.spawn(relay(frame, events, encoder, sender)));
    frames
}

/// What every chunk repeats.
struct Frame {
    id: String,
    model: String,
    created: i64,
}

impl Frame {
    fn chunk(&self, delta: Value, reason: Option<&str>) -> Chunk {
        Chunk::from(json!({
            "id": self.id,
            "object": "chat.completion.chunk",
            "created": self.created,
            "model": self.model,
            "choices": [{"index": 0, "delta": delta, "finish_reason": reason}],
        }))
    }
}

/// Turns an agent's events into frames, until they end or the client leaves.
async fn relay(
    frame: Frame,
    mut events: mpsc::Receiver<Event>,
    mut encoder: Box<dyn Encoder>,
    sender: mpsc::Sender<Bytes>,
) {
    let mut text = String::new();
    let mut frames = encoder.begin();
    frames.extend(encoder.chunk(frame.chunk(json!({"role": "assistant", "content": ""}), None)));
    loop {
        for frame in frames.drain(..) {
            if sender.send(frame).await.is_err() {
                return;
            }
        }
        let event = tokio::select! {
            event = events.recv() => event,
            () = sender.closed() => return,
        };
        let Some(event) = event else { return };
        let delta = match event.name {
            "completion.delta" => {
                text.push_str(event.data["text"].as_str().unwrap_or_default());
                json!({"content": event.data["text"]})
            }
            "thinking.delta" => json!({"reasoning_content": event.data["text"]}),
            "citation" => match serde_json::from_value::<Citation>(event.data) {
                Ok(citation) => json!({"annotations": [annotation(&citation, &text)]}),
                Err(_) => continue,
            },
            "agent.complete" => {
                frames.extend(end(&frame, &mut *encoder, event.data).await);
                continue;
            }
            "error" => {
                frames.extend(encoder.error(event.data));
                continue;
            }
            _ => continue,
        };
        frames.extend(encoder.chunk(frame.chunk(delta, None)));
    }
}

async fn end(frame: &Frame, encoder: &mut dyn Encoder, complete: Value) -> Vec<Bytes> {
    let Ok(answer) = serde_json::from_value::<ChatAnswer>(complete) else { return Vec::new() };
    let mut frames = encoder.chunk(frame.chunk(json!({}), Some(reason(answer.status))));
    frames.extend(encoder.end(&tokens(&answer.usage)));
    match encoder.keep().await {
        Ok(()) => frames,
        Err(error) => encoder.error(crate::http::reply::error_event(&error, &answer.trace_id)),
    }
}

/// An agent's answer as the one choice of a completion.
pub(super) fn choice(answer: &ChatAnswer) -> Value {
    json!({"index": 0, "message": message(answer), "logprobs": null, "finish_reason": reason(answer.status)})
}

/// An agent's answer as an assistant's message.
fn message(answer: &ChatAnswer) -> Value {
    let annotations = answer.citations.iter().map(|citation| annotation(citation, &answer.answer));
    json!({
        "role": "assistant",
        "content": answer.answer,
        "refusal": null,
        "annotations": annotations.collect::<Vec<_>>(),
    })
}

/// A citation as OpenAI's annotation, its mark's place in the text, our own fields beside it.
fn annotation(citation: &Citation, text: &str) -> Value {
    let (url, start, end) = place(citation, text);
    let cited = json!({"url": url, "title": citation.title, "start_index": start, "end_index": end});
    let mut annotation = json!({"type": "url_citation", "url_citation": cited});
    extend(&mut annotation, citation);
    annotation
}

/// Where a document is, and where its mark first stands, in characters.
fn place(citation: &Citation, text: &str) -> (String, usize, usize) {
    let mark = format!("[{}]", citation.index);
    let at = text.find(&mark).unwrap_or(text.len());
    let start = text[..at].chars().count();
    let end = if at < text.len() { start + mark.chars().count() } else { start };
    (format!("/public/v1/knowledge/documents/{}", citation.doc_id), start, end)
}

/// Adds the fields of a citation that OpenAI's annotations don't have.
fn extend(annotation: &mut Value, citation: &Citation) {
    let fields = [
        ("index", json!(citation.index)),
        ("doc_id", json!(citation.doc_id)),
        ("section", json!(citation.section)),
        ("page", json!(citation.page)),
        ("quote", json!(citation.quote)),
    ];
    for (name, value) in fields {
        annotation[name] = value;
    }
}

fn reason(status: ChatStatus) -> &'static str {
    match status {
        ChatStatus::Completed | ChatStatus::AwaitingApproval => "stop",
        ChatStatus::Blocked => "content_filter",
        ChatStatus::Incomplete => "length",
    }
}

/// What an agent's answer used, in a model's terms.
pub(super) fn tokens(usage: &Usage) -> Tokens {
    Tokens {
        input: usage.input_tokens,
        cached: usage.cached_input_tokens,
        cache_write: 0,
        output: usage.output_tokens,
        reasoning: usage.reasoning_tokens,
        is_estimated: usage.estimated,
    }
}
