//! An agent as its authors write it: the YAML kind `Agent`, its canonical form and its version.

mod gate;
mod guardrails;
mod model;

pub use gate::{Evaluation, Gate, GateBounds, Inconclusive, MustPass};
pub use guardrails::{Guardrails, MODEL_CHECKED, RAILS, RailAction, RailDefaults, RailSettings};
pub use model::{Approval, ModelChoice, ModelSettings, ToolChoice};

use crate::suppression::Suppression;
use crate::version;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The one version of the YAML kinds.
pub const API_VERSION: &str = "katonic/v1";

/// The environments that a version can be promoted to, in the order it passes through them.
pub const ENVIRONMENTS: [&str; 2] = ["test", "prod"];

/// A whole agent definition.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(title = "Agent")]
pub struct AgentDefinition {
    /// Always `katonic/v1`.
    #[schemars(extend("const" = "katonic/v1"))]
    pub api_version: String,
    /// Always `Agent`.
    #[schemars(extend("const" = "Agent"))]
    pub kind: String,
    /// Who it is.
    pub metadata: AgentMetadata,
    /// What it does.
    pub spec: AgentSpec,
    /// Findings of `agents validate` that were looked at and let stand.
    #[serde(default, skip_serializing)]
    pub suppress: Vec<Suppression>,
}

/// An agent's name and owner.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AgentMetadata {
    /// What a caller names it by: `[a-z0-9-]`, 3 to 63 characters.
    pub id: String,
    /// What people call it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Whom to ask about it: an address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// Free labels.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
}

/// What an agent does, and within which bounds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AgentSpec {
    /// A tier (`fast`, `balanced`, `powerful`), a model, or `provider/model`; or settings.
    pub model: ModelChoice,
    /// What the model is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instructions: Option<String>,
    /// A file with the instructions, relative to this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instructions_file: Option<String>,
    /// Few-shot examples.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub examples: Vec<Example>,
    /// What it may retrieve from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub knowledge: Option<Knowledge>,
    /// What it may call.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tools: Vec<ToolChoice>,
    /// How it tightens or loosens the eight rails.
    #[serde(default, skip_serializing_if = "Guardrails::is_empty")]
    pub guardrails: Guardrails,
    /// Who may talk to it; without it, everyone the team's keys act for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access: Option<Access>,
    /// Its suite and gate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evaluation: Option<Evaluation>,
}

/// One few-shot example.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// What a user says.
    pub user: String,
    /// What the agent should answer.
    pub assistant: String,
}

/// What an agent may retrieve from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Knowledge {
    /// The collections to search.
    pub collections: Vec<String>,
    /// How many passages to use: 1 to 100.
    #[serde(default = "default_top_k")]
    #[schemars(range(min = 1, max = 100))]
    pub top_k: u32,
    /// No grounded passage, no answer: the agent says that it doesn't know.
    #[serde(default)]
    pub required: bool,
}

const fn default_top_k() -> u32 {
    6
}

/// Who may talk to an agent.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Access {
    /// Members of any of these groups.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<String>,
    /// These addresses.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub users: Vec<String>,
}

impl AgentDefinition {
    /// The version: the SHA-256 of the canonical form. Instructions that stood in a file must have been
    /// put in place of its name before.
    ///
    /// # Errors
    /// If the definition can't be written as JSON.
    pub fn version(&self) -> Result<String, serde_json::Error> {
        version::of(self)
    }

    /// The gate of an environment, if there is one.
    #[must_use]
    pub fn gate(&self, environment: &str) -> Option<&GateBounds> {
        let gate = self.spec.evaluation.as_ref()?.gate.as_ref()?;
        match environment {
            "test" => gate.test.as_ref(),
            "prod" => gate.prod.as_ref(),
            _ => None,
        }
    }

    /// The suite that the gate looks at.
    #[must_use]
    pub fn suite(&self) -> Option<&str> {
        self.spec.evaluation.as_ref().map(|evaluation| evaluation.suite.as_str())
    }
}
