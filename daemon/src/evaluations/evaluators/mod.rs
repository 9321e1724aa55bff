//! The seven evaluators: what an answer scores, 0 to 1, not applicable, or an error. No model is asked.

mod assertions;
mod atoms;
mod citations;
mod correctness;
mod dates;
mod efficiency;
mod figures;
mod groundedness;
mod matching;
mod personal;
mod polarity;
mod reading;
mod refusal;
mod relevance;
mod safety;
mod sentences;
mod support;
mod text;
mod tool_use;

pub(crate) use relevance::Idf;

use contract::suite::{Budget, Case};
use reading::Reading;
use serde_json::Value;
use std::collections::BTreeMap;

/// The version of the evaluators' formulas; part of what makes a run stale.
pub(crate) const EVALUATOR_VERSION: &str = "1";

/// A passage that was retrieved for an answer.
pub(crate) struct Passage {
    /// Its document.
    pub(crate) doc_id: String,
    /// Its section's number, heading or both; empty where the document has none.
    pub(crate) section: String,
    /// Its text.
    pub(crate) text: String,
}

/// A call of a tool that the agent made.
pub(crate) struct ToolCall {
    /// The tool's name.
    pub(crate) name: String,
    /// An object of arguments, or null.
    pub(crate) arguments: Value,
}

/// A place that an answer cites.
pub(crate) struct CitedPlace {
    /// Its number as the answer marks it, from 1.
    pub(crate) index: usize,
    /// The document.
    pub(crate) doc_id: String,
    /// The section, where one is named.
    pub(crate) section: Option<String>,
    /// The words quoted; empty where none are.
    pub(crate) quote: String,
}

/// An answer to score, from a run or recorded elsewhere.
#[derive(Default)]
pub(crate) struct Answer {
    /// What the agent said, with its marks `[1]`.
    pub(crate) text: String,
    /// Whether it declined; none where that is not known, and the phrase list decides.
    pub(crate) refused: Option<bool>,
    /// The places it cites.
    pub(crate) citations: Vec<CitedPlace>,
    /// The calls it made, in order.
    pub(crate) tool_calls: Vec<ToolCall>,
    /// What was retrieved for it.
    pub(crate) passages: Vec<Passage>,
    /// Milliseconds to the whole answer; none for a cached one.
    pub(crate) latency_ms: Option<f64>,
    /// Dollars; none where not known.
    pub(crate) cost_usd: Option<f64>,
    /// Whether an output rail would block it.
    pub(crate) blocked_by_rail: bool,
}

/// What an evaluator says of an answer. A value is a number from 0 to 1.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Score {
    /// The score.
    Value(f64),
    /// The evaluator has nothing to judge here.
    NotApplicable,
    /// It could not judge, and why.
    Error(String),
}

/// What an answer is judged by.
pub(crate) struct Question<'a> {
    /// The case.
    pub(crate) case: &'a Case,
    /// The least scores for it to pass, the case's own over the suite's.
    pub(crate) thresholds: BTreeMap<String, f64>,
    /// Latency and cost that count as good.
    pub(crate) budget: Option<Budget>,
    /// How rare words are in the suite's inputs.
    pub(crate) idf: &'a Idf,
}

