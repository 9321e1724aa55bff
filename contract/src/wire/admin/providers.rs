//! Providers, and their keys.

use super::super::page::flag;
use crate::time::Time;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt;

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

/// `GET /admin/v1/providers`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ListProvidersQuery {
    /// Also those that aren't configured.
    #[serde(default, deserialize_with = "flag", skip_serializing_if = "std::ops::Not::not")]
    pub all: bool,
}

/// `DELETE /admin/v1/providers/{provider}`: a stored key of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RemoveProviderQuery {
    /// The provider.
    pub provider: String,
    /// Whether it is the key that every team may use.
    #[serde(default, deserialize_with = "flag", skip_serializing_if = "std::ops::Not::not")]
    pub shared: bool,
}

/// `POST /admin/v1/providers/{provider}/test`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TestProviderRequest {
    /// The provider.
    pub provider: String,
    /// The model to call; a cheap one by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
}

/// `PUT /admin/v1/providers/catalogue`: newer facts of models, each as the catalogue has them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RefreshCatalogueRequest {
    /// The models.
    pub models: Vec<Value>,
}

/// How much of the catalogue was refreshed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RefreshedCatalogue {
    /// Always `catalogue`.
    pub object: String,
    /// Providers whose models are newer now.
    pub providers: usize,
    /// Models.
    pub models: usize,
}
