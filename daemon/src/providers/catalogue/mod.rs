//! The facts of known providers and their models: where they answer, what they cost, what they can. Embedded, read at
//! first use, and overlaid by what an operator refreshed.

mod sql;

use crate::act::Act;
use crate::error::Error;
use crate::store::Db;
use flate2::read::GzDecoder;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};
use std::io::Read;
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

/// A provider a line, as `pack.py` writes them.
static PROVIDERS: LazyLock<Vec<Facts>> = LazyLock::new(|| {
    let lines = include_str!("providers.jsonl").lines();
    lines.filter_map(|line| serde_json::from_str(line).ok()).collect()
});

/// The providers by their ids and the other ones they go by; an id stands before an alias.
static BY_NAME: LazyLock<HashMap<&str, &Facts>> = LazyLock::new(|| {
    let aliases =
        PROVIDERS.iter().flat_map(|facts| facts.aliases.iter().map(move |alias| (alias.as_str(), facts)));
    aliases.chain(PROVIDERS.iter().map(|facts| (facts.id.as_str(), facts))).collect()
});

/// A provider a line: its id, a tab, and the JSON list of its models.
static MODELS: LazyLock<HashMap<String, String>> = LazyLock::new(|| {
    let mut text = String::new();
    // The bytes are this file's neighbours; a test reads them all.
    drop(GzDecoder::new(&include_bytes!("models.gz")[..]).read_to_string(&mut text));
    let lines = text.lines().filter_map(|line| line.split_once('\t'));
    lines.map(|(provider, models)| (provider.to_owned(), models.to_owned())).collect()
});

/// The highest price that is no mistake of a unit, in dollars a million tokens.
const MOST_USD_PER_MTOK: f64 = 100_000.0;

/// What was refreshed, and the models parsed so far.
static PARSED: LazyLock<RwLock<HashMap<String, Arc<Vec<Model>>>>> = LazyLock::new(RwLock::default);

/// What is known of a provider.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Facts {
    /// Its id, such as `openai`.
    pub(crate) id: String,
    /// Its name for people.
    pub(crate) name: String,
    /// The flavour it speaks; `other` for one that Katonic doesn't.
    pub(crate) api: String,
    /// Where it answers, with `{placeholders}`.
    pub(crate) base_url: Option<String>,
    /// How its key is shown.
    pub(crate) auth: String,
    /// With `auth` `header`: the header, with `{key}`.
    pub(crate) auth_header: Option<String>,
    /// Environment variables that hold its key.
    #[serde(default)]
    pub(crate) key_env: Vec<String>,
    /// Placeholders of the base URL, and the variables that fill them.
    #[serde(default)]
    pub(crate) params: BTreeMap<String, String>,
    /// Variables that hold its base URL.
    #[serde(default)]
    pub(crate) base_url_env: Vec<String>,
    /// Other ids it goes by.
    #[serde(default)]
    pub(crate) aliases: Vec<String>,
    /// The provider of which it is another region, plan or endpoint.
    pub(crate) variant_of: Option<String>,
    /// Whether it runs on the user's own machines.
    #[serde(default, rename = "local")]
    pub(crate) is_local: bool,
    /// Where its documentation is.
    pub(crate) doc: Option<String>,
}

/// What is known of a model. What isn't known is absent: neither false nor zero.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Model {
    /// The provider's name of it.
    pub(crate) id: String,
    /// `chat`, `embedding`, `image`, `audio` or `rerank`.
    #[serde(default = "chat")]
    pub(crate) kind: String,
    pub(crate) input_usd_per_mtok: Option<f64>,
    pub(crate) output_usd_per_mtok: Option<f64>,
    pub(crate) cached_input_usd_per_mtok: Option<f64>,
    pub(crate) cache_write_usd_per_mtok: Option<f64>,
    pub(crate) context_tokens: Option<u64>,
    pub(crate) max_output_tokens: Option<u64>,
    pub(crate) tools: Option<bool>,
    pub(crate) vision: Option<bool>,
    pub(crate) json_schema: Option<bool>,
    pub(crate) reasoning: Option<bool>,
    /// The day it came out.
    pub(crate) released: Option<String>,
    #[serde(default)]
    pub(crate) deprecated: bool,
    /// For an embedding model, how long its vectors are.
    pub(crate) dims: Option<u32>,
    /// Where it is served, if not at chat completions.
    pub(crate) endpoint: Option<String>,
}

fn chat() -> String {
    "chat".into()
}

/// Every known provider, by id.
pub(crate) fn providers() -> &'static [Facts] {
    &PROVIDERS
}

