//! A repository's own rules for its agents: `katonic.toml`.

use super::finding::Severity;
use super::rules::RULES;
use super::suggest;
use crate::agent::{Gate, Guardrails};
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;

/// What `katonic.toml` at the root of a repository says.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(title = "Repository rules")]
pub struct Policy {
    /// What `katonic agents validate` checks where its command line says nothing.
    pub validate: Defaults,
    /// How much a rule's findings weigh here, by its id.
    pub rules: BTreeMap<String, Level>,
    /// What every agent must at least meet.
    pub floors: Floors,
    /// Tools that the daemon offers beside the built-in ones.
    pub tools: Vec<String>,
    /// The folder with the documents of each collection, relative to this file.
    pub collections: BTreeMap<String, String>,
}

/// Defaults of the command line.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Defaults {
    /// Files, folders or patterns, relative to this file.
    pub paths: Vec<String>,
    /// Patterns of files to leave out, as in a `.gitignore`.
    pub exclude: Vec<String>,
    /// Whether warnings are errors.
    pub strict: bool,
}

/// What every agent must at least meet.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Floors {
    /// The laxest gate of each environment.
    pub gate: Gate,
    /// The laxest action of each rail.
    pub guardrails: Guardrails,
}

/// How much a rule's findings weigh.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// They fail the check.
    Error,
    /// They are shown.
    Warning,
    /// They are not looked for.
    Off,
}

impl Policy {
    /// The first thing that is wrong with it, if something is.
    ///
    /// # Errors
    /// A rule that doesn't exist, or that is loosened and mustn't be.
    pub fn verify(&self) -> Result<(), String> {
        for (id, level) in &self.rules {
            let Some(rule) = RULES.iter().find(|rule| rule.id == *id) else {
                let ids: Vec<&str> = RULES.iter().map(|rule| rule.id).collect();
                let close = suggest::closest(id, ids).map(|close| format!(": did you mean `{close}`?"));
                return Err(format!("there is no rule `{id}`{}", close.unwrap_or_default()));
            };
            if rule.severity == Severity::Error && !rule.suppressible && *level != Level::Error {
                return Err(format!("the rule `{id}` is always an error"));
            }
        }
        Ok(())
    }

    /// How much a rule weighs here, where the policy says so.
    #[must_use]
    pub fn level(&self, rule: &str) -> Option<Level> {
        self.rules.get(rule).copied()
    }
}
