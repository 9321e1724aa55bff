//! What a case expects of an answer.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// One of something, or a list of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum OneOrMany {
    /// One.
    One(String),
    /// A list.
    Many(Vec<String>),
}

impl OneOrMany {
    /// All of them.
    #[must_use]
    pub fn as_slice(&self) -> &[String] {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::Many(many) => many,
        }
    }
}

/// What must, may and must not be in the answer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Expectation {
    /// A reference answer, or several that would each do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<OneOrMany>,
    /// Each must be in the answer, in some form.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub facts: Vec<Fact>,
    /// The documents and sections to cite.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub citations: Vec<ExpectedCitation>,
    /// The tools to call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tools: Option<ExpectedTools>,
    /// Whether the agent should decline; where it is not said, a refusal is unasked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refusal: Option<bool>,
    /// What must not be said.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub never: Vec<String>,
    /// Documents that must be neither cited nor retrieved, by their ids.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub never_sources: Vec<String>,
}

/// A fact that the answer must hold, or an assertion on it. Marks such as `[1]` are no part of the answer here.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Fact {
    /// This text.
    Text(String),
    /// Any of these texts.
    AnyOf(Vec<String>),
    /// What this regular expression matches, in any case.
    Pattern {
        /// The regular expression.
        regex: String,
    },
    /// The whole answer is this text, but for space around it.
    Equals {
        /// The text.
        equals: String,
    },
    /// These very characters stand in the answer.
    Contains {
        /// The characters.
        contains: String,
    },
    /// The answer is JSON of this form; a fence around it, as of code in Markdown, is let pass.
    JsonSchema {
        /// The JSON Schema.
        json_schema: Map<String, Value>,
    },
    /// A number of the answer is this one.
    Number {
        /// The number.
        number: f64,
        /// How far off it may be: 0 by default.
        #[serde(default, skip_serializing_if = "is_zero")]
        #[schemars(range(min = 0.0))]
        tolerance: f64,
    },
    /// This date stands in the answer, however it is written.
    Date {
        /// The date: `2026-01-31`.
        date: String,
    },
}

fn is_zero(value: &f64) -> bool {
    *value == 0.0
}

/// A document to cite.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExpectedCitation {
    /// The document's id.
    pub doc_id: String,
    /// The section's number or heading; without it, any section.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub section: Option<String>,
}

/// The tools to call.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExpectedTools {
    /// The calls to make.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub calls: Vec<ExpectedCall>,
    /// Whether their order counts.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub ordered: bool,
    /// Tools that must not be called.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub forbidden: Vec<String>,
}

/// One call to make.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExpectedCall {
    /// The tool's name.
    pub name: String,
    /// Its arguments, or for each a list of allowed values; without it, any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arguments: Option<Map<String, Value>>,
}

/// An answer without the marks of its citations, such as `[1]`, as a reference has none: their numbers are no figures.
#[must_use]
pub fn without_marks(answer: &str) -> String {
    let mut text = String::with_capacity(answer.len());
    let mut rest = answer;
    while let Some((before, after)) = rest.split_once('[') {
        match after.split_once(']') {
            Some((number, after)) if !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()) => {
                text.push_str(before.trim_end_matches(' '));
                rest = after;
            }
            _ => {
                text.push_str(before);
                text.push('[');
                rest = after;
            }
        }
    }
    text + rest
}

#[cfg(test)]
mod tests {
    use super::without_marks;

    #[test]
    fn marks_go_and_all_else_stays() {
        assert_eq!(
            without_marks("Ten a year [1]. Three [12][2] of [n] [EMAIL_1] [x."),
            "Ten a year. Three of [n] [EMAIL_1] [x."
        );
        assert_eq!(without_marks("Ten."), "Ten.");
    }
}
