//! groundedness: does every claim stand in what was retrieved?

use super::reading::Claim;
use super::text::share;
use super::{Answer, Question, Reading, Score};

/// Supported sentences over checkable ones. A refusal, an answer that claims nothing, and one in which
/// sources play no part are not applicable. Where passages were looked for and none are there, nothing is
/// supported; a recorded answer without passages is held against its citations' quotes.
pub(super) fn score(_: &Question<'_>, _: &Answer, reading: &Reading) -> Score {
    let checkable = reading.checkable().count();
    if reading.is_refused || checkable == 0 || !reading.has_sources {
        return Score::NotApplicable;
    }
    let sources = if reading.passages.is_empty() { &reading.quotes } else { &reading.passages };
    let stands = |claim: &Claim| sources.iter().any(|windows| claim.content.stands_in(windows));
    Score::Value(share(reading.checkable().filter(|claim| stands(claim)).count(), checkable))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{answer, cited, score, value};
    use super::super::{Answer, Score};
    use serde_json::json;

    #[test]
    fn claims_are_counted_and_courtesies_are_not() {
        let text = "Here it is: employees may work from home three days a week [1]. Managers get a company car [1]. \
                    Let me know if that helps! Anything else?";
        assert!((value("groundedness", &json!({}), &cited(text)) - 0.5).abs() < 1e-6);
    }

    #[test]
    fn a_refusal_is_not_applicable_and_an_empty_retrieval_supports_nothing() {
        let none = json!({});
        assert_eq!(score("groundedness", &none, &cited("I don't know.")), Score::NotApplicable);
        assert_eq!(score("groundedness", &none, &answer("Two and two are four.")), Score::NotApplicable);
        let nothing_found = Answer { passages: Vec::new(), ..cited("Three days a week [1].") };
        assert!(value("groundedness", &none, &nothing_found).abs() < 1e-6);
    }
}
