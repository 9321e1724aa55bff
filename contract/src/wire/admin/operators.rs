//! Operators' tokens.

use crate::time::Time;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

/// `POST /admin/v1/operators`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateOperatorRequest {
    /// What people call it.
    pub name: String,
    /// Its role; `operator` by default. None may give more than it has.
    #[serde(default = "operator")]
    pub role: String,
    /// Its team; the creator's own by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<String>,
    /// When it ends by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Time>,
}

fn operator() -> String {
    "operator".into()
}

/// An operator's token by its id.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct OperatorPath {
    /// The token's id.
    pub operator_id: String,
}

/// An operator's token.
#[derive(Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Operator {
    /// Always `operator`.
    pub object: String,
    /// Its id.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// Its role.
    pub role: String,
    /// Its team.
    pub team: String,
    /// `active`, `revoked` or `expired`.
    pub status: String,
    /// When it ends by itself.
    pub expires_at: Option<Time>,
    /// When it was created.
    pub created_at: Time,
    /// The token itself: only in the answer that created it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
}

impl fmt::Debug for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Operator({}, {})", self.id, self.name)
    }
}
