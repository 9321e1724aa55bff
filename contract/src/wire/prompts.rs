//! Prompt optimisation: a search for better instructions, examples and settings of an agent.

use super::evaluations::RunStatus;
use crate::agent::AgentDefinition;
use crate::money::Usd;
use crate::time::Time;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// How candidates are searched for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Algorithm {
    /// `mipro`; `random` where there are few candidates in all.
    #[default]
    Auto,
    /// Bootstrapped few-shot with random search (Khattab et al., DSPy, 2023): candidates at random, in races.
    Random,
    /// After MIPROv2 (Opsahl-Ong et al., 2024): a tree-structured Parzen estimator over instructions, sets of examples
    /// and settings, on parts of the cases.
    Mipro,
    /// After GEPA (Agrawal et al., 2025): a model reads what went wrong and writes better instructions; candidates that
    /// are best at some case live on. It needs a model.
    Gepa,
}

impl Algorithm {
    /// Its name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Random => "random",
            Self::Mipro => "mipro",
            Self::Gepa => "gepa",
        }
    }
}

/// What of an agent is searched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Dimension {
    /// What the model is told.
    Instructions,
    /// What it is shown: cases that the agent passes, and items of a dataset.
    Examples,
    /// How many passages it is given.
    Retrieval,
    /// Which tier answers.
    Model,
}

impl Dimension {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Instructions, Self::Examples, Self::Retrieval, Self::Model];

    /// Its name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Instructions => "instructions",
            Self::Examples => "examples",
            Self::Retrieval => "retrieval",
            Self::Model => "model",
        }
    }
}

/// What a search may use in all: at least one bound.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OptimisationBudget {
    /// Dollars.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0))]
    pub usd: Option<f64>,
    /// Calls of the agent: questions of the suite, and those for better instructions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    #[schemars(example = 1200)]
    pub calls: Option<u64>,
    /// Tokens, in and out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    #[schemars(example = 307)]
    pub tokens: Option<u64>,
    /// Minutes from its beginning after which no further step of the search begins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub minutes: Option<u32>,
}

/// `POST /prompts/optimise`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(example = json!({"agent": "hr-assistant", "suite": "hr-eval-v3", "budget": {"calls": 500}}))]
pub struct OptimiseRequest {
    /// The agent.
    #[schemars(example = &"hr-assistant")]
    pub agent: String,
    /// Its version that is searched from; the one applied last by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"19bc03287cdde113f6c2e5ef9f73df7340769bb338ecf141307ad8183deedb70")]
    pub version: Option<String>,
    /// The suite that candidates are scored on.
    #[schemars(example = &"hr-eval-v3")]
    pub suite: String,
    /// How candidates are searched for.
    #[serde(default)]
    pub algorithm: Algorithm,
    /// What it may use.
    #[serde(default)]
    pub budget: OptimisationBudget,
    /// What is searched; all that can be by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub search: Option<Vec<Dimension>>,
    /// A dataset whose accepted items may become examples.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dataset: Option<String>,
    /// The share of the cases that the search never sees, and that decide: 0.1 to 0.8, 0.3 by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.1, max = 0.8))]
    pub holdout: Option<f64>,
    /// The seed of what is random.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = 7)]
    pub seed: Option<u64>,
}

/// `GET /prompts/optimisations/{optimisation_id}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct OptimisationPath {
    /// The optimisation.
    #[schemars(example = &"opt_01m8ckn3ghe26t63gpkartzckr")]
    pub optimisation_id: String,
}

/// What a search has used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct OptimisationSpent {
    /// Calls of the agent.
    #[schemars(example = 1200)]
    pub calls: u64,
    /// Tokens.
    #[schemars(example = 307)]
    pub tokens: u64,
    /// Dollars.
    pub usd: Usd,
}

/// How many cases are of which use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OptimisationCases {
    /// To make examples of, and to learn from what went wrong.
    pub train: usize,
    /// To score candidates by.
    pub dev: usize,
    /// To judge the best by, once.
    pub holdout: usize,
}

/// A candidate that was tried.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct OptimisedCandidate {
    /// Its name in this optimisation: `c0` is the agent as it was.
    #[schemars(example = &"c7")]
    pub candidate_id: String,
    /// The candidate that it was made of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    /// How it differs from the agent as it was.
    pub change: String,
    /// Its mean score on the cases that it was tried on: for each, half for passing and half for its evaluators' mean,
    /// without efficiency's.
    #[schemars(example = 0.85)]
    pub score: Option<f64>,
    /// How many cases it was tried on; all of `dev`, unless others left it behind.
    pub evaluated_on: usize,
    /// Whether it is on the Pareto front: the best at some case, and no other as good at all and better at one.
    pub on_front: bool,
}

