//! Documents as files: what an agent answers to a prompt, or given content, written in six formats.

pub(crate) mod api;

mod content;
mod document;
mod formats;

use crate::app::App;
use crate::call::Context;
use crate::chat::{self, Events};
use crate::error::{Error, Kind};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use contract::wire::chat::{ChatAnswer, ChatRequest, ChatStatus, Message};
use contract::wire::documents::GenerateDocumentRequest;
use document::{Document, Unwritable};
use formats::{Extras, Format, Written};
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

/// How many documents are written at a time: each may take some hundred megabytes.
pub(crate) const WRITERS: usize = 2;

/// How long one waits for its turn.
const PATIENCE: Duration = Duration::from_secs(30);

/// Events of an answer that may wait to be passed over.
const EVENTS: usize = 64;

/// Most bytes of a title.
const LONGEST_TITLE: usize = 500;

/// The operator's fonts, read.
///
/// # Errors
/// If a file can't be read, or is no font.
pub(crate) fn fonts(paths: &[PathBuf]) -> Result<Vec<Arc<Vec<u8>>>, Error> {
    let read = |path: &PathBuf| {
        let unusable = |why: String| Error::internal(format!("documents.fonts: {}: {why}", path.display()));
        let bytes = Arc::new(fs::read(path).map_err(|error| unusable(error.to_string()))?);
        if formats::is_font(&bytes) { Ok(bytes) } else { Err(unusable("it is no font".into())) }
    };
    paths.iter().map(read).collect()
}

/// A document as a file.
struct Generated {
    bytes: Vec<u8>,
    /// A name for it, with its ending.
    filename: String,
    media_type: &'static str,
    /// What it doesn't show as it was meant.
    notes: Vec<String>,
    /// What the agent said, if one was asked.
    answer: Option<ChatAnswer>,
}

/// What a document is made of.
enum Source {
    Prompt { agent: String, prompt: String },
    Content,
}

/// Writes a document.
///
/// # Errors
/// If the request is wrong or too large, or as the agent's answer fails; if a rail stopped the answer, there is no document.
async fn generate(
    app: &App,
    context: &Context,
    mut request: GenerateDocumentRequest,
) -> Result<Generated, Error> {
    let source = source(&mut request)?;
    let format = formats::of(request.format, request.template.is_some()).map_err(refused)?;
    let template = request.template.take().map(|template| STANDARD.decode(template.trim()));
    let template = template
        .transpose()
        .map_err(|_| Error::invalid("template", "The template is a Word file in base64."))?;
    let title = request.title.take().map(|title| title.trim().to_owned()).filter(|title| !title.is_empty());
    context.recorder.request("format", format.ending);
    let (mut answer, mut name) = (None, None);
    if let Source::Prompt { agent, prompt } = source {
        if let Some(template) = template.clone() {
            // A template that is of no use is told before anybody is paid.
            write(app, context, format, Some(template), || Ok(Document::default())).await?;
        }
        name = Some(agent.clone());
        answer = Some(ask(app, context, agent, prompt).await?);
    }
    let said = answer.as_ref().map(|answer| (answer.answer.clone(), answer.citations.clone()));
    let compose = move || match (said, request.content) {
        (Some((said, citations)), _) => content::answered(&said, &citations, title),
        (None, Some(given)) => content::given(given, title, request.data.as_ref()),
        (None, None) => Ok(Document::default()),
    };
    let (Written { bytes, mut notes }, title) = write(app, context, format, template, compose).await?;
    if answer.as_ref().is_some_and(|answer| answer.status == ChatStatus::Incomplete) {
        notes.push("The agent's answer was cut short by its model's bound.".into());
    }
    let filename = format!("{}.{}", file_stem(title.or(name).as_deref()), format.ending);
    Ok(Generated { bytes, filename, media_type: format.media_type, notes, answer })
}

