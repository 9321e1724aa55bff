//! How an agent tightens or loosens the eight rails.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Settings for each of the eight rails.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Guardrails {
    /// Bytes, tokens, repetition, invisible characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limits: Option<RailSettings>,
    /// Prompt injection and jailbreak.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub injection: Option<RailSettings>,
    /// Credentials.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secrets: Option<RailSettings>,
    /// Personal data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pii: Option<RailSettings>,
    /// Abuse, threats, hate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub toxicity: Option<RailSettings>,
    /// What it may and may not talk about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topics: Option<RailSettings>,
    /// Its own instructions coming out, unsafe links.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leakage: Option<RailSettings>,
    /// Claims that stand in no passage.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grounding: Option<RailSettings>,
}

impl Guardrails {
    /// Whether every rail is left at its default.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The same under a policy, which only ever tightens: of actions the graver, of thresholds the lower, of topics and
    /// languages what both let.
    #[must_use]
    pub fn tightened(&self, policy: &Self) -> Self {
        let [limits, injection, secrets, pii, toxicity, topics, leakage, grounding] = RAILS.map(|defaults| {
            let (own, policy) = (self.of(defaults.name), policy.of(defaults.name));
            match policy {
                Some(policy) => Some(own.cloned().unwrap_or_default().tightened(policy, defaults)),
                None => own.cloned(),
            }
        });
        Self { limits, injection, secrets, pii, toxicity, topics, leakage, grounding }
    }

    /// The settings of a rail by its name.
    #[must_use]
    pub fn of(&self, rail: &str) -> Option<&RailSettings> {
        match rail {
            "limits" => self.limits.as_ref(),
            "injection" => self.injection.as_ref(),
            "secrets" => self.secrets.as_ref(),
            "pii" => self.pii.as_ref(),
            "toxicity" => self.toxicity.as_ref(),
            "topics" => self.topics.as_ref(),
            "leakage" => self.leakage.as_ref(),
            "grounding" => self.grounding.as_ref(),
            _ => None,
        }
    }
}

/// What a rail does with what it finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum RailAction {
    /// Say so, and let it through.
    Warn,
    /// Put a placeholder in its place.
    Redact,
    /// Stop.
    Block,
}

impl RailAction {
    /// As settings have it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Warn => "warn",
            Self::Redact => "redact",
            Self::Block => "block",
        }
    }
}

/// The rails that a model may look beside.
pub const MODEL_CHECKED: [&str; 3] = ["injection", "toxicity", "topics"];

/// What a rail does unless an agent says otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RailDefaults {
    /// The rail.
    pub name: &'static str,
    /// With a finding in what comes in.
    pub input: RailAction,
    /// With a finding in what goes out.
    pub output: RailAction,
}

const fn defaults(name: &'static str, input: RailAction, output: RailAction) -> RailDefaults {
    RailDefaults { name, input, output }
}

/// The eight rails, and what each does by default.
pub const RAILS: [RailDefaults; 8] = [
    defaults("limits", RailAction::Block, RailAction::Block),
    defaults("injection", RailAction::Block, RailAction::Warn),
    defaults("secrets", RailAction::Redact, RailAction::Block),
    defaults("pii", RailAction::Redact, RailAction::Redact),
    defaults("toxicity", RailAction::Warn, RailAction::Block),
    defaults("topics", RailAction::Block, RailAction::Warn),
    defaults("leakage", RailAction::Block, RailAction::Block),
    defaults("grounding", RailAction::Block, RailAction::Warn),
];

/// The score from which a classifier's finding gets its action, where no settings say.
const DEFAULT_THRESHOLD: f64 = 0.5;

/// One rail's settings.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RailSettings {
    /// What to do with a finding in what comes in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input: Option<RailAction>,
    /// What to do with a finding in what goes out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output: Option<RailAction>,
    /// The score, from 0 to 1, from which a finding of the classifier gets that action (rail `toxicity`); 0.5 by default.
    /// Lower finds more. Higher is looser: what scores from 0.5 up to it is only warned of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub threshold: Option<f64>,
    /// A tier or a model that looks at messages too (rails `injection`, `toxicity`, `topics`): it may find more than the rail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// How long it may take, in milliseconds: 2,000 by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 50, max = 30_000))]
    pub model_ms: Option<u32>,
    /// What happens where it fails or takes longer: `block` stops the message, `warn` lets it through. By default what blocks
    /// stops it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_model_error: Option<RailAction>,
    /// Topics that are refused (rail `topics`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deny: Vec<String>,
    /// Topics that alone are answered (rail `topics`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub allow: Vec<String>,
    /// Languages that are answered, by ISO 639-3 code such as `eng` (rail `topics`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub languages: Vec<String>,
}

impl RailSettings {
    /// The same under a policy.
    fn tightened(self, policy: &Self, defaults: RailDefaults) -> Self {
        let graver = |own: Option<RailAction>, least: Option<RailAction>, default| match least {
            Some(least) => Some(own.unwrap_or(default).max(least)),
            None => own,
        };
        let threshold = match policy.threshold {
            Some(most) => Some(self.threshold.unwrap_or(DEFAULT_THRESHOLD).min(most)),
            None => self.threshold,
        };
        let denied = policy.deny.iter().filter(|topic| !self.deny.contains(topic)).cloned();
        Self {
            input: graver(self.input, policy.input, defaults.input),
            output: graver(self.output, policy.output, defaults.output),
            threshold,
            deny: self.deny.iter().cloned().chain(denied).collect(),
            model: self.model.or_else(|| policy.model.clone()),
            model_ms: self.model_ms.or(policy.model_ms),
            on_model_error: self.on_model_error.max(policy.on_model_error),
            allow: both(self.allow, &policy.allow),
            languages: both(self.languages, &policy.languages),
        }
    }
}

/// What two lists let, of which an empty one lets all. Where they let nothing in common, the policy's holds.
fn both(own: Vec<String>, policy: &[String]) -> Vec<String> {
    if policy.is_empty() {
        return own;
    }
    let common: Vec<String> = own.into_iter().filter(|one| policy.contains(one)).collect();
    if common.is_empty() { policy.to_vec() } else { common }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{from_value, json};

    #[test]
    fn a_policy_tightens_and_never_loosens() {
        let own: Guardrails = from_value(json!({
            "pii": {"input": "block"}, "injection": {"output": "block"}, "toxicity": {"threshold": 0.3},
            "topics": {"deny": ["legal advice"], "languages": ["eng", "deu"]},
        }))
        .unwrap();
        let policy: Guardrails = from_value(json!({
            "pii": {"input": "warn", "output": "block"}, "toxicity": {"input": "block", "threshold": 0.4},
            "topics": {"deny": ["medical advice"], "languages": ["deu", "fra"]}, "grounding": {"output": "block"},
        }))
        .unwrap();
        let both: Guardrails = from_value(json!({
            "pii": {"input": "block", "output": "block"}, "injection": {"output": "block"},
            "toxicity": {"input": "block", "threshold": 0.3},
            "topics": {"deny": ["legal advice", "medical advice"], "languages": ["deu"]},
            "grounding": {"output": "block"},
        }))
        .unwrap();
        assert_eq!(own.tightened(&policy), both);
        assert_eq!(own.tightened(&Guardrails::default()), own);
        assert_eq!(both.tightened(&policy), both);
    }
}
