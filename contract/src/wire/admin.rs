//! Bodies of the admin API: keys, users and groups.

use crate::time::Time;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

/// `POST /admin/v1/keys`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CreateKeyRequest {
    /// What people call it; unique among the live keys of a team.
    pub name: String,
    /// What it may do, such as `chat` or `agents/*`.
    pub scopes: Vec<String>,
    /// The team that owns it; `default` by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<String>,
    /// For whom it may act: addresses, or `*@domain`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub act_as: Vec<String>,
    /// The role of a call that acts for nobody; `member` by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// How often it may call.
    #[serde(default)]
    pub limits: KeyLimits,
    /// When it ends by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Time>,
    /// Whether it is a sandbox's: `kapi_test_` instead of `kapi_live_`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub test: bool,
}

/// How often a key may call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct KeyLimits {
    /// Calls a minute.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per_minute: Option<u32>,
    /// Calls an hour.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per_hour: Option<u32>,
    /// Calls a day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per_day: Option<u32>,
}

/// A key.
#[derive(Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Key {
    /// Always `key`.
    pub object: String,
    /// Its id.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// Its newest secret, as it is shown.
    pub prefix: String,
    /// `active`, `revoked` or `expired`.
    pub status: String,
    /// What it may do.
    pub scopes: Vec<String>,
    /// The team that owns it.
    pub team: String,
    /// For whom it may act.
    pub act_as: Vec<String>,
    /// The role of a call that acts for nobody.
    pub role: String,
    /// How often it may call.
    pub limits: KeyLimits,
    /// When it ends by itself.
    pub expires_at: Option<Time>,
    /// When it was last used.
    pub last_used_at: Option<Time>,
    /// When it was created.
    pub created_at: Time,
    /// Its live secrets.
    pub secrets: Vec<KeySecret>,
    /// The secret itself: only in the answer that created it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({}, {})", self.id, self.prefix)
    }
}

/// One secret of a key.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct KeySecret {
    /// As it is shown.
    pub prefix: String,
    /// `active` or `revoked`.
    pub status: String,
    /// When it ends by itself.
    pub expires_at: Option<Time>,
    /// When it was last used.
    pub last_used_at: Option<Time>,
}

/// `PUT /admin/v1/users`: users and groups as a whole list, added or replaced.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Directory {
    /// The groups there are.
    #[serde(default)]
    pub groups: Vec<String>,
    /// The users.
    #[serde(default)]
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
    /// Their role; `member` by default.
    #[serde(default = "member")]
    pub role: String,
    /// The groups they belong to.
    #[serde(default)]
    pub groups: Vec<String>,
}

fn member() -> String {
    "member".into()
}
