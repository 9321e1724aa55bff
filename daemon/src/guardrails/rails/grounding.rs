//! Rail `grounding`: numbers, dates and names of an answer that stand in no passage; inputs that hold nothing.

use super::{Policy, Rail};
use crate::guardrails::normalise::{Text, is_invisible};
use crate::guardrails::pattern::{Fault, Pattern};
use crate::guardrails::session::{Finding, Session, Subject};
use crate::guardrails::{Phase, Scene};
use contract::agent::RailAction::{Block, Warn};
use std::collections::HashSet;
use std::ops::Range;

/// Citation marks and list numbers, which claim nothing.
static MARKS: Pattern = Pattern::new(r"\[[0-9]{1,3}\]|(?m:^\s*[0-9]{1,3}[.)]\s)|\[[A-Z]+_[0-9]+\]");

/// A sentence, to its full stop before a blank or to the end of its line.
static SENTENCE: Pattern = Pattern::new(r"(?u:[^\n.!?]|[.!?]\S)+[.!?]?");

/// Words or numbers, with what may stand inside them.
static WORD: Pattern = Pattern::new(r"[0-9]+(?:[.,][0-9]+)*|(?u:\p{L}(?:['’]?[\p{L}\p{N}])*)");

/// Numbers that people write as words, by their value.
const NUMBER_WORDS: [&str; 21] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
    "twenty",
];

/// A sentence of so few words is an answer in itself: its first word counts as a name too.
const SHORT: usize = 5;

/// A name must have so many letters: shorter ones are `I`, `A`, or initials.
const NAME_LETTERS: usize = 3;

/// Words that begin sentences and name nobody.
const OPENERS: [&str; 24] = [
    "the",
    "this",
    "that",
    "these",
    "those",
    "yes",
    "not",
    "you",
    "your",
    "they",
    "there",
    "and",
    "but",
    "for",
    "see",
    "please",
    "according",
    "sorry",
    "unfortunately",
    "however",
    "both",
    "neither",
    "all",
    "none",
];

/// See the head of this file.
pub(in crate::guardrails) struct Grounding;

/// The numbers and words of the passages and the question.
pub(in crate::guardrails) struct Evidence(HashSet<String>);

impl Evidence {
    /// Collects them.
    ///
    /// # Errors
    /// If a pattern does not compile.
    pub(in crate::guardrails) fn new(scene: &Scene<'_>) -> Result<Self, Fault> {
        let mut terms = HashSet::new();
        for source in scene.passages.iter().copied().chain([scene.question]) {
            for word in WORD.get()?.find_iter(Text::new(source).folded()) {
                terms.extend(canonical(word.as_str()));
            }
        }
        Ok(Self(terms))
    }

    fn holds(&self, word: &str) -> bool {
        canonical(word).iter().any(|form| self.0.contains(form))
    }
}

impl Rail for Grounding {
    fn policy(&self) -> Policy {
        Policy { name: "grounding", input: (Block, Warn), output: (Warn, Warn) }
    }

    fn is_quiet(&self, _: &Subject<'_>, session: &Session<'_>) -> bool {
        !session.scene.grounded
    }

    fn inspect(&self, subject: &Subject<'_>, session: &Session<'_>) -> Result<Vec<Finding>, Fault> {
        let text = subject.text.folded();
        if session.phase == Phase::Input {
            return Ok(unusable(text).into_iter().collect());
        }
        if !session.scene.grounded {
            return Ok(Vec::new());
        }
        let evidence = session.evidence()?;
        let marks: Vec<Range<usize>> = MARKS.get()?.find_iter(text).map(|mark| mark.range()).collect();
        let mut findings = Vec::new();
        for sentence in SENTENCE.get()?.find_iter(text) {
            if let Some(reason) = unsupported(sentence.as_str(), sentence.start(), &marks, evidence)? {
                findings.push(Finding::new(sentence.range(), "CLAIM", reason));
            }
        }
        Ok(findings)
    }
}

/// An input without a word, or one that begins and ends as JSON and isn't.
fn unusable(text: &str) -> Option<Finding> {
    let whole = 0..text.len();
    let punctuation =
        |c: char| c.is_ascii_punctuation() || ('\u{2010}'..='\u{205e}').contains(&c) || c == '¿' || c == '¡';
    if text.chars().all(|c| c.is_whitespace() || c.is_control() || is_invisible(c) || punctuation(c)) {
        return Some(Finding::new(whole, "INPUT", "nothing is asked"));
    }
    let trimmed = text.trim();
    let object = trimmed.starts_with("{\"") && trimmed.ends_with('}');
    let list = trimmed.starts_with("[{") && trimmed.ends_with(']');
    let broken = (object || list) && serde_json::from_str::<serde_json::Value>(trimmed).is_err();
    broken.then(|| Finding::new(whole, "INPUT", "JSON that does not parse").with_action(Warn))
}

