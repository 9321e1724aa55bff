//! The policy of the eight rails: what holds for all agents and models, whatever their own settings say.

use crate::agent::{Guardrails, RailAction};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The policy of rails in force.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RailPolicy {
    /// Always `rail_policy`.
    pub object: String,
    /// What it adds to the settings of agents and of models' calls: it only ever tightens.
    pub guardrails: Guardrails,
    /// The SHA-256 of its canonical form: what a run is judged for too.
    pub version: String,
    /// What each rail does by default, and the least that it does whatever anybody's settings say.
    pub rails: Vec<RailFloor>,
}

/// A rail's defaults and floors.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RailFloor {
    /// The rail.
    pub name: String,
    /// What it does by default with what comes in.
    pub input: RailAction,
    /// The least that it does with it.
    pub input_floor: RailAction,
    /// What it does by default with what goes out.
    pub output: RailAction,
    /// The least that it does with it.
    pub output_floor: RailAction,
}

/// `PUT /policies/guardrails`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PutRailPolicyRequest {
    /// The new policy, in place of the one before.
    pub guardrails: Guardrails,
}

/// `POST /policies/guardrails/try`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TryRailPolicyRequest {
    /// The policy to try.
    pub guardrails: Guardrails,
    /// On how many of the newest calls: 1 to 20,000; 1,000 by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 20_000))]
    pub last: Option<u32>,
    /// Only of this agent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<String>,
}

/// What a policy would have done with calls that were made.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RailPolicyTrial {
    /// Always `rail_policy_trial`.
    pub object: String,
    /// Calls that were looked at.
    pub calls: u64,
    /// Those of them whose texts are not kept, so that nothing can be said of them.
    pub without_text: u64,
    /// Calls that are let through by the policy in force and would have been blocked.
    pub would_block: u64,
    /// Each rail whose decisions change.
    pub changes: Vec<RailChange>,
    /// Traces of the newest calls of which a decision changes: up to 20.
    pub examples: Vec<String>,
    /// What to bear in mind.
    pub notes: Vec<String>,
}

/// How often a rail decides so, by the policy in force and by the one that is tried.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RailChange {
    /// The rail.
    pub rail: String,
    /// `input` or `output`.
    pub phase: String,
    /// By the policy in force.
    pub before: RailDecisions,
    /// By the one that is tried.
    pub after: RailDecisions,
}

/// How often a rail did what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RailDecisions {
    /// It found nothing.
    pub pass: u64,
    /// It put a placeholder in place of what it found.
    pub redact: u64,
    /// It said so.
    pub warn: u64,
    /// It stopped the text, or could not look where it would.
    pub block: u64,
}
