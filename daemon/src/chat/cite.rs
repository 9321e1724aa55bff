//! Marks and citations: a model's `[3]` names a passage; what the user sees counts from `[1]`.

use crate::providers::sentences::{Sentence, sentences};
use contract::wire::chat::Citation;
use contract::wire::knowledge::Passage;
use std::collections::{BTreeSet, HashMap};

/// Longest mark that is waited for, such as `[12, 13]`.
const LONGEST_MARK: usize = 24;

/// Most characters of a quote.
const LONGEST_QUOTE: usize = 600;

/// Renumbers marks as text comes, and keeps what they cite.
pub(super) struct Citer<'a> {
    passages: &'a [Passage],
    held: String,
    sentence: String,
    numbers: HashMap<usize, usize>,
    citations: Vec<Citation>,
}

impl<'a> Citer<'a> {
    pub(super) fn new(passages: &'a [Passage]) -> Self {
        Self {
            passages,
            held: String::new(),
            sentence: String::new(),
            numbers: HashMap::new(),
            citations: Vec::new(),
        }
    }

    /// Text with its marks renumbered. The beginning of a mark is held until it is whole.
    pub(super) fn push(&mut self, text: &str) -> String {
        self.held.push_str(text);
        let mut out = String::new();
        while let Some(open) = self.held.find('[') {
            let head: String = self.held.drain(..open).collect();
            self.plain(&head, &mut out);
            match whole_mark(&self.held) {
                Mark::Whole(length, numbers) => {
                    self.held.drain(..length);
                    self.mark(&numbers, &mut out);
                }
                Mark::Begun => return out,
                Mark::None => {
                    self.held.drain(..1);
                    self.plain("[", &mut out);
                }
            }
        }
        let rest = std::mem::take(&mut self.held);
        self.plain(&rest, &mut out);
        out
    }

    /// What was held at the end.
    pub(super) fn finish(&mut self) -> String {
        std::mem::take(&mut self.held)
    }

    /// The citations so far, in the order of their marks.
    pub(super) fn citations(&self) -> &[Citation] {
        &self.citations
    }

    fn plain(&mut self, text: &str, out: &mut String) {
        out.push_str(text);
        self.sentence.push_str(text);
        if let Some(end) = self.sentence.rfind(". ") {
            self.sentence.drain(..end + 2);
        }
    }

    fn mark(&mut self, numbers: &[usize], out: &mut String) {
        for number in numbers {
            // A mark of no passage says nothing, and is left out.
            let Some(passage) = number.checked_sub(1).and_then(|n| self.passages.get(n)) else { continue };
            let next = self.citations.len() + 1;
            let index = *self.numbers.entry(*number).or_insert(next);
            if index == next {
                self.citations.push(cite(index, passage, &self.sentence));
            }
            out.push_str(&format!("[{index}]"));
        }
    }
}

enum Mark {
    Whole(usize, Vec<usize>),
    Begun,
    None,
}

/// The mark that a text begins with: `[1]` or `[1, 2]`.
fn whole_mark(text: &str) -> Mark {
    let Some(end) = text.bytes().skip(1).position(|b| !(b.is_ascii_digit() || b == b',' || b == b' ')) else {
        return if text.len() < LONGEST_MARK { Mark::Begun } else { Mark::None };
    };
    let inner = &text[1..=end];
    if text.as_bytes().get(end + 1) != Some(&b']') {
        return Mark::None;
    }
    let numbers: Result<Vec<usize>, _> = inner.split(',').map(|number| number.trim().parse()).collect();
    numbers.map_or(Mark::None, |numbers| Mark::Whole(end + 2, numbers))
}

fn cite(index: usize, passage: &Passage, claim: &str) -> Citation {
    Citation {
        index,
        doc_id: passage.doc_id.clone(),
        title: passage.title.clone(),
        section: passage.section.clone(),
        page: passage.page,
        quote: quote(&passage.text, claim),
    }
}

/// The passage's sentence that shares most words with the claim, as it stands in the source.
fn quote(passage: &str, claim: &str) -> String {
    let claim = words(claim);
    let share = |sentence: &Sentence| words(&sentence.text).intersection(&claim).count();
    let best = sentences(passage).into_iter().rev().max_by_key(share);
    best.map_or(String::new(), |sentence| sentence.source.chars().take(LONGEST_QUOTE).collect())
}

fn words(text: &str) -> BTreeSet<String> {
    text.to_lowercase()
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty())
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::wire::knowledge::Ranks;

    fn passage(doc_id: &str, text: &str) -> Passage {
        Passage {
            doc_id: doc_id.into(),
            title: doc_id.into(),
            section: Some("2.1".into()),
            page: None,
            collection: "hr".into(),
            text: text.into(),
            score: 1.0,
            ranks: Ranks::default(),
            highlights: Vec::new(),
        }
    }

    fn cited(text: &str, step: usize) -> (String, Vec<Citation>) {
        let passages = [passage("A", "Cats sleep. Dogs bark."), passage("B", "Leave is paid.")];
        let mut citer = Citer::new(&passages);
        let chars: Vec<char> = text.chars().collect();
        let mut out: String =
            chars.chunks(step).map(|part| citer.push(&part.iter().collect::<String>())).collect();
        out.push_str(&citer.finish());
        (out, citer.citations().to_vec())
    }

    #[test]
    fn marks_count_from_one_in_the_order_of_use_however_the_text_is_cut() {
        for step in 1..30 {
            let (text, citations) = cited("Leave is paid [2]. Dogs bark [1, 2], see [note] and [9].", step);
            assert_eq!(text, "Leave is paid [1]. Dogs bark [2][1], see [note] and .");
            assert_eq!(citations.iter().map(|c| c.doc_id.as_str()).collect::<Vec<_>>(), ["B", "A"]);
            assert_eq!(citations[1].quote, "Dogs bark.");
        }
    }

    #[test]
    fn a_mark_that_never_closes_comes_out_at_the_end() {
        assert_eq!(cited("See [12", 3).0, "See [12");
    }
}
