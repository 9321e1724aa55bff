//! Which model an agent runs on, and which tools it may call.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A model by name, or with settings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum ModelChoice {
    /// A tier, a model, or `provider/model`.
    Name(String),
    /// The same with settings.
    Settings(ModelSettings),
}

/// A model with its settings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ModelSettings {
    /// A tier, a model, or `provider/model`.
    pub model: String,
    /// What to try when it fails, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fallbacks: Vec<String>,
    /// Sampling temperature: 0 to 2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.0, max = 2.0))]
    pub temperature: Option<f64>,
    /// Most tokens of an answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub max_output_tokens: Option<u32>,
}

impl ModelChoice {
    /// The name of the first choice.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Name(name) => name,
            Self::Settings(settings) => &settings.model,
        }
    }

    /// The settings, with defaults for what isn't given.
    #[must_use]
    pub fn settings(&self) -> ModelSettings {
        match self {
            Self::Settings(settings) => settings.clone(),
            Self::Name(name) => ModelSettings {
                model: name.clone(),
                fallbacks: Vec::new(),
                temperature: None,
                max_output_tokens: None,
            },
        }
    }
}

/// A tool by name, or with conditions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum ToolChoice {
    /// The tool's name.
    Name(String),
    /// The tool with conditions.
    Conditional(ConditionalTool),
}

/// A tool with conditions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ConditionalTool {
    /// The tool's name.
    pub name: String,
    /// Whether a person must approve each call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approval: Option<Approval>,
}

/// Whether a person must approve a tool's calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Approval {
    /// Each call waits for a person.
    Required,
    /// Calls go through.
    None,
}

impl ToolChoice {
    /// The tool's name.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Name(name) => name,
            Self::Conditional(tool) => &tool.name,
        }
    }
}
