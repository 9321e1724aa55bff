//! From a name to the models that serve it: aliases, tiers, `provider/model`, or a model's own name.

use super::catalogue::{self, Model as Facts};
use super::health::Health;
use super::needs::Needs;
use super::tiers::Tiers;
use super::upstream::Upstream;
use super::usage::Tokens;
use super::vault::Vault;
use super::{EXTRACTIVE, flavours::Operation};
use crate::config::{Config, ModelFacts, Need, Routing, Strategy, Target as Listed, Timeouts};
use crate::error::{Error, Kind};
use contract::money::Usd;
use rand::Rng;
use reqwest::Client;
use secrecy::SecretString;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// Whose models a bare name means first, where several providers have one of that name.
const MAKERS: &[&str] = &[
    "openai",
    "anthropic",
    "google",
    "mistral",
    "cohere",
    "xai",
    "deepseek",
    "groq",
    "google-vertex",
    "azure",
];

/// The providers there are, what the names of models lead to, and how they fare.
#[derive(Debug)]
pub(crate) struct Providers {
    pub(super) client: Client,
    pub(super) routing: Routing,
    pub(super) timeouts: Timeouts,
    pub(super) health: Health,
    pub(super) settings: BTreeMap<String, ModelFacts>,
    pub(super) upstreams: BTreeMap<String, Arc<Upstream>>,
    aliases: BTreeMap<String, String>,
    /// What tiers lead to.
    pub(crate) tiers: Tiers,
    /// The keys that operators stored.
    pub(crate) vault: Vault,
}

/// One model of one provider.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    name: Arc<str>,
    pub(crate) upstream: Arc<Upstream>,
    /// The provider's own name of the model.
    pub(crate) model: String,
    pub(crate) facts: Arc<Facts>,
    pub(super) weight: u32,
    pub(super) only_for: Vec<Need>,
}

impl Target {
    /// As it is shown: `provider/model`.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// What an answer of it cost, where its price is known.
    pub(crate) fn cost(&self, tokens: &Tokens) -> Option<Usd> {
        tokens.cost(&self.facts)
    }
}

/// Where a request goes.
#[derive(Clone, Debug)]
pub(crate) enum Route {
    /// The built-in answerer.
    Extractive,
    /// Models, in order of preference.
    Targets(Plan),
}

/// What a name leads to.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    /// The name.
    pub(crate) name: String,
    pub(crate) targets: Vec<Target>,
    pub(super) hedge: Option<Duration>,
    strategy: Strategy,
    most_usd_per_call: Option<f64>,
}

impl Route {
    /// The model that comes first.
    pub(crate) fn model(&self) -> String {
        match self {
            Self::Extractive => EXTRACTIVE.into(),
            Self::Targets(_) => self.first().map(Target::name).unwrap_or_default().to_owned(),
        }
    }

    /// The target that comes first; none where the built-in answerer does.
    pub(crate) fn first(&self) -> Option<&Target> {
        match self {
            Self::Extractive => None,
            Self::Targets(plan) => plan.targets.first(),
        }
    }
}

impl Plan {
    /// The same with the one target that embeds: vectors of several models can't be compared. None, where none does.
    pub(crate) fn embedding(mut self) -> Option<Self> {
        let embeds = |target: &Target| target.upstream.serves(Operation::Embeddings);
        self.targets = self.targets.into_iter().find(embeds).into_iter().collect();
        (!self.targets.is_empty()).then_some(self)
    }

    /// Those targets that can do what a request needs, in the order in which they are asked.
    ///
    /// # Errors
    /// If there are none.
    pub(crate) fn suited(&self, operation: Operation, needs: &Needs) -> Result<Vec<Target>, Error> {
        let mut why = "no provider has this endpoint";
        let mut suited: Vec<Target> = Vec::with_capacity(self.targets.len());
        for target in self.targets.iter().filter(|target| target.upstream.serves(operation)) {
            match needs.against(target, self.most_usd_per_call) {
                Some(reason) => why = reason,
                None => suited.push(target.clone()),
            }
        }
        if suited.is_empty() {
            let message = format!("No model of `{}` can do what this request needs: {why}.", self.name);
            return Err(Error::invalid("model", message));
        }
        // Vectors of several models can't be compared.
        if operation == Operation::Embeddings {
            suited.truncate(1);
        }
        if self.strategy == Strategy::Weighted {
            let total: u64 = suited.iter().map(|target| u64::from(target.weight)).sum();
            let mut point = rand::rng().random_range(0..total.max(1));
            let chosen = suited.iter().position(|target| {
                let weight = u64::from(target.weight);
                let is_here = point < weight;
                point = point.saturating_sub(weight);
                is_here
            });
            suited[..=chosen.unwrap_or(0)].rotate_right(1);
        }
        Ok(suited)
    }
}

