//! The model speaks: its text is renumbered, held back by the rails, and sent as soon as it may leave.

use super::cite::Citer;
use super::events::Events;
use crate::app::App;
use crate::call::Context;
use crate::error::Error;
use crate::guardrails::{OutputStream, Phase, Report, Scene};
use crate::providers::{EXTRACTIVE, Finish, FunctionCall, Operation, Piece, Request, Route, Speech, Target};
use crate::trace::{Asked, Settings};
use contract::agent::ModelSettings;
use contract::money::Usd;
use contract::wire::chat::Citation;
use contract::wire::knowledge::Passage;
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

/// One answer of the model: the last, or one that asks for tools.
pub(super) struct Step {
    pub(super) finish: Finish,
    pub(super) model: String,
    pub(super) report: Report,
    /// What it said in it, as it left.
    pub(super) text: String,
    /// The tools that it asks for.
    pub(super) calls: Vec<FunctionCall>,
}

/// What leaves over all steps of an answer, and what it cites.
pub(super) struct Speaker<'a> {
    app: &'a App,
    context: &'a Context,
    events: &'a Events,
    citer: Citer<'a>,
    text: String,
    citations: Vec<Citation>,
    ttft_ms: Option<f64>,
    /// Whether what leaves next begins a paragraph of its own.
    breaks: bool,
}

impl<'a> Speaker<'a> {
    pub(super) fn new(
        app: &'a App,
        context: &'a Context,
        events: &'a Events,
        passages: &'a [Passage],
    ) -> Self {
        let (citer, text, citations) = (Citer::new(passages), String::new(), Vec::new());
        Self { app, context, events, citer, text, citations, ttft_ms: None, breaks: false }
    }

    /// Streams an answer of the model through the rails.
    ///
    /// # Errors
    /// If no model answers, or the client leaves.
    pub(super) async fn step(
        &mut self,
        route: &Route,
        request: Request,
        scene: Scene<'_>,
    ) -> Result<Step, Error> {
        let (context, began) = (self.context, Instant::now());
        let mut rails = OutputStream::new(&self.app.rails, scene);
        let settings = settings(context, &request.settings);
        let asked = |target: Option<&Target>| Asked::new(Operation::Chat, target, settings);
        let speech = tokio::select! {
            speech = self.app.providers.answer(context.by(), route, request) => speech,
            ended = self.events.ended() => Err(ended),
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
        self.breaks = !self.text.is_empty();
        let from = self.text.len();
        let relayed = self.relay(&mut speech, scene, &mut rails).await;
        // However it ended, what was used is known from here on.
        let finish = speech.end().await;
        let cost = speech.target.as_ref().and_then(|target| target.cost(&finish.tokens)).unwrap_or(Usd::ZERO);
        let said = std::mem::take(&mut speech.answer);
        context.recorder.with(|record| {
            record.add_usage(finish.tokens.usage(cost));
            record.said = said;
        });
        let detail =
            json!({"target": model, "output_tokens": finish.tokens.output, "failed": speech.attempts});
        context.recorder.model(began, detail, asked(speech.target.as_ref()));
        if let Err(error) = &relayed {
            context.recorder.model_ended(Some(error.code));
        }
        relayed?;
        let (last, report) = rails.finish();
        self.release(vec![last], &scene).await?;
        let text = self.text.get(from..).unwrap_or_default().trim_start().to_owned();
        Ok(Step { finish, model, report, text, calls: speech.calls() })
    }

    /// All that was said, with what the last step ended with.
    pub(super) fn finish(self, last: Step, report: Report) -> Spoken {
        Spoken {
            text: self.text,
            citations: self.citations,
            finish: last.finish,
            model: last.model,
            report,
            ttft_ms: self.ttft_ms,
        }
    }

    /// Lets the pieces of an answer leave as they come, until its end or until a rail stops it.
    async fn relay(
        &mut self,
        speech: &mut Speech,
        scene: Scene<'_>,
        rails: &mut OutputStream<'_>,
    ) -> Result<(), Error> {
        let app = self.app;
        let mut thinking = None;
        while rails.blocked().is_none() {
            let piece = tokio::select! {
                piece = speech.next() => piece?,
                ended = self.events.ended() => return Err(ended),
            };
            match piece {
                None => break,
                Some(Piece::Text(text)) => {
                    self.end_thinking(&mut thinking).await?;
                    let released = rails.push(&self.citer.push(&text));
                    self.release(released, &scene).await?;
                }
                // Reasoning carries text too, and passes through rails of its own.
                Some(Piece::Thinking(text)) => {
                    let thought = thinking.get_or_insert_with(|| OutputStream::new(&app.rails, scene));
                    self.think(thought.push(&text)).await?;
                }
            }
        }
        self.end_thinking(&mut thinking).await?;
        let released = rails.push(&self.citer.finish());
        self.release(released, &scene).await
    }

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
    async fn release(&mut self, texts: Vec<String>, scene: &Scene<'_>) -> Result<(), Error> {
        for mut text in texts.into_iter().filter(|text| !text.is_empty()) {
            if std::mem::take(&mut self.breaks) {
                text.insert_str(0, "\n\n");
            }
            self.ttft_ms.get_or_insert_with(|| self.context.recorder.elapsed_ms());
            self.text.push_str(&text);
            self.events.send("completion.delta", json!({"text": text})).await?;
        }
        while let Some(next) = self.citer.citations().get(self.citations.len()) {
            if !self.text.contains(&format!("[{}]", next.index)) {
                break;
            }
            let checked = Citation {
                quote: self.checked(&next.quote, scene),
                title: self.checked(&next.title, scene),
                ..next.clone()
            };
            self.events.send("citation", &checked).await?;
            self.citations.push(checked);
        }
        Ok(())
    }

    /// What a citation shows leaves too: redacted where the output rails say so, left out where they block.
    fn checked(&self, text: &str, scene: &Scene<'_>) -> String {
        let report = self.app.rails.check(Phase::Output, text, scene);
        if report.blocked().is_some() { String::new() } else { report.text }
    }
}

/// How an agent's model is asked, where somebody looks at it.
fn settings(context: &Context, model: &ModelSettings) -> Settings {
    if !context.is_exported() {
        return Settings::default();
    }
    Settings::of_agent(model.temperature, model.max_output_tokens)
}
