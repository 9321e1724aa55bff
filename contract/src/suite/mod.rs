//! A suite as its authors write it: the YAML kind `EvalSuite`, its cases and its version.

mod expect;
mod recorded;
mod variables;

pub use expect::{
    Expectation, ExpectedCall, ExpectedCitation, ExpectedTools, Fact, OneOrMany, without_marks,
};

pub use variables::{MOST_CASES, combinations, expand, placeholders};

pub use recorded::{RecordedAnswer, RecordedCall, RecordedCitation, RecordedPassage, ScoredAnswer};

use crate::suppression::Suppression;
use crate::version;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// The names of the seven evaluators, in the order that reports show them.
pub const EVALUATORS: [&str; 7] =
    ["correctness", "groundedness", "relevance", "citations", "tool_use", "safety", "efficiency"];

/// A whole suite.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(title = "EvalSuite")]
pub struct SuiteDefinition {
    /// Always `katonic/v1`.
    #[schemars(extend("const" = "katonic/v1"))]
    pub api_version: String,
    /// Always `EvalSuite`.
    #[schemars(extend("const" = "EvalSuite"))]
    pub kind: String,
    /// Which suite it is.
    pub metadata: SuiteMetadata,
    /// What it asks.
    pub spec: SuiteSpec,
    /// Findings of `agents validate` that were looked at and let stand.
    #[serde(default, skip_serializing)]
    pub suppress: Vec<Suppression>,
}

/// A suite's id and purpose.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SuiteMetadata {
    /// What an agent names it by: `[a-z0-9-]`, 3 to 63 characters.
    pub id: String,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// A suite's cases, and what they share.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SuiteSpec {
    /// What a case takes where it says nothing itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub defaults: Option<Defaults>,
    /// A judge model beside the formulas.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub judge: Option<Judge>,
    /// Judge models beside single evaluators, by their names.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub judges: BTreeMap<String, Judge>,
    /// A judge model that prefers an answer, or that of what is live.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preference: Option<PreferenceJudge>,
    /// The cases.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cases: Vec<Case>,
    /// A file with more cases, relative to this one: a JSON object a line, or, as `.csv`, a row each.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cases_file: Option<String>,
}

/// What a case takes where it says nothing itself.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Defaults {
    /// The user who asks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub as_user: Option<String>,
    /// The least score of an evaluator for a case to pass: 0 to 1.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub pass: BTreeMap<String, f64>,
    /// Latency and cost that count as good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub budget: Option<Budget>,
    /// How often each case is asked: 1 to 100.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 100))]
    pub repeat: Option<u32>,
}

/// Latency and cost that count as good.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Budget {
    /// Milliseconds to the whole answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub latency_ms: Option<u64>,
    /// Dollars for the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.0))]
    pub cost_usd: Option<f64>,
}

/// A judge model beside the formulas.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Judge {
    /// A tier or a model.
    pub model: String,
    /// What it judges by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rubric: Option<String>,
    /// How often it is asked: 1 to 9, odd.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 9))]
    pub votes: Option<u32>,
}

/// A judge model that is shown two answers to the same question, in both orders, and prefers one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PreferenceJudge {
    /// A tier or a model.
    pub model: String,
    /// What it prefers by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rubric: Option<String>,
    /// How often it is asked, each time in both orders: 1 to 9, odd.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 9))]
    pub votes: Option<u32>,
    /// Where the other answer is from: what is live there.
    #[serde(default)]
    pub over: Environment,
}

/// Where a version is live.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Environment {
    /// Where it is tried.
    Test,
    /// Where its users are.
    #[default]
    Prod,
}

impl Environment {
    /// Its name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Test => "test",
            Self::Prod => "prod",
        }
    }
}

/// One case.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// Its id, unique in the suite.
    pub id: String,
    /// What was said before, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub turns: Vec<Turn>,
    /// What the user says.
    pub input: String,
    /// Values for `{{name}}` in the case's texts, one or a list each: it is asked once for each combination.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub vars: BTreeMap<String, Values>,
    /// What tools bring in this case: they are let through as ever, and not called.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub mocks: BTreeMap<String, Value>,
    /// The user who asks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub as_user: Option<String>,
    /// What is expected.
    #[serde(default)]
    pub expect: Expectation,
    /// The least score of an evaluator for this case to pass.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub pass: BTreeMap<String, f64>,
    /// Latency and cost that count as good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub budget: Option<Budget>,
    /// Free tags.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Cases that stand and fall together, for the interval.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// Whether a gate may insist on it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub must_pass: bool,
}

/// One value of a variable, or several.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Values {
    /// One.
    One(Scalar),
    /// Several.
    Many(Vec<Scalar>),
}

/// A value of a variable.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Scalar {
    /// A text.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// A number.
    Number(f64),
    /// True or false.
    Truth(bool),
}

/// A turn of a conversation before the case's own question.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Turn {
    /// What the user said.
    pub user: String,
    /// What the assistant said; without it, the agent is asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assistant: Option<String>,
}

impl SuiteDefinition {
    /// Every model that judges.
    pub fn judging_models(&self) -> impl Iterator<Item = &str> {
        let spec = &self.spec;
        let judges = spec.judge.iter().chain(spec.judges.values()).map(|judge| judge.model.as_str());
        judges.chain(spec.preference.iter().map(|judge| judge.model.as_str()))
    }

    /// The version: the SHA-256 of the canonical form, cases of a file included.
    ///
    /// # Errors
    /// If the definition can't be written as JSON.
    pub fn version(&self) -> Result<String, serde_json::Error> {
        version::of(self)
    }

    /// The user who asks a case, if one is named.
    #[must_use]
    pub fn user_of<'a>(&'a self, case: &'a Case) -> Option<&'a str> {
        let default = self.spec.defaults.as_ref().and_then(|defaults| defaults.as_user.as_deref());
        case.as_user.as_deref().or(default)
    }

    /// The thresholds of a case: its own over the suite's.
    #[must_use]
    pub fn thresholds_of(&self, case: &Case) -> BTreeMap<String, f64> {
        let mut thresholds = self.spec.defaults.as_ref().map(|d| d.pass.clone()).unwrap_or_default();
        thresholds.extend(case.pass.clone());
        thresholds
    }

    /// The budget of a case: its own, else the suite's.
    #[must_use]
    pub fn budget_of(&self, case: &Case) -> Option<Budget> {
        case.budget.or_else(|| self.spec.defaults.as_ref().and_then(|defaults| defaults.budget))
    }
}
