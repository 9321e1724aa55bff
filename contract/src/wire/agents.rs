//! Agents: definitions, versions, promotions.

use super::page::flag;
use crate::agent::AgentDefinition;
use crate::check::Finding;
use crate::time::Time;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeMap;

/// `GET /agents`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ListAgentsQuery {
    /// The page.
    #[serde(flatten)]
    pub page: super::page::ListQuery,
    /// Only those live in this environment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"prod")]
    pub environment: Option<String>,
}

/// An agent by its id.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AgentPath {
    /// The agent.
    #[schemars(example = &"hr-assistant")]
    pub agent_id: String,
}

/// `POST /agents`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ApplyAgentRequest {
    /// The definition as YAML or JSON: the whole body.
    pub definition: String,
    /// Only validates.
    #[serde(default, deserialize_with = "flag")]
    pub dry_run: bool,
}

/// An agent applied.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AppliedAgent {
    /// Always `agent`.
    pub object: String,
    /// The agent.
    pub id: String,
    /// The version: the SHA-256 of the definition's canonical form.
    #[schemars(example = &"19bc03287cdde113f6c2e5ef9f73df7340769bb338ecf141307ad8183deedb70")]
    pub version: String,
    /// Whether this version is new.
    pub new: bool,
    /// Problems that don't stand in the way.
    pub findings: Vec<Finding>,
}

/// The version live in an environment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Live {
    /// The version.
    #[schemars(example = &"19bc03287cdde113f6c2e5ef9f73df7340769bb338ecf141307ad8183deedb70")]
    pub version: String,
    /// Since when.
    pub promoted_at: Time,
    /// Another version that a part of the calls goes to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub canary: Option<Canary>,
}

/// A version that a part of an environment's calls goes to, held against what is live there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Canary {
    /// The promotion that began it.
    #[schemars(example = &"prm_01m8ckn3ghe26t63gpkartzckr")]
    pub promotion_id: String,
    /// The version.
    #[schemars(example = &"19bc03287cdde113f6c2e5ef9f73df7340769bb338ecf141307ad8183deedb70")]
    pub version: String,
    /// How many of 100 conversations, or of users without one, go to it.
    #[schemars(example = 10)]
    pub percent: u64,
    /// Since when.
    pub since: Time,
    /// How its calls went.
    pub canary: CanaryCounts,
    /// How those went meanwhile that go to what is live.
    pub live: CanaryCounts,
}

/// How the calls of one side of a canary went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CanaryCounts {
    /// Calls.
    #[schemars(example = 1200)]
    pub calls: u64,
    /// Those that failed in the daemon or at a provider.
    pub failed: u64,
    /// Those that a rail blocked.
    pub blocked: u64,
    /// Those whose answer was rated down.
    pub disliked: u64,
}

/// What part of an environment's calls a version is to get.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CanaryRequest {
    /// Of 100: 1 to 50; 0 ends the canary that is under way.
    #[schemars(range(min = 0, max = 50))]
    #[schemars(example = 10)]
    pub percent: u64,
}

/// An agent in a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AgentSummary {
    /// Always `agent`.
    pub object: String,
    /// The agent.
    pub id: String,
    /// What people call it.
    pub name: Option<String>,
    /// Whom to ask about it.
    #[schemars(example = &"hr@example.org")]
    pub owner: Option<String>,
    /// Free labels.
    pub labels: BTreeMap<String, String>,
    /// How many versions there are.
    pub versions: u64,
    /// What is live where.
    pub environments: BTreeMap<String, Live>,
    /// Whether it has stopped answering.
    pub archived: bool,
    /// When it was first applied.
    pub created_at: Time,
}

/// One version.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AgentVersion {
    /// The version.
    #[schemars(example = &"19bc03287cdde113f6c2e5ef9f73df7340769bb338ecf141307ad8183deedb70")]
    pub version: String,
    /// When it was first applied.
    pub created_at: Time,
    /// By whom.
    pub created_by: String,
    /// How it came first: `apply`, `evaluation`, or the optimisation and its candidate, such as `opt_… c7`.
    pub origin: String,
}

