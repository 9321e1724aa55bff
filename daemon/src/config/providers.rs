//! Which providers are configured: by the file, or by what stands in the environment under the names of the catalogue.

use super::ConfigError;
use crate::providers::catalogue::{self, Facts};
use secrecy::SecretString;
use serde::Deserialize;
use std::collections::BTreeMap;

/// A provider, with what the file and the environment say of it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provider {
    /// The flavour it speaks: `openai` unless the catalogue knows better.
    pub api: Option<String>,
    /// Where it answers: what the flavour's paths are appended to.
    pub base_url: Option<String>,
    /// The environment variable that holds its key.
    pub api_key_env: Option<String>,
    /// How the key is shown: `bearer`, `x-api-key`, `api-key`, `header`, `sigv4`, `oauth`, `none`.
    pub auth: Option<String>,
    /// With `auth = "header"`: such as `X-Key: {key}`.
    pub auth_header: Option<String>,
    /// What fills the placeholders of the base URL.
    #[serde(default)]
    pub params: BTreeMap<String, String>,
    /// Headers that go with every call.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// Whether it has OpenAI's `/responses`: OpenAI itself has.
    pub responses: Option<bool>,
    /// Its key.
    #[serde(skip)]
    pub api_key: Option<SecretString>,
}

/// What is known or set of a model, by `provider/model`: over what the catalogue has.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelFacts {
    /// Dollars a million tokens read.
    pub input_usd_per_mtok: Option<f64>,
    /// Dollars a million tokens written.
    pub output_usd_per_mtok: Option<f64>,
    /// Dollars a million tokens read from the provider's cache.
    pub cached_input_usd_per_mtok: Option<f64>,
    /// Dollars a million tokens written to it.
    pub cache_write_usd_per_mtok: Option<f64>,
    /// Most tokens in and out.
    pub context_tokens: Option<u64>,
    /// Most tokens out.
    pub max_output_tokens: Option<u64>,
    /// Whether it calls tools.
    pub tools: Option<bool>,
    /// Whether it reads images.
    pub vision: Option<bool>,
    /// Whether it answers in a JSON Schema.
    pub json_schema: Option<bool>,
}

/// Adds the catalogue's providers that the environment has keys for, and fills in those of the file.
///
/// # Errors
/// If a provider of the file has no address.
pub(super) fn complete(
    providers: &mut BTreeMap<String, Provider>,
    variable: &impl Fn(&str) -> Option<String>,
) -> Result<(), ConfigError> {
    for facts in catalogue::providers() {
        let known = providers.contains_key(&facts.id);
        let found = from_environment(facts, variable);
        let is_set = found.api_key.is_some() || (facts.is_local && found.base_url.is_some());
        if known || is_set {
            let provider = providers.entry(facts.id.clone()).or_default();
            fill(provider, found);
        }
    }
    for (name, provider) in providers {
        if let Some(key) = provider.api_key_env.as_deref().and_then(variable) {
            provider.api_key = Some(key.into());
        }
        if provider.base_url.is_none()
            && catalogue::provider(name).is_none_or(|facts| facts.base_url.is_none())
        {
            return Err(super::wrong(&format!("providers.{name}"), "set its base_url"));
        }
    }
    Ok(())
}

fn fill(provider: &mut Provider, found: Provider) {
    provider.base_url = provider.base_url.take().or(found.base_url);
    provider.api_key = found.api_key;
    for (name, value) in found.params {
        provider.params.entry(name).or_insert(value);
    }
}

/// What the environment says of a provider: its key, its address, and what fills its address.
fn from_environment(facts: &Facts, variable: &impl Fn(&str) -> Option<String>) -> Provider {
    let params = facts.params.iter().filter_map(|(name, from)| Some((name.clone(), variable(from)?)));
    let base_url = facts.base_url_env.iter().find_map(|name| variable(name));
    let base_url = base_url.filter(|_| facts.is_local || facts.id == "openai").map(|url| with_scheme(&url));
    let key = facts.key_env.iter().find_map(|name| variable(name));
    let key = key.or_else(|| match facts.auth.as_str() {
        "sigv4" => aws(variable),
        // A service account's file, read when it is first used.
        "oauth" if facts.api == "vertex" => variable("GOOGLE_APPLICATION_CREDENTIALS"),
        _ => None,
    });
    Provider {
        base_url,
        params: params.collect(),
        api_key: key.map(SecretString::from),
        ..Provider::default()
    }
}

/// `ACCESS_KEY_ID:SECRET_ACCESS_KEY`, with the session's token behind another colon where there is one.
fn aws(variable: &impl Fn(&str) -> Option<String>) -> Option<String> {
    let (id, secret) = (variable("AWS_ACCESS_KEY_ID")?, variable("AWS_SECRET_ACCESS_KEY")?);
    let session = variable("AWS_SESSION_TOKEN").map(|token| format!(":{token}"));
    Some(format!("{id}:{secret}{}", session.unwrap_or_default()))
}

fn with_scheme(url: &str) -> String {
    if url.contains("://") { url.to_owned() } else { format!("http://{url}") }
}