/// The best candidate against the agent as it was, on the cases that the search never saw.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Holdout {
    /// How many cases both were asked.
    #[schemars(example = 127)]
    pub cases: usize,
    /// The agent's pass rate as it was.
    pub baseline: f64,
    /// The candidate's.
    pub candidate: f64,
    /// The difference.
    pub delta: f64,
    /// Its 95 % interval.
    pub ci95: (f64, f64),
    /// `improved`, `unchanged`, `regressed` or `inconclusive`, as for comparisons of runs.
    #[schemars(example = &"unchanged")]
    pub verdict: String,
}

/// A search for a better prompt.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Optimisation {
    /// Always `prompt.optimisation`.
    pub object: String,
    /// Its id.
    #[schemars(example = &"opt_01m8ckn3ghe26t63gpkartzckr")]
    pub optimisation_id: String,
    /// The agent.
    #[schemars(example = &"hr-assistant")]
    pub agent: String,
    /// The version that is searched from.
    #[schemars(example = &"19bc03287cdde113f6c2e5ef9f73df7340769bb338ecf141307ad8183deedb70")]
    pub agent_version: String,
    /// The suite.
    #[schemars(example = &"hr-eval-v3")]
    pub suite: String,
    /// Its version.
    #[schemars(example = &"19bc03287cdde113f6c2e5ef9f73df7340769bb338ecf141307ad8183deedb70")]
    pub suite_version: String,
    /// How candidates are searched for: never `auto`.
    pub algorithm: Algorithm,
    /// How far it is.
    pub status: RunStatus,
    /// What is searched.
    pub search: Vec<Dimension>,
    /// The seed of what is random.
    #[schemars(example = 7)]
    pub seed: u64,
    /// What it may use.
    pub budget: OptimisationBudget,
    /// What it has used.
    pub spent: OptimisationSpent,
    /// How many cases are of which use.
    pub cases: OptimisationCases,
    /// Steps of the search so far.
    pub generation: usize,
    /// The score on `dev` of the agent as it was.
    pub baseline: Option<f64>,
    /// The candidate that is best on `dev`; `c0` where none is better than the agent as it was.
    pub best: Option<String>,
    /// What decides: how the best fares on cases that the search never saw. None as long as it isn't over, and where no
    /// candidate is better on `dev`.
    pub holdout: Option<Holdout>,
    /// The candidates, in the order in which they were tried.
    pub candidates: Vec<OptimisedCandidate>,
    /// What to know of it.
    pub notes: Vec<String>,
    /// When it was begun.
    pub created_at: Time,
    /// When it ended.
    pub finished_at: Option<Time>,
    /// Why it couldn't go on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// How far a search is: the event `optimisation.progress`. `optimisation.finished` has all of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct OptimisationProgress {
    /// Its id.
    #[schemars(example = &"opt_01m8ckn3ghe26t63gpkartzckr")]
    pub optimisation_id: String,
    /// How far it is.
    pub status: RunStatus,
    /// Steps of the search so far.
    pub generation: usize,
    /// Candidates that were tried.
    pub candidates: usize,
    /// Candidates on the Pareto front.
    pub on_front: usize,
    /// The score on `dev` of the agent as it was.
    pub baseline: Option<f64>,
    /// The best score on `dev`.
    pub best: Option<f64>,
    /// What it has used.
    pub spent: OptimisationSpent,
}

/// `POST /prompts/optimisations/{optimisation_id}/apply`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ApplyOptimisationRequest {
    /// The optimisation.
    #[schemars(example = &"opt_01m8ckn3ghe26t63gpkartzckr")]
    pub optimisation_id: String,
    /// The candidate; the best by default, if the held-out cases say that it is better.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"c7")]
    pub candidate_id: Option<String>,
}

/// A candidate as a version of its agent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AppliedOptimisation {
    /// Always `agent`.
    pub object: String,
    /// The agent.
    #[schemars(example = &"hr-assistant")]
    pub agent: String,
    /// The new version.
    #[schemars(example = &"19bc03287cdde113f6c2e5ef9f73df7340769bb338ecf141307ad8183deedb70")]
    pub version: String,
    /// The version that was searched from.
    pub from: String,
    /// The candidate that it is.
    #[schemars(example = &"c7")]
    pub candidate_id: String,
    /// How its definition differs from the version that was searched from: a unified diff of YAML.
    pub diff: String,
    /// The definition.
    pub definition: AgentDefinition,
}
