//! What the classifier of the rail says of a text. `MODEL.md` beside this file tells how it was trained, and its limits.

use crate::guardrails::classifier::features::{Bag, words_and_pairs};
use crate::guardrails::classifier::{Classifier, sure};
use crate::guardrails::pattern::Fault;
use std::sync::LazyLock;

static CLASSIFIER: LazyLock<Result<Classifier, Fault>> =
    LazyLock::new(|| Classifier::read(include_bytes!("weights.bin")));

/// The margin from which a question counts as an injection, and that for a passage: documents are longer, of all
/// kinds, and set aside without a word.
pub(super) const OF_A_QUESTION: f32 = -0.3;
pub(super) const OF_A_PASSAGE: f32 = 0.0;

/// How sure the classifier is, from 0 to 1, that a text in lower case is an injection: 0.5 at a margin.
///
/// # Errors
/// If the weights can't be read.
pub(in crate::guardrails) fn score(lower: &str, threshold: f32) -> Result<f32, Fault> {
    let classifier = CLASSIFIER.as_ref().map_err(|fault| *fault)?;
    let (mut bag, mut sum) = (Bag::new(), 0);
    words_and_pairs(lower, |slot| {
        if bag.add(slot) {
            sum += classifier.weight(slot);
        }
    });
    Ok(sure(classifier.margin(sum, &bag), threshold))
}
