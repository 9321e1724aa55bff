//! efficiency: within its latency and cost?

use super::{Answer, Question, Reading, Score};

/// min(1, budget/latency) × min(1, budget/cost), of the two that have a budget and are known. A cached
/// answer, which has no latency, and a case without a budget are not applicable.
pub(super) fn score(question: &Question<'_>, answer: &Answer, _: &Reading) -> Score {
    let (Some(budget), Some(latency)) = (question.budget, answer.latency_ms) else {
        return Score::NotApplicable;
    };
    let latency = budget.latency_ms.map(|allowed| (allowed as f64, latency));
    let cost = budget.cost_usd.zip(answer.cost_usd);
    let known: Vec<(f64, f64)> = latency.into_iter().chain(cost).collect();
    if known.is_empty() {
        return Score::NotApplicable;
    }
    let is_sound = |value: f64| value.is_finite() && value >= 0.0;
    if known.iter().any(|(allowed, used)| !is_sound(*allowed) || !is_sound(*used)) {
        return Score::Error("latency, cost and their budgets must be numbers from 0".to_owned());
    }
    Score::Value(
        known.iter().map(|(allowed, used)| if used <= allowed { 1.0 } else { allowed / used }).product(),
    )
}

#[cfg(test)]
mod tests {
    use super::super::tests::answer;
    use super::super::{Answer, Idf, Question, Score, evaluate};
    use contract::suite::Budget;
    use serde_json::{from_value, json};
    use std::collections::BTreeMap;

    fn scored(latency_ms: Option<f64>, cost_usd: Option<f64>) -> Score {
        let case = from_value(json!({"id": "case", "input": "Why?"})).unwrap();
        let budget = Some(Budget { latency_ms: Some(1000), cost_usd: Some(0.01) });
        let idf = Idf::of(std::iter::empty());
        let question = Question { case: &case, thresholds: BTreeMap::new(), budget, idf: &idf };
        evaluate(&question, &Answer { latency_ms, cost_usd, ..answer("So.") }).remove("efficiency").unwrap()
    }

    #[test]
    fn latency_and_cost_multiply_and_a_cached_answer_has_neither() {
        assert_eq!(scored(Some(2000.0), Some(0.02)), Score::Value(0.25));
        assert_eq!(scored(Some(0.0), None), Score::Value(1.0));
        assert_eq!(scored(None, Some(0.02)), Score::NotApplicable);
        assert!(matches!(scored(Some(f64::NAN), None), Score::Error(_)));
    }
}
