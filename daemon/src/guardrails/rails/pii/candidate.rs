//! A part of a text that may be an identifier, with what stands around it.

use crate::guardrails::session::Subject;
use std::ops::Range;

/// How far before an identifier a word that names it may stand, in bytes.
const WINDOW: usize = 64;

/// See the head of this file.
#[derive(Clone)]
pub(super) struct Candidate<'a> {
    text: &'a str,
    lower: &'a str,
    /// Where it stands.
    pub(super) span: Range<usize>,
    /// Whether it is all there is: what somebody answers to a question.
    pub(super) alone: bool,
}

impl<'a> Candidate<'a> {
    /// A part of a text that arrives as a whole, or of a piece of one.
    pub(super) fn new(subject: &'a Subject<'_>, span: Range<usize>, is_whole: bool) -> Self {
        let (text, lower) = (subject.text.folded(), subject.text.lower());
        let rest = text.len() - text.trim_ascii().len();
        let alone =
            is_whole && text.trim_matches(['.', ' ', '\n', '\r', '\t']).len() == span.len() && rest < 8;
        Self { text, lower, span, alone }
    }

    /// As it is written.
    pub(super) fn value(&self) -> &'a str {
        self.text.get(self.span.clone()).unwrap_or_default()
    }

    /// Where the last of some words begins that stand shortly before. A short word must be a whole one.
    pub(super) fn named(&self, words: &[&str]) -> Option<usize> {
        let from = (self.span.start.saturating_sub(WINDOW)..).find(|at| self.lower.is_char_boundary(*at))?;
        let before = self.lower.get(from..self.span.start)?;
        let is_word = |at: usize, word: &str| {
            let ahead = self.lower.get(..from + at).and_then(|text| text.chars().next_back());
            let next = before.get(at + word.len()..).and_then(|text| text.chars().next());
            // Not every script puts blanks between words.
            let begins = !word.is_ascii() || !ahead.is_some_and(char::is_alphanumeric);
            begins && (word.len() > 4 || !next.is_some_and(char::is_alphabetic))
        };
        let places = words.iter().flat_map(|word| before.rmatch_indices(word));
        places.filter(|(at, word)| is_word(*at, word)).map(|(at, _)| from + at).max()
    }

    /// Whether a plus sign stands before: the number of a phone.
    pub(super) fn after_sign(&self) -> bool {
        self.text
            .get(..self.span.start)
            .is_some_and(|before| before.trim_end_matches([' ', '(']).ends_with('+'))
    }

    /// Whether it goes on a word: as the last part of `HR-2024-…` or of a UUID does.
    pub(super) fn after_part_of_a_word(&self) -> bool {
        let mut before = self.text.get(..self.span.start).unwrap_or_default().chars().rev();
        let joined = before.next().is_some_and(|c| matches!(c, '-' | '.' | '/' | ':' | '_'));
        joined && before.next().is_some_and(char::is_alphanumeric)
    }

    /// Its parts between blanks.
    pub(super) fn pieces(&self) -> impl Iterator<Item = Self> {
        let mut start = self.span.start;
        self.value().split(' ').map(move |piece| {
            let span = start..start + piece.len();
            start = span.end + 1;
            Self { span, alone: false, ..self.clone() }
        })
    }
}
