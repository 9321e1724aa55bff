//! Attributes of spans, in OTLP's types.

use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, ArrayValue, KeyValue};

/// Longest text of an attribute, in characters.
const LONGEST: usize = 200;

/// The attributes of a span, as they are gathered.
#[derive(Default)]
pub(super) struct Attributes(Vec<KeyValue>);

impl Attributes {
    pub(super) fn text(&mut self, key: &str, value: &str) {
        self.put(key, text(value));
    }

    /// A text that may be absent.
    pub(super) fn known(&mut self, key: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.text(key, value);
        }
    }

    pub(super) fn texts(&mut self, key: &str, values: &[String]) {
        let values = values.iter().map(|value| AnyValue { value: Some(text(value)) }).collect();
        self.put(key, Value::ArrayValue(ArrayValue { values }));
    }

    pub(super) fn count(&mut self, key: &str, value: u64) {
        self.put(key, Value::IntValue(i64::try_from(value).unwrap_or(i64::MAX)));
    }

    pub(super) fn number(&mut self, key: &str, value: f64) {
        self.put(key, Value::DoubleValue(value));
    }

    pub(super) fn flag(&mut self, key: &str, value: bool) {
        self.put(key, Value::BoolValue(value));
    }

    fn put(&mut self, key: &str, value: Value) {
        self.0.push(KeyValue {
            key: key.to_owned(),
            value: Some(AnyValue { value: Some(value) }),
            ..KeyValue::default()
        });
    }

    /// In OTLP's form.
    pub(super) fn into_list(self) -> Vec<KeyValue> {
        self.0
    }
}

fn text(value: &str) -> Value {
    Value::StringValue(value.chars().take(LONGEST).collect())
}

/// What a provider calls an error, if it is a name and no sentence: a sentence might repeat what it was asked.
pub(super) fn name(code: &str) -> Option<&str> {
    let is_letter = |b: u8| b.is_ascii_alphanumeric() || b"_-.".contains(&b);
    (!code.is_empty() && code.len() <= 64 && code.bytes().all(is_letter)).then_some(code)
}
