//! Models and tiers, in OpenAI's list format.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A model by its id, which may hold slashes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ModelPath {
    /// The model or tier.
    pub model_id: String,
}

/// A model or a tier.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Model {
    /// Its id.
    pub id: String,
    /// Always `model`.
    pub object: String,
    /// Seconds since the Unix epoch; 0 where it isn't known.
    pub created: i64,
    /// Who runs it.
    pub owned_by: String,
    /// What a tier routes to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub routes_to: Option<String>,
}
