//! relevance: does it answer the question?

use super::text::{is_stop_word, stems, words};
use super::{Answer, Question, Reading, Score};
use std::collections::{BTreeSet, HashMap};

/// How rare words are in a suite's inputs.
pub(crate) struct Idf {
    documents: usize,
    /// In how many inputs each stem is.
    counts: HashMap<String, usize>,
}

impl Idf {
    /// Counts the stems of texts, each once a text.
    pub(crate) fn of<'a>(texts: impl Iterator<Item = &'a str>) -> Self {
        let mut idf = Self { documents: 0, counts: HashMap::new() };
        for text in texts {
            idf.documents += 1;
            for stem in distinct(text) {
                *idf.counts.entry(stem).or_default() += 1;
            }
        }
        idf
    }

    /// The weight of a stem, more than 0: ln(1 + (N - n + 0.5) / (n + 0.5)), as in BM25 (Robertson & Zaragoza
    /// 2009).
    fn weight(&self, stem: &str) -> f64 {
        let count = self.counts.get(stem).copied().unwrap_or_default();
        ((self.documents.saturating_sub(count) as f64 + 0.5) / (count as f64 + 0.5)).ln_1p()
    }
}

/// The stems of a question's content words; of all its words where it has no other.
fn distinct(text: &str) -> BTreeSet<String> {
    let stems = stems(text);
    if stems.is_empty() { words(text).into_iter().collect() } else { stems.into_iter().collect() }
}

/// The share of the question's content words, by their stems and weighted by rarity, that the answer takes
/// up. An unasked refusal is 0, an asked one and a question without words are not applicable.
pub(super) fn score(question: &Question<'_>, _: &Answer, reading: &Reading) -> Score {
    let asked = distinct(&question.case.input);
    if asked.is_empty() || (reading.is_refused && question.case.expect.refusal == Some(true)) {
        return Score::NotApplicable;
    }
    if reading.is_refused {
        return Score::Value(0.0);
    }
    let mut said: BTreeSet<String> = stems(&reading.plain).into_iter().collect();
    said.extend(reading.words.iter().filter(|word| is_stop_word(word)).cloned());
    let weight = |stem: &&String| question.idf.weight(stem);
    let all: f64 = asked.iter().map(|stem| weight(&stem)).sum();
    let taken_up: f64 = asked.iter().filter(|stem| said.contains(*stem)).map(|stem| weight(&stem)).sum();
    Score::Value(taken_up / all)
}

#[cfg(test)]
mod tests {
    use super::super::Score;
    use super::super::tests::{answer, score, value};
    use super::Idf;
    use serde_json::json;

    #[test]
    fn the_share_of_the_questions_words_is_weighted_by_rarity() {
        let none = json!({});
        assert!((value("relevance", &none, &answer("Remote work policies say: yes.")) - 1.0).abs() < 1e-6);
        assert!((value("relevance", &none, &answer("Work.")) - 1.0 / 3.0).abs() < 1e-6);
        let idf = Idf::of(["sick days", "sick pay"].into_iter());
        assert!((idf.weight("day") - 2.0_f64.ln()).abs() < 1e-6);
        assert!((idf.weight("sick") - 1.2_f64.ln()).abs() < 1e-6);
    }

    #[test]
    fn only_an_unasked_refusal_is_irrelevant() {
        let refusal = answer("I don't know the remote work policy.");
        assert!(value("relevance", &json!({}), &refusal).abs() < 1e-6);
        assert_eq!(score("relevance", &json!({"refusal": true}), &refusal), Score::NotApplicable);
    }
}
