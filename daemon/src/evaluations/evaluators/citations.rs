//! citations: are the sources right?

use super::reading::Claim;
use super::support::Content;
use super::text::{f1, share, words};
use super::{Answer, CitedPlace, Question, Reading, Score};
use contract::suite::ExpectedCitation;

/// The harmonic mean of two F1s: of ALCE's citation precision and recall (Gao et al., EMNLP 2023) with
/// groundedness' support, and, where the case expects sources, of the expected documents and sections.
/// Harmonic, so that neither right words from wrong documents nor right documents for wrong words will do.
/// Where one of the two has nothing to judge, the other is the score. A refusal of a case that expects no
/// sources is not applicable, nor is an answer in which sources play no part.
pub(super) fn score(question: &Question<'_>, answer: &Answer, reading: &Reading) -> Score {
    let expected = &question.case.expect.citations;
    if !reading.has_sources || (reading.is_refused && expected.is_empty()) {
        return Score::NotApplicable;
    }
    let support = if reading.is_refused { None } else { alce(answer, reading) };
    let places = (!expected.is_empty()).then(|| places_f1(expected, answer, reading));
    match (support, places) {
        (Some(support), Some(places)) => Score::Value(f1(support, places)),
        (Some(one), None) | (None, Some(one)) => Score::Value(one),
        (None, None) => Score::NotApplicable,
    }
}

/// F1 of ALCE's precision and recall. Recall is the share of checkable sentences that the union of their
/// citations supports. A citation is precise if its sentence is supported and it does not fail alone while
/// the others support; a window lies within one source, so that is: if it supports the sentence alone. One
/// that names no source is false. Where the text marks nothing, its citations are taken for those of every
/// sentence.
fn alce(answer: &Answer, reading: &Reading) -> Option<f64> {
    let sources: Vec<Vec<&[Content]>> = answer
        .citations
        .iter()
        .zip(&reading.quotes)
        .map(|(place, quote)| windows_of(place, quote, answer, reading))
        .collect();
    let source = |mark: usize| answer.citations.iter().position(|place| place.index == mark);
    let supports = |at: usize, claim: &Claim| {
        sources.get(at).is_some_and(|windows| windows.iter().any(|windows| claim.content.stands_in(windows)))
    };
    let checkable = reading.checkable().count();
    let (mut precise, mut cited, mut recalled) = (0, 0, 0);
    if reading.claims.iter().all(|claim| claim.marks.is_empty()) {
        cited = sources.len();
        precise = (0..cited).filter(|at| reading.checkable().any(|claim| supports(*at, claim))).count();
        recalled = reading.checkable().filter(|claim| (0..cited).any(|at| supports(at, claim))).count();
    } else {
        for claim in &reading.claims {
            let known: Vec<usize> = claim.marks.iter().filter_map(|mark| source(*mark)).collect();
            cited += claim.marks.len() - known.len();
            if claim.is_checkable {
                let supporting = known.iter().filter(|at| supports(**at, claim)).count();
                cited += known.len();
                precise += supporting;
                recalled += usize::from(supporting > 0);
            }
        }
    }
    (checkable > 0 || cited > 0).then(|| f1(share(precise, cited), share(recalled, checkable)))
}

/// The windows of a cited place: those of its passages where they are known, else of its quote.
fn windows_of<'a>(
    place: &CitedPlace,
    quote: &'a [Content],
    answer: &Answer,
    reading: &'a Reading,
) -> Vec<&'a [Content]> {
    let is_cited = |doc_id: &str, section: &str| {
        doc_id == place.doc_id && place.section.as_deref().is_none_or(|cited| is_same_section(cited, section))
    };
    let passages = answer.passages.iter().zip(&reading.passages);
    let known: Vec<&[Content]> = passages
        .filter(|(passage, _)| is_cited(&passage.doc_id, &passage.section))
        .map(|(_, windows)| windows.as_slice())
        .collect();
    if known.is_empty() { vec![quote] } else { known }
}