impl Providers {
    /// The providers of a configuration, with the keys of a vault, and tiers.
    ///
    /// # Errors
    /// If the HTTP client can't be made.
    pub(crate) fn new(config: &Config, vault: Vault, tiers: Tiers) -> Result<Self, Error> {
        let built = config.providers.iter().filter_map(|(name, settings)| {
            match Upstream::new(name, Some(settings)) {
                Ok(upstream) => Some((name.clone(), Arc::new(upstream))),
                Err(error) => {
                    tracing::warn!(provider = name, reason = error.message, "a provider is left out");
                    None
                }
            }
        });
        Ok(Self {
            client: client(&config.timeouts)?,
            routing: config.routing.clone(),
            timeouts: config.timeouts.clone(),
            health: Health::default(),
            tiers,
            aliases: config.aliases.clone(),
            settings: config.models.clone(),
            upstreams: built.collect(),
            vault,
        })
    }

    /// What a name leads to, for a team.
    ///
    /// # Errors
    /// If no configured provider serves it.
    pub(crate) fn route(&self, team: &str, name: &str) -> Result<Route, Error> {
        let name = self.aliases.get(name).map_or(name, String::as_str);
        if name == EXTRACTIVE {
            return Ok(Route::Extractive);
        }
        if let Some(tier) = self.tiers.now().get(name) {
            let targets: Vec<Target> =
                tier.targets.iter().filter_map(|listed| self.listed(team, listed)).collect();
            return Ok(match targets.is_empty() {
                true => Route::Extractive,
                false => Route::Targets(Plan {
                    name: name.to_owned(),
                    targets,
                    hedge: tier.hedge,
                    strategy: tier.strategy,
                    most_usd_per_call: tier.most_usd_per_call,
                }),
            });
        }
        let target = self.named(team, name).ok_or_else(|| self.nobody(team, name))?;
        Ok(Route::Targets(Plan {
            name: name.to_owned(),
            targets: vec![target],
            hedge: None,
            strategy: Strategy::Ordered,
            most_usd_per_call: None,
        }))
    }

    /// The same with other names behind it, for where it fails.
    ///
    /// # Errors
    /// If no configured provider serves the first.
    pub(crate) fn route_or(&self, team: &str, name: &str, fallbacks: &[String]) -> Result<Route, Error> {
        let mut route = self.route(team, name)?;
        if let Route::Targets(plan) = &mut route {
            for fallback in fallbacks {
                // One that nobody serves is no reason to refuse the first.
                if let Ok(Route::Targets(more)) = self.route(team, fallback) {
                    plan.targets.extend(more.targets);
                }
            }
        }
        Ok(route)
    }

    fn listed(&self, team: &str, listed: &Listed) -> Option<Target> {
        let target = self.named(team, &listed.model)?;
        Some(Target { weight: listed.weight, only_for: listed.only_for.clone(), ..target })
    }

    /// The target of `provider/model`, or of a model's own name.
    fn named(&self, team: &str, name: &str) -> Option<Target> {
        if let Some((provider, model)) = name.split_once('/')
            && let Some(upstream) = self.available(team, provider)
        {
            return Some(self.target(upstream, model));
        }
        let available: Vec<Arc<Upstream>> = self.all_available(team);
        let has = |upstream: &&Arc<Upstream>| {
            self.settings.contains_key(&format!("{}/{name}", upstream.name))
                || catalogue::model(&upstream.name, name).is_some()
        };
        let rank = |upstream: &&Arc<Upstream>| {
            let maker = MAKERS.iter().position(|maker| *maker == upstream.name);
            let is_variant =
                catalogue::provider(&upstream.name).is_some_and(|facts| facts.variant_of.is_some());
            (!upstream.is_from_file, maker.unwrap_or(MAKERS.len()), is_variant)
        };
        let known = available.iter().filter(has).min_by_key(rank);
        // A provider of the file that the catalogue doesn't know may have any model.
        let any = || available.iter().find(|u| u.is_from_file && catalogue::provider(&u.name).is_none());
        let upstream = known.or_else(|| if name.contains('/') { None } else { any() })?;
        Some(self.target(Arc::clone(upstream), name))
    }

    fn target(&self, upstream: Arc<Upstream>, model: &str) -> Target {
        let facts = Arc::new(self.facts(&upstream.name, model));
        let name = format!("{}/{model}", upstream.name).into();
        Target { name, upstream, model: model.to_owned(), facts, weight: 1, only_for: Vec::new() }
    }

