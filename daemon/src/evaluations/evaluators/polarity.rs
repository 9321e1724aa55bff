//! Whether a sentence affirms or denies: the parity of its negations.

use std::collections::HashSet;
use std::sync::LazyLock;

/// Words that turn a sentence's sense, normalised: English, German and Spanish. "Nor" is not one of them,
/// because it only carries on the negation before it.
const NEGATIONS: [&str; 50] = [
    "not", "no", "never", "without", "cannot", "neither", "none", "nothing", "nobody", "nowhere", "arent",
    "cant", "couldnt", "didnt", "doesnt", "dont", "hadnt", "hasnt", "havent", "isnt", "mustnt", "neednt",
    "shouldnt", "wasnt", "werent", "wont", "wouldnt", "aint", "nicht", "kein", "keine", "keinen", "keinem",
    "keiner", "keines", "nie", "niemals", "nichts", "niemand", "ohne", "weder", "nunca", "jamás", "nada",
    "nadie", "ningún", "ninguno", "ninguna", "tampoco", "sin",
];

/// The table of [`NEGATIONS`].
static TURNING: LazyLock<HashSet<&str>> = LazyLock::new(|| NEGATIONS.into_iter().collect());

/// Comparatives of a bound: "no later than" sets one, and denies nothing.
const BOUNDS: [&str; 10] =
    ["more", "less", "later", "earlier", "fewer", "longer", "sooner", "greater", "higher", "lower"];

/// Whether a normalised word turns a sentence's sense.
pub(super) fn is_negation(word: &str) -> bool {
    TURNING.contains(word)
}

/// Whether normalised words, in order, hold an odd number of negations. "Not only" is none.
pub(super) fn is_negated(words: &[&str]) -> bool {
    let negates = |at: usize, word: &str| {
        let next = words.get(at + 1).copied().unwrap_or_default();
        let is_bound = BOUNDS.contains(&next) && words.get(at + 2) == Some(&"than");
        is_negation(word) && next != "only" && !is_bound
    };
    words.iter().enumerate().filter(|(at, word)| negates(*at, word)).count() % 2 == 1
}

#[cfg(test)]
mod tests {
    use super::is_negated;

    fn negated(text: &str) -> bool {
        is_negated(&text.split(' ').collect::<Vec<_>>())
    }

    #[test]
    fn two_negations_affirm_and_a_bound_denies_nothing() {
        assert!(negated("it is not refunded"));
        assert!(!negated("never without receipt"));
        assert!(!negated("no later than 60 days"));
        assert!(negated("it no longer applies"));
        assert!(!negated("not only drinks"));
        assert!(negated("neither drinks nor tips"));
    }
}
