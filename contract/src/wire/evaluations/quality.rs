//! How an agent's answers in prod do.

use crate::time::Time;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How an agent's answers in prod do, as far as they were drawn to be scored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Quality {
    /// Always `quality`.
    pub object: String,
    /// The agent.
    #[schemars(example = &"hr-assistant")]
    pub agent_id: String,
    /// How many of 100 answers are drawn, by what is live in prod.
    #[schemars(example = 10.0)]
    pub percent: f64,
    /// Answers scored in the last 30 days, up to 1,100.
    pub samples: usize,
    /// Each evaluator that needs no expectation, and `refused`, the share of answers that decline.
    pub figures: Vec<QualityFigure>,
}

/// A mean, and of how many.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct QualityMean {
    /// The mean: 0 to 1.
    #[schemars(example = 0.92)]
    pub mean: f64,
    /// Of how many answers.
    pub n: usize,
}

/// A figure of the newest answers beside those before them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct QualityFigure {
    /// Its name.
    pub name: String,
    /// The mean before.
    pub before: Option<QualityMean>,
    /// The mean of the newest 100.
    pub recent: Option<QualityMean>,
    /// How the newest differ; null with fewer than 30 on a side.
    pub delta: Option<f64>,
    /// Its 95 % interval.
    pub ci95: Option<(f64, f64)>,
    /// Its p-value by Welch's test, Holm-adjusted over the figures.
    pub p_value_holm: Option<f64>,
    /// Whether that is below 0.01.
    pub drifted: bool,
    /// The mean in the newest run of what is live, on its suite's questions.
    pub evaluated: Option<f64>,
    /// When the oldest of the newest answers was given.
    pub recent_since: Option<Time>,
}
