//! Answers recorded elsewhere, as `katonic eval score` reads them, one JSON object a line.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// An answer to a case.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RecordedAnswer {
    /// The case.
    pub case_id: String,
    /// What was said, with its marks `[1]`.
    pub answer: String,
    /// Whether it declined; where that is not said, a list of phrases decides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<bool>,
    /// The places it cites.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub citations: Vec<RecordedCitation>,
    /// The calls of tools that were made, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tool_calls: Vec<RecordedCall>,
    /// What was retrieved for it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub passages: Vec<RecordedPassage>,
    /// Milliseconds to the whole answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latency_ms: Option<f64>,
    /// What it cost, in dollars.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost_usd: Option<f64>,
}

/// A place that a recorded answer cites.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RecordedCitation {
    /// Its number as the answer marks it, from 1; its place in the list by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub index: Option<usize>,
    /// The document.
    pub doc_id: String,
    /// The section.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub section: Option<String>,
    /// The words quoted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quote: Option<String>,
}

/// A call of a tool that was made for a recorded answer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RecordedCall {
    /// The tool.
    pub name: String,
    /// An object, or its JSON text as OpenAI's calls have it.
    #[serde(default)]
    pub arguments: Value,
}

/// A passage that was retrieved: whole, or its text alone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum RecordedPassage {
    /// Its text.
    Text(String),
    /// With its place.
    Placed {
        /// The document.
        #[serde(default)]
        doc_id: String,
        /// The section.
        #[serde(default)]
        section: Option<String>,
        /// Its text.
        text: String,
    },
}

/// What a recorded answer scores.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ScoredAnswer {
    /// The case.
    pub case_id: String,
    /// Whether every evaluator that applies meets its threshold.
    pub passed: bool,
    /// Each evaluator: 0 to 1, or null where it does not apply or could not judge.
    pub scores: BTreeMap<String, Option<f64>>,
    /// Why an evaluator could not judge, or that the case has no answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}
