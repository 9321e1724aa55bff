//! Whether a sentence stands in a passage: K-Precision (Adlakha et al., TACL 2024) with DROP's rule that
//! every number be there (Dua et al. 2019), and the same polarity.

use super::figures::{Item, items};
use super::polarity::is_negated;
use super::sentences::{Sentence, sentences};
use super::{dates, text};
use crate::stems::stem;
use rust_stemmers::Algorithm;
use std::collections::HashMap;

/// The least share of a sentence's content words that a window must hold.
const LEAST_SHARE: f64 = 0.6;

/// Windows read of one text; retrieval gives far fewer, and a hostile text may not cost more.
const MOST_WINDOWS: usize = 20_000;

/// What a sentence or a window says, its words and figures as numbers of a [`Reader`].
#[derive(Clone, Debug, Default)]
pub(super) struct Content {
    /// The multiset of content words that are not part of a figure, sorted.
    words: Vec<u32>,
    /// How many content words its figures are written with.
    figure_words: usize,
    /// Its figures, sorted; of a window also what its dates imply.
    figures: Vec<u32>,
    negated: bool,
    /// Of a row of a table the words of the table's head, sorted: they say what the row is about, but not
    /// which row.
    head: Vec<u32>,
}

/// Reads texts into [`Content`] that can be compared with one another.
pub(super) struct Reader {
    ids: HashMap<String, u32>,
    takes_stems: bool,
}

impl Reader {
    /// A reader of words as they are written.
    pub(super) fn new() -> Self {
        Self { ids: HashMap::new(), takes_stems: false }
    }

    /// A reader of words by their English stems.
    pub(super) fn of_stems() -> Self {
        Self { ids: HashMap::new(), takes_stems: true }
    }

    /// What a sentence says.
    pub(super) fn claim(&mut self, sentence: &str) -> Content {
        self.read(sentence, false)
    }

    /// What a text says in each sentence and each pair of neighbours. A row of a table is read with the
    /// table's head instead, because next to another row it would lend that row its figures.
    pub(super) fn windows(&mut self, text: &str) -> Vec<Content> {
        let sentences = sentences(text);
        let singles: Vec<Content> =
            sentences.iter().take(MOST_WINDOWS / 2).map(|sentence| self.read(&sentence.text, true)).collect();
        let pairs = sentences.iter().enumerate().filter_map(|(at, sentence)| {
            let single = singles.get(at)?;
            match sentence.head {
                Some(head) => Some(under(singles.get(head)?, single)),
                None => Some(joined(singles.get(neighbour(&sentences, at)?)?, single)),
            }
        });
        let pairs: Vec<Content> = pairs.collect();
        singles.into_iter().chain(pairs).collect()
    }

    fn read(&mut self, sentence: &str, implied: bool) -> Content {
        let items = items(sentence);
        let mut content = Content::default();
        let mut order = Vec::with_capacity(items.len());
        for item in &items {
            match item {
                Item::Word(word) => {
                    order.push(word.as_str());
                    if !text::is_stop_word(word) {
                        content.words.push(self.word_id(word));
                    }
                }
                Item::Figure { value, words } => {
                    order.push("");
                    content.figure_words += words;
                    content.figures.push(self.figure_id(value));
                    if implied {
                        content
                            .figures
                            .extend(dates::weaker(value).iter().map(|figure| self.figure_id(figure)));
                    }
                }
            }
        }
        content.negated = is_negated(&order);
        content.words.sort_unstable();
        content.figures.sort_unstable();
        content.figures.dedup();
        content
    }

    fn word_id(&mut self, word: &str) -> u32 {
        match self.takes_stems {
            true => id_of(&mut self.ids, &stem(Algorithm::English, word)),
            false => id_of(&mut self.ids, word),
        }
    }

    /// Figures and words have different numbers, so that "3" the word is not 3 the figure.
    fn figure_id(&mut self, value: &str) -> u32 {
        id_of(&mut self.ids, &format!("#{value}"))
    }
}

fn id_of(ids: &mut HashMap<String, u32>, word: &str) -> u32 {
    if let Some(id) = ids.get(word) {
        return *id;
    }
    let id = u32::try_from(ids.len()).unwrap_or(u32::MAX);
    ids.insert(word.to_owned(), id);
    id
}

/// The sentence before, if neither it nor this one is a row.
fn neighbour(sentences: &[Sentence], at: usize) -> Option<usize> {
    let before = at.checked_sub(1)?;
    sentences.get(before).filter(|sentence| sentence.head.is_none()).map(|_| before)
}

fn merged(one: &[u32], other: &[u32]) -> Vec<u32> {
    let mut all = [one, other].concat();
    all.sort_unstable();
    all
}

