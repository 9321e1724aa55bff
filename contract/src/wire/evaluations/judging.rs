//! What judge models say beside the formulas.

use crate::money::Usd;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a judge model says of a run's answers. It passes and fails nothing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct JudgeSummary {
    /// The model.
    #[schemars(example = &"katonic/extractive")]
    pub model: String,
    /// The mean of its scores; null where it gave none.
    #[schemars(example = 0.92)]
    pub mean: Option<f64>,
    /// Cases that it judged.
    pub judged: usize,
    /// Cases that it was to judge and did not.
    pub errors: usize,
    /// Tokens that it used, beside those of the agent.
    #[schemars(example = 307)]
    pub tokens: u64,
    /// Dollars that it cost, beside those of the agent.
    pub cost_usd: Usd,
}

/// Whose answers a judge model prefers: a run's, or those of what was live. It passes and fails nothing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PreferenceSummary {
    /// The model.
    #[schemars(example = &"katonic/extractive")]
    pub model: String,
    /// Cases in which it prefers the run's answer, in either order.
    pub wins: usize,
    /// Cases in which it prefers none, or whichever it is shown first or last.
    pub ties: usize,
    /// Cases in which it prefers the other answer, in either order.
    pub losses: usize,
    /// The exact sign test's p-value on wins and losses.
    #[schemars(example = 0.031)]
    pub p_value: f64,
    /// Cases that it was to judge and did not.
    pub errors: usize,
    /// Tokens that it used, beside those of the agent.
    #[schemars(example = 307)]
    pub tokens: u64,
    /// Dollars that it cost, beside those of the agent.
    pub cost_usd: Usd,
}

/// What a judge model says of one answer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Judged {
    /// The model.
    #[schemars(example = &"katonic/extractive")]
    pub model: String,
    /// The median of its votes, 0 to 1; null where it gave none. Of a preference, 1 is for this answer, 0 for the other.
    #[schemars(example = 0.85)]
    pub score: Option<f64>,
    /// Its votes.
    pub votes: Vec<f64>,
    /// Tokens that it used: no part of the case's.
    #[schemars(example = 307)]
    pub tokens: u64,
    /// Dollars that it cost: no part of the case's.
    pub cost_usd: Usd,
    /// Why, in its words, for the vote that is nearest to the median.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Why it gave no score, or fewer votes than it was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}
