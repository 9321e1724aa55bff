//! What a model says on its way out, through the rails: text is held back until it may leave, in every field that holds
//! text, and a chunk that nothing changes leaves as it came.

use super::rails::scene;
use crate::guardrails::{Engine, OutputStream, Phase, RailResult, Report};
use crate::providers::Chunk;
use contract::agent::Guardrails;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// The fields of a delta that hold text.
const FIELDS: [&str; 4] = ["content", "reasoning_content", "reasoning", "refusal"];

/// One text of an answer: a field of a choice, or the arguments of a tool's call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Lane {
    Field(usize),
    Arguments(u64),
}

/// What governs a streamed answer of one shape.
pub(super) trait Governor: Send {
    /// Takes a chunk and gives those that may leave now.
    fn push(&mut self, chunk: Chunk) -> Vec<Chunk>;

    /// The rail that stopped the answer, if one did.
    fn blocked(&self) -> Option<&RailResult>;

    /// Ends the answer: what was held and may leave, and the report over all.
    fn finish(&mut self) -> (Vec<Chunk>, Option<Report>);
}

/// Streamed chat completions under the rails.
pub(super) struct Outlet<'a> {
    engine: &'a Engine,
    settings: &'a Guardrails,
    lanes: BTreeMap<(u64, Lane), Text<'a>>,
    /// The choices that have begun and not ended.
    open: Vec<u64>,
    blocked: Option<RailResult>,
    report: Option<Report>,
    /// What every chunk of the answer repeats.
    frame: Map<String, Value>,
}

/// One text under way.
pub(super) struct Text<'a> {
    rails: OutputStream<'a>,
    pushed: String,
    released: usize,
    /// Whether all that left is what came.
    is_same: bool,
    /// Log probabilities of tokens that are still held.
    logprobs: Vec<Value>,
}

impl<'a> Outlet<'a> {
    pub(super) fn new(engine: &'a Engine, settings: &'a Guardrails) -> Self {
        Self {
            engine,
            settings,
            lanes: BTreeMap::new(),
            open: Vec::new(),
            blocked: None,
            report: None,
            frame: Map::new(),
        }
    }

    /// Whether something of a choice leaves. What was held of it leaves before its end.
    fn choice(&mut self, choice: &mut Value, before: &mut Vec<Value>, is_changed: &mut bool) -> bool {
        let index = choice.get("index").and_then(Value::as_u64).unwrap_or(0);
        if !self.open.contains(&index) {
            self.open.push(index);
        }
        let logprobs =
            choice.pointer_mut("/logprobs/content").and_then(Value::as_array_mut).map(std::mem::take);
        let has_logprobs = logprobs.as_ref().is_some_and(|logprobs| !logprobs.is_empty());
        let mut says = false;
        if let Some(Value::Object(delta)) = choice.get_mut("delta") {
            for (number, field) in FIELDS.iter().enumerate() {
                let Some(Value::String(text)) = delta.get_mut(*field) else { continue };
                if text.is_empty() {
                    continue;
                }
                let lane = self.lane(index, Lane::Field(number));
                let released = lane.push(text);
                if number == 0 {
                    lane.logprobs.extend(logprobs.iter().flatten().cloned());
                }
                *is_changed |= released != *text;
                if released.is_empty() {
                    delta.shift_remove(*field);
                } else {
                    *text = released;
                }
            }
            self.arguments(index, delta, is_changed);
            says = delta.values().any(|value| !value.is_null());
        }
        if has_logprobs {
            *is_changed = true;
            let released = self.lane(index, Lane::Field(0)).logprobs();
            choice["logprobs"]["content"] = released.into();
        }
        self.note_block();
        let ends = choice.get("finish_reason").is_some_and(|reason| !reason.is_null());
        if ends || self.blocked.is_some() {
            if says {
                before.push(json!({"index": index, "delta": choice["delta"].take(), "finish_reason": null}));
                choice["delta"] = json!({});
                *is_changed = true;
            }
            let flushed = self.flush(index);
            *is_changed |= !flushed.is_empty();
            before.extend(flushed);
            self.open.retain(|open| *open != index);
            if self.blocked.is_some() {
                *is_changed = true;
                *choice = json!({"index": index, "delta": {}, "finish_reason": "content_filter"});
            }
            return true;
        }
        says
    }

    fn arguments(&mut self, index: u64, delta: &mut Map<String, Value>, is_changed: &mut bool) {
        let Some(Value::Array(calls)) = delta.get_mut("tool_calls") else { return };
        calls.retain_mut(|call| {
            let number = call.get("index").and_then(Value::as_u64).unwrap_or(0);
            let has_name = call.get("id").is_some_and(|id| !id.is_null());
            let Some(Value::String(piece)) = call.pointer_mut("/function/arguments") else { return true };
            if piece.is_empty() {
                return true;
            }
            let released = self.lane(index, Lane::Arguments(number)).push(piece);
            *is_changed |= released != *piece;
            *piece = released;
            has_name || !piece.is_empty()
        });
        if calls.is_empty() {
            delta.shift_remove("tool_calls");
        }
    }

