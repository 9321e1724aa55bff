//! What the eight rails would do with a text.

use serde::{Deserialize, Serialize};

/// Where a text stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TextPhase {
    /// It goes from the user to the model.
    #[default]
    Input,
    /// It goes from the model to the user.
    Output,
    /// It is a document's passage or a tool's result.
    Passage,
}

/// A text for the rails, as a line of `katonic guardrails check --jsonl`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RailsText {
    /// What the answer names it by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The text.
    pub text: String,
    /// Where it stands; an input by default.
    #[serde(default)]
    pub phase: TextPhase,
    /// What was retrieved for it; where there is any, an output is held to it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub passages: Vec<String>,
    /// What the user asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub question: Option<String>,
}

/// What the rails would do with a text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RailsVerdict {
    /// As it was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Whether the text would stop.
    pub blocked: bool,
    /// What would go on: redacted, and cut where a rail stops it.
    pub text: String,
    /// Each rail that looks at such a text.
    pub rails: Vec<RailVerdict>,
    /// Microseconds that all took.
    pub latency_us: u64,
}

/// What one rail would do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RailVerdict {
    /// The rail.
    pub name: String,
    /// `pass`, `redact`, `warn`, `block` or `error`.
    pub result: String,
    /// Why, where it did not pass.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// How sure it is that something is there, from 0 to 1; it acts from 0.5.
    pub score: f64,
    /// What it found.
    pub spans: Vec<RailSpan>,
}

/// Where something was found, in characters, and what: `[start, end, label]`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RailSpan(pub usize, pub usize, pub String);
