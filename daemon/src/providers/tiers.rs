//! Tiers: which models stand behind `fast`, `balanced` and the like, as configured, or as an operator set it since.

use super::route::Providers;
use super::{EXTRACTIVE, catalogue};
use crate::act::Act;
use crate::config;
use crate::error::Error;
use crate::store::{Db, set, settings};
use contract::wire::admin::{Tier, TierSettings, TierTarget};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

/// What a tier's name in the store begins with.
const PREFIX: &str = "tier/";

/// Most targets of a tier, and the greatest weight of one.
const MOST_TARGETS: usize = 16;
const MOST_WEIGHT: u32 = 1000;

/// Tiers by name.
type Named = BTreeMap<String, config::Tier>;

/// The tiers, in memory as in the store.
#[derive(Clone, Debug)]
pub(crate) struct Tiers(Arc<Held>);

#[derive(Debug)]
struct Held {
    configured: Named,
    set: RwLock<BTreeMap<String, TierSettings>>,
    /// Both together.
    now: RwLock<Arc<Named>>,
}

impl Tiers {
    /// Those that are set, over those of the configuration.
    ///
    /// # Errors
    /// If the store fails.
    pub(crate) async fn open(db: &Db, configured: &Named) -> Result<Self, Error> {
        let held = Held { configured: configured.clone(), set: RwLock::default(), now: RwLock::default() };
        let tiers = Self(Arc::new(held));
        tiers.hold(settings(db, PREFIX).await?.into_iter().collect());
        Ok(tiers)
    }

    /// Those that count now.
    pub(super) fn now(&self) -> Arc<Named> {
        Arc::clone(&self.0.now.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn set(&self) -> BTreeMap<String, TierSettings> {
        self.0.set.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn hold(&self, set: BTreeMap<String, TierSettings>) {
        let mut now = self.0.configured.clone();
        // What was checked before it was set can be read.
        now.extend(set.iter().filter_map(|(name, tier)| Some((name.clone(), read(tier).ok()?))));
        *self.0.now.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(now);
        *self.0.set.write().unwrap_or_else(PoisonError::into_inner) = set;
    }

    /// Each as it is shown, by name.
    pub(crate) fn list(&self) -> Vec<Tier> {
        let set = self.set();
        self.now().iter().map(|(name, tier)| shown(name, tier, set.contains_key(name))).collect()
    }

    /// A tier.
    ///
    /// # Errors
    /// If there is none.
    pub(crate) fn get(&self, name: &str) -> Result<Tier, Error> {
        let tier = self.list().into_iter().find(|tier| tier.name == name);
        tier.ok_or_else(|| Error::not_found("tier", name))
    }

    /// Goes back to what is configured of a tier; one that isn't goes.
    ///
    /// # Errors
    /// If it was not set.
    pub(crate) fn reset(&self, name: &str) -> Result<Act<()>, Error> {
        let set_before = self.set().remove(name).ok_or_else(|| Error::not_found("set tier", name))?;
        let after = self.0.configured.get(name).map(|tier| shown(name, tier, false));
        let clear = set(&format!("{PREFIX}{name}"), Some(&set_before), None)?;
        let (tiers, before, name) = (self.clone(), self.get(name)?, name.to_owned());
        Ok(Act::new((), vec![clear]).changing(before, after).then(move || {
            let mut set = tiers.set();
            set.remove(&name);
            tiers.hold(set);
        }))
    }
}

impl Providers {
    /// Sets what a tier leads to, from the next call on.
    ///
    /// # Errors
    /// If the name is none, or a target names no provider that there is.
    pub(crate) fn set_tier(&self, name: &str, wanted: TierSettings) -> Result<Act<Tier>, Error> {
        let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if !(1..=63).contains(&name.len()) || !name.chars().all(is_plain) {
            let message = "A tier's name has 1 to 63 lower-case letters, digits and hyphens.";
            return Err(Error::invalid("tier", message));
        }
        self.check_targets(&wanted.targets)?;
        let tier = read(&wanted)?;
        let set_before = self.tiers.set().remove(name);
        let (before, after) = (self.tiers.get(name).ok(), shown(name, &tier, true));
        let put = set(&format!("{PREFIX}{name}"), set_before.as_ref(), Some(&wanted))?;
        let (tiers, name) = (self.tiers.clone(), name.to_owned());
        Ok(Act::new(after.clone(), vec![put]).changing(before, after).then(move || {
            let mut set = tiers.set();
            set.insert(name, wanted);
            tiers.hold(set);
        }))
    }

    fn check_targets(&self, targets: &[TierTarget]) -> Result<(), Error> {
        let wrong = |message: String| Err(Error::invalid("targets", message));
        if !(1..=MOST_TARGETS).contains(&targets.len()) {
            return wrong(format!("A tier has 1 to {MOST_TARGETS} targets."));
        }
        if targets.len() > 1 && targets.iter().any(|target| target.model == EXTRACTIVE) {
            return wrong(format!(
                "`{EXTRACTIVE}` fails nobody and follows nobody: it is a tier's only target."
            ));
        }
        for target in targets {
            let provider = target.model.split_once('/').map_or("", |(provider, _)| provider);
            let is_known = self.upstreams.contains_key(provider) || catalogue::provider(provider).is_some();
            if target.model != EXTRACTIVE && !is_known {
                return wrong(format!(
                    "`{}` is no `provider/model` of a provider that there is: see `katonic providers list --all`.",
                    target.model
                ));
            }
            if !(1..=MOST_WEIGHT).contains(&target.weight) {
                return wrong(format!("The weight of `{}` is from 1 to {MOST_WEIGHT}.", target.model));
            }
        }
        Ok(())
    }
}

/// A tier as the configuration has it.
fn read(tier: &TierSettings) -> Result<config::Tier, Error> {
    serde_json::from_value(serde_json::to_value(tier)?)
        .map_err(|error| Error::invalid("targets", error.to_string()))
}

fn shown(name: &str, tier: &config::Tier, is_set: bool) -> Tier {
    let word = |value: Result<Value, serde_json::Error>| {
        value.ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
    };
    let target = |target: &config::Target| TierTarget {
        model: target.model.clone(),
        weight: target.weight,
        only_for: target.only_for.iter().map(|need| word(serde_json::to_value(need))).collect(),
    };
    let settings = TierSettings {
        targets: tier.targets.iter().map(target).collect(),
        strategy: word(serde_json::to_value(tier.strategy)),
        most_usd_per_call: tier.most_usd_per_call,
        hedge_ms: tier.hedge.map(|hedge| u64::try_from(hedge.as_millis()).unwrap_or(u64::MAX)),
    };
    let set_by = if is_set { "operator" } else { "configuration" };
    Tier { object: "tier".into(), name: name.to_owned(), settings, set_by: set_by.into() }
}
