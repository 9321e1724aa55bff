//! What a check reports: the rule, the place, what is wrong, and how to mend it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The file can't be used as it is.
    Error,
    /// The file can be used, and is worth a second look.
    Warning,
}

/// One problem of a checked file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Finding {
    /// The id of the rule, such as `unknown-field`.
    pub rule: String,
    /// How much it weighs.
    pub severity: Severity,
    /// What is wrong.
    pub message: String,
    /// How to mend it.
    pub help: String,
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1, in characters.
    pub column: u32,
    /// The file, where the text came from one; it may be a file that the checked one names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The bytes of the file to underline.
    #[serde(skip)]
    pub span: Range<usize>,
}