/// One agent with all there is of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AgentDetail {
    /// Always `agent`.
    pub object: String,
    /// The agent.
    pub id: String,
    /// What people call it.
    pub name: Option<String>,
    /// Whom to ask about it.
    #[schemars(example = &"hr@example.org")]
    pub owner: Option<String>,
    /// Free labels.
    pub labels: BTreeMap<String, String>,
    /// The definition applied last.
    pub definition: AgentDefinition,
    /// Every version, the newest first.
    pub versions: Vec<AgentVersion>,
    /// What is live where.
    pub environments: BTreeMap<String, Live>,
    /// Every promotion asked for, the newest first.
    pub promotions: Vec<Promotion>,
    /// Whether it has stopped answering.
    pub archived: bool,
    /// When it was first applied.
    pub created_at: Time,
}

/// One promotion asked for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Promotion {
    /// Its id.
    #[schemars(example = &"prm_01m8ckn3ghe26t63gpkartzckr")]
    pub promotion_id: String,
    /// Where to.
    #[schemars(example = &"prod")]
    pub environment: String,
    /// What was live before.
    pub from: Option<String>,
    /// The version promoted.
    pub to: String,
    /// Who asked.
    pub by: String,
    /// When.
    pub at: Time,
    /// The run that was judged.
    #[schemars(example = &"run_01m8ckn3ghe26t63gpkartzckr")]
    pub run_id: Option<String>,
    /// `pending`, `promoted`, `refused` or `overridden`; of a canary `canary`, then `rolled_back` or `ended`.
    pub status: String,
    /// Of a canary, how many of 100 calls go to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub canary: Option<u64>,
    /// Each rule of the gate.
    pub gate: Vec<GateRule>,
    /// Why an operator overrode it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// One rule of the gate, with its figure and its bound.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct GateRule {
    /// Such as `pass_rate` or `regression:groundedness`.
    #[schemars(example = &"pass_rate")]
    pub rule: String,
    /// The figure.
    pub value: Option<f64>,
    /// The bound.
    pub bound: Option<f64>,
    /// Whether it holds.
    pub ok: bool,
    /// In words.
    pub detail: String,
}

/// `POST /agents/{agent_id}/promote`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(example = json!({"environment": "prod"}))]
pub struct PromoteRequest {
    /// The agent.
    #[schemars(example = &"hr-assistant")]
    pub agent_id: String,
    /// `test` or `prod`.
    #[schemars(example = &"prod")]
    pub environment: String,
    /// The version, or a prefix of at least eight digits; the one applied last by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"19bc03287cdde113f6c2e5ef9f73df7340769bb338ecf141307ad8183deedb70")]
    pub version: Option<String>,
    /// The run to judge; the newest that fits by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"run_01m8ckn3ghe26t63gpkartzckr")]
    pub run_id: Option<String>,
    /// An operator's reason to promote in spite of the gate.
    #[serde(default, rename = "override", skip_serializing_if = "Option::is_none")]
    pub overriding: Option<Override>,
    /// Only for a part of the calls at first: it is rolled back by itself where they fail, are blocked or are rated down more
    /// often than those of what is live.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub canary: Option<CanaryRequest>,
}

/// An operator's reason.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "PromotionOverride")]
pub struct Override {
    /// Why; the audit log keeps it.
    pub reason: String,
}

/// What became of a promotion.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PromotionOutcome {
    /// Always `promotion`.
    pub object: String,
    /// Whether the version is live now, if only for a part of the calls.
    pub promoted: bool,
    /// `promoted`, `overridden`, `canary`, `ended` for a canary that was ended, `pending` while cases that broke are asked again (what becomes of it is seen under the
    /// agent), or `awaiting_approval` by another person: asked again then, it goes on.
    pub status: String,
    /// What another person must approve.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"apr_01m8ckn3ghe26t63gpkartzckr")]
    pub approval_id: Option<String>,
    /// The promotion's id; empty while it awaits an approval.
    #[schemars(example = &"prm_01m8ckn3ghe26t63gpkartzckr")]
    pub promotion_id: String,
    /// Where.
    #[schemars(example = &"prod")]
    pub environment: String,
    /// The version.
    #[schemars(example = &"19bc03287cdde113f6c2e5ef9f73df7340769bb338ecf141307ad8183deedb70")]
    pub version: String,
    /// What was live before.
    pub from: Option<String>,
    /// Each rule of the gate.
    pub gate: Vec<GateRule>,
}
