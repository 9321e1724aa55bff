//! The model speaks: its text is renumbered, held back by the rails, and sent as soon as it may leave.

use super::cite::Citer;
use super::events::Events;
use crate::app::App;
use crate::call::Context;
use crate::error::Error;
use crate::guardrails::{OutputStream, Phase, Report, Scene};
use crate::providers::{EXTRACTIVE, Finish, Operation, Piece, Request, Route, Speech, Target};
use crate::trace::{Asked, Settings};
use contract::agent::ModelSettings;
use contract::money::Usd;
use contract::wire::chat::Citation;
use serde_json::json;
use std::time::Instant;

/// What was said.
pub(super) struct Spoken {
    /// What left, put together.
    pub(super) text: String,
    pub(super) citations: Vec<Citation>,
    pub(super) finish: Finish,
    /// The model that spoke.
    pub(super) model: String,
    /// The rails over the whole output.
    pub(super) report: Report,
    /// Milliseconds to the first text that left.
    pub(super) ttft_ms: Option<f64>,
}

/// What leaves, and what it cites.
struct Outlet<'a> {
    app: &'a App,
    context: &'a Context,
    events: &'a Events,
    scene: Scene<'a>,
    text: String,
    citations: Vec<Citation>,
    ttft_ms: Option<f64>,
}

/// Streams an answer through the rails.
pub(super) async fn speak(
    app: &App,
    context: &Context,
    events: &Events,
    route: &Route,
    request: Request,
    scene: Scene<'_>,
) -> Result<Spoken, Error> {
    let began = Instant::now();
    let passages = request.passages.clone();
    let mut citer = Citer::new(&passages);
    let mut rails = OutputStream::new(&app.rails, scene);
    let mut outlet =
        Outlet { app, context, events, scene, text: String::new(), citations: Vec::new(), ttft_ms: None };
    let settings = settings(context, &request.settings);
    let asked = |target: Option<&Target>| Asked::new(Operation::Chat, target, settings);
    let speech = tokio::select! {
        speech = app.providers.answer(context.by(), route, request) => speech,
        ended = events.ended() => Err(ended),
    };
    let mut speech = match speech {
        Ok(speech) => speech,
        Err(error) => {
            context.recorder.model(began, json!({"error": error.code}), asked(route.first()));
            return Err(error);
        }
    };
    let model =
        speech.target.as_ref().map_or_else(|| EXTRACTIVE.to_owned(), |target| target.name().to_owned());
    context.recorder.with(|record| record.model = Some(model.clone()));
    let relayed = relay(&mut speech, &mut outlet, &mut citer, &mut rails).await;
    // However it ended, what was used is known from here on.
    let finish = speech.end().await;
    let cost = speech.target.as_ref().and_then(|target| target.cost(&finish.tokens)).unwrap_or(Usd::ZERO);
    let said = std::mem::take(&mut speech.answer);
    context.recorder.with(|record| {
        record.usage = finish.tokens.usage(cost);
        record.said = said;
    });
    let detail = json!({"target": model, "output_tokens": finish.tokens.output, "failed": speech.attempts});
    context.recorder.model(began, detail, asked(speech.target.as_ref()));
    if let Err(error) = &relayed {
        context.recorder.model_ended(Some(error.code));
    }
    relayed?;
    let (last, report) = rails.finish();
    outlet.release(vec![last], citer.citations()).await?;
    let Outlet { text, citations, ttft_ms, .. } = outlet;
    Ok(Spoken { text, citations, finish, model, report, ttft_ms })
}

/// How an agent's model is asked, where somebody looks at it.
fn settings(context: &Context, model: &ModelSettings) -> Settings {
    if !context.is_exported() {
        return Settings::default();
    }
    Settings::of_agent(model.temperature, model.max_output_tokens)
}

/// Lets the pieces of an answer leave as they come, until its end or until a rail stops it.
async fn relay(
    speech: &mut Speech,
    outlet: &mut Outlet<'_>,
    citer: &mut Citer<'_>,
    rails: &mut OutputStream<'_>,
) -> Result<(), Error> {
    let (app, scene) = (outlet.app, outlet.scene);
    let mut thinking = None;
    while rails.blocked().is_none() {
        let piece = tokio::select! {
            piece = speech.next() => piece?,
            ended = outlet.events.ended() => return Err(ended),
        };
        match piece {
            None => break,
            Some(Piece::Text(text)) => {
                outlet.end_thinking(&mut thinking).await?;
                let released = rails.push(&citer.push(&text));
                outlet.release(released, citer.citations()).await?;
            }
            // Reasoning carries text too, and passes through rails of its own.
            Some(Piece::Thinking(text)) => {
                let thought = thinking.get_or_insert_with(|| OutputStream::new(&app.rails, scene));
                outlet.think(thought.push(&text)).await?;
            }
        }
    }
    outlet.end_thinking(&mut thinking).await?;
    let released = rails.push(&citer.finish());
    outlet.release(released, citer.citations()).await
}

impl Outlet<'_> {
    async fn think(&self, texts: Vec<String>) -> Result<(), Error> {
        for text in texts.into_iter().filter(|text| !text.is_empty()) {
            self.events.send("thinking.delta", json!({"text": text})).await?;
        }
        Ok(())
    }

    async fn end_thinking(&self, thinking: &mut Option<OutputStream<'_>>) -> Result<(), Error> {
        match thinking.take() {
            Some(thought) => self.think(vec![thought.finish().0]).await,
            None => Ok(()),
        }
    }

    /// Sends what may leave; a citation follows the text that first uses its mark.
    async fn release(&mut self, texts: Vec<String>, citations: &[Citation]) -> Result<(), Error> {
        for text in texts.into_iter().filter(|text| !text.is_empty()) {
            self.ttft_ms.get_or_insert_with(|| self.context.recorder.elapsed_ms());
            self.text.push_str(&text);
            self.events.send("completion.delta", json!({"text": text})).await?;
        }
        while let Some(next) = citations.get(self.citations.len()) {
            if !self.text.contains(&format!("[{}]", next.index)) {
                break;
            }
            let checked = Citation {
                quote: self.checked(&next.quote),
                title: self.checked(&next.title),
                ..next.clone()
            };
            self.events.send("citation", &checked).await?;
            self.citations.push(checked);
        }
        Ok(())
    }

    /// What a citation shows leaves too: redacted where the output rails say so, left out where they block.
    fn checked(&self, text: &str) -> String {
        let report = self.app.rails.check(Phase::Output, text, &self.scene);
        if report.blocked().is_some() { String::new() } else { report.text }
    }
}
