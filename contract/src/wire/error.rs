//! The one error envelope, which OpenAI's clients parse.

use super::agents::GateRule;
use crate::check::Finding;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// An error answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ErrorEnvelope {
    /// What went wrong.
    pub error: ErrorBody,
    /// The call's trace id.
    #[schemars(example = &"01a2193bf011b44f12c15f0d0f5087dc")]
    pub trace_id: String,
    /// For a refused promotion: every rule of the gate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<Vec<GateRule>>")]
    pub gate: Option<Value>,
    /// For a refused definition: every problem.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<Vec<Finding>>")]
    pub findings: Option<Value>,
}

/// What went wrong.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ErrorBody {
    /// What happened, and what to do.
    pub message: String,
    /// The error's family, such as `invalid_request_error`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The error itself, such as `invalid_value`.
    pub code: String,
    /// The field it is about.
    pub param: Option<String>,
}
