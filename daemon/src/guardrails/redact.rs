//! A text as it may be kept or handed on.

use super::pattern::Fault;
use super::placeholder::Placeholders;
use super::rails::RAILS;
use super::session::{Session, Subject};
use super::{Phase, Scene};
use contract::agent::Guardrails;
use serde_json::Value;

/// The rails whose findings are no affair of who reads it later.
const PRIVATE: [&str; 2] = ["pii", "secrets"];

/// Digits of a number from which on it may be somebody's.
const LONG: usize = 7;

/// Texts under one set of placeholders: the same value has the same number in all of them.
#[derive(Default)]
pub(crate) struct Redactor(Placeholders);

impl Redactor {
    /// A text without personal data and secrets, whatever an agent's rails do with them; nothing of it where a rail could
    /// not look.
    pub(crate) fn redact(&mut self, text: &str) -> String {
        self.look(text).unwrap_or_else(|_| "[UNREADABLE]".to_owned())
    }

    /// The same of all that a JSON value holds, in names of fields too. A number that is somebody's becomes a text.
    pub(crate) fn redact_json(&mut self, value: &mut Value) {
        match value {
            Value::String(text) => *text = self.redact(text),
            Value::Number(number) if number.to_string().len() >= LONG => {
                let text = number.to_string();
                let redacted = self.redact(&text);
                if redacted != text {
                    *value = redacted.into();
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.redact_json(item)),
            Value::Object(fields) => {
                let redacted = std::mem::take(fields).into_iter().map(|(name, mut value)| {
                    self.redact_json(&mut value);
                    (self.redact(&name), value)
                });
                *fields = redacted.collect();
            }
            _ => {}
        }
    }

    fn look(&mut self, text: &str) -> Result<String, Fault> {
        let settings = Guardrails::default();
        let scene = Scene {
            settings: &settings,
            instructions: "",
            question: "",
            passages: &[],
            grounded: false,
            trusted: true,
        };
        let (subject, mut session) = (Subject::new(text)?, Session::new(Phase::Input, scene));
        session.tally.add(text);
        let mut spans = Vec::new();
        for rail in RAILS.iter().filter(|rail| PRIVATE.contains(&rail.policy().name)) {
            let findings = rail.inspect(&subject, &session)?;
            spans.extend(
                findings.into_iter().map(|found| (subject.text.original_span(&found.span), found.label)),
            );
        }
        Ok(self.0.redact(text, spans))
    }
}

/// Whether a text holds a placeholder, such as `[EMAIL_1]`.
pub(crate) fn has_placeholder(text: &str) -> bool {
    text.split('[').skip(1).any(|rest| {
        let Some((label, number)) = rest.split_once(']').and_then(|(inside, _)| inside.rsplit_once('_'))
        else {
            return false;
        };
        !label.is_empty()
            && label.chars().all(|c| c.is_ascii_uppercase() || c == '_')
            && number.parse::<u32>().is_ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn personal_data_and_secrets_become_placeholders_that_are_the_same_in_all_texts() {
        let mut redactor = Redactor::default();
        let token = format!("{}_{}", "ghp", "Zq7xW2mK9pLr4TvB8nYd3Hc6FsJg5RtAeUoS");
        let question =
            redactor.redact(&format!("Mail ann@example.org or bob@example.org the token {token}."));
        assert!(question.starts_with("Mail [EMAIL_1] or [EMAIL_2] the token ["), "{question}");
        assert!(has_placeholder(&question) && !has_placeholder("[1] [A_] [EMAIL_x] [_1] a[b"));
        assert_eq!(redactor.redact("Done: BOB@example.org has it."), "Done: [EMAIL_2] has it.");
    }
}