/// One evaluator: its formula.
type Formula = fn(&Question<'_>, &Answer, &Reading) -> Score;

/// All evaluators by name, in the order that reports show them.
const REGISTRY: [(&str, Formula); 7] = [
    ("correctness", correctness::score),
    ("groundedness", groundedness::score),
    ("relevance", relevance::score),
    ("citations", citations::score),
    ("tool_use", tool_use::score),
    ("safety", safety::score),
    ("efficiency", efficiency::score),
];

/// The least scores of evaluators that a suite gives no threshold for. Half of the facts and of the sources,
/// seven in ten claims and every tool call right; relevance is advisory and efficiency is the gate's
/// business, so neither is here. Safety is not either: its floor is always 1.
const DEFAULT_THRESHOLDS: [(&str, f64); 4] =
    [("correctness", 0.5), ("groundedness", 0.7), ("citations", 0.5), ("tool_use", 1.0)];

/// How far below its threshold a score may be for the rounding of its formula.
const ROUNDING: f64 = 1e-9;

/// The scores of all seven evaluators.
pub(crate) fn evaluate(question: &Question<'_>, answer: &Answer) -> BTreeMap<&'static str, Score> {
    let reading = Reading::of(question, answer);
    REGISTRY.iter().map(|(name, formula)| (*name, bounded(formula(question, answer, &reading)))).collect()
}

/// A score as it may leave: from 0 to 1, and an error where the formula gave no number.
fn bounded(score: Score) -> Score {
    match score {
        Score::Value(value) if value.is_nan() => Score::Error("the score is not a number".to_owned()),
        // A sum of nothing is −0, which reports would show.
        Score::Value(value) => Score::Value(value.clamp(0.0, 1.0) + 0.0),
        other => other,
    }
}

/// Whether a case passes: each evaluator that applies meets its threshold, and none is an error or missing.
/// Relevance and efficiency count only where a threshold is given.
pub(crate) fn passes(thresholds: &BTreeMap<String, f64>, scores: &BTreeMap<&'static str, Score>) -> bool {
    REGISTRY.iter().all(|(name, _)| match (scores.get(name), threshold(thresholds, name)) {
        (Some(Score::Value(value)), Some(least)) => *value >= least - ROUNDING,
        (Some(Score::Value(_) | Score::NotApplicable), _) => true,
        (Some(Score::Error(_)) | None, _) => false,
    })
}

/// The least score of one evaluator.
fn threshold(thresholds: &BTreeMap<String, f64>, name: &str) -> Option<f64> {
    if name == "safety" {
        return Some(1.0);
    }
    let default = || DEFAULT_THRESHOLDS.iter().find(|(known, _)| *known == name).map(|(_, least)| *least);
    thresholds.get(name).copied().or_else(default)
}

#[cfg(test)]
mod tests {
    use super::{
        Answer, CitedPlace, DEFAULT_THRESHOLDS, Idf, Passage, Question, REGISTRY, Score, evaluate, passes,
    };
    use contract::suite::{Case, EVALUATORS};
    use serde_json::{Value, from_value, json};
    use std::collections::BTreeMap;

    /// An answer of which nothing is known but its text.
    pub(super) fn answer(text: &str) -> Answer {
        Answer {
            text: text.to_owned(),
            refused: None,
            citations: Vec::new(),
            tool_calls: Vec::new(),
            passages: Vec::new(),
            latency_ms: None,
            cost_usd: None,
            blocked_by_rail: false,
        }
    }

    /// The handbook's passage on remote work, cited as the first source.
    pub(super) fn cited(text: &str) -> Answer {
        let passage = "Under the remote work policy, employees may work from home up to three days a week.";
        Answer {
            passages: vec![Passage {
                doc_id: "HR-2024-08".to_owned(),
                section: "2.1 Working from home".to_owned(),
                text: passage.to_owned(),
            }],
            citations: vec![CitedPlace {
                index: 1,
                doc_id: "HR-2024-08".to_owned(),
                section: Some("2.1".to_owned()),
                quote: String::new(),
            }],
            ..answer(text)
        }
    }

    /// All scores of an answer to the question about remote work, judged by an expectation.
    pub(super) fn scores(expect: &Value, answer: &Answer) -> BTreeMap<&'static str, Score> {
        let input = "What's the remote work policy?";
        let case: Case = from_value(json!({"id": "case", "input": input, "expect": expect})).unwrap();
        let idf = Idf::of([input, "How many sick days do I have?"].into_iter());
        evaluate(&Question { case: &case, thresholds: BTreeMap::new(), budget: None, idf: &idf }, answer)
    }

    /// One score.
    pub(super) fn score(name: &str, expect: &Value, answer: &Answer) -> Score {
        scores(expect, answer).remove(name).unwrap()
    }

    /// One score that is a number.
    pub(super) fn value(name: &str, expect: &Value, answer: &Answer) -> f64 {
        match score(name, expect, answer) {
            Score::Value(value) => value,
            other => panic!("{name} is {other:?}"),
        }
    }

    #[test]
    fn the_registry_holds_the_contracts_seven() {
        assert_eq!(REGISTRY.map(|(name, _)| name), EVALUATORS);
        assert!(DEFAULT_THRESHOLDS.iter().all(|(name, _)| EVALUATORS.contains(name)));
    }

    #[test]
    fn a_good_answer_passes_and_a_wrong_number_does_not() {
        let expect = json!({
            "facts": [["three days", "3 days"]],
            "citations": [{"doc_id": "HR-2024-08", "section": "2.1"}],
        });
        let good = scores(&expect, &cited("Employees may work from home up to three days a week [1]."));
        assert!(passes(&BTreeMap::new(), &good), "{good:?}");
        let wrong = scores(&expect, &cited("Employees may work from home up to four days a week [1]."));
        assert!(!passes(&BTreeMap::new(), &wrong));
        assert_eq!(wrong["groundedness"], Score::Value(0.0));
    }

    #[test]
    fn safety_has_a_floor_an_error_fails_and_relevance_is_advisory() {
        let all = |name: &'static str, score: Score| {
            let mut scores: BTreeMap<_, _> =
                EVALUATORS.iter().map(|name| (*name, Score::NotApplicable)).collect();
            scores.insert(name, score);
            scores
        };
        let loose = BTreeMap::from([("safety".to_owned(), 0.0)]);
        let strict = BTreeMap::from([("relevance".to_owned(), 0.2)]);
        assert!(!passes(&loose, &all("safety", Score::Value(0.5))));
        assert!(!passes(&loose, &all("relevance", Score::Error(String::new()))));
        assert!(passes(&loose, &all("relevance", Score::Value(0.1))));
        assert!(!passes(&strict, &all("relevance", Score::Value(0.1))));
        assert!(!passes(&strict, &BTreeMap::new()));
    }

    #[test]
    fn hostile_texts_are_scored_and_not_endured() {
        let expect = json!({"answer": "Three days.", "facts": ["three days"], "never": ["secret"]});
        for piece in ["a. ", "[1]", "1-", "[", "|", "9,", "one and ", "x@", "\u{202e}½.", "word "] {
            let hostile = piece.repeat(100_000 / piece.len());
            let quoted = Passage { doc_id: String::new(), section: String::new(), text: hostile.clone() };
            let scores = scores(&expect, &Answer { passages: vec![quoted], ..cited(&hostile) });
            assert_eq!(scores.len(), 7);
        }
        assert_eq!(scores(&json!({}), &answer("")).len(), 7);
    }
}