    fn lane(&mut self, index: u64, lane: Lane) -> &mut Text<'a> {
        let (engine, settings) = (self.engine, self.settings);
        self.lanes.entry((index, lane)).or_insert_with(|| Text::new(engine, settings))
    }

    fn note_block(&mut self) {
        if self.blocked.is_none() {
            self.blocked = self.lanes.values().find_map(|text| text.rails.blocked()).cloned();
        }
    }

    /// Ends the texts of a choice: what was held of them and may leave.
    fn flush(&mut self, index: u64) -> Vec<Value> {
        let ending: Vec<(u64, Lane)> = self.lanes.keys().filter(|(of, _)| *of == index).copied().collect();
        let mut flushed = Vec::new();
        for key in ending {
            let Some(mut text) = self.lanes.remove(&key) else { continue };
            let logprobs = std::mem::take(&mut text.logprobs);
            let (last, report) = text.rails.finish();
            let is_same = text.is_same && text.pushed.get(text.released..) == Some(last.as_str());
            if self.blocked.is_none() {
                self.blocked = report.blocked().cloned();
            }
            self.report = Some(match self.report.take() {
                Some(before) => before.and(report),
                None => report,
            });
            if last.is_empty() {
                continue;
            }
            let delta = match key.1 {
                Lane::Field(number) => json!({FIELDS[number]: last}),
                Lane::Arguments(number) => {
                    json!({"tool_calls": [{"index": number, "function": {"arguments": last}}]})
                }
            };
            let mut choice = json!({"index": index, "delta": delta, "finish_reason": null});
            if is_same && !logprobs.is_empty() {
                choice["logprobs"] = json!({"content": logprobs});
            }
            flushed.push(choice);
        }
        flushed
    }

    fn chunk(&self, choice: Value) -> Chunk {
        let mut value = self.frame.clone();
        value.insert("choices".into(), Value::Array(vec![choice]));
        Chunk::from(Value::Object(value))
    }
}

impl Governor for Outlet<'_> {
    fn blocked(&self) -> Option<&RailResult> {
        self.blocked.as_ref()
    }

    fn push(&mut self, mut chunk: Chunk) -> Vec<Chunk> {
        if self.frame.is_empty() {
            let fields = chunk.value.as_object().into_iter().flatten();
            let repeated = fields.filter(|(name, _)| !matches!(name.as_str(), "choices" | "usage"));
            self.frame = repeated.map(|(name, value)| (name.clone(), value.clone())).collect();
        }
        let mut before = Vec::new();
        let Some(Value::Array(choices)) = chunk.value.get_mut("choices") else { return vec![chunk] };
        if choices.is_empty() {
            return vec![chunk];
        }
        let mut is_changed = false;
        choices.retain_mut(|choice| {
            if self.blocked.is_some() {
                is_changed = true;
                return false;
            }
            let kept = self.choice(choice, &mut before, &mut is_changed);
            is_changed |= !kept;
            kept
        });
        let is_empty = choices.is_empty();
        let mut leaving: Vec<Chunk> = before.into_iter().map(|choice| self.chunk(choice)).collect();
        if !is_empty || !chunk.value["usage"].is_null() {
            if is_changed {
                chunk.raw = None;
            }
            leaving.push(chunk);
        }
        leaving
    }

    fn finish(&mut self) -> (Vec<Chunk>, Option<Report>) {
        let mut leaving = Vec::new();
        for index in std::mem::take(&mut self.open) {
            leaving.extend(self.flush(index));
            if self.blocked.is_some() {
                leaving.push(json!({"index": index, "delta": {}, "finish_reason": "content_filter"}));
            }
        }
        (leaving.into_iter().map(|choice| self.chunk(choice)).collect(), self.report.take())
    }
}

impl<'a> Text<'a> {
    /// A text of which nothing has come yet.
    pub(super) fn new(engine: &'a Engine, settings: &'a Guardrails) -> Self {
        Self {
            rails: OutputStream::new(engine, scene(settings)),
            pushed: String::new(),
            released: 0,
            is_same: true,
            logprobs: Vec::new(),
        }
    }

    /// All that came so far.
    pub(super) fn came(&self) -> &str {
        &self.pushed
    }

    /// The rail that stopped it, if one did.
    pub(super) fn blocked(&self) -> Option<&RailResult> {
        self.rails.blocked()
    }

    /// Ends it: the last of it that may leave, and the report, which holds all that left.
    pub(super) fn end(self) -> (String, Report) {
        self.rails.finish()
    }

    /// Takes a piece and gives what may leave now.
    pub(super) fn push(&mut self, piece: &str) -> String {
        self.pushed.push_str(piece);
        let released = self.rails.push(piece).concat();
        let end = self.released + released.len();
        self.is_same &= self.pushed.get(self.released..end) == Some(released.as_str());
        self.released = end;
        released
    }

