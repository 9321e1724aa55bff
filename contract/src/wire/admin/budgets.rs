//! Budgets: how much may be spent, by whom, in which time.

use super::change;
use crate::money::Usd;
use crate::time::Time;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Whose spending a budget counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// All calls of the team.
    Team,
    /// Calls of one key, by its id or name.
    Key,
    /// Calls for one user, by address.
    User,
    /// Calls with one tag in their `X-Katonic-Tags` header.
    Tag,
}

/// Over which time a budget counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Period {
    /// Each day, in UTC.
    Day,
    /// Each month, in UTC.
    Month,
    /// For good: what was paid before.
    Prepaid,
}

/// What happens where a budget is spent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Calls that could cost more than is left are refused.
    #[default]
    Hard,
    /// Calls go on; those who listen are told.
    Soft,
}

/// What happens to a call whose cost can't be known before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Unpriced {
    /// It is refused.
    #[default]
    Refuse,
    /// It goes on, and counts as nothing.
    Allow,
}

/// `POST /admin/v1/budgets`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateBudgetRequest {
    /// What people call it.
    pub name: String,
    /// The team that owns it; the operator's own by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<String>,
    /// Whose spending it counts.
    pub subject: Subject,
    /// The key, user or tag; not for `team`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject_id: Option<String>,
    /// Over which time.
    pub period: Period,
    /// Dollars that may be spent in that time.
    pub limit_usd: Usd,
    /// What happens where they are spent; `hard` by default.
    #[serde(default)]
    pub mode: Mode,
    /// What happens to a model whose price isn't known; `refuse` by default.
    #[serde(default)]
    pub unpriced: Unpriced,
}

/// A budget by its id.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct BudgetPath {
    /// The budget.
    pub budget_id: String,
}

/// `PATCH /admin/v1/budgets/{budget_id}`: what isn't named stays. A prepaid budget is topped up by a higher limit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateBudgetRequest {
    /// The budget.
    pub budget_id: String,
    /// What people call it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Dollars that may be spent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit_usd: Option<Usd>,
    /// What happens where they are spent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<Mode>,
    /// What happens to a model whose price isn't known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unpriced: Option<Unpriced>,
    /// When it stops counting; null where it shall not.
    #[serde(default, deserialize_with = "change", skip_serializing_if = "Option::is_none")]
    pub ends_at: Option<Option<Time>>,
}

/// A budget, and how it stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Budget {
    /// Always `budget`.
    pub object: String,
    /// Its id.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// The team that owns it.
    pub team: String,
    /// Whose spending it counts.
    pub subject: Subject,
    /// The key's id, the user or the tag.
    pub subject_id: Option<String>,
    /// Over which time.
    pub period: Period,
    /// Dollars that may be spent in that time.
    pub limit_usd: Usd,
    /// What happens where they are spent.
    pub mode: Mode,
    /// What happens to a model whose price isn't known.
    pub unpriced: Unpriced,
    /// Spent in the present period, settled.
    pub spent_usd: Usd,
    /// Held for calls under way.
    pub held_usd: Usd,
    /// When the present period began; null for prepaid ones.
    pub period_began_at: Option<Time>,
    /// When the next one begins.
    pub period_ends_at: Option<Time>,
    /// When it stops counting.
    pub ends_at: Option<Time>,
    /// When it was created.
    pub created_at: Time,
}
