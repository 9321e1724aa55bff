//! What a request needs of a model, read off the request.

use super::route::Target;
use super::usage::Tokens;
use crate::config::Need;
use serde_json::{Map, Value};

/// From how many tokens on a request counts as long.
const LONG_CONTEXT: u64 = 100_000;

/// Bytes a token, for choosing a target only: what is billed is counted by a tokenizer.
const BYTES_PER_TOKEN: u64 = 4;

/// Tokens that an image counts for, as an order of magnitude.
const TOKENS_PER_IMAGE: u64 = 1_000;

/// Tokens that an answer is taken to have where the request sets no bound.
const USUAL_ANSWER: u64 = 1_000;

/// What a request needs.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Needs {
    wanted: Vec<Need>,
    input_tokens: u64,
    images: u64,
    /// Whether it holds what only the provider can measure.
    is_unmeasured: bool,
    /// The request's own bound on the answer.
    max_tokens: Option<u64>,
}

impl Needs {
    /// Of a request in OpenAI's shape.
    pub(crate) fn of(body: &Map<String, Value>) -> Self {
        let mut size = Size::default();
        for field in ["messages", "input", "instructions", "tools"] {
            body.get(field).into_iter().for_each(|value| size.add(value));
        }
        let format = body.get("response_format").or_else(|| body.get("text")?.get("format"));
        let is_schema =
            format.and_then(|format| format.get("type")).is_some_and(|kind| kind == "json_schema");
        let has_tools = body.get("tools").and_then(Value::as_array).is_some_and(|tools| !tools.is_empty());
        let input_tokens = size.bytes / BYTES_PER_TOKEN + size.images * TOKENS_PER_IMAGE;
        let wanted = [
            (has_tools, Need::Tools),
            (size.images > 0, Need::Vision),
            (is_schema, Need::JsonSchema),
            (input_tokens > LONG_CONTEXT, Need::LongContext),
        ];
        Self {
            wanted: wanted.into_iter().filter_map(|(is_wanted, need)| is_wanted.then_some(need)).collect(),
            input_tokens,
            images: size.images,
            is_unmeasured: size.is_unmeasured || has_provider_tools(body),
            max_tokens: stated_bound(body),
        }
    }

    /// How many images it holds.
    pub(super) fn images(&self) -> u64 {
        self.images
    }

    /// Whether nobody but the provider can tell how large it is: it holds a file, what is behind a link, or a tool that the
    /// provider runs.
    pub(super) fn is_unmeasured(&self) -> bool {
        self.is_unmeasured
    }

    /// Its own bound on the answer's tokens.
    pub(super) fn max_tokens(&self) -> Option<u64> {
        self.max_tokens
    }

    /// Why a target can't serve the request; none if it can. What isn't known of a model speaks for it.
    pub(crate) fn against(&self, target: &Target, most_usd: Option<f64>) -> Option<&'static str> {
        let facts = &target.facts;
        let lacks = |need: Need, has: Option<bool>| self.wanted.contains(&need) && has == Some(false);
        if lacks(Need::Tools, facts.tools) {
            return Some("it calls no tools");
        }
        if lacks(Need::Vision, facts.vision) {
            return Some("it reads no images");
        }
        if lacks(Need::JsonSchema, facts.json_schema) {
            return Some("it answers in no JSON Schema");
        }
        if facts.context_tokens.is_some_and(|most| self.input_tokens > most) {
            return Some("its context is too short");
        }
        if !target.only_for.is_empty() && !target.only_for.iter().any(|need| self.wanted.contains(need)) {
            return Some("it is kept for other requests");
        }
        let most = most_usd?;
        let output = self.max_tokens.unwrap_or(USUAL_ANSWER);
        let tokens = Tokens { input: self.input_tokens, output, ..Tokens::default() };
        let is_within = tokens.cost(facts).is_some_and(|cost| cost.dollars() <= most);
        (!is_within).then_some("it costs too much, or nobody knows what it costs")
    }
}

#[derive(Default)]
struct Size {
    bytes: u64,
    images: u64,
    is_unmeasured: bool,
}

impl Size {
    fn add(&mut self, value: &Value) {
        match value {
            Value::String(text) if text.starts_with("data:image/") => self.images += 1,
            Value::String(text) => self.bytes += text.len() as u64,
            Value::Array(items) => items.iter().for_each(|item| self.add(item)),
            Value::Object(fields) if is_image(fields) => {
                self.images += 1;
                self.is_unmeasured |= !fields.values().any(is_inline);
            }
            Value::Object(fields) if is_file(fields) => self.is_unmeasured = true,
            Value::Object(fields) => fields.values().for_each(|field| self.add(field)),
            _ => self.bytes += 1,
        }
    }
}

fn is_of(part: &Map<String, Value>, kinds: &[&str]) -> bool {
    part.get("type").and_then(Value::as_str).is_some_and(|kind| kinds.contains(&kind))
}

