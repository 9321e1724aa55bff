//! What was asked and answered: in the trace only where `audit.content` says so.

use crate::guardrails::Redactor;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Most bytes that are kept of a question or an answer; and of all steps before an answer, of which more is not kept at all.
const MOST: usize = 32 * 1024;

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
    fn kept(mut self, redactor: &mut Redactor) -> Self {
        if self.messages.iter().map(|message| message.to_string().len()).sum::<usize>() > MOST {
            return Self::default();
        }
        for message in &mut self.messages {
            let calls = message.get_mut("tool_calls").and_then(Value::as_array_mut);
            let said = calls.into_iter().flatten().filter_map(|call| call.pointer_mut("/function/arguments"));
            said.for_each(|said| redact(said, redactor));
            message.get_mut("content").into_iter().for_each(|content| redact(content, redactor));
        }
        self
    }
}

/// Arguments and results are JSON in a text, and stay that.
fn redact(value: &mut Value, redactor: &mut Redactor) {
    let Value::String(text) = value else { return };
    *text = match serde_json::from_str(text) {
        Ok(mut inner @ (Value::Object(_) | Value::Array(_))) => {
            redactor.redact_json(&mut inner);
            inner.to_string()
        }
        _ => redactor.redact(text),
    };
}

impl Content {
    /// What may be kept of them: their beginnings, without personal data and secrets.
    pub(crate) fn of(question: &str, answer: &str, steps: Steps) -> Self {
        let mut redactor = Redactor::default();
        Self {
            question: redactor.redact(beginning(question)),
            steps: steps.kept(&mut redactor),
            answer: redactor.redact(beginning(answer)),
        }
    }
}

fn beginning(text: &str) -> &str {
    text.get(..text.floor_char_boundary(MOST)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn arguments_stay_json_whatever_is_redacted_in_them() {
        let card = ["4111", "1111", "1111", "1111"].concat();
        let arguments = format!("{{\"card\":{card},\"mail\":\"ann@example.org\"}}");
        let call =
            json!({"id": "c", "type": "function", "function": {"name": "pay", "arguments": arguments}});
        let messages = vec![json!({"role": "assistant", "content": null, "tool_calls": [call]})];
        let content = Content::of("For ann@example.org.", "Done.", Steps { messages, tools: Vec::new() });
        let kept = content.steps.messages[0]["tool_calls"][0]["function"]["arguments"].as_str().unwrap();
        let kept: Value = serde_json::from_str(kept).unwrap();
        assert_eq!(kept, json!({"card": "[CARD_1]", "mail": "[EMAIL_1]"}));
        assert_eq!(content.question, "For [EMAIL_1].");
    }
}