    /// What is known of a model: what is set over what the catalogue has.
    pub(crate) fn facts(&self, provider: &str, model: &str) -> Facts {
        let known = catalogue::model(provider, model);
        let mut facts = known.unwrap_or_else(|| Facts { id: model.to_owned(), ..Facts::default() });
        if let Some(set) = self.settings.get(&format!("{provider}/{model}")) {
            facts.input_usd_per_mtok = set.input_usd_per_mtok.or(facts.input_usd_per_mtok);
            facts.output_usd_per_mtok = set.output_usd_per_mtok.or(facts.output_usd_per_mtok);
            facts.cached_input_usd_per_mtok =
                set.cached_input_usd_per_mtok.or(facts.cached_input_usd_per_mtok);
            facts.cache_write_usd_per_mtok = set.cache_write_usd_per_mtok.or(facts.cache_write_usd_per_mtok);
            facts.context_tokens = set.context_tokens.or(facts.context_tokens);
            facts.max_output_tokens = set.max_output_tokens.or(facts.max_output_tokens);
            facts.tools = set.tools.or(facts.tools);
            facts.vision = set.vision.or(facts.vision);
            facts.json_schema = set.json_schema.or(facts.json_schema);
        }
        facts
    }

    /// A provider that a team can call, by its id or another one it goes by.
    pub(crate) fn available(&self, team: &str, name: &str) -> Option<Arc<Upstream>> {
        let upstream = self.upstreams.get(name).cloned().or_else(|| {
            let id = catalogue::provider(name)?.id.as_str();
            self.upstreams.get(id).cloned().or_else(|| self.vault.upstream(team, id))
        })?;
        let has_key = upstream.key.is_some() || self.vault.has_key(team, &upstream.name);
        (has_key || upstream.is_keyless()).then_some(upstream)
    }

    /// Every provider that a team can call.
    pub(crate) fn all_available(&self, team: &str) -> Vec<Arc<Upstream>> {
        let stored = self.vault.providers(team);
        let mut names: Vec<&String> = self.upstreams.keys().chain(&stored).collect();
        names.sort_unstable();
        names.dedup();
        names.into_iter().filter_map(|name| self.available(team, name)).collect()
    }

    /// The key that a team's call shows: its own, else a shared one, unless the team must bring its own.
    ///
    /// # Errors
    /// If the team must bring its own key and has none for this provider.
    pub(super) fn key(&self, team: &str, upstream: &Upstream) -> Result<Option<SecretString>, Error> {
        if let Some(own) = self.vault.own_key(team, &upstream.name) {
            return Ok(Some(own));
        }
        if self.vault.must_bring_own(team) && !upstream.auth.is_none() {
            let message = format!(
                "Your team calls providers with its own keys only, and has none for {}. Add one: `katonic providers add {}`.",
                upstream.name, upstream.name
            );
            return Err(Error::new(Kind::Forbidden, "not_permitted", message));
        }
        Ok(self.vault.shared_key(&upstream.name).or_else(|| upstream.key.clone()))
    }

    fn nobody(&self, team: &str, name: &str) -> Error {
        let has_provider =
            name.split_once('/').is_some_and(|(provider, _)| self.available(team, provider).is_some());
        let maker = name.split_once('/').and_then(|(provider, _)| catalogue::provider(provider));
        let maker = maker.or_else(|| {
            MAKERS
                .iter()
                .find(|maker| catalogue::model(maker, name).is_some())
                .and_then(|id| catalogue::provider(id))
        });
        if maker.is_none() && (has_provider || !self.all_available(team).is_empty()) {
            return Error { param: Some("model".into()), ..Error::not_found("model", name) };
        }
        let id = maker.map_or("openai", |facts| facts.id.as_str());
        let variable = maker.and_then(|facts| facts.key_env.first()).map_or("OPENAI_API_KEY", String::as_str);
        let message = format!(
            "No configured provider serves `{name}`. Set {variable}, run `katonic providers add {id}`, or add the \
             provider to katonic.toml."
        );
        Error::new(Kind::Unavailable, "no_provider_configured", message)
    }

    /// Whether what a model costs is known, by `provider/model`.
    pub(crate) fn is_priced(&self, name: &str) -> bool {
        let priced = |(provider, model)| self.facts(provider, model).input_usd_per_mtok.is_some();
        name == EXTRACTIVE || name.split_once('/').is_some_and(priced)
    }
}

fn client(timeouts: &Timeouts) -> Result<Client, Error> {
    Client::builder()
        .connect_timeout(Duration::from_secs_f64(timeouts.connect_seconds.max(0.001)))
        .redirect(reqwest::redirect::Policy::none())
        .user_agent(concat!("katonic/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(Error::internal)
}
