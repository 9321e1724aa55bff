//! What was asked and answered: in the trace only where `audit.content` says so.

use crate::guardrails::Redactor;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Most bytes that are kept of a question or an answer.
const MOST: usize = 32 * 1024;

/// Most bytes of the steps before an answer: of longer ones nothing is kept.
const MOST_OF_STEPS: usize = 64 * 1024;

/// The last thing that was asked in a call, and the text that left.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Content {
    pub(crate) question: String,
    pub(crate) answer: String,
    #[serde(flatten)]
    pub(crate) steps: Steps,
}

/// What was asked of tools before an answer, and what they brought: both as OpenAI's messages have it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Steps {
    #[serde(default, rename = "steps", skip_serializing_if = "Vec::is_empty")]
    pub(crate) messages: Vec<Value>,
    /// The tools that were called.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) tools: Vec<Value>,
}

impl Steps {
    /// The same without personal data and secrets, if there is room for them.
    fn kept(mut self, keep: &mut impl FnMut(&str) -> String) -> Self {
        if self.messages.iter().map(|message| message.to_string().len()).sum::<usize>() > MOST_OF_STEPS {
            return Self::default();
        }
        for message in &mut self.messages {
            let calls = message.get_mut("tool_calls").and_then(Value::as_array_mut);
            let said = calls.into_iter().flatten().filter_map(|call| call.pointer_mut("/function/arguments"));
            said.for_each(|text| redact(text, keep));
            message.get_mut("content").into_iter().for_each(|text| redact(text, keep));
        }
        self
    }
}

fn redact(value: &mut Value, keep: &mut impl FnMut(&str) -> String) {
    if let Value::String(text) = value {
        *text = keep(text);
    }
}

impl Content {
    /// What may be kept of them: their beginnings, without personal data and secrets.
    pub(crate) fn of(question: &str, answer: &str, steps: Steps) -> Self {
        let mut redactor = Redactor::default();
        let mut keep = |text: &str| redactor.redact(&text[..text.floor_char_boundary(MOST)]);
        let (question, steps) = (keep(question), steps.kept(&mut keep));
        Self { question, answer: keep(answer), steps }
    }
}
