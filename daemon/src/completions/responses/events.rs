//! A response as it comes: the typed events of OpenAI's reference, made of a chat completion's chunks.

use super::object::{self, Base, Status};
use crate::completions::stream::Encoder;
use crate::providers::{Chunk, Tokens};
use bytes::Bytes;
use serde_json::{Value, json};

/// Writes chunks as events.
pub(super) struct Events {
    base: Base,
    model: String,
    number: u64,
    /// The items that are whole, each at its place.
    output: Vec<Value>,
    /// The text or reasoning under way.
    open: Option<Open>,
    /// The calls of tools under way.
    calls: Vec<OpenCall>,
    status: Status,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Reasoning,
    Text,
    Refusal,
}

struct Open {
    kind: Kind,
    id: String,
    place: usize,
    text: String,
    annotations: Vec<Value>,
    logprobs: Vec<Value>,
}

struct OpenCall {
    number: u64,
    id: String,
    place: usize,
    call_id: String,
    name: String,
    arguments: String,
}

impl Events {
    pub(super) fn new(base: Base, model: String) -> Self {
        let (output, calls) = (Vec::new(), Vec::new());
        Self { base, model, number: 0, output, open: None, calls, status: Status::InProgress }
    }

    fn event(&mut self, kind: &str, mut data: Value) -> Bytes {
        data["type"] = kind.into();
        data["sequence_number"] = self.number.into();
        self.number += 1;
        Bytes::from(format!("event: {kind}\ndata: {data}\n\n"))
    }

    fn response(&self, tokens: Option<&Tokens>) -> Value {
        json!({"response": self.base.object(&self.model, self.status, &self.output, tokens)})
    }

    /// Text of a kind: it goes on, or begins an item of its own.
    fn say(&mut self, kind: Kind, text: &str, logprobs: Vec<Value>, events: &mut Vec<Bytes>) {
        if self.open.as_ref().is_none_or(|open| open.kind != kind) {
            self.close(events);
            self.open(kind, events);
        }
        let Some(open) = &mut self.open else { return };
        open.text.push_str(text);
        let mut data = json!({"item_id": open.id, "output_index": open.place, "delta": text});
        let name = match kind {
            Kind::Reasoning => {
                data["summary_index"] = 0.into();
                "response.reasoning_summary_text.delta"
            }
            Kind::Text => {
                open.logprobs.extend(logprobs.iter().cloned());
                data["content_index"] = 0.into();
                data["logprobs"] = logprobs.into();
                "response.output_text.delta"
            }
            Kind::Refusal => {
                data["content_index"] = 0.into();
                "response.refusal.delta"
            }
        };
        let event = self.event(name, data);
        events.push(event);
    }

    fn open(&mut self, kind: Kind, events: &mut Vec<Bytes>) {
        let place = self.place();
        let id = contract::id::new(if kind == Kind::Reasoning { "rs" } else { "msg" });
        let at = json!({"item_id": id, "output_index": place});
        let item = match kind {
            Kind::Reasoning => json!({"id": id, "type": "reasoning", "summary": []}),
            _ => {
                json!({"id": id, "type": "message", "status": "in_progress", "role": "assistant", "content": []})
            }
        };
        events.push(self.event("response.output_item.added", json!({"output_index": place, "item": item})));
        let (name, part) = part(kind, "", Vec::new(), None);
        events.push(self.event(&format!("response.{name}_part.added"), with(at, kind, part)));
        self.output.push(item);
        let (annotations, logprobs) = (Vec::new(), Vec::new());
        self.open = Some(Open { kind, id, place, text: String::new(), annotations, logprobs });
    }

    /// Ends the text under way.
    fn close(&mut self, events: &mut Vec<Bytes>) {
        let Some(open) = self.open.take() else { return };
        let at = || json!({"item_id": open.id, "output_index": open.place});
        let logprobs = (!open.logprobs.is_empty()).then(|| Value::Array(open.logprobs.clone()));
        let (name, part) = part(open.kind, &open.text, open.annotations, logprobs);
        let mut done = at();
        let (field, event) = match open.kind {
            Kind::Reasoning => ("text", "response.reasoning_summary_text.done"),
            Kind::Text => ("text", "response.output_text.done"),
            Kind::Refusal => ("refusal", "response.refusal.done"),
        };
        done[field] = open.text.as_str().into();
        let index = if open.kind == Kind::Reasoning { "summary_index" } else { "content_index" };
        done[index] = 0.into();
        if open.kind == Kind::Text {
            done["logprobs"] = open.logprobs.into();
        }
        events.push(self.event(event, done));
        events.push(self.event(&format!("response.{name}_part.done"), with(at(), open.kind, part.clone())));
        let item = match open.kind {
            Kind::Reasoning => object::reasoning(&open.id, &open.text),
            _ => object::message(&open.id, vec![part]),
        };
        self.whole(open.place, item, events);
    }

