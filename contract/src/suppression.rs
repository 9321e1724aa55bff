//! What the authors of a definition let stand.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A rule whose findings in this file were looked at and let stand. It is no part of the definition's version.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Suppression {
    /// The rule's id, such as `no-owner`.
    pub rule: String,
    /// Why it doesn't apply here.
    pub reason: String,
}
