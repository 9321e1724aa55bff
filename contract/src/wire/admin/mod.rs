//! Bodies of the admin API.

mod approvals;
mod budgets;
mod directory;
mod keys;
mod operators;
mod providers;
mod rails;
mod tiers;
mod upkeep;
mod webhooks;

pub use approvals::*;
pub use budgets::*;
pub use directory::*;
pub use keys::*;
pub use operators::*;
pub use providers::*;
pub use rails::*;
pub use tiers::*;
pub use upkeep::*;
pub use webhooks::*;

use super::page::ListQuery;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

/// A list of what a team has.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TeamListQuery {
    /// The page.
    #[serde(flatten)]
    pub page: ListQuery,
    /// Of which team; the operator's own by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<String>,
}

/// A field of a change: absent where it stays, null where it is cleared.
///
/// # Errors
/// If the value is of another type.
fn change<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}