    fn whole(&mut self, place: usize, item: Value, events: &mut Vec<Bytes>) {
        events.push(self.event("response.output_item.done", json!({"output_index": place, "item": item})));
        if let Some(slot) = self.output.get_mut(place) {
            *slot = item;
        }
    }

    fn place(&self) -> usize {
        self.output.len()
    }

    fn call(&mut self, piece: &Value, events: &mut Vec<Bytes>) {
        let number = piece["index"].as_u64().unwrap_or(0);
        if !self.calls.iter().any(|call| call.number == number) {
            self.close(events);
            let place = self.place();
            let text =
                |pointer: &str| piece.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
            let (id, call_id, name) = (contract::id::new("fc"), text("/id"), text("/function/name"));
            let mut item = object::function_call(&id, &call_id, &name, "");
            item["status"] = "in_progress".into();
            events
                .push(self.event("response.output_item.added", json!({"output_index": place, "item": item})));
            self.output.push(item);
            self.calls.push(OpenCall { number, id, place, call_id, name, arguments: String::new() });
        }
        let Some(delta) =
            piece.pointer("/function/arguments").and_then(Value::as_str).filter(|d| !d.is_empty())
        else {
            return;
        };
        let Some(call) = self.calls.iter_mut().find(|call| call.number == number) else { return };
        call.arguments.push_str(delta);
        let data = json!({"item_id": call.id, "output_index": call.place, "delta": delta});
        events.push(self.event("response.function_call_arguments.delta", data));
    }

    fn close_calls(&mut self, events: &mut Vec<Bytes>) {
        for call in std::mem::take(&mut self.calls) {
            let data = json!({
                "item_id": call.id, "output_index": call.place, "name": call.name, "arguments": call.arguments,
            });
            events.push(self.event("response.function_call_arguments.done", data));
            let item = object::function_call(&call.id, &call.call_id, &call.name, &call.arguments);
            self.whole(call.place, item, events);
        }
    }

    fn annotate(&mut self, annotation: &Value, events: &mut Vec<Bytes>) {
        let Some(open) = self.open.as_mut().filter(|open| open.kind == Kind::Text) else { return };
        let annotation = object::annotation(annotation);
        let data = json!({
            "item_id": open.id, "output_index": open.place, "content_index": 0,
            "annotation_index": open.annotations.len(), "annotation": annotation,
        });
        open.annotations.push(annotation);
        events.push(self.event("response.output_text.annotation.added", data));
    }
}

/// The part that a text is, and whether it is one of content or of a summary.
fn part(kind: Kind, text: &str, annotations: Vec<Value>, logprobs: Option<Value>) -> (&'static str, Value) {
    match kind {
        Kind::Reasoning => ("reasoning_summary", json!({"type": "summary_text", "text": text})),
        Kind::Text => ("content", object::output_text(text, annotations, logprobs)),
        Kind::Refusal => ("content", json!({"type": "refusal", "refusal": text})),
    }
}

fn with(mut at: Value, kind: Kind, part: Value) -> Value {
    let index = if kind == Kind::Reasoning { "summary_index" } else { "content_index" };
    at[index] = 0.into();
    at["part"] = part;
    at
}

impl Encoder for Events {
    fn begin(&mut self) -> Vec<Bytes> {
        let response = self.response(None);
        vec![self.event("response.created", response.clone()), self.event("response.in_progress", response)]
    }

