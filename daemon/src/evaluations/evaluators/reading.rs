//! An answer read once for all evaluators: its claims, its words, and the windows of what was retrieved.

use super::figures::{Item, items};
use super::polarity::is_negation;
use super::refusal::is_refusal;
use super::sentences::{Sentence, sentences, without_marks};
use super::support::{Content, Reader};
use super::text::{is_stop_word, words};
use super::{Answer, Question};

/// Sentences of an answer that are held against its passages. Those beyond count as unsupported: an answer
/// does not get better by being endless.
const MOST_CLAIMS: usize = 2_000;

/// Words of the longest sentence that may be a lead-in or a courtesy instead of a claim.
const SHORT: usize = 12;

/// How courtesies begin that claim nothing.
const COURTESIES: [&str; 8] = [
    "let me know",
    "please let me know",
    "i hope",
    "feel free",
    "happy to",
    "im happy to",
    "youre welcome",
    "thank you",
];

/// One sentence of an answer.
pub(super) struct Claim {
    /// What it says.
    pub(super) content: Content,
    /// The numbers of the sources it cites.
    pub(super) marks: Vec<usize>,
    /// Whether it claims something that a passage could bear out: no question, no courtesy, no lead-in.
    pub(super) is_checkable: bool,
}

/// An answer, read.
pub(super) struct Reading {
    /// Whether it declines.
    pub(super) is_refused: bool,
    /// Its text without citation marks.
    pub(super) plain: String,
    /// T of that text.
    pub(super) words: Vec<String>,
    /// Its sentences.
    pub(super) claims: Vec<Claim>,
    /// The windows of each passage.
    pub(super) passages: Vec<Vec<Content>>,
    /// The windows of each citation's quote.
    pub(super) quotes: Vec<Vec<Content>>,
    /// Whether sources play a part at all: some were retrieved, looked for, cited or expected.
    pub(super) has_sources: bool,
}

impl Reading {
    /// Reads an answer.
    pub(super) fn of(question: &Question<'_>, answer: &Answer) -> Self {
        let mut reader = Reader::new();
        let (plain, marks) = without_marks(&answer.text);
        let claims = sentences(&answer.text).into_iter().enumerate().map(|(at, sentence)| {
            let content = if at < MOST_CLAIMS { reader.claim(&sentence.text) } else { Content::default() };
            let is_checkable = at >= MOST_CLAIMS || claims_something(&sentence, &content);
            Claim { content, marks: sentence.marks, is_checkable }
        });
        Self {
            claims: claims.collect(),
            is_refused: answer.refused.unwrap_or_else(|| is_refusal(&answer.text)),
            words: words(&plain),
            plain,
            has_sources: !answer.passages.is_empty()
                || !answer.citations.is_empty()
                || !marks.is_empty()
                || !question.case.expect.citations.is_empty()
                || answer.tool_calls.iter().any(|call| call.name == "knowledge_search"),
            passages: answer.passages.iter().map(|passage| reader.windows(&passage.text)).collect(),
            quotes: answer.citations.iter().map(|place| reader.windows(&place.quote)).collect(),
        }
    }

    /// The claims that a passage could bear out.
    pub(super) fn checkable(&self) -> impl Iterator<Item = &Claim> {
        self.claims.iter().filter(|claim| claim.is_checkable)
    }
}

/// Whether a sentence claims something. One that states a figure always does.
fn claims_something(sentence: &Sentence, content: &Content) -> bool {
    if content.is_empty() || content.has_figures() {
        return !content.is_empty();
    }
    let said = sentence.text.trim_end();
    if said.ends_with('?') {
        return false;
    }
    if said.split_whitespace().nth(SHORT).is_some() {
        return true;
    }
    let normalised = words(said).join(" ");
    !said.ends_with(':') && !COURTESIES.iter().any(|courtesy| normalised.starts_with(courtesy))
}

/// A text's content words and figures in order, each in one spelling, for comparing phrases: "three days" is
/// "3 days".
pub(super) fn spelling(text: &str) -> Vec<String> {
    let spelt = |item| match item {
        Item::Word(word) if is_stop_word(&word) && !is_negation(&word) => None,
        Item::Word(word) => Some(word),
        Item::Figure { value, .. } => Some(value),
    };
    items(text).into_iter().filter_map(spelt).collect()
}
