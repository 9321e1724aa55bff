//! Bodies of the admin API: keys, users and groups, providers, teams.

use crate::time::Time;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
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
    /// Which models it may call: tiers, `provider/model`, `provider/*`; all by default.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub models: Vec<String>,
    /// Other names of models, for this key.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub aliases: BTreeMap<String, String>,
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
    /// Which models it may call; all where the list is empty.
    #[serde(default)]
    pub models: Vec<String>,
    /// Other names of models, for this key.
    #[serde(default)]
    pub aliases: BTreeMap<String, String>,
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

/// `POST /admin/v1/providers`: a provider's key, to be stored.
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
pub struct AddProviderRequest {
    /// The provider, by its id in the catalogue.
    pub provider: String,
    /// Its key: encrypted at once, and shown to nobody.
    pub key: String,
    /// Whether every team may use it; else it is the team's own.
    #[serde(default)]
    pub shared: bool,
    /// What fills the placeholders of its address, such as `region`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub params: BTreeMap<String, String>,
}

impl fmt::Debug for AddProviderRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AddProviderRequest({}, ***)", self.provider)
    }
}

/// A stored key of a provider, without the key.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct StoredProviderKey {
    /// The provider.
    pub provider: String,
    /// The team that stored it.
    pub team: String,
    /// Whether every team may use it.
    pub shared: bool,
    /// Who stored it.
    pub created_by: String,
    /// When.
    pub created_at: Time,
}

/// A provider, and how it fares.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ProviderStatus {
    /// Always `provider`.
    pub object: String,
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The flavour it speaks.
    pub api: String,
    /// Where it answers.
    pub base_url: Option<String>,
    /// Whether it can be called.
    pub configured: bool,
    /// Where its key comes from: `stored`, `environment` or `none needed`.
    pub key: Option<String>,
    /// The environment variable that its key is read from.
    pub key_env: Option<String>,
    /// Whether Katonic speaks its flavour.
    pub supported: bool,
    /// How many of its models are known.
    pub models: usize,
    /// Where its documentation is.
    pub doc: Option<String>,
    /// Its models that were called since the daemon started.
    #[serde(default)]
    pub targets: Vec<TargetHealth>,
}

/// How one model of a provider fares.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TargetHealth {
    /// `provider/model`.
    pub target: String,
    /// `healthy`, `resting` or `on trial`.
    pub state: String,
    /// Calls that it answered.
    pub answered: u64,
    /// Calls that it failed.
    pub failed: u64,
    /// Its last failure: when, with which status, in its words.
    pub last_error: Option<Value>,
}

/// `POST /admin/v1/providers/{id}/test`: what one real call brought.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ProviderTest {
    /// The provider.
    pub provider: String,
    /// The model that was called.
    pub model: String,
    /// Whether it answered.
    pub ok: bool,
    /// What it said, or why it failed.
    pub detail: String,
    /// Milliseconds that it took.
    pub latency_ms: f64,
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