/// Two neighbouring sentences as one.
fn joined(one: &Content, other: &Content) -> Content {
    Content {
        words: merged(&one.words, &other.words),
        figure_words: one.figure_words + other.figure_words,
        figures: merged(&one.figures, &other.figures),
        negated: one.negated != other.negated,
        head: Vec::new(),
    }
}

/// A row under its table's head.
fn under(head: &Content, row: &Content) -> Content {
    Content { head: head.words.clone(), figures: merged(&head.figures, &row.figures), ..row.clone() }
}

impl Content {
    /// Whether there is nothing in it that a passage could bear out.
    pub(super) fn is_empty(&self) -> bool {
        self.words.is_empty() && self.figures.is_empty()
    }

    /// Whether it states a figure.
    pub(super) fn has_figures(&self) -> bool {
        !self.figures.is_empty()
    }

    /// Whether some window bears this sentence out: at least 0.6 of its content words, all figures, the same
    /// polarity. The words of a figure count as held where the figure is, however either is written.
    pub(super) fn stands_in(&self, windows: &[Content]) -> bool {
        self.is_held(windows, LEAST_SHARE)
    }

    /// Whether some window holds all its content words and figures, with the same polarity.
    pub(super) fn is_wholly_in(&self, windows: &[Content]) -> bool {
        self.is_held(windows, 1.0)
    }

    fn is_held(&self, windows: &[Content], least: f64) -> bool {
        !self.is_empty()
            && windows.iter().any(|window| {
                window.negated == self.negated
                    && shared(&self.figures, &window.figures) == self.figures.len()
                    && self.has_enough_in(window, least)
            })
    }

    /// Whether a window holds that share of the words. Those of a table's head are given, and the row must
    /// hold its share of the others.
    fn has_enough_in(&self, window: &Content, least: f64) -> bool {
        let given = shared(&self.words, &window.head);
        let size = self.words.len() - given + self.figure_words;
        // One part in a billion, so that three of five are 0.6 whatever the rounding.
        let needed = least * size as f64 - 1e-9;
        if ((window.words.len() + self.figure_words) as f64) < needed {
            return false;
        }
        let held = if given == 0 {
            shared(&self.words, &window.words)
        } else {
            shared(&without(&self.words, &window.head), &window.words)
        };
        (held + self.figure_words) as f64 >= needed
    }
}

/// A sorted multiset without the members of another.
fn without(all: &[u32], taken: &[u32]) -> Vec<u32> {
    let mut taken = taken.iter().peekable();
    let mut left = Vec::with_capacity(all.len());
    for member in all {
        while taken.next_if(|other| *other < member).is_some() {}
        if taken.next_if_eq(&member).is_none() {
            left.push(*member);
        }
    }
    left
}

/// How many members two sorted multisets share.
fn shared(one: &[u32], other: &[u32]) -> usize {
    let (mut a, mut b, mut count) = (one.iter().peekable(), other.iter().peekable(), 0);
    while let (Some(left), Some(right)) = (a.peek(), b.peek()) {
        match left.cmp(right) {
            std::cmp::Ordering::Less => _ = a.next(),
            std::cmp::Ordering::Greater => _ = b.next(),
            std::cmp::Ordering::Equal => {
                count += 1;
                a.next();
                b.next();
            }
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::Reader;

    fn stands(claim: &str, passage: &str) -> bool {
        let mut reader = Reader::new();
        let windows = reader.windows(passage);
        reader.claim(claim).stands_in(&windows)
    }

    #[test]
    fn a_claim_needs_its_words_its_figures_and_its_polarity() {
        let passage =
            "Employees may work from home up to three days a week. Alcoholic drinks are not refunded.";
        assert!(stands("Employees work from home 3 days a week.", passage));
        assert!(!stands("Employees work from home four days a week.", passage));
        assert!(stands("Alcoholic drinks aren't refunded.", passage));
        assert!(!stands("Alcoholic drinks are refunded.", passage));
        assert!(!stands("Managers travel by train at weekends.", passage));
        assert!(!stands("", passage));
    }

    #[test]
    fn three_words_of_five_are_enough_and_two_are_not() {
        assert!(stands("alpha beta gamma delta epsilon", "alpha beta gamma"));
        assert!(!stands("alpha beta gamma delta epsilon", "alpha beta zeta"));
    }

    #[test]
    fn a_row_lends_its_figure_to_no_other_row() {
        let table = "| Role | Home days per week |\n|---|---|\n| Field service engineers | 2 |\n| Laboratory staff | 1 |";
        assert!(stands("Laboratory staff have 1 home day per week.", table));
        assert!(!stands("Laboratory staff have 2 home days per week.", table));
    }
}
