//! What a call to a model used: what the provider says, or what was counted of what came.

use crate::call::{Context, Ending};
use crate::error::Error;
use crate::providers::{Target, Tokens, tokens};
use crate::trace::Said;
use contract::money::Usd;
use serde_json::{Map, Value};

/// Meters one call.
pub(super) struct Meter {
    target: Target,
    /// The request, whose tokens are counted only where the provider doesn't say.
    asked: Map<String, Value>,
    /// All text of the answer so far.
    said: String,
    usage: Option<Tokens>,
    ttft_ms: Option<f64>,
    /// What the provider says of its answer, where somebody looks at it.
    answer: Option<Said>,
    /// The text that left, where that is kept.
    left: Option<String>,
}

impl Meter {
    /// For a request that goes to a target.
    pub(super) fn new(context: &Context, target: Target, asked: Map<String, Value>) -> Self {
        let answer = context.is_exported().then(Said::default);
        let left = context.keeps_content().then(String::new);
        Self { target, asked, said: String::new(), usage: None, ttft_ms: None, answer, left }
    }

    /// Whose model answers.
    pub(super) fn target(&self) -> &Target {
        &self.target
    }

    /// Notes what a whole answer or a chunk of it says.
    pub(super) fn note(&mut self, answer: &Value) {
        let usage = answer.get("usage").or_else(|| answer.pointer("/response/usage"));
        if let Some(usage) = usage.and_then(Tokens::of) {
            self.usage = Some(usage);
        }
        if let Some(delta) = answer.get("delta").and_then(Value::as_str) {
            self.said.push_str(delta);
        }
        if let Some(said) = &mut self.answer {
            said.note(answer);
        }
        // What the provider counted need not be counted here.
        let choices = answer.get("choices").and_then(Value::as_array).filter(|_| self.usage.is_none());
        for choice in choices.into_iter().flatten() {
            let message = choice.get("delta").or_else(|| choice.get("message"));
            message.into_iter().for_each(|message| collect(message, &mut self.said));
        }
    }

    /// Notes what leaves of it.
    pub(super) fn note_left(&mut self, answer: &Value) {
        let Some(left) = &mut self.left else { return };
        for choice in answer.get("choices").and_then(Value::as_array).into_iter().flatten() {
            let message = choice.get("delta").or_else(|| choice.get("message"));
            left.push_str(message.and_then(|message| message["content"].as_str()).unwrap_or_default());
        }
        if answer["type"] == "response.output_text.delta" {
            left.push_str(answer["delta"].as_str().unwrap_or_default());
        }
        let items = answer.get("output").and_then(Value::as_array).into_iter().flatten();
        for part in items.filter_map(|item| item["content"].as_array()).flatten() {
            left.push_str(part["text"].as_str().unwrap_or_default());
        }
    }

    /// Notes that the first text has left.
    pub(super) fn first_text(&mut self, context: &Context) {
        if self.ttft_ms.is_none() {
            self.ttft_ms = Some(context.recorder.elapsed_ms());
        }
    }

    /// What was used: as the provider says, else counted.
    pub(super) async fn tokens(&mut self) -> Tokens {
        if let Some(usage) = self.usage {
            return usage;
        }
        let model = &self.target.model;
        let counted = Tokens {
            input: tokens::count(model, tokens::text(&self.asked)).await,
            output: tokens::count(model, std::mem::take(&mut self.said)).await,
            is_estimated: true,
            ..Tokens::default()
        };
        self.usage = Some(counted);
        counted
    }

    /// Puts what was used into the call's record.
    pub(super) async fn record(&mut self, context: &Context) -> Tokens {
        let tokens = self.tokens().await;
        let cost = self.target.cost(&tokens).unwrap_or(Usd::ZERO);
        let latency_ms = context.recorder.elapsed_ms();
        if let Some(left) = &self.left {
            context.keep(&question(&self.asked), left);
        }
        let (model, ttft_ms) = (self.target.name(), self.ttft_ms.or(Some(latency_ms)));
        context.recorder.with(|record| {
            record.model = Some(model.to_owned());
            if let Some(said) = self.answer.take() {
                record.said = said;
            }
            record.usage = contract::wire::chat::Usage { latency_ms, ttft_ms, ..tokens.usage(cost) };
        });
        tokens
    }

    /// The same, and ends the call.
    pub(super) async fn settle(&mut self, context: &Context, ending: Ending) -> Result<Tokens, Error> {
        let tokens = self.record(context).await;
        context.settle(ending).await?;
        Ok(tokens)
    }
}

/// What the user said last in a request.
fn question(asked: &Map<String, Value>) -> String {
    let said = asked.get("messages").or_else(|| asked.get("input"));
    let last = match said {
        Some(Value::Array(items)) => items.iter().rev().find(|item| item["role"] == "user"),
        said => said,
    };
    match last.map(|item| item.get("content").unwrap_or(item)) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(parts)) => {
            let texts: Vec<&str> = parts.iter().filter_map(|part| part["text"].as_str()).collect();
            texts.join("\n")
        }
        _ => String::new(),
    }
}

/// All text that a model wrote in a message or a delta of one.
fn collect(message: &Value, said: &mut String) {
    for name in ["content", "reasoning_content", "reasoning", "refusal"] {
        if let Some(text) = message.get(name).and_then(Value::as_str) {
            said.push_str(text);
        }
    }
    for call in message.get("tool_calls").and_then(Value::as_array).into_iter().flatten() {
        for pointer in ["/function/name", "/function/arguments"] {
            said.push_str(call.pointer(pointer).and_then(Value::as_str).unwrap_or_default());
        }
    }
}