/// F1 of the places cited, each once, against those expected; a mark that names no source is a place that is
/// wrong.
fn places_f1(expected: &[ExpectedCitation], answer: &Answer, reading: &Reading) -> f64 {
    let mut cited: Vec<&CitedPlace> = Vec::new();
    for place in &answer.citations {
        if !cited.iter().any(|known| known.doc_id == place.doc_id && known.section == place.section) {
            cited.push(place);
        }
    }
    let matches = |wanted: &ExpectedCitation, place: &CitedPlace| {
        wanted.doc_id == place.doc_id
            && wanted.section.as_deref().is_none_or(|section| {
                place.section.as_deref().is_some_and(|cited| is_same_section(section, cited))
            })
    };
    let right = cited.iter().filter(|place| expected.iter().any(|wanted| matches(wanted, place))).count();
    let found = expected.iter().filter(|wanted| cited.iter().any(|place| matches(wanted, place))).count();
    let is_unknown = |mark: &usize| answer.citations.iter().all(|place| place.index != *mark);
    let unknown =
        reading.claims.iter().flat_map(|claim| &claim.marks).filter(|mark| is_unknown(mark)).count();
    f1(share(right, cited.len() + unknown), share(found, expected.len()))
}

/// Whether two names mean one section: the same number, "2.1" and "§ 2.1 Working from home", or the same
/// heading.
fn is_same_section(one: &str, other: &str) -> bool {
    let ((number, heading), (other_number, other_heading)) = (parts_of(one), parts_of(other));
    match (number.is_empty(), other_number.is_empty()) {
        (false, false) => number == other_number,
        _ => heading == other_heading,
    }
}

/// A section's number and heading.
fn parts_of(section: &str) -> (String, Vec<String>) {
    let name = section.trim_start_matches(|c: char| !c.is_alphanumeric());
    let name = match name.split_once(char::is_whitespace) {
        Some((first, rest)) if matches!(first.to_lowercase().as_str(), "section" | "sec." | "abschnitt") => {
            rest
        }
        _ => name,
    };
    let first = name.split_whitespace().next().unwrap_or_default();
    let number = first.trim_end_matches(['.', ':', ')']);
    let is_number = number.starts_with(|c: char| c.is_ascii_digit())
        && number.chars().all(|c| c == '.' || c.is_ascii_alphanumeric());
    let heading = if is_number { name.trim_start().strip_prefix(first).unwrap_or_default() } else { name };
    (if is_number { number.to_lowercase() } else { String::new() }, words(heading))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{answer, cited, score, value};
    use super::super::{Answer, CitedPlace, Score};
    use super::is_same_section;
    use serde_json::{Value, json};

    const RIGHT: &str = "Employees may work from home up to three days a week [1].";

    fn expected(doc_id: &str) -> Value {
        json!({"citations": [{"doc_id": doc_id, "section": "2.1"}]})
    }

    #[test]
    fn a_cited_and_supported_sentence_of_the_expected_document_is_right() {
        assert!((value("citations", &expected("HR-2024-08"), &cited(RIGHT)) - 1.0).abs() < 1e-6);
        assert!(value("citations", &expected("HR-1999-01"), &cited(RIGHT)).abs() < 1e-6);
    }

    #[test]
    fn precision_and_recall_are_those_of_alce() {
        let none = json!({});
        let half_cited = format!("{RIGHT} Managers get a company car.");
        assert!((value("citations", &none, &cited(&half_cited)) - 2.0 / 3.0).abs() < 1e-6);
        let out_of_range = RIGHT.replace("[1]", "[1][7]");
        assert!((value("citations", &none, &cited(&out_of_range)) - 2.0 / 3.0).abs() < 1e-6);
        let unsupported = "Managers get a company car [1].";
        assert!(value("citations", &none, &cited(unsupported)).abs() < 1e-6);
        assert!(value("citations", &none, &cited("Employees work from home.")) > 0.99);
    }

    #[test]
    fn a_quote_stands_in_where_the_passage_is_not_known() {
        let quote = "Full pay for up to three days a week.".to_owned();
        let place = CitedPlace { index: 1, doc_id: "elsewhere".to_owned(), section: None, quote };
        let recorded = Answer { citations: vec![place], ..answer("Full pay, three days a week [1].") };
        assert!((value("citations", &json!({}), &recorded) - 1.0).abs() < 1e-6);
    }

    #[test]
    fn refusals_and_answers_without_sources_are_not_applicable() {
        assert_eq!(score("citations", &json!({}), &cited("I don't know.")), Score::NotApplicable);
        assert_eq!(score("citations", &json!({}), &answer("Hello there.")), Score::NotApplicable);
        assert!(value("citations", &expected("HR-2024-08"), &answer("I don't know.")).abs() < 1e-6);
    }

    #[test]
    fn a_section_is_known_by_its_number_or_its_heading() {
        assert!(is_same_section("2.1", "§ 2.1 Working from home"));
        assert!(is_same_section("Core hours", "core hours"));
        assert!(!is_same_section("2.1", "2.10"));
        assert!(!is_same_section("2.1", "Working from home"));
    }
}
