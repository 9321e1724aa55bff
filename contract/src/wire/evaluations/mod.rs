//! Suites, runs and comparisons.

mod comparison;
mod judging;
mod quality;

pub use comparison::{CompareRequest, Comparison, EvaluatorComparison};
pub use judging::{JudgeSummary, Judged, PreferenceSummary};
pub use quality::{Quality, QualityFigure, QualityMean};

use super::Object;
use super::chat::Citation;
use crate::check::Finding;
use crate::money::Usd;
use crate::time::Time;
use crate::wire::page::{ListQuery, flag};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// `PUT /evaluations/suites/{suite_id}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PutSuiteRequest {
    /// The suite; the definition's id must be the same.
    #[schemars(example = &"hr-eval-v3")]
    pub suite_id: String,
    /// The suite as YAML or JSON: the whole body.
    pub definition: String,
    /// Only validates.
    #[serde(default, deserialize_with = "flag")]
    pub dry_run: bool,
}

/// A suite as its authors write it, of the kind `EvalSuite`. Its whole JSON Schema is what
/// `katonic agents schema --kind suite` prints.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("additionalProperties" = true))]
pub struct SuiteDocument {
    /// Always `katonic/v1`.
    #[schemars(example = &"katonic/v1")]
    pub api_version: String,
    /// Always `EvalSuite`.
    #[schemars(example = &"EvalSuite")]
    pub kind: String,
    /// Which suite it is: `id`, `description`.
    #[schemars(example = json!({"id": "hr-eval-v3"}))]
    pub metadata: Object,
    /// What it asks: `cases`, and what they share.
    #[schemars(example = json!({"cases": [{"id": "sick-days", "input": "How many sick days?", "expect": {"facts": ["ten"]}}]}))]
    pub spec: Object,
}

/// A suite stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AppliedSuite {
    /// Always `suite`.
    pub object: String,
    /// The suite.
    pub id: String,
    /// Its version by content.
    #[schemars(example = &"19bc03287cdde113f6c2e5ef9f73df7340769bb338ecf141307ad8183deedb70")]
    pub version: String,
    /// How many cases it has.
    #[schemars(example = 127)]
    pub cases: usize,
    /// Whether this version is new.
    pub new: bool,
    /// Problems that don't stand in the way.
    pub findings: Vec<Finding>,
}

/// A suite in a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SuiteSummary {
    /// Always `suite`.
    pub object: String,
    /// The suite.
    pub id: String,
    /// Its current version.
    #[schemars(example = &"19bc03287cdde113f6c2e5ef9f73df7340769bb338ecf141307ad8183deedb70")]
    pub version: String,
    /// How many versions there are.
    pub versions: u64,
    /// How many cases the current one has.
    #[schemars(example = 127)]
    pub cases: u64,
    /// When the current version was stored.
    pub created_at: Time,
}

/// `POST /evaluations/run`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(example = json!({"agent": "hr-assistant", "suite": "hr-eval-v3"}))]
pub struct StartRunRequest {
    /// The agent.
    #[schemars(example = &"hr-assistant")]
    pub agent: String,
    /// The suite.
    #[schemars(example = &"hr-eval-v3")]
    pub suite: String,
    /// The agent's version; the one applied last by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"19bc03287cdde113f6c2e5ef9f73df7340769bb338ecf141307ad8183deedb70")]
    pub version: Option<String>,
    /// Instead of a version: what is live there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"prod")]
    pub environment: Option<String>,
    /// Instead of a version: a definition (YAML or JSON) that is kept but not the one applied last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub definition: Option<String>,
    /// Only these cases; such a run is not complete and passes no gate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cases: Option<Vec<String>>,
    /// How often each case is asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 100))]
    pub repeat: Option<u32>,
    /// Takes no answer of earlier runs. Without it, a question that such a run asked the same version, of the same user and
    /// under the same setup, is not asked again.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub fresh: bool,
    /// Cases at the same time: 1 to 64.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 64))]
    pub concurrency: Option<u32>,
    /// The seed of what is random.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = 7)]
    pub seed: Option<u64>,
    /// Dollars that it may cost in all, its judges included: what would cost more is not asked, and the run fails.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.0))]
    pub budget_usd: Option<f64>,
}

/// Where a run stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum RunStatus {
    /// Not begun.
    Queued,
    /// Under way.
    Running,
    /// Every case has its scores or its error.
    Finished,
    /// It couldn't go on.
    Failed,
    /// Stopped by a person.
    Cancelled,
    /// Stopped with the daemon; it can be resumed.
    Interrupted,
}

impl RunStatus {
    /// Whether nothing more will come.
    #[must_use]
    pub fn is_over(self) -> bool {
        !matches!(self, Self::Queued | Self::Running)
    }

    /// Its name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Finished => "finished",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Interrupted => "interrupted",
        }
    }
}

/// An evaluator's mean over a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct EvaluatorSummary {
    /// The mean over the cases it applies to: 0 to 1.
    #[schemars(example = 0.92)]
    pub mean: f64,
    /// The 95 % interval of the mean.
    pub ci95: (f64, f64),
    /// How many cases it applies to.
    pub n: usize,
}