/// A provider by its id or another one it goes by.
pub(crate) fn provider(name: &str) -> Option<&'static Facts> {
    BY_NAME.get(name).copied()
}

/// The known models of a provider.
pub(crate) fn models(provider: &str) -> Arc<Vec<Model>> {
    if let Some(models) = PARSED.read().unwrap_or_else(PoisonError::into_inner).get(provider) {
        return Arc::clone(models);
    }
    let text = MODELS.get(provider).map_or("[]", String::as_str);
    let models: Arc<Vec<Model>> = Arc::new(serde_json::from_str(text).unwrap_or_default());
    let mut parsed = PARSED.write().unwrap_or_else(PoisonError::into_inner);
    Arc::clone(parsed.entry(provider.to_owned()).or_insert(models))
}

/// What is known of a provider's model.
pub(crate) fn model(provider: &str, id: &str) -> Option<Model> {
    models(provider).iter().find(|model| model.id == id).cloned()
}

/// A model of a refreshed catalogue, with its provider.
#[derive(Debug, Deserialize)]
pub(crate) struct Listed {
    provider: String,
    #[serde(flatten)]
    model: Model,
}

/// Puts newer facts of models over those that are known, for good; how many providers and models these are.
///
/// # Errors
/// If one is of no known provider, or has a price that is none; or if the store fails.
pub(crate) async fn refresh(db: &Db, team: &str, listed: Vec<Listed>) -> Result<Act<(usize, usize)>, Error> {
    let count = listed.len();
    let mut newer: HashMap<String, Vec<Model>> = HashMap::new();
    for (n, Listed { provider, model }) in listed.into_iter().enumerate() {
        let prices = [
            model.input_usd_per_mtok,
            model.output_usd_per_mtok,
            model.cached_input_usd_per_mtok,
            model.cache_write_usd_per_mtok,
        ];
        if prices.into_iter().flatten().any(|price| !(0.0..=MOST_USD_PER_MTOK).contains(&price)) {
            let message = format!(
                "`{}` has a price that can't be: dollars a million tokens are 0 to 100,000.",
                model.id
            );
            return Err(Error::invalid(&format!("models[{n}]"), message));
        }
        if self::provider(&provider).is_none() || model.id.is_empty() {
            let message = format!("There is no provider `{provider}`, or its model has no id.");
            return Err(Error::invalid(&format!("models[{n}]"), message));
        }
        newer.entry(provider).or_default().push(model);
    }
    let mut statements = Vec::with_capacity(newer.len());
    for (provider, models) in &mut newer {
        let before = sql::refreshed(db, provider).await?;
        let known: Vec<Model> = match &before {
            Some(text) => serde_json::from_str(text)?,
            None => self::models(provider).to_vec(),
        };
        let is_new = |known: &Model| !models.iter().any(|model| model.id == known.id);
        let kept: Vec<Model> = known.into_iter().filter(is_new).collect();
        models.extend(kept);
        statements.push(sql::put(provider, team, before.as_deref(), models)?);
    }
    Ok(Act::new((newer.len(), count), statements).then(|| overlay(newer)))
}

/// Takes up what was refreshed before the daemon started.
///
/// # Errors
/// If the store fails.
pub(crate) async fn load(db: &Db) -> Result<(), Error> {
    overlay(sql::load(db).await?);
    Ok(())
}

fn overlay(newer: HashMap<String, Vec<Model>>) {
    let newer = newer.into_iter().map(|(provider, models)| (provider, Arc::new(models)));
    PARSED.write().unwrap_or_else(PoisonError::into_inner).extend(newer);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::providers::flavours;

    #[test]
    fn every_line_is_read() {
        assert_eq!(providers().len(), include_str!("providers.jsonl").lines().count());
        let listed: usize = MODELS.values().map(|text| text.matches("\"id\":").count()).sum();
        let read: usize = MODELS.keys().map(|provider| models(provider).len()).sum();
        assert!(read > 9_000 && read == listed, "{read} of {listed}");
    }

    #[test]
    fn over_140_hosted_providers_can_be_spoken_to() {
        let spoken = providers().iter().filter(|facts| flavours::find(&facts.api).is_some());
        let hosted = spoken.filter(|facts| {
            facts.base_url.is_some() && facts.variant_of.is_none() && !facts.is_local && facts.auth != "other"
        });
        let hosted = hosted.count();
        assert!(hosted > 140, "{hosted}");
    }

    #[test]
    fn a_provider_goes_by_its_aliases_too() {
        assert_eq!(provider("bedrock").map(|facts| facts.id.as_str()), Some("amazon-bedrock"));
        assert_eq!(model("openai", "gpt-4.1").and_then(|model| model.context_tokens), Some(1_047_576));
    }
}
