//! Stems of words by Snowball's stemmers, remembered: a language has few words that are said often, and they are looked up
//! faster than they are stemmed.

use rust_stemmers::{Algorithm, Stemmer};
use std::collections::HashMap;
use std::sync::{LazyLock, PoisonError, RwLock};

/// Parts of what is remembered of a language, each with a lock of its own.
const PARTS: usize = 16;

/// Most words of a part; then it begins anew.
const MOST: usize = 512;

/// The longest word that is remembered, in bytes.
const LONGEST: usize = 24;

/// The stems of words that were asked for before.
#[derive(Default)]
struct Known([RwLock<HashMap<Box<str>, Box<str>>>; PARTS]);

impl Known {
    fn part(&self, word: &str) -> &RwLock<HashMap<Box<str>, Box<str>>> {
        let ends = word.bytes().next().into_iter().chain(word.bytes().next_back());
        let at = ends.fold(word.len(), |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
        &self.0[at % PARTS]
    }
}

/// A lower-case word's stem (Snowball; Porter, 2001).
pub(crate) fn stem(language: Algorithm, word: &str) -> String {
    static KNOWN: LazyLock<[Known; 18]> = LazyLock::new(Default::default);
    let known = KNOWN.get(language as usize).filter(|_| word.len() <= LONGEST);
    let Some(part) = known.map(|known| known.part(word)) else {
        return Stemmer::create(language).stem(word).into_owned();
    };
    if let Some(stem) = part.read().unwrap_or_else(PoisonError::into_inner).get(word) {
        return stem.as_ref().to_owned();
    }
    let stem = Stemmer::create(language).stem(word).into_owned();
    let mut part = part.write().unwrap_or_else(PoisonError::into_inner);
    if part.len() >= MOST {
        part.clear();
    }
    part.insert(word.into(), stem.as_str().into());
    stem
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_remembered_is_what_the_stemmer_says() {
        let words =
            (0..3 * MOST * PARTS).map(|n| format!("policies{}", "abcdefgh".repeat(n % 3) + &n.to_string()));
        for word in words.chain(["policies".to_owned(), "employees".to_owned()]) {
            for language in [Algorithm::English, Algorithm::German, Algorithm::Turkish] {
                let said = Stemmer::create(language).stem(&word).into_owned();
                assert_eq!([stem(language, &word), stem(language, &word)], [said.clone(), said]);
            }
        }
    }
}
