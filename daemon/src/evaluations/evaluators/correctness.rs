//! correctness: is the answer right?

use super::assertions;
use super::figures::{figures, holds};
use super::reading::spelling;
use super::support::{Content, Reader};
use super::text::{contiguous, f1, normalise, overlap, phrase, share, words};
use super::{Answer, Question, Reading, Score};
use contract::suite::Fact;

/// An answer of more words than this is long: it says more than the reference, so only recall is fair to it
/// (Adlakha et al., TACL 2024).
const LONG: usize = 40;

/// The share of facts found, where there are any; else the best token F1 over the references, recall where
/// the answer is long, 0 where a figure of the reference is missing (DROP's rule). An unasked refusal is
/// wrong. With neither facts nor references it is not applicable.
pub(super) fn score(question: &Question<'_>, _: &Answer, reading: &Reading) -> Score {
    let expect = &question.case.expect;
    let references = expect.answer.as_ref().map(|answer| answer.as_slice()).unwrap_or_default();
    if expect.facts.is_empty() && references.is_empty() {
        return Score::NotApplicable;
    }
    if reading.is_refused && expect.refusal != Some(true) {
        return Score::Value(0.0);
    }
    if !expect.facts.is_empty() {
        return facts_found(&expect.facts, reading);
    }
    let said = figures(&reading.plain);
    let best = references.iter().map(|reference| agreement(reference, reading, &said)).fold(0.0, f64::max);
    Score::Value(best)
}

/// How far the answer agrees with one reference.
fn agreement(reference: &str, reading: &Reading, said: &[String]) -> f64 {
    if figures(reference).iter().any(|figure| !holds(said, figure)) {
        return 0.0;
    }
    let expected = words(reference);
    if expected.is_empty() || reading.words.is_empty() {
        return if expected.is_empty() && reading.words.is_empty() { 1.0 } else { 0.0 };
    }
    let shared = overlap(&reading.words, &expected);
    let recall = share(shared, expected.len());
    let is_long =
        reading.plain.split_whitespace().filter(|token| !normalise(token).is_empty()).nth(LONG).is_some();
    if is_long { recall } else { f1(share(shared, reading.words.len()), recall) }
}

fn facts_found(facts: &[Fact], reading: &Reading) -> Score {
    let mut seeker = Seeker::of(reading);
    let mut found = 0;
    for fact in facts {
        let is_found = match fact {
            Fact::Text(text) => seeker.finds(text),
            Fact::AnyOf(texts) => texts.iter().any(|text| seeker.finds(text)),
            asserted => match assertions::holds(asserted, &reading.plain) {
                Ok(holds) => holds,
                Err(error) => return Score::Error(error),
            },
        };
        found += usize::from(is_found);
    }
    Score::Value(share(found, facts.len()))
}

/// Looks for facts in an answer.
struct Seeker<'a> {
    reading: &'a Reading,
    phrase: Vec<String>,
    spelt: Vec<String>,
    stems: Reader,
    windows: Vec<Content>,
}

impl<'a> Seeker<'a> {
    fn of(reading: &'a Reading) -> Self {
        let mut stems = Reader::of_stems();
        let windows = stems.windows(&reading.plain);
        Self { reading, phrase: phrase(&reading.plain), spelt: spelling(&reading.plain), stems, windows }
    }

    /// Whether the answer holds a fact: its words or their canonical spelling in a row, or all its content
    /// words by their stems and its figures in one sentence or two neighbours of the same polarity.
    fn finds(&mut self, fact: &str) -> bool {
        let wanted = phrase(fact);
        if wanted.is_empty() {
            return self.reading.plain.contains(fact.trim());
        }
        contiguous(&self.phrase, &wanted)
            || contiguous(&self.spelt, &spelling(fact))
            || self.stems.claim(fact).is_wholly_in(&self.windows)
    }
}

#[cfg(test)]
mod tests {
    use super::super::Score;
    use super::super::tests::{answer, score, value};
    use serde_json::json;

    fn against(reference: &str, text: &str) -> f64 {
        value("correctness", &json!({"answer": reference}), &answer(text))
    }

    #[test]
    fn token_f1_is_that_of_squad_and_numbers_that_of_drop() {
        assert!((against("the cat sat", "the cat the cat sat") - 0.8).abs() < 1e-6);
        assert!((against("78-yard", "78") - 2.0 / 3.0).abs() < 1e-6);
        assert!(against("43 yards", "23 yards").abs() < 1e-6);
        assert!((against("Green bay packers", "packers") - 0.5).abs() < 1e-6);
        assert!((against("On 1 August 2024", "on August 1, 2024") - 1.0).abs() < 1e-6);
    }

    #[test]
    fn a_long_answer_is_judged_by_recall_and_the_best_reference_counts() {
        let long = format!("Three days a week. {}", "It is so. ".repeat(20));
        assert!((against("three days a week", &long) - 1.0).abs() < 1e-6);
        let either = json!({"answer": ["ten", "three days"]});
        assert!((value("correctness", &either, &answer("Three days [1].")) - 1.0).abs() < 1e-6);
    }

    #[test]
    fn a_fact_is_found_in_some_form() {
        let share = |facts, text| value("correctness", &json!({"facts": facts}), &answer(text));
        for (fact, text) in [
            (json!("three days"), "Up to 3 days a week."),
            (json!("3.8 percent"), "It rose by 3.8%."),
            (json!("10 paid sick days"), "Ten sick days are paid."),
            (json!("31 March"), "It expires on March 31, 2025."),
            (json!(["ten", "a dozen"]), "A dozen, I think."),
            (json!({"regex": r"\b30\b"}), "Hamburg has 30."),
            (json!("not refund alcoholic drinks"), "Alcoholic drinks are not refunded."),
        ] {
            assert!((share(json!([fact]), text) - 1.0).abs() < 1e-6, "{fact} in {text}");
        }
        for (fact, text) in [
            (json!("three days"), "Up to 13 days [3]."),
            (json!("3.8 percent"), "It rose by 38 percent."),
            (json!({"regex": r"\b30\b"}), "As said [30]."),
            (json!("not refund alcoholic drinks"), "Alcoholic drinks are refunded."),
        ] {
            assert!(share(json!([fact]), text).abs() < 1e-6, "{fact} in {text}");
        }
        assert!((share(json!(["ten days", "full pay"]), "Ten days.") - 0.5).abs() < 1e-6);
    }

    #[test]
    fn an_unasked_refusal_is_wrong_and_a_bad_pattern_an_error() {
        assert!(against("I don't know about pets", "I don't know about pets").abs() < 1e-6);
        let bad = score("correctness", &json!({"facts": [{"regex": "("}]}), &answer("x"));
        assert!(matches!(bad, Score::Error(_)));
        assert_eq!(
            score("correctness", &json!({"refusal": true}), &answer("I don't know.")),
            Score::NotApplicable
        );
    }
}