/// What is asked for: a prompt for an agent, or content.
fn source(request: &mut GenerateDocumentRequest) -> Result<Source, Error> {
    if request.title.as_ref().is_some_and(|title| title.len() > LONGEST_TITLE) {
        return Err(Error::invalid("title", format!("A title has {LONGEST_TITLE} bytes at most.")));
    }
    match (request.prompt.take(), request.agent.take(), &request.content) {
        (Some(prompt), Some(agent), None) if request.data.is_none() => Ok(Source::Prompt { agent, prompt }),
        (Some(_), Some(_), None) => Err(Error::invalid("data", "Data goes with content, not with a prompt.")),
        (None, None, Some(_)) => Ok(Source::Content),
        (Some(_), None, _) => Err(Error::invalid("agent", "Name the agent that the prompt is for.")),
        (None, Some(_), _) => Err(Error::invalid("prompt", "Say what the agent is asked.")),
        (Some(_), Some(_), Some(_)) => {
            Err(Error::invalid("content", "Send a prompt for an agent, or content: not both."))
        }
        (None, None, None) => {
            Err(Error::invalid("content", "Send `prompt` and `agent`, or `content`: Markdown or blocks."))
        }
    }
}

/// An agent's whole answer, by the same way as in a chat; the call is settled once the document is written.
async fn ask(app: &App, context: &Context, agent: String, prompt: String) -> Result<ChatAnswer, Error> {
    let request = ChatRequest {
        agent_id: agent,
        messages: vec![Message::new("user", prompt)],
        session_id: None,
        stream: false,
        environment: None,
        metadata: None,
    };
    let asked = chat::prepare(app, context, &request).await?;
    let (sender, mut passed_over) = mpsc::channel(EVENTS);
    let events = Events::new(sender, context.trace_id(), app.work.cut_off.clone());
    let (own, call) = (app.clone(), context.clone());
    let work = app.work.spawn(async move { chat::produce(&own, &call, asked, &events).await });
    tokio::select! {
        () = async { while passed_over.recv().await.is_some() {} } => {}
        () = context.left() => {}
    }
    // Nobody listens any longer: work that isn't done by now stops here.
    drop(passed_over);
    let answer = work.await.map_err(Error::internal)??.answer;
    match answer.status {
        ChatStatus::Blocked => {
            let message = "A rail stopped the agent's answer, so there is no document. Rephrase the prompt.";
            Err(Error {
                param: Some("prompt".into()),
                ..Error::new(Kind::Invalid, "content_filter", message)
            })
        }
        ChatStatus::AwaitingApproval => {
            let message = "A call of a tool waits for a person to approve it (`katonic approvals list`), so there is no \
                           document yet. Ask again once it is approved.";
            Err(Error::new(Kind::Conflict, "approval_required", message))
        }
        ChatStatus::Completed | ChatStatus::Incomplete => Ok(answer),
    }
}

/// Composes and writes a document, apart from the threads that serve calls; with its title, whose places are filled.
async fn write(
    app: &App,
    context: &Context,
    format: &'static Format,
    template: Option<Vec<u8>>,
    compose: impl FnOnce() -> Result<Document, Unwritable> + Send + 'static,
) -> Result<(Written, Option<String>), Error> {
    let turn = timeout(PATIENCE, app.writers.clone().acquire_owned()).await;
    let Ok(Ok(turn)) = turn else {
        let message = "Too many documents are being written. Try again shortly.";
        return Err(Error::new(Kind::Unavailable, "overloaded", message));
    };
    let began = Instant::now();
    let fonts = app.fonts.clone();
    let work = move || {
        let extras = Extras { template: template.as_deref(), fonts: &fonts };
        let written = compose().and_then(|document| Ok((format.write(&document, &extras)?, document.title)));
        drop(turn);
        written
    };
    let written = spawn_blocking(work).await.map_err(Error::internal)?;
    context.recorder.span("documents.write", began, None);
    written.map_err(refused)
}

fn refused(error: Unwritable) -> Error {
    let message = error.to_string();
    match error {
        Unwritable::TooLarge(_) => Error {
            param: Some("content".into()),
            ..Error::new(Kind::TooLarge, "document_too_large", message)
        },
        Unwritable::Wrong(_) => Error::invalid("content", message),
        Unwritable::Template(_) => Error::invalid("template", message),
        Unwritable::Broken(_) => Error::internal(message),
    }
}

/// A file's name without its ending, of a title.
fn file_stem(title: Option<&str>) -> String {
    let title = title.unwrap_or("document");
    let kept =
        title.chars().map(|c| if c.is_alphanumeric() || matches!(c, '-' | '_' | '.') { c } else { ' ' });
    let words = kept.collect::<String>();
    let words: Vec<&str> = words.split_whitespace().collect();
    let stem: String = words.join("-").trim_matches('.').chars().take(80).collect();
    if stem.is_empty() { "document".into() } else { stem }
}
