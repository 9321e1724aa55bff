//! Usage: how many calls, how fast, at what cost.

use crate::money::Usd;
use crate::time::Time;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// By what usage is told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum GroupBy {
    /// The key's id.
    Key,
    /// The team.
    Team,
    /// The agent.
    Agent,
    /// The model, as `provider/model`.
    Model,
    /// The provider.
    Provider,
    /// The endpoint's name.
    Endpoint,
    /// The acting user.
    User,
}

/// How long the buckets of time are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Bucket {
    /// An hour.
    Hour,
    /// A day, in UTC.
    Day,
    /// A month, in UTC.
    Month,
}

/// In which form usage comes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// A list.
    #[default]
    Json,
    /// A table of comma-separated values (RFC 4180).
    Csv,
}

/// `GET /analytics/usage`. `from` is rounded down to a whole hour, `to` up.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UsageQuery {
    /// From this time on; 30 days before `to` by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Time>,
    /// Up to this time; the present by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Time>,
    /// By what it is told apart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group_by: Option<GroupBy>,
    /// In which buckets of time; one for all by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bucket: Option<Bucket>,
    /// In which form.
    #[serde(default)]
    pub format: Format,
}

/// Usage of one group in one bucket.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct UsageRow {
    /// When the bucket began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bucket: Option<Time>,
    /// The group; empty for calls that have none, such as calls for nobody grouped by user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// Calls of the public API.
    #[schemars(example = 1200)]
    pub calls: u64,
    /// Those that ended with a status of 400 or more, but for blocked ones and clients that left.
    pub errors: u64,
    /// Errors a thousand calls.
    #[schemars(example = 1.5)]
    pub errors_per_1k: f64,
    /// Half of the calls took this many milliseconds or less.
    #[schemars(example = 210.0)]
    pub p50_ms: f64,
    /// 95 in a hundred did.
    #[schemars(example = 812.4)]
    pub p95_ms: f64,
    /// 99 in a hundred did.
    #[schemars(example = 1440.0)]
    pub p99_ms: f64,
    /// Tokens read.
    #[schemars(example = 295)]
    pub input_tokens: u64,
    /// Tokens written.
    #[schemars(example = 12)]
    pub output_tokens: u64,
    /// Dollars.
    pub cost_usd: Usd,
    /// Calls that a rail stopped.
    pub blocked: u64,
    /// Calls that the cache answered.
    pub cached: u64,
}
