//! Words as PostgreSQL's vectors hold them, cut as FTS5's `unicode61 remove_diacritics 2` does, and stemmed.

use rust_stemmers::{Algorithm, Stemmer};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The longest word that is kept, in bytes; longer ones are no words. PostgreSQL allows 2046.
const LONGEST: usize = 255;

/// The last place in a vector (PostgreSQL's MAXENTRYPOS).
const LAST_PLACE: usize = 16_383;

/// The words of a text, without diacritics, lower-case, each as its English stem (Snowball's Porter 2).
pub(super) fn of(text: &str) -> Vec<String> {
    let folded: String = text.nfkd().filter(|c| !is_combining_mark(*c)).collect::<String>().to_lowercase();
    let stemmer = Stemmer::create(Algorithm::English);
    let words = folded.split(|c: char| !c.is_alphanumeric());
    words
        .filter(|word| !word.is_empty() && word.len() <= LONGEST)
        .map(|word| stemmer.stem(word).into_owned())
        .collect()
}

/// A passage's words as the text of a vector: those of its document's title and of its heading under the weight A.
pub(super) fn vector(title: &str, heading: &str, text: &str) -> String {
    let weighed = [(title, "A"), (heading, "A"), (text, "")];
    let words =
        weighed.into_iter().flat_map(|(text, weight)| of(text).into_iter().map(move |word| (word, weight)));
    words
        .zip(1..=LAST_PLACE)
        .fold(String::new(), |vector, ((word, weight), place)| vector + &format!("{word}:{place}{weight} "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_folded_and_stemmed() {
        assert_eq!(of("Remote working: POLICIES"), ["remot", "work", "polici"]);
        assert_eq!(of("Café Zürich, naïve"), ["cafe", "zurich", "naiv"]);
        assert_eq!(of("HR-2024-02 v2.1"), ["hr", "2024", "02", "v2", "1"]);
        assert_eq!(of("日本 ’s"), ["日本", "s"]);
        assert!(of(&"x".repeat(300)).is_empty());
    }

    #[test]
    fn titles_and_headings_weigh_more() {
        assert_eq!(
            vector("Leave", "Sick leave", "paid 'leave':B"),
            "leav:1A sick:2A leav:3A paid:4 leav:5 b:6 "
        );
    }
}