/// A run without its cases.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Run {
    /// Always `evaluation.run`.
    pub object: String,
    /// Its id.
    #[schemars(example = &"run_01m8ckn3ghe26t63gpkartzckr")]
    pub run_id: String,
    /// The agent.
    #[schemars(example = &"hr-assistant")]
    pub agent: String,
    /// The agent's version.
    #[schemars(example = &"19bc03287cdde113f6c2e5ef9f73df7340769bb338ecf141307ad8183deedb70")]
    pub agent_version: String,
    /// The suite.
    #[schemars(example = &"hr-eval-v3")]
    pub suite: String,
    /// The suite's version.
    #[schemars(example = &"19bc03287cdde113f6c2e5ef9f73df7340769bb338ecf141307ad8183deedb70")]
    pub suite_version: String,
    /// The evaluators' version.
    pub evaluator_version: String,
    /// The models that answered.
    pub models: Vec<String>,
    /// The seed.
    #[schemars(example = 7)]
    pub seed: u64,
    /// Where it stands.
    pub status: RunStatus,
    /// Whether it covers every case of the suite.
    pub complete: bool,
    /// Cases to do.
    #[schemars(example = 127)]
    pub cases: usize,
    /// Cases done.
    pub done: usize,
    /// Cases passed.
    pub passed: usize,
    /// Cases not passed, without errors.
    pub failed: usize,
    /// Cases that ended in an error.
    pub errors: usize,
    /// Passed over all: 0 to 1.
    #[schemars(example = 0.976)]
    pub pass_rate: f64,
    /// The pass rate's 95 % interval.
    pub pass_rate_ci95: (f64, f64),
    /// Each evaluator.
    pub evaluators: BTreeMap<String, EvaluatorSummary>,
    /// What the suite's judge says beside them, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub judge: Option<JudgeSummary>,
    /// What its judges say beside single evaluators, by their names.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub judges: BTreeMap<String, JudgeSummary>,
    /// Whose answers a judge prefers, if the suite has it asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preference: Option<PreferenceSummary>,
    /// Cases that passed in some of their repeats, and not in all.
    #[serde(default)]
    pub flaky: usize,
    /// Cases whose answer was taken from an earlier run.
    #[serde(default)]
    pub cached: usize,
    /// What it used.
    pub usage: RunUsage,
    /// When it was started.
    pub created_at: Time,
    /// When it was over.
    pub finished_at: Option<Time>,
    /// Why it could not go on: its key was revoked, say, or its user deactivated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// How the repeats of a case went.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Repeats {
    /// How often it was asked.
    pub asked: u32,
    /// How often it passed.
    pub passed: u32,
    /// The chance that one of two answers passes, without bias: 1 − C(n−c, 2) / C(n, 2) (Chen et al., 2021).
    pub pass_at_2: f64,
}

/// What a run used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RunUsage {
    /// Tokens, read and written.
    #[schemars(example = 307)]
    pub tokens: u64,
    /// Dollars.
    pub cost_usd: Usd,
    /// Milliseconds a case, at the 95th percentile.
    #[schemars(example = 812.4)]
    pub p95_ms: f64,
}

/// A run with every case.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RunDetail {
    /// The run.
    #[serde(flatten)]
    pub run: Run,
    /// Its cases, in the suite's order.
    pub data: Vec<CaseResult>,
}

/// One case of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CaseResult {
    /// The case.
    #[schemars(example = &"sick-days")]
    pub case_id: String,
    /// Who asked. Its answer is shown to those who may act for them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"sarah@example.org")]
    pub as_user: Option<String>,
    /// Whether it passed.
    pub passed: bool,
    /// Each evaluator's score; null where it doesn't apply.
    pub scores: BTreeMap<String, Option<f64>>,
    /// What the suite's judge says beside them, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub judge: Option<Judged>,
    /// What its judges say beside single evaluators, by their names.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub judges: BTreeMap<String, Judged>,
    /// Whether a judge prefers this answer to that of what is live.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preference: Option<Judged>,
    /// How its repeats went, if it was asked more than once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repeats: Option<Repeats>,
    /// What the agent answered.
    #[schemars(example = &"Ten paid sick days a year [1].")]
    pub answer: String,
    /// Whether it declined.
    pub refused: bool,
    /// What it cited.
    pub citations: Vec<Citation>,
    /// What it called.
    pub tool_calls: Vec<Value>,
    /// The call.
    #[schemars(example = &"01a2193bf011b44f12c15f0d0f5087dc")]
    pub trace_id: Option<String>,
    /// Milliseconds to the whole answer.
    #[schemars(example = 812.4)]
    pub latency_ms: f64,
    /// Tokens, read and written.
    #[serde(default)]
    #[schemars(example = 307)]
    pub tokens: u64,
    /// Dollars.
    pub cost_usd: Usd,
    /// When it was answered, if its answer was taken from an earlier run: it cost nothing this time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cached_from: Option<Time>,
    /// What went wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// A run by its id.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RunPath {
    /// The run.
    #[schemars(example = &"run_01m8ckn3ghe26t63gpkartzckr")]
    pub run_id: String,
}

/// `GET /evaluations/runs`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ListRunsQuery {
    /// The page.
    #[serde(flatten)]
    pub page: ListQuery,
    /// Only of this agent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"hr-assistant")]
    pub agent: Option<String>,
    /// Only of this suite.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"hr-eval-v3")]
    pub suite: Option<String>,
    /// Only of this agent version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"19bc03287cdde113f6c2e5ef9f73df7340769bb338ecf141307ad8183deedb70")]
    pub version: Option<String>,
    /// Only of this status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<RunStatus>,
}
