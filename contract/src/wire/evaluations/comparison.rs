//! A run against a baseline.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeMap;

/// `POST /evaluations/compare`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(example = json!({"run_id": "run_01m8ckn3ghe26t63gpkartzckr", "baseline": "prod"}))]
pub struct CompareRequest {
    /// The run to judge.
    #[schemars(example = &"run_01m8ckn3ghe26t63gpkartzckr")]
    pub run_id: String,
    /// `prod`, `test`, or a run's id.
    pub baseline: String,
    /// The seed of the bootstrap.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = 7)]
    pub seed: Option<u64>,
}

/// An evaluator on both sides.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct EvaluatorComparison {
    /// The baseline's mean.
    pub baseline: f64,
    /// This run's mean.
    pub candidate: f64,
    /// The difference.
    pub delta: f64,
    /// Its 95 % interval.
    pub ci95: (f64, f64),
    /// Its p-value, Holm-adjusted over the evaluators.
    pub p_value_holm: f64,
}

/// A run against a baseline.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Comparison {
    /// Always `evaluation.comparison`.
    pub object: String,
    /// `improved`, `unchanged`, `regressed`, `inconclusive` or `no_baseline`.
    #[schemars(example = &"unchanged")]
    pub verdict: String,
    /// The run judged.
    #[schemars(example = &"run_01m8ckn3ghe26t63gpkartzckr")]
    pub run_id: String,
    /// The run it is held against.
    #[schemars(example = &"run_01m8ckn3ghe26t63gpkartzckr")]
    pub baseline_run_id: Option<String>,
    /// Cases that both hold.
    pub cases_compared: usize,
    /// The difference of the pass rates.
    pub delta: f64,
    /// Its 95 % interval.
    pub ci95: (f64, f64),
    /// The exact McNemar test's p-value on pass and fail.
    #[schemars(example = 0.031)]
    pub p_value: f64,
    /// The smallest difference that this suite could show with 80 % power.
    pub minimum_detectable: f64,
    /// Where it is inconclusive: how many cases would settle it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cases_needed: Option<usize>,
    /// Each evaluator.
    pub evaluators: BTreeMap<String, EvaluatorComparison>,
    /// Cases that passed and fail now.
    pub broken: Vec<String>,
    /// Cases that failed and pass now.
    pub mended: Vec<String>,
    /// What to bear in mind.
    pub notes: Vec<String>,
}
