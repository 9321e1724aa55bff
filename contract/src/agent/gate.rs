//! What a promotion must meet.

use crate::duration::Span;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// An agent's suite, and its gate for each environment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Evaluation {
    /// The id of the suite that the gate looks at.
    pub suite: String,
    /// The bounds for each environment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gate: Option<Gate>,
    /// Which answers of prod are scored too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub online: Option<Online>,
}

/// Which answers of prod are scored too, by the evaluators that need to know nothing of what is expected.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Online {
    /// How many of 100 answers: above 0, to 100.
    #[schemars(range(min = 0.0, max = 100.0))]
    pub percent: f64,
    /// The most in a day: 1,000 by default.
    #[serde(default = "most_per_day")]
    #[schemars(range(min = 1, max = 100_000))]
    pub most_per_day: u64,
}

fn most_per_day() -> u64 {
    1000
}

/// The bounds for each environment.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Gate {
    /// For a promotion to `test`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test: Option<GateBounds>,
    /// For a promotion to `prod`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prod: Option<GateBounds>,
}

/// What a run must show.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GateBounds {
    /// Least share of passed cases: 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub pass_rate: Option<f64>,
    /// Least mean of an evaluator: 0 to 1. Safety has the floor 1.0 also when it isn't named.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub evaluators: BTreeMap<String, f64>,
    /// How far the lower end of a difference's interval may lie below zero: 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub max_regression: Option<f64>,
    /// Whether the cases marked `must_pass` must all pass.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub must_pass: Option<MustPass>,
    /// What to do when the suite can't tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inconclusive: Option<Inconclusive>,
    /// How old the run may be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_age: Option<Span>,
    /// Most dollars a case, in the mean.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.0))]
    pub max_cost_usd: Option<f64>,
    /// Most milliseconds a case, at the 95th percentile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub max_p95_ms: Option<u64>,
}

/// Which marked cases must pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum MustPass {
    /// All that are so marked.
    All,
    /// The marks don't count.
    None,
}

/// What to do when an interval reaches below `-max_regression` but also above zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Inconclusive {
    /// Say so and go on.
    Warn,
    /// Refuse.
    Block,
}

impl GateBounds {
    /// The stricter of two, bound by bound.
    #[must_use]
    pub fn stricter(&self, other: &Self) -> Self {
        let mut evaluators = self.evaluators.clone();
        for (name, floor) in &other.evaluators {
            let bound = evaluators.entry(name.clone()).or_insert(*floor);
            *bound = bound.max(*floor);
        }
        let all = self.must_pass == Some(MustPass::All) || other.must_pass == Some(MustPass::All);
        let block = [self.inconclusive, other.inconclusive].contains(&Some(Inconclusive::Block));
        Self {
            pass_rate: tighter(self.pass_rate, other.pass_rate, f64::max),
            evaluators,
            max_regression: tighter(self.max_regression, other.max_regression, f64::min),
            must_pass: if all { Some(MustPass::All) } else { self.must_pass.or(other.must_pass) },
            inconclusive: if block {
                Some(Inconclusive::Block)
            } else {
                self.inconclusive.or(other.inconclusive)
            },
            max_age: tighter(self.max_age, other.max_age, Ord::min),
            max_cost_usd: tighter(self.max_cost_usd, other.max_cost_usd, f64::min),
            max_p95_ms: tighter(self.max_p95_ms, other.max_p95_ms, Ord::min),
        }
    }
}

fn tighter<T>(one: Option<T>, two: Option<T>, choose: fn(T, T) -> T) -> Option<T> {
    match (one, two) {
        (Some(one), Some(two)) => Some(choose(one, two)),
        (one, two) => one.or(two),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stricter_gate_holds_bound_by_bound() {
        let live = GateBounds {
            pass_rate: Some(0.95),
            max_p95_ms: Some(4000),
            must_pass: Some(MustPass::All),
            ..GateBounds::default()
        };
        let lowered = GateBounds {
            pass_rate: Some(0.10),
            max_p95_ms: Some(90),
            evaluators: BTreeMap::from([("groundedness".into(), 0.5)]),
            must_pass: Some(MustPass::None),
            ..GateBounds::default()
        };
        let both = live.stricter(&lowered);
        assert_eq!(both.pass_rate, Some(0.95));
        assert_eq!(both.max_p95_ms, Some(90));
        assert_eq!(both.must_pass, Some(MustPass::All));
        assert_eq!(both.evaluators["groundedness"], 0.5);
    }
}