/// Why a sentence is not supported, if it isn't.
fn unsupported(
    sentence: &str,
    offset: usize,
    marks: &[Range<usize>],
    evidence: &Evidence,
) -> Result<Option<&'static str>, Fault> {
    let marked = |at: usize| {
        let next = marks.partition_point(|mark| mark.end <= at);
        marks.get(next).is_some_and(|mark| mark.contains(&at))
    };
    let words = WORD.get()?.find_iter(sentence).filter(|word| !marked(offset + word.start()));
    let words: Vec<&str> = words.map(|word| word.as_str()).collect();
    let capitals = words.iter().filter(|word| is_capitalised(word)).count();
    let title = words.len() > SHORT && capitals * 10 > words.len() * 4;
    for (place, word) in words.iter().enumerate() {
        let counts = word.starts_with(|c: char| c.is_ascii_digit()) || is_number_word(word);
        if counts && !evidence.holds(word) {
            return Ok(Some("a number that stands in no passage"));
        }
        let opens =
            place == 0 && words.len() > SHORT && !words.get(1).is_some_and(|next| is_capitalised(next));
        if !opens && !title && is_name(word) && !evidence.holds(word) {
            return Ok(Some("a name that stands in no passage"));
        }
    }
    Ok(None)
}

fn is_capitalised(word: &str) -> bool {
    word.starts_with(char::is_uppercase)
}

fn is_name(word: &str) -> bool {
    is_capitalised(word)
        && word.chars().count() >= NAME_LETTERS
        && !OPENERS.contains(&word.to_lowercase().as_str())
}

/// From two on: `one` and `zero` are said of anything.
fn is_number_word(word: &str) -> bool {
    NUMBER_WORDS.iter().skip(2).any(|number| number.eq_ignore_ascii_case(word))
}

/// The forms under which a word is known: numbers without separators and trailing zeros, words in lower case
/// without a possessive or plural `s`, number words by their value.
fn canonical(word: &str) -> Vec<String> {
    if word.starts_with(|c: char| c.is_ascii_digit()) {
        return vec![canonical_number(word)];
    }
    let lower = word.to_lowercase();
    if let Some(value) = NUMBER_WORDS.iter().position(|number| *number == lower) {
        return vec![value.to_string(), lower];
    }
    let bare = lower.strip_suffix("'s").or_else(|| lower.strip_suffix("’s")).unwrap_or(&lower);
    vec![bare.strip_suffix('s').unwrap_or(bare).to_owned()]
}

/// `1,299.00` is `1299`, `08` is `8`.
fn canonical_number(word: &str) -> String {
    let plain: String = word.chars().filter(|c| *c != ',').collect();
    let (whole, part) = plain.split_once('.').unwrap_or((&plain, ""));
    let (whole, part) = (whole.trim_start_matches('0'), part.trim_end_matches('0'));
    let whole = if whole.is_empty() { "0" } else { whole };
    if part.is_empty() { whole.to_owned() } else { format!("{whole}.{part}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guardrails::rails::fixture::{bare, reasons, reasons_in};
    use contract::agent::Guardrails;

    const PASSAGE: &str =
        "Since 2024-08-01 employees may work from home 3 days a week. Ask Maria Keller. It pays 1,200 EUR.";

    fn found(text: &str) -> Vec<String> {
        let settings = Guardrails::default();
        let passages = [PASSAGE];
        let scene =
            Scene { passages: &passages, question: "Is it so in Berlin?", grounded: true, ..bare(&settings) };
        reasons_in(&Grounding, Phase::Output, text, scene)
    }

    #[test]
    fn what_stands_in_the_passages_or_the_question_is_supported_in_any_form() {
        for text in [
            "You may work from home three days a week [1].",
            "1. Maria Keller's team decides, also in Berlin.",
            "It pays €1200.00 since 1 August 2024.".replace("August", "08").as_str(),
        ] {
            assert!(found(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn other_numbers_and_names_are_not() {
        assert_eq!(found("You may work from home four days."), ["a number that stands in no passage"]);
        assert_eq!(found("It pays 1,300 EUR."), ["a number that stands in no passage"]);
        assert_eq!(found("You should ask Peter about it first."), ["a name that stands in no passage"]);
    }

    #[test]
    fn an_input_must_hold_a_word_and_json_must_parse() {
        assert_eq!(reasons(&Grounding, Phase::Input, " ?! … \u{200b}"), ["nothing is asked"]);
        assert_eq!(reasons(&Grounding, Phase::Input, "{\"a\": 1,}"), ["JSON that does not parse"]);
        assert!(reasons(&Grounding, Phase::Input, "{\"a\": 1}").is_empty());
        assert!(reasons(&Grounding, Phase::Input, "👍").is_empty());
    }
}
