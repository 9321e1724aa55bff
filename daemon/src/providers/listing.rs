//! The models and tiers that a team may use, and the providers there are.

use super::catalogue::{self, Model};
use super::route::Providers;
use super::{EXTRACTIVE, flavours};
use contract::wire::admin::{ProviderStatus, TargetHealth};
use contract::wire::models::{Abilities, Model as Listing, Pricing};
use std::collections::BTreeMap;
use tokio::time::Instant;

/// One name that a model can be called by, with what it leads to.
pub(crate) struct Listed {
    pub(crate) model: Listing,
    /// The `provider/model`s behind it.
    pub(crate) targets: Vec<String>,
}

impl Providers {
    /// Every name that a team can call: tiers, the built-in answerer, and the models of its providers.
    pub(crate) fn models(&self, team: &str) -> Vec<Listed> {
        let tiers = self.tiers.now();
        let mut listed: Vec<Listed> = tiers.keys().map(|tier| self.tier(team, tier)).collect();
        let mut extractive = listing(EXTRACTIVE, "katonic", &Model::default());
        extractive.pricing = Some(Pricing {
            input_usd_per_mtok: Some(0.0),
            output_usd_per_mtok: Some(0.0),
            cached_input_usd_per_mtok: None,
        });
        listed.push(Listed { model: extractive, targets: vec![EXTRACTIVE.into()] });
        for upstream in self.all_available(team) {
            let mut models: BTreeMap<String, Model> = BTreeMap::new();
            let known = catalogue::models(&upstream.name);
            let usable = known.iter().filter(|model| matches!(model.kind.as_str(), "chat" | "embedding"));
            let known = usable.filter(|model| !model.deprecated).map(|model| model.id.clone());
            let prefix = format!("{}/", upstream.name);
            let set =
                self.settings.keys().chain(tiers.values().flat_map(|t| t.targets.iter().map(|t| &t.model)));
            let set = set.filter_map(|name| name.strip_prefix(&prefix)).map(str::to_owned);
            for id in known.chain(set) {
                let facts = self.facts(&upstream.name, &id);
                models.insert(id, facts);
            }
            listed.extend(models.into_iter().map(|(id, facts)| {
                let name = format!("{prefix}{id}");
                Listed { model: listing(&name, &upstream.name, &facts), targets: vec![name] }
            }));
        }
        listed
    }

    fn tier(&self, team: &str, name: &str) -> Listed {
        let Ok(super::Route::Targets(plan)) = self.route(team, name) else {
            let mut model = listing(name, "katonic", &Model::default());
            model.routes_to = Some(EXTRACTIVE.into());
            return Listed { model, targets: vec![EXTRACTIVE.into()] };
        };
        let facts = plan.targets.first().map(|target| (*target.facts).clone()).unwrap_or_default();
        let targets: Vec<String> = plan.targets.iter().map(|target| target.name().to_owned()).collect();
        let mut model = listing(name, "katonic", &facts);
        model.routes_to = targets.first().cloned();
        Listed { model, targets }
    }

    /// The providers that a team can call, or all that Katonic knows; with how their models fare.
    pub(crate) fn statuses(&self, team: &str, all: bool) -> Vec<ProviderStatus> {
        let available: Vec<String> = self.all_available(team).iter().map(|u| u.name.clone()).collect();
        let standings = self.health.standings(Instant::now());
        let status = |id: &str| {
            let facts = catalogue::provider(id);
            let upstream = self.available(team, id);
            let base_url = upstream.as_ref().map(|upstream| upstream.base_url.clone());
            let is_key_stored = self.vault.has_key(team, id);
            let health = standings.iter().filter(|standing| standing.target.split('/').next() == Some(id));
            ProviderStatus {
                object: "provider".into(),
                id: id.to_owned(),
                name: facts.map_or_else(|| id.to_owned(), |facts| facts.name.clone()),
                api: facts.map_or("openai", |facts| facts.api.as_str()).to_owned(),
                base_url: base_url.or_else(|| facts.and_then(|facts| facts.base_url.clone())),
                configured: upstream.is_some(),
                key: match &upstream {
                    Some(_) if is_key_stored => Some("stored".into()),
                    Some(upstream) if upstream.key.is_some() => Some("environment".into()),
                    Some(_) => Some("none needed".into()),
                    None => None,
                },
                key_env: facts.and_then(|facts| facts.key_env.first().cloned()),
                supported: facts
                    .is_none_or(|facts| flavours::find(&facts.api).is_some() && facts.base_url.is_some()),
                models: catalogue::models(id).len(),
                doc: facts.and_then(|facts| facts.doc.clone()),
                targets: health
                    .map(|standing| TargetHealth {
                        target: standing.target.clone(),
                        state: standing.state.into(),
                        answered: standing.answered,
                        failed: standing.failed,
                        last_error: standing.last_error.clone(),
                    })
                    .collect(),
            }
        };
        if !all {
            return available.iter().map(|id| status(id)).collect();
        }
        let mut ids: Vec<&str> = catalogue::providers().iter().map(|facts| facts.id.as_str()).collect();
        ids.extend(available.iter().map(String::as_str));
        ids.sort_unstable();
        ids.dedup();
        ids.into_iter().map(status).collect()
    }
}

fn listing(id: &str, owner: &str, facts: &Model) -> Listing {
    let abilities = Abilities {
        tools: facts.tools,
        vision: facts.vision,
        json_schema: facts.json_schema,
        reasoning: facts.reasoning,
    };
    let priced = facts.input_usd_per_mtok.is_some();
    Listing {
        id: id.to_owned(),
        object: "model".into(),
        created: facts.released.as_deref().map_or(0, released),
        owned_by: owner.to_owned(),
        routes_to: None,
        kind: (!facts.kind.is_empty()).then(|| facts.kind.clone()),
        context_tokens: facts.context_tokens,
        max_output_tokens: facts.max_output_tokens,
        pricing: priced.then_some(Pricing {
            input_usd_per_mtok: facts.input_usd_per_mtok,
            output_usd_per_mtok: facts.output_usd_per_mtok,
            cached_input_usd_per_mtok: facts.cached_input_usd_per_mtok,
        }),
        abilities: (abilities != Abilities::default()).then_some(abilities),
    }
}

/// Seconds since the Unix epoch of a day such as `2025-04-14`.
fn released(day: &str) -> i64 {
    format!("{day}T00:00:00Z").parse::<jiff::Timestamp>().map_or(0, |at| at.as_second())
}
