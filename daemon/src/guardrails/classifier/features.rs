//! What a classifier sees of a text: its distinct words, pairs of words and parts of words, each hashed to a slot of a
//! table. Rails and trainer share it, so that what is asked is what was learnt.

use std::ops::Range;

/// Slots that words, pairs and parts hash to.
pub(in crate::guardrails) const SLOTS: usize = 1 << 16;

/// Slots behind them, one a kind of words in a rail's own list.
pub(in crate::guardrails) const LEXICON_SLOTS: usize = 16;

/// What is added to the number of features before they share their worth, so that a text of few words is no sure case.
const FEWEST: f32 = 30.0;

/// The offset basis and prime of FNV-1a with 32 bits (RFC 9923, section 5).
const BASIS: u32 = 0x811c_9dc5;
const PRIME: u32 = 0x0100_0193;

/// Where parts of words begin to hash, so that the part `<die` is not the word `die`.
const PART_BASIS: u32 = step(BASIS, 1);

/// Bytes of a part, which has a longer twin of one more, and the bytes of a word that have any.
const PART: usize = 4;
const LONGEST_WORD: usize = 20;

/// The hash with one more byte. All digits are one: a number's place says something, its value nothing.
const fn step(hash: u32, byte: u8) -> u32 {
    let byte = if byte.is_ascii_digit() { b'0' } else { byte };
    (hash ^ byte as u32).wrapping_mul(PRIME)
}

fn hash(basis: u32, bytes: &[u8]) -> u32 {
    bytes.iter().fold(basis, |hash, byte| step(hash, *byte))
}

/// The slot of a hash: its halves, folded.
fn slot(hash: u32) -> usize {
    ((hash ^ hash >> 16) & 0xffff) as usize
}

/// The hash of a word, as lists keep it.
pub(in crate::guardrails) fn word_hash(word: &str) -> u32 {
    hash(BASIS, word.as_bytes())
}

/// The distinct features of a text so far.
pub(in crate::guardrails) struct Bag {
    seen: Box<[u64]>,
    count: u16,
}

impl Bag {
    /// Without features.
    pub(in crate::guardrails) fn new() -> Self {
        Self { seen: vec![0; SLOTS / 64 + 1].into_boxed_slice(), count: 0 }
    }

    /// Adds a feature; whether it is new.
    pub(in crate::guardrails) fn add(&mut self, slot: usize) -> bool {
        let Some(word) = self.seen.get_mut(slot / 64) else { return false };
        let bit = 1 << (slot % 64);
        let is_new = *word & bit == 0;
        *word |= bit;
        self.count = self.count.saturating_add(u16::from(is_new));
        is_new
    }

    /// What each feature is worth: the more there are, the less.
    pub(in crate::guardrails) fn worth(&self) -> f32 {
        1.0 / (f32::from(self.count) + FEWEST).sqrt()
    }
}

/// Where the words of a text stand: runs of letters and digits.
pub(in crate::guardrails) fn words(lower: &str) -> impl Iterator<Item = Range<usize>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        while let (false, length) = is_of_a_word(lower, at)? {
            at += length;
        }
        let start = at;
        while let Some((true, length)) = is_of_a_word(lower, at) {
            at += length;
        }
        Some(start..at)
    })
}

/// Whether the character at a place is of a word, and how long it is; none at the end. Most are ASCII, and need no table.
fn is_of_a_word(text: &str, at: usize) -> Option<(bool, usize)> {
    let first = *text.as_bytes().get(at)?;
    if first.is_ascii() {
        return Some((first.is_ascii_alphanumeric(), 1));
    }
    let c = text.get(at..)?.chars().next()?;
    Some((c.is_alphanumeric(), c.len_utf8()))
}

/// Gives the slot of each word and of each pair of words that follow each other.
pub(in crate::guardrails) fn words_and_pairs(lower: &str, mut each: impl FnMut(usize)) {
    let mut before: Option<u32> = None;
    for place in words(lower) {
        let word = lower.as_bytes().get(place).unwrap_or_default();
        let alone = hash(BASIS, word);
        each(slot(alone));
        if let Some(before) = before.replace(alone) {
            each(slot(hash(step(before, b' '), word)));
        }
    }
}

/// Gives the slot of a word, and of each of its parts with its ends marked; gives back the word's hash.
pub(in crate::guardrails) fn word_and_parts(word: &str, mut each: impl FnMut(usize)) -> u32 {
    let whole = word_hash(word);
    each(slot(whole));
    let mut marked = [0u8; LONGEST_WORD + 2];
    let length = word.len().min(LONGEST_WORD);
    let bytes = std::iter::once(b'<').chain(word.bytes().take(length)).chain([b'>']);
    marked.iter_mut().zip(bytes).for_each(|(place, byte)| *place = byte);
    let marked = marked.get(..length + 2).unwrap_or_default();
    let mut longer = marked.iter().skip(PART);
    for part in marked.windows(PART) {
        let short = hash(PART_BASIS, part);
        each(slot(short));
        if let Some(next) = longer.next() {
            each(slot(step(short, *next)));
        }
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_runs_of_letters_and_digits_in_any_script() {
        let text = "don't—größer 42nd, ¿qué?";
        assert_eq!(
            words(text).map(|at| &text[at]).collect::<Vec<_>>(),
            ["don", "t", "größer", "42nd", "qué"]
        );
        assert_eq!(words("").count() + words(" .").count(), 0);
    }

    #[test]
    fn hashes_are_those_of_the_published_function() {
        // RFC 9923, appendix: FNV-1a, 32 bits.
        assert_eq!((word_hash(""), word_hash("a"), word_hash("foobar")), (BASIS, 0xe40c_292c, 0xbf9c_f968));
        assert_eq!(word_hash("7"), word_hash("0"));
    }

    #[test]
    fn a_text_gives_its_words_pairs_and_parts() {
        let mut slots = Vec::new();
        words_and_pairs("a bc a", |slot| slots.push(slot));
        let of = |text: &str| slot(word_hash(text));
        assert_eq!(slots, [of("a"), of("bc"), of("a bc"), of("a"), of("bc a")]);
        let mut parts = Vec::new();
        word_and_parts("abc", |slot| parts.push(slot));
        let part = |text: &str| slot(hash(PART_BASIS, text.as_bytes()));
        assert_eq!(parts, [of("abc"), part("<abc"), part("<abc>"), part("abc>")]);
    }

    #[test]
    fn a_feature_counts_once_and_is_worth_less_among_many() {
        let mut bag = Bag::new();
        assert!(bag.add(7) && !bag.add(7) && bag.add(SLOTS - 1));
        assert_eq!(bag.worth(), 1.0 / 32f32.sqrt());
    }
}
