//! What a search has asked, and how each call ended: stored as it ends, so that a search that is taken up again asks nothing
//! twice.

use crate::gate::purse::Amount;
use contract::money::Usd;
use contract::wire::evaluations::CaseResult;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// The evaluator of how fast and cheap an answer was.
pub(super) const SPEED: &str = "efficiency";

/// How a call ended.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Outcome {
    /// A case was answered and scored.
    Case(Box<CaseResult>),
    /// Instructions were written, or none.
    Written {
        /// What was written.
        text: Option<String>,
        /// What it used.
        tokens: u64,
        /// What it cost.
        cost: Usd,
    },
}

impl Outcome {
    fn used(&self) -> (u64, Usd) {
        match self {
            Self::Case(result) => (result.tokens, result.cost_usd),
            Self::Written { tokens, cost, .. } => (*tokens, *cost),
        }
    }
}

/// A call, as it is stored.
pub(super) struct Kept {
    /// How often it was begun.
    pub(super) tries: u64,
    /// How it ended; none, if the daemon ended first.
    pub(super) outcome: Option<Outcome>,
}

/// What all calls used. One that the daemon ended before is taken to have cost what the dearest did.
pub(super) fn used(calls: &HashMap<String, Kept>) -> Amount {
    let mut all = Amount::default();
    let mut dearest = (0, Usd::ZERO);
    let mut lost = 0;
    for call in calls.values() {
        all.calls += call.tries;
        lost += call.tries - u64::from(call.outcome.is_some());
        if let Some((tokens, usd)) = call.outcome.as_ref().map(Outcome::used) {
            all.tokens += tokens;
            all.usd += usd;
            dearest = (dearest.0.max(tokens), dearest.1.max(usd));
        }
    }
    all.tokens += dearest.0 * lost;
    all.usd += times(dearest.1, lost);
    all
}

/// So many times an amount.
pub(super) fn times(usd: Usd, n: u64) -> Usd {
    Usd::from_nanos(usd.nanos().saturating_mul(i64::try_from(n).unwrap_or(i64::MAX)))
}

/// What a case's answer is worth to the search: half for passing, half for the mean of what was scored. Efficiency isn't
/// in it: how long a call takes differs each time, and the same answers should lead to the same search.
pub(super) fn score(result: &CaseResult) -> f64 {
    let scores: Vec<f64> =
        result.scores.iter().filter(|(name, _)| *name != SPEED).filter_map(|(_, score)| *score).collect();
    let mean = scores.iter().sum::<f64>() / scores.len().max(1) as f64;
    f64::midpoint(if result.passed { 1.0 } else { 0.0 }, mean)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_stopped_daemon_had_under_way_is_paid_for() {
        let written = |tokens, nanos| Outcome::Written { text: None, tokens, cost: Usd::from_nanos(nanos) };
        let calls = HashMap::from([
            ("a".to_owned(), Kept { tries: 1, outcome: Some(written(10, 100)) }),
            ("b".to_owned(), Kept { tries: 2, outcome: Some(written(30, 50)) }),
            ("c".to_owned(), Kept { tries: 1, outcome: None }),
        ]);
        let used = used(&calls);
        assert_eq!((used.calls, used.tokens, used.usd.nanos()), (4, 40 + 2 * 30, 150 + 2 * 100));
    }
}
