//! The registry of the eight rails, and what each of them must say of itself.

#[cfg(test)]
pub(super) mod fixture;
pub(super) mod grounding;
pub(super) mod injection;
pub(super) mod leakage;
pub(super) mod limits;
mod pii;
mod secrets;
pub(super) mod topics;
pub(super) mod toxicity;

use super::Phase;
use super::pattern::{AnyFamily, Fault};
use super::required::Sieve;
use super::session::{Finding, Seen, Session, Subject};
use contract::agent::{Guardrails, RailAction};
use std::sync::LazyLock;

pub(super) use injection::passage_score;

/// All eight, in the order in which they are reported.
pub(super) static RAILS: [&dyn Rail; 8] = [
    &limits::Limits,
    &injection::Injection,
    &secrets::Secrets,
    &pii::Pii,
    &toxicity::Toxicity,
    &topics::TopicRail,
    &leakage::Leakage,
    &grounding::Grounding,
];

/// How many families of patterns there are.
pub(super) const FAMILY_COUNT: usize = 6;

/// The families of patterns, each at its place.
static FAMILIES: [&dyn AnyFamily; FAMILY_COUNT] = [
    &injection::FAMILY,
    &injection::PASSAGE_FAMILY,
    &secrets::FAMILY,
    &pii::FAMILY,
    &leakage::ASKED_FAMILY,
    &leakage::LINK_FAMILY,
];

static SIEVE: LazyLock<Sieve<FAMILY_COUNT>> =
    LazyLock::new(|| Sieve::new(FAMILIES.map(|family| family.literals())));

/// Which patterns can match in a text, given in lower case: one pass for all rails.
pub(super) fn seen(lower: &str) -> Seen {
    SIEVE.possible(lower)
}

/// One of the eight.
pub(super) trait Rail: Sync {
    /// Its name, default actions and floors.
    fn policy(&self) -> Policy;

    /// Whether nothing in an output can be a finding, wherever it is cut: false where a glance doesn't tell. The session
    /// has counted all of it.
    fn is_quiet(&self, subject: &Subject<'_>, session: &Session<'_>) -> bool;

    /// All that it finds in a piece of text.
    ///
    /// # Errors
    /// If it could not look.
    fn inspect(&self, subject: &Subject<'_>, session: &Session<'_>) -> Result<Vec<Finding>, Fault>;

    /// How sure it is that something is there, from 0 to 1, also where that is too little for a finding: below 0.5.
    ///
    /// # Errors
    /// If it could not look.
    fn score(&self, subject: &Subject<'_>, session: &Session<'_>) -> Result<f32, Fault> {
        Ok(self.inspect(subject, session)?.iter().map(|finding| finding.score).fold(0.0, f32::max))
    }
}

/// What a rail does with findings unless an agent's settings say otherwise, and the least that it does.
pub(super) struct Policy {
    /// The rail, as in settings and reports.
    pub(super) name: &'static str,
    /// On the way in: the default, and the floor.
    pub(super) input: (RailAction, RailAction),
    /// On the way out: the default, and the floor.
    pub(super) output: (RailAction, RailAction),
}

impl Policy {
    /// Whether the rail looks at what a text wants, and not at what it holds.
    pub(super) fn is_about_intent(&self) -> bool {
        !matches!(self.name, "limits" | "secrets" | "pii")
    }

    /// The action in force: the agent's or the default, but not below the floor.
    pub(super) fn action(&self, phase: Phase, settings: &Guardrails) -> RailAction {
        let own = settings.of(self.name);
        let (chosen, (default, floor)) = match phase {
            Phase::Input => (own.and_then(|rail| rail.input), self.input),
            Phase::Output => (own.and_then(|rail| rail.output), self.output),
        };
        chosen.unwrap_or(default).max(floor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guardrails::required::literals;
    use contract::agent::{RailDefaults, RailSettings};

    #[test]
    fn settings_may_tighten_a_rail_and_loosen_it_only_to_its_floor() {
        let warn = RailSettings {
            input: Some(RailAction::Warn),
            output: Some(RailAction::Warn),
            ..RailSettings::default()
        };
        let settings =
            Guardrails { injection: Some(warn.clone()), secrets: Some(warn), ..Guardrails::default() };
        assert_eq!(injection::Injection.policy().action(Phase::Input, &settings), RailAction::Block);
        assert_eq!(injection::Injection.policy().action(Phase::Output, &settings), RailAction::Warn);
        assert_eq!(secrets::Secrets.policy().action(Phase::Input, &settings), RailAction::Warn);
        assert_eq!(secrets::Secrets.policy().action(Phase::Output, &settings), RailAction::Redact);
    }

    #[test]
    fn the_registry_holds_the_rails_that_the_settings_name() {
        let all = RailSettings { input: Some(RailAction::Block), ..RailSettings::default() };
        for rail in RAILS {
            let name = rail.policy().name;
            let settings = serde_json::from_value::<Guardrails>(serde_json::json!({ name: &all })).unwrap();
            assert_eq!(rail.policy().action(Phase::Input, &settings), RailAction::Block, "{name}");
        }
    }

    #[test]
    fn the_defaults_are_those_that_the_contract_publishes() {
        let defaults = RAILS.map(|rail| {
            let policy = rail.policy();
            RailDefaults { name: policy.name, input: policy.input.0, output: policy.output.0 }
        });
        assert_eq!(defaults, contract::agent::RAILS);
    }

    #[test]
    fn no_match_of_a_pattern_lacks_all_of_its_literals() {
        use proptest::strategy::{Strategy, ValueTree};
        use proptest::test_runner::TestRunner;
        let families = [
            injection::FAMILY.sources(),
            injection::PASSAGE_FAMILY.sources(),
            secrets::FAMILY.sources(),
            pii::FAMILY.sources(),
            leakage::ASKED_FAMILY.sources(),
            leakage::LINK_FAMILY.sources(),
        ];
        assert!(families.iter().map(|family| family.0).eq(0..FAMILY_COUNT), "each stands at its place");
        let mut runner = TestRunner::deterministic();
        for (_, family) in families {
            assert!(family.len() <= 128, "a sieve holds 128 patterns");
            for source in family {
                let Some(literals) = literals(source) else { continue };
                let without_looks = source
                    .replace(r"\b", "")
                    .replace("(?:^|", "(?:|")
                    .replace(r"|\z)", ")")
                    .replace("|$)", ")");
                let matches = proptest::string::string_regex(&format!("(?-u){without_looks}")).unwrap();
                for _ in 0..50 {
                    let text = matches.new_tree(&mut runner).unwrap().current().to_ascii_lowercase();
                    assert!(literals.iter().any(|literal| text.contains(literal)), "{source}: {text:?}");
                }
            }
        }
    }
}
