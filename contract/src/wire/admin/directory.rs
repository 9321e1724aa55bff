//! Teams, users and groups.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// All users and groups of a team.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Directory {
    /// The team.
    pub team: String,
    /// The groups there are.
    pub groups: Vec<String>,
    /// The users.
    pub users: Vec<User>,
}

/// A user.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct User {
    /// Their address.
    pub email: String,
    /// Their name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Their role.
    pub role: String,
    /// The groups they belong to.
    pub groups: Vec<String>,
    /// Whether calls may act for them.
    pub active: bool,
}

/// `PUT /admin/v1/users`: users and groups, added or changed. Who isn't named stays.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PutUsersRequest {
    /// The team; the operator's own by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<String>,
    /// Groups that there shall be, also without members.
    #[serde(default)]
    pub groups: Vec<String>,
    /// The users.
    #[serde(default)]
    pub users: Vec<PutUser>,
}

/// A user as they shall be: what isn't named stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PutUser {
    /// Their address.
    pub email: String,
    /// Their name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Their role; who is new is a member by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// All groups they belong to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub groups: Option<Vec<String>>,
    /// Whether calls may act for them: false ends it at once. For who is new, true by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub active: Option<bool>,
}

/// A group.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Group {
    /// Always `group`.
    pub object: String,
    /// Its id, which stays under another name.
    pub id: String,
    /// Its name, as documents' and agents' access lists have it.
    pub name: String,
    /// How many users belong to it.
    pub members: u64,
}

/// `PATCH /admin/v1/users/{email}`: what isn't named stays.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct UpdateUserRequest {
    /// The user as they shall be.
    #[serde(flatten)]
    pub user: PutUser,
    /// The team; the operator's own by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<String>,
}

/// `PUT /admin/v1/teams/{team}`: what a team wants of its calls.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TeamSettings {
    /// Other names of models and tiers, for its keys.
    #[serde(default)]
    pub aliases: BTreeMap<String, String>,
    /// Whether its calls show its own providers' keys only, never the shared ones.
    #[serde(default)]
    pub own_provider_keys_only: bool,
}

/// A team by its id.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TeamPath {
    /// The team.
    pub team: String,
}

/// `PUT /admin/v1/teams/{team}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PutTeamRequest {
    /// The team: lower-case letters, digits and hyphens.
    pub team: String,
    /// What it wants of its calls.
    #[serde(flatten)]
    pub settings: TeamSettings,
}

/// A team.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Team {
    /// Always `team`.
    pub object: String,
    /// Its id.
    pub id: String,
    /// What it wants of its calls.
    #[serde(flatten)]
    pub settings: TeamSettings,
}
