//! What the rails do with a request before any model sees it: every text in it is looked at, and redacted for good.

use crate::app::App;
use crate::call::{Context, Ending};
use crate::error::{Error, Kind};
use crate::guardrails::{Engine, Phase, Report, Scene};
use contract::agent::Guardrails;
use serde_json::{Map, Value};
use std::time::Instant;

/// From how many bytes of text on looking leaves the async runtime's threads.
const LONG: usize = 32 * 1024;

/// Who wrote a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Author {
    /// The application: what it tells the model is no attack on it.
    Application,
    /// Its user, or something from outside, such as a tool's result.
    Outside,
}

/// The rails' settings for models without an agent.
pub(super) fn scene(settings: &Guardrails) -> Scene<'_> {
    Scene { settings, instructions: "", question: "", passages: &[], grounded: false, trusted: false }
}

/// Looks at a request, notes what was found, and gives it back as it may go on.
///
/// # Errors
/// If a rail stops it.
pub(super) async fn check(
    app: &App,
    context: &Context,
    mut body: Map<String, Value>,
) -> Result<Map<String, Value>, Error> {
    if !app.config.completions.rails {
        context.recorder.with(|record| record.guardrails_summary = Some("off".into()));
        return Ok(body);
    }
    let began = Instant::now();
    let settings = app.rail_policy.completions();
    let report = if length(&body) < LONG {
        inspect(&app.rails, &settings, &mut body)
    } else {
        let work = move || {
            let report = inspect(&Engine::new(), &settings, &mut body);
            (body, report)
        };
        let looked = tokio::task::spawn_blocking(work).await.map_err(Error::internal)?;
        body = looked.0;
        looked.1
    };
    context.recorder.span("guardrails.input", began, None);
    let Some(report) = report else { return Ok(body) };
    report.record(&context.recorder, Phase::Input);
    let Some(rail) = report.blocked() else { return Ok(body) };
    let reason = rail.reason.as_deref().unwrap_or("it may not pass");
    let message = format!("The rail `{}` stopped the request: {reason}. Rephrase it.", rail.name);
    context.settle(Ending { status: 400, label: "blocked" }).await?;
    let param = if body.contains_key("messages") { "messages" } else { "input" };
    Err(Error { param: Some(param.into()), ..Error::new(Kind::Invalid, "content_filter", message) })
}

fn length(body: &Map<String, Value>) -> usize {
    fn of(value: &Value) -> usize {
        match value {
            Value::String(text) => text.len(),
            Value::Array(items) => items.iter().map(of).sum(),
            Value::Object(fields) => fields.values().map(of).sum(),
            _ => 0,
        }
    }
    ["messages", "input", "instructions"].iter().filter_map(|name| body.get(*name)).map(of).sum()
}

fn inspect(engine: &Engine, settings: &Guardrails, body: &mut Map<String, Value>) -> Option<Report> {
    let mut inspector = Inspector { engine, settings, report: None };
    if let Some(Value::String(text)) = body.get_mut("instructions") {
        inspector.text(text, Author::Application);
    }
    for name in ["messages", "input"] {
        match body.get_mut(name) {
            Some(Value::String(text)) => inspector.text(text, Author::Outside),
            Some(Value::Array(items)) => items.iter_mut().for_each(|item| inspector.item(item)),
            _ => {}
        }
    }
    inspector.report
}

struct Inspector<'a> {
    engine: &'a Engine,
    settings: &'a Guardrails,
    report: Option<Report>,
}

impl Inspector<'_> {
    /// A message, or an item of a `/responses` or `/embeddings` input.
    fn item(&mut self, item: &mut Value) {
        let author = match item.get("role").and_then(Value::as_str) {
            Some("system" | "developer" | "assistant") => Author::Application,
            _ => Author::Outside,
        };
        match item {
            Value::String(text) => self.text(text, Author::Outside),
            Value::Object(fields) => {
                for name in ["content", "output", "arguments"] {
                    fields.get_mut(name).into_iter().for_each(|content| self.content(content, author));
                }
                let calls = fields.get_mut("tool_calls").and_then(Value::as_array_mut);
                for call in calls.into_iter().flatten() {
                    if let Some(arguments) = call.pointer_mut("/function/arguments") {
                        self.content(arguments, author);
                    }
                }
            }
            _ => {}
        }
    }

    fn content(&mut self, content: &mut Value, author: Author) {
        match content {
            Value::String(text) => self.text(text, author),
            Value::Array(parts) => {
                for part in parts {
                    for name in ["text", "refusal"] {
                        if let Some(Value::String(text)) = part.get_mut(name) {
                            self.text(text, author);
                        }
                    }
                }
            }
            _ => {}
        }
    }

    fn text(&mut self, text: &mut String, author: Author) {
        if text.is_empty() || self.report.as_ref().is_some_and(|report| report.blocked().is_some()) {
            return;
        }
        let scene = Scene { trusted: author == Author::Application, ..scene(self.settings) };
        let report = self.engine.check(Phase::Input, text, &scene);
        if report.blocked().is_none() && *text != report.text {
            text.clone_from(&report.text);
        }
        self.report = Some(match self.report.take() {
            Some(before) => before.and(report),
            None => report,
        });
    }
}
