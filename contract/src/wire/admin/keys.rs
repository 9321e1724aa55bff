//! API keys: what they may do, how often, and their secrets.

use super::change;
use crate::duration::Span;
use crate::time::Time;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// `POST /admin/v1/keys`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateKeyRequest {
    /// What people call it; unique among the live keys of a team.
    pub name: String,
    /// What it may do, such as `chat` or `agents/*`.
    pub scopes: Vec<String>,
    /// The team that owns it; the operator's own by default.
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
    /// Which models it may call: tiers, `provider/model`, `provider/*`; all by default.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub models: Vec<String>,
    /// Other names of models, for this key.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub aliases: BTreeMap<String, String>,
    /// Which agents it may talk to, by their ids; all by default.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub agents: Vec<String>,
    /// Which collections it may read; all by default.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub collections: Vec<String>,
    /// Which of the daemon's tools its agents may use, such as `knowledge_search`; all by default.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tools: Vec<String>,
    /// From where it may call: addresses or CIDR ranges; anywhere by default.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<String>,
    /// When it ends by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Time>,
    /// Whether it is a sandbox's: `kapi_test_` instead of `kapi_live_`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub test: bool,
}

/// How often a key may call, in sliding windows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
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
    /// Tokens a minute, read and written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tokens_per_minute: Option<u64>,
    /// Calls at the same time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub concurrent: Option<u32>,
}

/// A change of a key's limits: a limit that isn't named stays, null lifts it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeLimits {
    /// Calls a minute.
    #[serde(default, deserialize_with = "change", skip_serializing_if = "Option::is_none")]
    pub per_minute: Option<Option<u32>>,
    /// Calls an hour.
    #[serde(default, deserialize_with = "change", skip_serializing_if = "Option::is_none")]
    pub per_hour: Option<Option<u32>>,
    /// Calls a day.
    #[serde(default, deserialize_with = "change", skip_serializing_if = "Option::is_none")]
    pub per_day: Option<Option<u32>>,
    /// Tokens a minute.
    #[serde(default, deserialize_with = "change", skip_serializing_if = "Option::is_none")]
    pub tokens_per_minute: Option<Option<u64>>,
    /// Calls at the same time.
    #[serde(default, deserialize_with = "change", skip_serializing_if = "Option::is_none")]
    pub concurrent: Option<Option<u32>>,
}

impl ChangeLimits {
    /// The limits after the change.
    #[must_use]
    pub fn of(&self, limits: KeyLimits) -> KeyLimits {
        KeyLimits {
            per_minute: self.per_minute.unwrap_or(limits.per_minute),
            per_hour: self.per_hour.unwrap_or(limits.per_hour),
            per_day: self.per_day.unwrap_or(limits.per_day),
            tokens_per_minute: self.tokens_per_minute.unwrap_or(limits.tokens_per_minute),
            concurrent: self.concurrent.unwrap_or(limits.concurrent),
        }
    }
}

/// `PATCH /admin/v1/keys/{key_id}`: what isn't named stays; lists are replaced.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateKeyRequest {
    /// The key, by its id or name.
    pub key_id: String,
    /// What people call it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What it may do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scopes: Option<Vec<String>>,
    /// For whom it may act.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub act_as: Option<Vec<String>>,
    /// The role of a call that acts for nobody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// How often it may call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limits: Option<ChangeLimits>,
    /// Which models it may call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub models: Option<Vec<String>>,
    /// Other names of models.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aliases: Option<BTreeMap<String, String>>,
    /// Which agents it may talk to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agents: Option<Vec<String>>,
    /// Which collections it may read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collections: Option<Vec<String>>,
    /// Which of the daemon's tools its agents may use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tools: Option<Vec<String>>,
    /// From where it may call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sources: Option<Vec<String>>,
    /// When it ends by itself; null where it shall not.
    #[serde(default, deserialize_with = "change", skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Option<Time>>,
}

/// A key by its id or name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct KeyPath {
    /// The key, by its id or name.
    pub key_id: String,
}

/// `POST /admin/v1/keys/{key_id}/rotate`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RotateKeyRequest {
    /// The key, by its id or name.
    pub key_id: String,
    /// How long the old secret works beside the new one, such as `24h`; `0s` ends it at once.
    #[serde(default = "day")]
    pub overlap: Span,
    /// Whether a rotation that is still under way is ended: its older secret stops at once.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub end_older: bool,
}

fn day() -> Span {
    Span::from_seconds(24 * 60 * 60)
}

/// Which secrets of a key are revoked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Which {
    /// Those that a rotation replaced: the key lives on.
    Old,
    /// The newest, where it got into wrong hands: the one before it lives on.
    New,
    /// All: the key has ended.
    #[default]
    All,
}

/// `POST /admin/v1/keys/{key_id}/revoke`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RevokeKeyRequest {
    /// The key, by its id or name.
    pub key_id: String,
    /// Which of its secrets; all by default.
    #[serde(default)]
    pub which: Which,
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
    /// `active`, `rotating`, `revoked` or `expired`.
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
    /// How often it called.
    #[serde(default)]
    pub used: KeyUse,
    /// Which models it may call; all where the list is empty.
    #[serde(default)]
    pub models: Vec<String>,
    /// Other names of models, for this key.
    #[serde(default)]
    pub aliases: BTreeMap<String, String>,
    /// Which agents it may talk to; all where the list is empty.
    #[serde(default)]
    pub agents: Vec<String>,
    /// Which collections it may read; all where the list is empty.
    #[serde(default)]
    pub collections: Vec<String>,
    /// Which of the daemon's tools its agents may use; all where the list is empty.
    #[serde(default)]
    pub tools: Vec<String>,
    /// From where it may call; anywhere where the list is empty.
    #[serde(default)]
    pub sources: Vec<String>,
    /// When it ends by itself.
    pub expires_at: Option<Time>,
    /// When it was last used.
    pub last_used_at: Option<Time>,
    /// When it was created.
    pub created_at: Time,
    /// Its secrets, the newest first.
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

/// How many calls a limited key has made in each of its windows; zeros for a key without limits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct KeyUse {
    /// In the last minute.
    pub minute: u64,
    /// In the last hour.
    pub hour: u64,
    /// In the last day.
    pub day: u64,
}

/// One secret of a key.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct KeySecret {
    /// As it is shown.
    pub prefix: String,
    /// Which of the key's secrets, from 1; audit rows name it.
    pub generation: i64,
    /// `active`, `rotating` (it ends as a newer one takes over), `revoked` or `expired`.
    pub status: String,
    /// When it ends by itself.
    pub expires_at: Option<Time>,
    /// When it was last used.
    pub last_used_at: Option<Time>,
    /// Its share of the key's calls since the newest secret was made, in percent.
    pub used_percent: f64,
}

/// A link into the Developer Hub.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct HubLink {
    /// Always `hub.link`.
    pub object: String,
    /// Where it leads to, from the daemon's address on. Who holds it signs in as its maker.
    pub path: String,
    /// When it ends.
    pub expires_at: Time,
}
