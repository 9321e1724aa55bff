//! What the classifiers' trainer (`tests/bench/guardrails/train`) shares with the rails that ask them.

use super::classifier::features::{Bag, LEXICON_SLOTS, SLOTS, words, words_and_pairs};
use super::normalise::Text;
use super::rails::toxicity::model::features_of_a_word;
use super::rails::toxicity::plain_letters;

pub use super::classifier::FORM;

/// The length of a table of weights.
pub const TABLE: usize = SLOTS + LEXICON_SLOTS;

/// The rails with a classifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rail {
    /// Words and pairs of words.
    Injection,
    /// Words, their parts, and the kinds of those that are listed.
    Toxicity,
}

/// The features of a text as a rail's classifier sees them, by their place in its table, with their values.
#[must_use]
pub fn features(rail: Rail, text: &str) -> Vec<(usize, f64)> {
    let text = Text::new(text);
    let (mut bag, mut found) = (Bag::new(), Vec::new());
    let mut add = |slot, times| {
        if bag.add(slot) {
            found.push((slot, f64::from(times)));
        }
    };
    match rail {
        Rail::Injection => words_and_pairs(text.lower(), |slot| add(slot, 1)),
        Rail::Toxicity => {
            let plain = plain_letters(text.lower());
            for place in words(&plain) {
                features_of_a_word(plain.get(place).unwrap_or_default(), &mut add);
            }
        }
    }
    let worth = f64::from(bag.worth());
    found.iter_mut().for_each(|(_, value)| *value *= worth);
    found.sort_unstable_by_key(|(slot, _)| *slot);
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guardrails::classifier::{Classifier, sure};
    use crate::guardrails::rails::{injection, toxicity};
    use sha2::{Digest, Sha256};

    const INJECTION: &[u8] = include_bytes!("rails/injection/weights.bin");
    const TOXICITY: &[u8] = include_bytes!("rails/toxicity/weights.bin");

    #[test]
    fn the_cards_name_the_weights_that_are_here() {
        let cards = [
            (INJECTION, include_str!("rails/injection/MODEL.md")),
            (TOXICITY, include_str!("rails/toxicity/MODEL.md")),
        ];
        for (weights, card) in cards {
            let hash: String = Sha256::digest(weights).iter().map(|byte| format!("{byte:02x}")).collect();
            assert!(card.contains(&hash), "the card of {hash} names another");
        }
    }

    #[test]
    fn what_is_asked_is_what_was_learnt() {
        for text in ["", "You are an AI, ＡＣＴ as one.", "Straße 42: you pathet1c freaks, you freaks!"] {
            let score = |rail, file, threshold| {
                let classifier = Classifier::read(file).unwrap();
                let (scale, bias) = classifier.scale_and_bias();
                let sum: f64 = features(rail, text)
                    .iter()
                    .map(|(slot, value)| f64::from(classifier.weight(*slot)) * value)
                    .sum();
                sure(scale * sum as f32 + bias, threshold)
            };
            let lower = Text::new(text).lower().to_owned();
            let asked = injection::model::score(&lower, 0.0).unwrap();
            assert!((asked - score(Rail::Injection, INJECTION, 0.0)).abs() < 1e-4, "{text}");
            let asked = toxicity::model::score(&plain_letters(&lower)).unwrap();
            let learnt = score(Rail::Toxicity, TOXICITY, toxicity::model::THRESHOLD);
            assert!((asked - learnt).abs() < 1e-4, "{text}");
        }
    }
}