    /// The log probabilities that may leave: those of text that left whole and unchanged.
    fn logprobs(&mut self) -> Vec<Value> {
        if self.is_same && self.released == self.pushed.len() {
            std::mem::take(&mut self.logprobs)
        } else {
            Vec::new()
        }
    }
}

/// A whole answer through the rails: its texts as they may leave, and the report over all.
pub(super) fn whole(engine: &Engine, settings: &Guardrails, answer: &mut Value) -> Option<Report> {
    let mut all: Option<Report> = None;
    for choice in answer.get_mut("choices").and_then(Value::as_array_mut).into_iter().flatten() {
        let mut is_blocked = false;
        let mut is_changed = false;
        let mut look = |text: &mut String| {
            if text.is_empty() {
                return;
            }
            let report = engine.check(Phase::Output, text, &scene(settings));
            is_blocked |= report.blocked().is_some();
            if *text != report.text {
                is_changed = true;
                text.clone_from(&report.text);
            }
            all = Some(match all.take() {
                Some(before) => before.and(report),
                None => report,
            });
        };
        if let Some(message) = choice.get_mut("message") {
            for field in FIELDS {
                if let Some(Value::String(text)) = message.get_mut(field) {
                    look(text);
                }
            }
            for call in message.get_mut("tool_calls").and_then(Value::as_array_mut).into_iter().flatten() {
                if let Some(Value::String(arguments)) = call.pointer_mut("/function/arguments") {
                    look(arguments);
                }
            }
        }
        if is_blocked {
            choice["finish_reason"] = "content_filter".into();
            // A call whose arguments were cut is none.
            choice["message"].as_object_mut().and_then(|message| message.shift_remove("tool_calls"));
        }
        if is_changed && choice.get("logprobs").is_some() {
            choice["logprobs"] = Value::Null;
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Chunk {
        let value =
            json!({"id": "c", "choices": [{"index": 0, "delta": {"content": text}, "finish_reason": null}]});
        Chunk { raw: Some(value.to_string()), value }
    }

    fn ended(reason: &str) -> Chunk {
        Chunk::from(json!({"id": "c", "choices": [{"index": 0, "delta": {}, "finish_reason": reason}]}))
    }

    fn run(chunks: Vec<Chunk>) -> (String, String, Vec<Chunk>) {
        let (engine, settings) = (Engine::new(), Guardrails::default());
        let mut outlet = Outlet::new(&engine, &settings);
        let mut left: Vec<Chunk> = Vec::new();
        for chunk in chunks {
            left.extend(outlet.push(chunk));
        }
        left.extend(outlet.finish().0);
        let text = |name: &str| {
            let texts = left.iter().filter_map(|chunk| chunk.value.pointer(name)?.as_str());
            texts.collect::<String>()
        };
        let content = text("/choices/0/delta/content");
        (content, text("/choices/0/finish_reason"), left)
    }

    #[test]
    fn a_secret_split_over_two_deltas_never_leaves() {
        let key = format!("{}_{}", "ghp", "Zq7xW2mK9pLr4TvB8nYd3Hc6FsJg5RtAeUoS");
        let (one, two) = key.split_at(9);
        let chunks =
            vec![said("All is well. The key is "), said(one), said(two), said(" there."), ended("stop")];
        let (text, reason, _) = run(chunks);
        assert_eq!((text.as_str(), reason.as_str()), ("All is well. ", "content_filter"));
    }

    #[test]
    fn what_was_held_leaves_before_the_end() {
        let (text, reason, left) =
            run(vec![said("One. Two"), said(" ann@exa"), said("mple.org"), ended("stop")]);
        assert_eq!((text.as_str(), reason.as_str()), ("One. Two [EMAIL_1]", "stop"));
        assert_eq!(left.last().unwrap().value["choices"][0]["finish_reason"], "stop");
    }

    #[test]
    fn the_arguments_of_parallel_calls_are_looked_at_one_by_one() {
        let piece = |number: u64, text: &str| {
            let call = json!({"index": number, "function": {"arguments": text}});
            Chunk::from(
                json!({"choices": [{"index": 0, "delta": {"tool_calls": [call]}, "finish_reason": null}]}),
            )
        };
        let chunks = vec![
            piece(0, "{\"to\": \"ann@"),
            piece(1, "{\"city\": \"Ber"),
            piece(0, "example.org\"}"),
            piece(1, "lin\"}"),
            ended("tool_calls"),
        ];
        let (_, reason, left) = run(chunks);
        let mut arguments = [String::new(), String::new()];
        for call in left.iter().filter_map(|chunk| chunk.value.pointer("/choices/0/delta/tool_calls/0")) {
            let number = usize::try_from(call["index"].as_u64().unwrap()).unwrap();
            arguments[number].push_str(call["function"]["arguments"].as_str().unwrap());
        }
        assert_eq!(arguments, ["{\"to\": \"[EMAIL_1]\"}", "{\"city\": \"Berlin\"}"]);
        assert_eq!(reason, "tool_calls");
    }
}
