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
const CUE: i32 = 400;

/// How often a word of the list counts, so that its weight is of the size of the others'.
const TIMES: i32 = 16;

/// What a text says.
pub(in crate::guardrails) struct Reading {
    /// How sure the classifier is that it is abuse, from 0 to 1: it acts from 0.5, where there is a cue.
    pub(in crate::guardrails) score: f32,
    /// Where words stand that are abuse by their own weights.
    pub(super) cues: Vec<Range<usize>>,
}

/// Reads a text in lower case with plain letters.
///
/// # Errors
/// If the weights can't be read.
pub(in crate::guardrails) fn read(text: &str) -> Result<Reading, Fault> {
    let classifier = CLASSIFIER.as_ref().map_err(|fault| *fault)?;
    let (mut bag, mut sum, mut cues) = (Bag::new(), 0, Vec::new());
    for place in words(text) {
        let mut own = 0;
        features_of_a_word(text.get(place.clone()).unwrap_or_default(), |slot, times| {
            let weight = classifier.weight(slot) * times;
            own += weight;
            if bag.add(slot) {
                sum += weight;
            }
        });
        if own >= CUE {
            cues.push(place);
        }
    }
    Ok(Reading { score: sure(classifier.margin(sum, &bag), THRESHOLD), cues })
}

/// Whether no word of a text is a cue. What is one in a text is one in each piece that holds it, as cuts follow blanks.
pub(super) fn is_without_cues(text: &str) -> bool {
    read(text).is_ok_and(|reading| reading.cues.is_empty())
}

/// Gives each slot of a word, and how often it counts.
pub(in crate::guardrails) fn features_of_a_word(word: &str, mut each: impl FnMut(usize, i32)) {
    word_and_parts(word, |slot| each(slot, 1));
    if let Some(kind) = kind_of(word) {
        each(SLOTS + kind, TIMES);
    }
}
