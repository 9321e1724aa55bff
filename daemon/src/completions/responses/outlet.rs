//! A provider's own response events on their way out, through the rails: deltas are held back until they may leave, and what
//! repeats a text later repeats what left of it.

use crate::completions::outlet::{Governor, Text};
use crate::completions::rails::scene;
use crate::guardrails::{Engine, Phase, RailResult, Report};
use crate::providers::Chunk;
use contract::agent::Guardrails;
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};

/// The fields in which events and items hold a whole text.
const TEXTS: [&str; 5] = ["text", "arguments", "refusal", "input", "code"];

/// A response's events under the rails.
pub(super) struct Outlet<'a> {
    engine: &'a Engine,
    settings: &'a Guardrails,
    /// The texts under way, by their event's kind and place.
    open: BTreeMap<String, Text<'a>>,
    /// Of each text that has ended, what left of it.
    left: HashMap<String, String>,
    blocked: Option<RailResult>,
    report: Option<Report>,
}

impl<'a> Outlet<'a> {
    pub(super) fn new(engine: &'a Engine, settings: &'a Guardrails) -> Self {
        Self { engine, settings, open: BTreeMap::new(), left: HashMap::new(), blocked: None, report: None }
    }

    fn delta(&mut self, kind: &str, mut event: Value) -> Vec<Chunk> {
        let (engine, settings) = (self.engine, self.settings);
        let text = self.open.entry(place(kind, &event)).or_insert_with(|| Text::new(engine, settings));
        let released = text.push(event["delta"].as_str().unwrap_or_default());
        self.blocked = text.blocked().cloned();
        if released.is_empty() {
            return Vec::new();
        }
        event["delta"] = released.into();
        forget_logprobs(&mut event);
        vec![Chunk::from(event)]
    }

    /// The end of a text: what was held of it leaves first.
    fn done(&mut self, kind: &str, mut event: Value) -> Vec<Chunk> {
        let Some(text) = self.open.remove(&place(kind, &event)) else { return self.other(event) };
        let came = text.came().to_owned();
        let (last, report) = text.end();
        let all = report.text.clone();
        self.add(report);
        let mut leaving = Vec::new();
        if !last.is_empty() {
            let mut delta = event.clone();
            delta
                .as_object_mut()
                .into_iter()
                .for_each(|fields| fields.retain(|name, _| !TEXTS.contains(&name.as_str())));
            delta["type"] = format!("{kind}.delta").into();
            delta["delta"] = last.into();
            forget_logprobs(&mut delta);
            leaving.push(Chunk::from(delta));
        }
        if self.blocked.is_some() {
            return leaving;
        }
        if let Some(field) = TEXTS.iter().find(|field| event.get(**field).is_some_and(Value::is_string)) {
            event[*field] = all.clone().into();
        }
        self.left.insert(came, all);
        forget_logprobs(&mut event);
        leaving.push(Chunk::from(event));
        leaving
    }

    /// An event that repeats texts, or holds some that were never streamed.
    fn other(&mut self, mut event: Value) -> Vec<Chunk> {
        for name in ["item", "part"] {
            event.get_mut(name).into_iter().for_each(|held| self.repeat(held));
        }
        if let Some(Value::Array(items)) = event.pointer_mut("/response/output") {
            items.iter_mut().for_each(|item| self.repeat(item));
        }
        if self.blocked.is_some() { Vec::new() } else { vec![Chunk::from(event)] }
    }

    /// Puts what left of each text into an item or a part of one.
    pub(super) fn repeat(&mut self, held: &mut Value) {
        for field in TEXTS {
            if let Some(Value::String(text)) = held.get_mut(field)
                && !text.is_empty()
            {
                self.replace(text);
            }
        }
        for name in ["content", "summary"] {
            let parts = held.get_mut(name).and_then(Value::as_array_mut);
            parts.into_iter().flatten().for_each(|part| self.repeat(part));
        }
        forget_logprobs(held);
    }

    fn replace(&mut self, text: &mut String) {
        if let Some(left) = self.left.get(text.as_str()) {
            text.clone_from(left);
            return;
        }
        let report = self.engine.check(Phase::Output, text, &scene(self.settings));
        let all = report.text.clone();
        self.left.insert(std::mem::replace(text, all.clone()), all.clone());
        // What is repeated of it is what left, and is not looked at again.
        self.left.insert(all.clone(), all);
        self.add(report);
    }

    fn add(&mut self, report: Report) {
        if self.blocked.is_none() {
            self.blocked = report.blocked().cloned();
        }
        self.report = Some(match self.report.take() {
            Some(before) => before.and(report),
            None => report,
        });
    }
}

impl Governor for Outlet<'_> {
    fn push(&mut self, chunk: Chunk) -> Vec<Chunk> {
        if self.blocked.is_some() {
            return Vec::new();
        }
        let kind = chunk.value["type"].as_str().unwrap_or_default().to_owned();
        if let Some(kind) = kind.strip_suffix(".delta").filter(|_| chunk.value["delta"].is_string()) {
            return self.delta(kind, chunk.value);
        }
        match kind.strip_suffix(".done") {
            Some(kind) => self.done(kind, chunk.value),
            None => self.other(chunk.value),
        }
    }

    fn blocked(&self) -> Option<&RailResult> {
        self.blocked.as_ref()
    }

    fn finish(&mut self) -> (Vec<Chunk>, Option<Report>) {
        for (_, text) in std::mem::take(&mut self.open) {
            let (_, report) = text.end();
            self.add(report);
        }
        (Vec::new(), self.report.take())
    }
}

/// Which text an event is about.
fn place(kind: &str, event: &Value) -> String {
    let (content, summary) = (&event["content_index"], &event["summary_index"]);
    format!("{kind} {} {content} {summary}", event["item_id"])
}

/// Log probabilities hold the text as it was before the rails.
fn forget_logprobs(event: &mut Value) {
    if let Some(logprobs) = event.get_mut("logprobs") {
        *logprobs = Value::Array(Vec::new());
    }
}