fn is_image(part: &Map<String, Value>) -> bool {
    is_of(part, &["image_url", "input_image"])
}

/// How many tokens a page, a second or a minute of it is, is the provider's to say.
fn is_file(part: &Map<String, Value>) -> bool {
    is_of(part, &["file", "input_file", "document", "input_audio", "video_url", "input_video"])
}

/// Whether an image is in the request itself: `image_url` is its text, or an object with it.
fn is_inline(image: &Value) -> bool {
    let text = image.as_str().or_else(|| image.get("url")?.as_str());
    text.is_some_and(|text| text.starts_with("data:image/"))
}

/// Whether the model may be given what a tool of the provider's brings, such as a search of the web.
fn has_provider_tools(body: &Map<String, Value>) -> bool {
    let tools = body.get("tools").and_then(Value::as_array).into_iter().flatten();
    let mut kinds = tools.filter_map(|tool| tool.get("type")?.as_str());
    kinds.any(|kind| !matches!(kind, "function" | "custom"))
}

/// The greatest bound on its answer's tokens that a request states: providers differ in which they go by.
fn stated_bound(body: &Map<String, Value>) -> Option<u64> {
    let fields: &[&str] = match body.contains_key("messages") {
        true => &["max_completion_tokens", "max_tokens"],
        false => &["max_output_tokens"],
    };
    fields.iter().filter_map(|field| whole(body.get(*field)?)).max()
}

/// A number as the most lenient provider reads it: `8`, `8.0` and `"8"` are the same.
pub(super) fn whole(value: &Value) -> Option<u64> {
    let number = value.as_f64().or_else(|| value.as_str()?.trim().parse().ok())?;
    (number >= 0.0).then(|| value.as_u64().unwrap_or(number.ceil() as u64))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn they_are_read_off_the_request() {
        let body = json!({
            "messages": [{"role": "user", "content": [
                {"type": "text", "text": "What is this?"},
                {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}},
            ]}],
            "tools": [{"type": "function", "function": {"name": "f"}}],
            "response_format": {"type": "json_schema", "json_schema": {"name": "a", "schema": {}}},
        });
        let needs = Needs::of(body.as_object().unwrap());
        assert_eq!(needs.wanted, [Need::Tools, Need::Vision, Need::JsonSchema]);
        assert!(Needs::of(json!({"messages": [], "tools": []}).as_object().unwrap()).wanted.is_empty());
    }

    #[test]
    fn what_only_the_provider_can_measure_is_told() {
        let part = |part: Value| json!({"messages": [{"role": "user", "content": [part]}]});
        let is_unmeasured = |body: Value| Needs::of(body.as_object().unwrap()).is_unmeasured();
        for body in [
            part(json!({"type": "image_url", "image_url": {"url": "https://example.org/a.png"}})),
            part(json!({"type": "file", "file": {"file_id": "file-1"}})),
            part(json!({"type": "file", "file": {"file_data": "data:application/pdf;base64,AAAA"}})),
            part(json!({"type": "input_audio", "input_audio": {"data": "AAAA", "format": "wav"}})),
            json!({"input": [{"role": "user", "content": [{"type": "input_file", "file_url": "https://example.org/a.pdf"}]}]}),
            json!({"input": [{"role": "user", "content": [{"type": "input_image", "file_id": "file-1"}]}]}),
            json!({"input": "Hi", "tools": [{"type": "web_search"}]}),
        ] {
            assert!(is_unmeasured(body.clone()), "{body}");
        }
        for body in [
            part(json!({"type": "text", "text": "See https://example.org/a.pdf"})),
            part(json!({"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}})),
            json!({"input": [{"role": "user", "content": [{"type": "input_image", "image_url": "data:image/png;base64,AAAA"}]}]}),
            json!({"input": "Hi", "tools": [{"type": "function", "name": "f"}]}),
        ] {
            assert!(!is_unmeasured(body.clone()), "{body}");
        }
    }

    #[test]
    fn of_several_bounds_the_greatest_counts_however_it_is_written() {
        let bound = |body: Value| Needs::of(body.as_object().unwrap()).max_tokens();
        for fields in [
            json!({"messages": [], "max_completion_tokens": 1, "max_tokens": 50_000}),
            json!({"messages": [], "max_completion_tokens": 50_000.0, "max_tokens": 1}),
            json!({"messages": [], "max_completion_tokens": "50000", "max_tokens": 1}),
            json!({"input": "", "max_output_tokens": 49_999.5, "max_tokens": 1}),
        ] {
            assert_eq!(bound(fields.clone()), Some(50_000), "{fields}");
        }
        assert_eq!(bound(json!({"messages": [], "max_output_tokens": 1})), None, "no chat goes by it");
        assert_eq!(bound(json!({"messages": [], "max_tokens": -1})), None);
    }
}
