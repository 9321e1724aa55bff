//! From a tier or a model's name to the provider that serves it.

use super::{EXTRACTIVE, Finish, Pieces, Request, extractive, flavours::openai};
use crate::config::{Config, Price};
use crate::error::{Error, Kind};
use contract::money::Usd;
use contract::wire::models::Model;
use reqwest::Client;
use std::collections::BTreeMap;
use std::time::Duration;

/// How long a connection may take to stand.
const CONNECT: Duration = Duration::from_secs(10);

/// The configured providers, and what the tiers route to.
#[derive(Debug)]
pub(crate) struct Providers {
    tiers: BTreeMap<String, String>,
    prices: BTreeMap<String, Price>,
    upstreams: BTreeMap<String, openai::Upstream>,
}

/// Where a request goes.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Route {
    /// The built-in answerer.
    Extractive,
    /// A provider's model.
    Upstream {
        /// The provider's name in the configuration.
        provider: String,
        /// The model's name there.
        model: String,
    },
}

impl Route {
    /// The model as it is shown: `provider/model`.
    pub(crate) fn model(&self) -> String {
        match self {
            Self::Extractive => EXTRACTIVE.into(),
            Self::Upstream { provider, model } => format!("{provider}/{model}"),
        }
    }
}

impl Providers {
    /// The providers of a configuration.
    ///
    /// # Errors
    /// If the HTTP client can't be made.
    pub(crate) fn new(config: &Config) -> Result<Self, Error> {
        let client = client()?;
        let upstreams = config.providers.iter().map(|(name, provider)| {
            (name.clone(), openai::Upstream::new(client.clone(), name.clone(), provider.clone()))
        });
        Ok(Self {
            tiers: config.tiers.clone(),
            prices: config.prices.clone(),
            upstreams: upstreams.collect(),
        })
    }

    /// Where a tier or a model's name leads.
    ///
    /// # Errors
    /// If no configured provider serves it.
    pub(crate) fn route(&self, name: &str) -> Result<Route, Error> {
        if name == EXTRACTIVE {
            return Ok(Route::Extractive);
        }
        if let Some(target) = self.tiers.get(name) {
            return Ok(self.upstream(target).unwrap_or(Route::Extractive));
        }
        self.upstream(name).ok_or_else(|| {
            let message = format!(
                "No configured provider serves `{name}`. Set OPENAI_API_KEY, or add the provider to katonic.toml."
            );
            Error::new(Kind::Unavailable, "no_provider_configured", message)
        })
    }

    fn upstream(&self, name: &str) -> Option<Route> {
        let (provider, model) = match name.split_once('/') {
            Some((provider, model)) if self.upstreams.contains_key(provider) => (provider, model),
            Some(_) => return None,
            None => (self.upstreams.keys().next()?.as_str(), name),
        };
        Some(Route::Upstream { provider: provider.into(), model: model.into() })
    }

    /// Asks, and gives the answer as it comes.
    ///
    /// # Errors
    /// If the provider can't be reached or refuses.
    pub(crate) async fn answer(&self, route: &Route, request: Request) -> Result<Pieces, Error> {
        match route {
            Route::Extractive => Ok(extractive::answer(&request)),
            Route::Upstream { provider, model } => match self.upstreams.get(provider) {
                Some(upstream) => upstream.answer(model, request).await,
                None => Err(Error::internal(format_args!("route to unknown provider {provider}"))),
            },
        }
    }

    /// What an answer cost, if the model's price is known. The built-in answerer costs nothing.
    pub(crate) fn cost(&self, route: &Route, finish: &Finish) -> Option<Usd> {
        if *route == Route::Extractive {
            return Some(Usd::ZERO);
        }
        let price = self.prices.get(&route.model())?;
        let dollars = price.input_per_million * finish.input_tokens as f64
            + price.output_per_million * finish.output_tokens as f64;
        // A dollar a million tokens is a thousand nano-dollars each.
        Some(Usd::from_nanos((dollars * 1000.0).round() as i64))
    }

    /// Whether what a model costs is known.
    pub(crate) fn is_priced(&self, model: &str) -> bool {
        model == EXTRACTIVE || self.prices.contains_key(model)
    }

    /// The tiers, with what they route to, and the built-in answerer.
    pub(crate) fn models(&self) -> Vec<Model> {
        let model = |id: &str, owner: &str, routes_to| Model {
            id: id.into(),
            object: "model".into(),
            created: 0,
            owned_by: owner.into(),
            routes_to,
        };
        let tiers = self.tiers.keys().map(|tier| {
            let target = self.route(tier).map(|route| route.model()).ok();
            model(tier, "katonic", target)
        });
        tiers.chain([model(EXTRACTIVE, "katonic", None)]).collect()
    }
}

/// The client for all providers. Environment proxies would see every prompt: the daemon speaks to what is configured,
/// directly. A machine without certificates can still speak to providers over plain HTTP.
fn client() -> Result<Client, Error> {
    let builder = || Client::builder().connect_timeout(CONNECT).no_proxy();
    builder().build().or_else(|error| {
        tracing::warn!(%error, "no certificates: providers over https can't be reached");
        builder().tls_certs_only([]).build().map_err(Error::internal)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn providers(file: &str) -> Providers {
        let home = tempfile::tempdir().unwrap();
        std::fs::write(home.path().join("katonic.toml"), file).unwrap();
        Providers::new(&Config::load(home.path()).unwrap()).unwrap()
    }

    #[test]
    fn a_tier_without_a_provider_is_served_by_the_extractive_answerer() {
        let none = providers("");
        assert_eq!(none.route("balanced").unwrap(), Route::Extractive);
        assert_eq!(none.route("gpt-4.1").unwrap_err().code, "no_provider_configured");
        assert_eq!(none.route("nobody/model").unwrap_err().code, "no_provider_configured");
    }

    #[test]
    fn a_model_id_may_hold_slashes() {
        let local = providers(
            "[providers.local]\nbase_url = \"http://127.0.0.1:1/v1\"\n[tiers]\nfast = \"local/a/b\"",
        );
        let upstream = |model: &str| Route::Upstream { provider: "local".into(), model: model.into() };
        assert_eq!(local.route("fast").unwrap(), upstream("a/b"));
        assert_eq!(local.route("local/meta/llama:70b").unwrap(), upstream("meta/llama:70b"));
        assert_eq!(local.route("llama").unwrap(), upstream("llama"));
    }
}
