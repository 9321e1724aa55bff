//! The policy of rails that an operator sets: it holds over the settings of all agents and of models' calls, and only ever
//! tightens them.

use super::rails::RAILS;
use crate::act::Act;
use crate::error::Error;
use crate::store::{Db, set, settings};
use contract::agent::{AgentDefinition, Guardrails};
use contract::version;
use contract::wire::admin::{RailFloor, RailPolicy};
use std::sync::{Arc, PoisonError, RwLock};

/// Its name in the store.
const NAME: &str = "rails/policy";

/// The policy, in memory as in the store.
#[derive(Clone, Debug)]
pub(crate) struct Policies(Arc<Held>);

#[derive(Debug)]
struct Held {
    /// The settings of models' calls, as configured.
    configured: Guardrails,
    now: RwLock<Now>,
}

#[derive(Clone, Debug)]
struct Now {
    set: Option<Guardrails>,
    /// The settings of models' calls under the policy.
    completions: Arc<Guardrails>,
}

impl Now {
    fn of(configured: &Guardrails, set: Option<Guardrails>) -> Self {
        let completions =
            set.as_ref().map_or_else(|| configured.clone(), |policy| configured.tightened(policy));
        Self { set, completions: Arc::new(completions) }
    }
}

impl Policies {
    /// The one that is set, if any.
    ///
    /// # Errors
    /// If the store fails.
    pub(crate) async fn open(db: &Db, configured: &Guardrails) -> Result<Self, Error> {
        let set = settings(db, NAME).await?.into_iter().next().map(|(_, policy)| policy);
        let now = RwLock::new(Now::of(configured, set));
        Ok(Self(Arc::new(Held { configured: configured.clone(), now })))
    }

    fn now(&self) -> Now {
        self.0.now.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn hold(&self, set: Option<Guardrails>) {
        *self.0.now.write().unwrap_or_else(PoisonError::into_inner) = Now::of(&self.0.configured, set);
    }

    /// The settings of models' calls.
    pub(crate) fn completions(&self) -> Arc<Guardrails> {
        Arc::clone(&self.0.now.read().unwrap_or_else(PoisonError::into_inner).completions)
    }

    /// The settings of models' calls under another policy.
    pub(crate) fn completions_under(&self, policy: &Guardrails) -> Guardrails {
        self.0.configured.tightened(policy)
    }

    /// A definition with the policy over its settings.
    pub(crate) fn over(&self, definition: &Arc<AgentDefinition>) -> Arc<AgentDefinition> {
        let now = self.0.now.read().unwrap_or_else(PoisonError::into_inner);
        match &now.set {
            None => Arc::clone(definition),
            Some(policy) => Arc::new(under(definition, policy)),
        }
    }

    /// The version of what is set, if anything is.
    ///
    /// # Errors
    /// If it can't be written as JSON.
    pub(crate) fn version(&self) -> Result<Option<String>, Error> {
        Ok(self.now().set.as_ref().map(version::of).transpose()?)
    }

    /// As it is shown.
    ///
    /// # Errors
    /// If it can't be written as JSON.
    pub(crate) fn shown(&self) -> Result<RailPolicy, Error> {
        shown(self.now().set.unwrap_or_default())
    }

    /// Sets it, from the next call on.
    ///
    /// # Errors
    /// If a threshold is none.
    pub(crate) fn put(&self, policy: Guardrails) -> Result<Act<RailPolicy>, Error> {
        check(&policy)?;
        let before = self.now().set;
        let put = set(NAME, before.as_ref(), Some(&policy))?;
        let (after, policies) = (shown(policy.clone())?, self.clone());
        let act = Act::new(after, vec![put]).changing(before, policy.clone());
        Ok(act.then(move || policies.hold(Some(policy))))
    }

    /// Goes back to the settings of agents and of the configuration alone.
    ///
    /// # Errors
    /// If none was set.
    pub(crate) fn reset(&self) -> Result<Act<()>, Error> {
        let before = self.now().set.ok_or_else(|| Error::not_found("policy", "guardrails"))?;
        let clear = set(NAME, Some(&before), None)?;
        let policies = self.clone();
        Ok(Act::new((), vec![clear]).changing(before, ()).then(move || policies.hold(None)))
    }
}

/// A definition with a policy over its settings.
pub(crate) fn under(definition: &AgentDefinition, policy: &Guardrails) -> AgentDefinition {
    let mut definition = definition.clone();
    definition.spec.guardrails = definition.spec.guardrails.tightened(policy);
    definition
}

/// That a policy is one.
///
/// # Errors
/// If a threshold is none.
pub(crate) fn check(policy: &Guardrails) -> Result<(), Error> {
    for rail in RAILS {
        let name = rail.policy().name;
        let threshold = policy.of(name).and_then(|rail| rail.threshold);
        if threshold.is_some_and(|threshold| !(0.0..=1.0).contains(&threshold)) {
            let field = format!("guardrails.{name}.threshold");
            return Err(Error::invalid(&field, "A threshold is from 0 to 1."));
        }
    }
    Ok(())
}

fn shown(guardrails: Guardrails) -> Result<RailPolicy, Error> {
    let floors = RAILS.map(|rail| {
        let policy = rail.policy();
        let ((input, input_floor), (output, output_floor)) = (policy.input, policy.output);
        RailFloor { name: policy.name.into(), input, input_floor, output, output_floor }
    });
    let version = version::of(&guardrails)?;
    Ok(RailPolicy { object: "rail_policy".into(), guardrails, version, rails: floors.into() })
}
