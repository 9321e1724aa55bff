//! What the classifier of the rail says of a text. `MODEL.md` beside this file tells how it was trained, and its limits.

use super::lexicon::kind_of;
use crate::guardrails::classifier::features::{Bag, SLOTS, word_and_parts, words};
use crate::guardrails::classifier::{Classifier, sure};
use crate::guardrails::pattern::Fault;
use std::ops::Range;
use std::sync::LazyLock;

static CLASSIFIER: LazyLock<Result<Classifier, Fault>> =
    LazyLock::new(|| Classifier::read(include_bytes!("weights.bin")));

/// The margin from which a text counts as abuse.
pub(in crate::guardrails) const THRESHOLD: f32 = 0.1;

/// The sum of a word's own weights, in units of the scale, from which it is a cue.
const CUE: i32 = 500;

/// How often a word of the list counts, so that its weight is of the size of the others'.
const TIMES: i32 = 16;

fn classifier() -> Result<&'static Classifier, Fault> {
    CLASSIFIER.as_ref().map_err(|fault| *fault)
}

/// Where words stand that are abuse by their own weights. What is one in a text is one in each piece of it that holds
/// the word, as cuts follow blanks.
///
/// # Errors
/// If the weights can't be read.
pub(super) fn cues(text: &str) -> Result<Vec<Range<usize>>, Fault> {
    let classifier = classifier()?;
    let is_cue = |place: &Range<usize>| {
        let mut own = 0;
        let word = text.get(place.clone()).unwrap_or_default();
        features_of_a_word(word, |slot, times| own += classifier.weight(slot) * times);
        own >= CUE
    };
    Ok(words(text).filter(is_cue).collect())
}

/// How sure the classifier is, from 0 to 1, that a text in lower case with plain letters is abuse: it acts from 0.5,
/// where there is a cue.
///
/// # Errors
/// If the weights can't be read.
pub(in crate::guardrails) fn score(text: &str) -> Result<f32, Fault> {
    let classifier = classifier()?;
    let (mut bag, mut sum) = (Bag::new(), 0);
    for place in words(text) {
        features_of_a_word(text.get(place).unwrap_or_default(), |slot, times| {
            if bag.add(slot) {
                sum += classifier.weight(slot) * times;
            }
        });
    }
    Ok(sure(classifier.margin(sum, &bag), THRESHOLD))
}

/// Gives each slot of a word, and how often it counts.
pub(in crate::guardrails) fn features_of_a_word(word: &str, mut each: impl FnMut(usize, i32)) {
    let hash = word_and_parts(word, |slot| each(slot, 1));
    if let Some(kind) = kind_of(hash) {
        each(SLOTS + kind, TIMES);
    }
}
