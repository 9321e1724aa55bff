//! A model's call, as only its span shows it: whom it reached, how it was asked, and what the answer says of itself.

use crate::providers::{Operation, Target, Upstream};
use serde_json::{Map, Value};
use std::sync::Arc;

/// Longest id, name or reason of a provider that is kept, in characters.
const LONGEST: usize = 200;

/// Most reasons that are kept: OpenAI's `n` is 128 at most, and few ask for more than one.
const MOST_REASONS: usize = 16;

/// A model's call among the spans of a trace.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    /// Which of the spans it is.
    pub(super) place: usize,
    /// The span's id, which the provider was told.
    pub(super) span: [u8; 8],
    pub(super) operation: Operation,
    /// Who was asked; nobody where it is the built-in answerer.
    pub(super) upstream: Option<Arc<Upstream>>,
    pub(super) settings: Settings,
}

impl Asked {
    /// A call of a target.
    pub(crate) fn new(operation: Operation, target: Option<&Target>, settings: Settings) -> Self {
        let upstream = target.map(|target| Arc::clone(&target.upstream));
        Self { place: 0, span: [0; 8], operation, upstream, settings }
    }
}

/// How a model was asked: its settings, by the names of OpenAI's request. All are numbers.
#[derive(Clone, Debug, Default)]
pub(crate) struct Settings {
    pub(super) numbers: Vec<(&'static str, f64)>,
    pub(super) is_stream: bool,
}

impl Settings {
    /// Those of a request.
    pub(crate) fn of(body: &Map<String, Value>, is_stream: bool) -> Self {
        let names = [
            "temperature",
            "top_p",
            "top_k",
            "max_completion_tokens",
            "max_output_tokens",
            "max_tokens",
            "frequency_penalty",
            "presence_penalty",
            "seed",
            "n",
        ];
        let number = |name: &'static str| Some((name, body.get(name)?.as_f64()?));
        Self { numbers: names.into_iter().filter_map(number).collect(), is_stream }
    }

    /// Those of an agent's model, which always streams.
    pub(crate) fn of_agent(temperature: Option<f64>, most_tokens: Option<u32>) -> Self {
        let numbers = [("temperature", temperature), ("max_tokens", most_tokens.map(f64::from))];
        let numbers = numbers.into_iter().filter_map(|(name, number)| Some((name, number?)));
        Self { numbers: numbers.collect(), is_stream: true }
    }
}

/// What an answer says of itself beside its text.
#[derive(Clone, Debug, Default)]
pub(crate) struct Said {
    pub(super) id: Option<String>,
    pub(super) model: Option<String>,
    /// Why each of its choices ended.
    pub(super) reasons: Vec<String>,
}

impl Said {
    /// Notes what a whole answer, or a piece of one, says.
    pub(crate) fn note(&mut self, answer: &Value) {
        let short = |value: &Value| Some(value.as_str()?.chars().take(LONGEST).collect::<String>());
        if self.model.is_none() {
            let whole = answer.get("response").unwrap_or(answer);
            self.model = whole.get("model").and_then(short);
            self.id = whole.get("id").and_then(short);
        }
        for choice in answer.get("choices").and_then(Value::as_array).into_iter().flatten() {
            let reason = choice.get("finish_reason").filter(|_| self.reasons.len() < MOST_REASONS);
            self.reasons.extend(reason.and_then(short));
        }
    }
}
