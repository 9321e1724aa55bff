//! Words as the evaluators see them: SQuAD's normalisation, stop words and stems.

use crate::stems::stem;
use rust_stemmers::Algorithm;
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;
use unicode_normalization::UnicodeNormalization;

/// English function words, which say little about what a sentence claims. Negations are among them, because
/// polarity counts them apart; "ill" and "us" are not, because they also name an illness and a country.
const STOP_WORDS: &str = "about above after again against all also although am among an and another any are \
    arent as at be because been before being below between both but by can cannot cant \
    could couldnt did didnt do does doesnt doing done dont down during each either else \
    etc ever every few for from further get gets got had hadnt has hasnt have havent \
    having he her here hers herself him himself his how however i if im in into is isnt \
    it its itself ive just let lets may me might more most must my myself neither never \
    no nor not of off on once only onto or other our ours ourselves out over own per \
    please same shall she should shouldnt so some such than that thats the their theirs \
    them themselves then there theres these they theyre this those though through thus \
    to too under until up upon very via was wasnt we were werent what whats when where \
    whether which while who whom whose why will with within without wont would wouldnt \
    yes yet you your youre yours yourself yourselves a";

/// The table of [`STOP_WORDS`].
static STOPS: LazyLock<HashSet<&str>> = LazyLock::new(|| STOP_WORDS.split_whitespace().collect());

/// Whether a normalised word is a function word.
pub(super) fn is_stop_word(word: &str) -> bool {
    STOPS.contains(word)
}

/// Whether a normalised word is an article, which SQuAD's normalisation drops.
pub(super) fn is_article(word: &str) -> bool {
    matches!(word, "a" | "an" | "the")
}

/// What normalisation drops: ASCII punctuation as SQuAD does, and what stands for it in typeset text.
fn is_punctuation(c: char) -> bool {
    c.is_ascii_punctuation()
        || matches!(c, '\u{2010}'..='\u{205e}' | '\u{20a0}'..='\u{20cf}' | '\u{3001}'..='\u{3011}')
        || matches!(c, '«' | '»' | '¿' | '¡' | '·' | '§' | '¶' | '£' | '¥' | '¢')
}

/// One spelling for what looks alike: Unicode NFKC, plain hyphens, dashes as gaps, nothing invisible, digits
/// grouped without spaces, and "2½" as "2.5".
pub(super) fn fold(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let after_digit = plain.ends_with(|c: char| c.is_ascii_digit());
        match c {
            '\u{ad}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2060}'..='\u{2064}'
            | '\u{202a}'..='\u{202e}'
            | '\u{feff}' => {}
            '\u{a0}' | '\u{202f}' | '\u{2009}' => {
                if !(after_digit && rest.peek().is_some_and(char::is_ascii_digit)) {
                    plain.push(' ');
                }
            }
            '\u{2010}' | '\u{2011}' | '\u{2212}' => plain.push('-'),
            '\u{2012}'..='\u{2015}' => plain.push_str(" – "),
            '¼' | '½' | '¾' => {
                plain.push_str(if after_digit { "." } else { "0." });
                plain.push_str(match c {
                    '¼' => "25",
                    '½' => "5",
                    _ => "75",
                });
            }
            other => plain.push(other),
        }
    }
    Cow::Owned(plain.nfkc().collect())
}

/// A token in lower case without punctuation; empty where nothing else is in it.
pub(super) fn normalise(token: &str) -> String {
    if token.is_ascii() {
        return token
            .bytes()
            .filter(|b| !b.is_ascii_punctuation())
            .map(|b| char::from(b.to_ascii_lowercase()))
            .collect();
    }
    token.chars().flat_map(char::to_lowercase).filter(|&c| !is_punctuation(c)).collect()
}

/// T(x): lower case, no punctuation, no articles, split at spaces (Rajpurkar et al. 2016, SQuAD's
/// `evaluate-v1.1.py`). A number keeps apart from a word it is hyphenated to, "78-yard", as in DROP (Dua et
/// al. 2019).
pub(super) fn words(text: &str) -> Vec<String> {
    split(text, normalise)
}

