//! Tiers, and the models that they lead to.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a tier leads to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TierSettings {
    /// The models, in order of preference: 1 to 16.
    pub targets: Vec<TierTarget>,
    /// How the first is chosen, the others follow where it fails: `ordered` (as listed) or `weighted`.
    #[serde(default = "ordered")]
    pub strategy: String,
    /// Targets whose call would cost more dollars are passed over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub most_usd_per_call: Option<f64>,
    /// Milliseconds that the first target may take to begin before the next is asked too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hedge_ms: Option<u64>,
}

fn ordered() -> String {
    "ordered".into()
}

/// A model that a tier leads to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TierTarget {
    /// `provider/model`.
    pub model: String,
    /// Its share, where the strategy is `weighted`: 1 to 1000.
    #[serde(default = "one")]
    pub weight: u32,
    /// What it is for: `tools`, `vision`, `json_schema`, `long_context`; everything where there is none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub only_for: Vec<String>,
}

fn one() -> u32 {
    1
}

/// A tier.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Tier {
    /// Always `tier`.
    pub object: String,
    /// Its name, which calls and agents give as their model.
    pub name: String,
    /// What it leads to.
    #[serde(flatten)]
    pub settings: TierSettings,
    /// Who said so: `configuration` or `operator`.
    pub set_by: String,
}

/// `PUT /admin/v1/tiers/{tier}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PutTierRequest {
    /// The tier: lower-case letters, digits and hyphens.
    pub tier: String,
    /// What it is to lead to.
    #[serde(flatten)]
    pub settings: TierSettings,
}

/// A tier by its name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TierPath {
    /// The tier.
    pub tier: String,
}