    fn chunk(&mut self, chunk: Chunk) -> Vec<Bytes> {
        let mut events = Vec::new();
        // A response has one answer.
        let Some(choice) =
            chunk.value.pointer("/choices/0").filter(|choice| choice["index"].as_u64() != Some(1))
        else {
            return events;
        };
        let delta = &choice["delta"];
        let text = |name: &str| delta[name].as_str().filter(|text| !text.is_empty());
        if let Some(thought) = text("reasoning_content").or_else(|| text("reasoning")) {
            self.say(Kind::Reasoning, thought, Vec::new(), &mut events);
        }
        if let Some(content) = text("content") {
            let logprobs = choice.pointer("/logprobs/content").and_then(Value::as_array).cloned();
            self.say(Kind::Text, content, logprobs.unwrap_or_default(), &mut events);
        }
        if let Some(refusal) = text("refusal") {
            self.say(Kind::Refusal, refusal, Vec::new(), &mut events);
        }
        for annotation in delta["annotations"].as_array().into_iter().flatten() {
            self.annotate(annotation, &mut events);
        }
        for piece in delta["tool_calls"].as_array().into_iter().flatten() {
            self.call(piece, &mut events);
        }
        if let Some(reason) = choice["finish_reason"].as_str() {
            self.status = Status::of(Some(reason));
        }
        events
    }

    fn end(&mut self, tokens: &Tokens) -> Vec<Bytes> {
        let mut events = Vec::new();
        self.close(&mut events);
        self.close_calls(&mut events);
        if self.status == Status::InProgress {
            self.status = Status::Completed;
        }
        let response = self.response(Some(tokens));
        events.push(self.event(&format!("response.{}", self.status.name()), response));
        events
    }

    fn error(&mut self, envelope: Value) -> Vec<Bytes> {
        self.status = Status::Failed;
        vec![self.event("error", object::failure(&envelope))]
    }

    fn output(&self) -> Option<(String, Vec<Value>)> {
        (self.status != Status::Failed).then(|| (self.base.id.clone(), self.output.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Map;

    #[test]
    fn an_answer_becomes_events_in_the_order_of_the_reference() {
        let mut events = Events::new(Base::new(&Map::new(), true), "m".into());
        let said = |delta: Value| {
            Chunk::from(json!({"choices": [{"index": 0, "delta": delta, "finish_reason": null}]}))
        };
        let call = |piece: Value| said(json!({"tool_calls": [piece]}));
        let mut frames = events.begin();
        for chunk in [
            said(json!({"role": "assistant", "content": ""})),
            said(json!({"reasoning_content": "Hm."})),
            said(json!({"content": "Hel"})),
            said(json!({"content": "lo"})),
            call(json!({"index": 0, "id": "c", "function": {"name": "f", "arguments": ""}})),
            call(json!({"index": 0, "function": {"arguments": "{}"}})),
            Chunk::from(json!({"choices": [{"index": 0, "delta": {}, "finish_reason": "tool_calls"}]})),
        ] {
            frames.extend(events.chunk(chunk));
        }
        frames.extend(events.end(&Tokens { input: 1, output: 2, ..Tokens::default() }));
        let text = String::from_utf8(frames.concat()).unwrap();
        let names: Vec<&str> =
            text.lines().filter_map(|line| line.strip_prefix("event: response.")).collect();
        let expected = [
            "created",
            "in_progress",
            "output_item.added",
            "reasoning_summary_part.added",
            "reasoning_summary_text.delta",
            "reasoning_summary_text.done",
            "reasoning_summary_part.done",
            "output_item.done",
            "output_item.added",
            "content_part.added",
            "output_text.delta",
            "output_text.delta",
            "output_text.done",
            "content_part.done",
            "output_item.done",
            "output_item.added",
            "function_call_arguments.delta",
            "function_call_arguments.done",
            "output_item.done",
            "completed",
        ];
        assert_eq!(names, expected);
        let last: Value = serde_json::from_str(text.trim().rsplit("data: ").next().unwrap()).unwrap();
        let output = last["response"]["output"].as_array().unwrap();
        assert_eq!(
            output.iter().map(|item| item["type"].as_str().unwrap()).collect::<Vec<_>>(),
            ["reasoning", "message", "function_call"]
        );
        assert_eq!(
            (&output[1]["content"][0]["text"], &output[2]["arguments"]),
            (&json!("Hello"), &json!("{}"))
        );
        assert_eq!(last["response"]["usage"]["total_tokens"], 3);
    }
}