/// T(x) for finding phrases: "3.8" stays itself, where T makes it 38.
pub(super) fn phrase(text: &str) -> Vec<String> {
    split(text, |token| {
        let is_digit = |byte: &u8| byte.is_ascii_digit();
        let joins = |three: &[u8]| matches!(three, [a, b'.' | b',' | b':', b] if is_digit(a) && is_digit(b));
        if token.as_bytes().windows(3).any(joins) {
            token.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase()
        } else {
            normalise(token)
        }
    })
}

fn split(text: &str, normalise: fn(&str) -> String) -> Vec<String> {
    let folded = fold(text);
    let mut words = Vec::with_capacity(folded.len() / 6);
    for token in folded.split_whitespace() {
        let parts = match hyphen_after_digit(token) {
            Some((number, word)) => [number, word],
            None => [token, ""],
        };
        words.extend(parts.into_iter().map(normalise).filter(|word| !word.is_empty() && !is_article(word)));
    }
    words
}

/// "78-yard" as 78 and yard.
fn hyphen_after_digit(token: &str) -> Option<(&str, &str)> {
    let (number, word) = token.split_once('-')?;
    let splits = number.ends_with(|c: char| c.is_ascii_digit()) && word.starts_with(char::is_alphabetic);
    splits.then_some((number, word))
}

/// Words split at everything that is neither letter nor digit: what joins or breaks words by punctuation
/// shows here.
pub(super) fn bare_words(text: &str) -> Vec<String> {
    let lower = fold(text).to_lowercase();
    lower.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).map(str::to_owned).collect()
}

/// The stems of the content words (Porter's English stemmer, Snowball).
pub(super) fn stems(text: &str) -> Vec<String> {
    words(text).iter().filter(|w| !is_stop_word(w)).map(|w| stem(Algorithm::English, w)).collect()
}

/// Whether `part` occurs in `whole` without a gap; nothing occurs nowhere.
pub(super) fn contiguous(whole: &[String], part: &[String]) -> bool {
    !part.is_empty() && whole.windows(part.len()).any(|window| window == part)
}

/// How many words two multisets share, and the sizes of both.
pub(super) fn overlap(one: &[String], other: &[String]) -> usize {
    let mut counts: HashMap<&str, usize> = HashMap::with_capacity(one.len());
    for word in one {
        *counts.entry(word).or_default() += 1;
    }
    let mut shared = 0;
    for word in other {
        if let Some(count) = counts.get_mut(word.as_str()).filter(|count| **count > 0) {
            *count -= 1;
            shared += 1;
        }
    }
    shared
}

/// The harmonic mean of two shares, 0 where both are.
pub(super) fn f1(precision: f64, recall: f64) -> f64 {
    if precision + recall > 0.0 { 2.0 * precision * recall / (precision + recall) } else { 0.0 }
}

/// `part` of `whole`, 0 where there is no whole.
pub(super) fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

#[cfg(test)]
mod tests {
    use super::{bare_words, contiguous, f1, fold, overlap, share, stems, words};

    #[test]
    fn words_are_those_of_squad() {
        assert_eq!(words("The U.S. state-of-the-art, isn't it?"), ["us", "stateoftheart", "isnt", "it"]);
        assert_eq!(words("a 78-yard run"), ["78", "yard", "run"]);
        assert_eq!(words("It’s £0.45 – “net”"), ["its", "045", "net"]);
        assert!(words(" \n . ").is_empty());
    }

    #[test]
    fn overlap_counts_each_word_as_often_as_both_have_it() {
        let (answer, reference) = (words("the cat the cat sat"), words("the cat sat"));
        let shared = overlap(&answer, &reference);
        assert!((f1(share(shared, answer.len()), share(shared, reference.len())) - 0.8).abs() < 1e-6);
    }

    #[test]
    fn what_looks_alike_reads_alike() {
        assert_eq!(fold("1\u{a0}200 cafe\u{301} 2½ sal\u{200b}ary"), "1200 café 2.5 salary");
        assert_eq!(bare_words("Salary-Review!"), ["salary", "review"]);
        assert_eq!(stems("refunded the policies"), stems("refunds of policy"));
        assert!(!contiguous(&words("one two"), &[]));
    }
}
