//! What was asked and answered: in the trace only where `audit.content` says so.

use crate::guardrails::Redactor;
use serde::{Deserialize, Serialize};

/// Most bytes that are kept of a question or an answer.
const MOST: usize = 32 * 1024;

/// The last thing that was asked in a call, and the text that left.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Content {
    pub(crate) question: String,
    pub(crate) answer: String,
}

impl Content {
    /// What may be kept of them: their beginnings, without personal data and secrets.
    pub(crate) fn of(question: &str, answer: &str) -> Self {
        let mut redactor = Redactor::default();
        let mut keep = |text: &str| redactor.redact(&text[..text.floor_char_boundary(MOST)]);
        Self { question: keep(question), answer: keep(answer) }
    }
}
