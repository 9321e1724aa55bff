//! Linear classifiers over hashed features of a text. A rail that has one keeps its weights in its folder, with a card
//! that says how `tests/bench/guardrails/train` learnt them from what.

pub(super) mod features;

use super::pattern::Fault;
use features::{Bag, LEXICON_SLOTS, SLOTS};

/// What a file of weights begins with: the form's name and version.
pub const FORM: &[u8; 4] = b"KLC1";

/// Weights: a form of 4 bytes, then scale and bias (32-bit floats, little endian), then a signed byte a slot.
pub(super) struct Classifier {
    weights: &'static [u8],
    scale: f32,
    bias: f32,
}

impl Classifier {
    /// Reads a file of weights.
    ///
    /// # Errors
    /// If it has another form or length.
    pub(super) fn read(file: &'static [u8]) -> Result<Self, Fault> {
        let parts = || {
            let (form, rest) = file.split_first_chunk::<4>()?;
            let (scale, rest) = rest.split_first_chunk()?;
            let (bias, weights) = rest.split_first_chunk()?;
            let is_whole = form == FORM && weights.len() == SLOTS + LEXICON_SLOTS;
            is_whole.then(|| Self {
                weights,
                scale: f32::from_le_bytes(*scale),
                bias: f32::from_le_bytes(*bias),
            })
        };
        parts().ok_or(Fault("the weights of a classifier can't be read"))
    }

    #[cfg(test)]
    pub(super) fn scale_and_bias(&self) -> (f32, f32) {
        (self.scale, self.bias)
    }

    /// What a feature says for (above 0) or against, in units of the scale.
    pub(super) fn weight(&self, slot: usize) -> i32 {
        self.weights.get(slot).map_or(0, |byte| i32::from(byte.cast_signed()))
    }

    /// How far a text lies on the side of what was looked for, by the sum of its distinct features' weights. 0 is
    /// between the sides.
    pub(super) fn margin(&self, sum: i32, bag: &Bag) -> f32 {
        self.scale * sum as f32 * bag.worth() + self.bias
    }
}

/// How sure a margin is, from 0 to 1 and 0.5 at the margin from which a rail acts: the logistic function, four times
/// as steep as the standard one, so that a margin of 1 beyond (where training stops pushing) gives 0.98.
pub(super) fn sure(margin: f32, threshold: f32) -> f32 {
    1.0 / (1.0 + (-4.0 * (margin - threshold)).exp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_of_another_form_or_length_are_a_fault() {
        for file in [&b""[..], b"KLC1", b"XXXX\0\0\0\0\0\0\0\0"] {
            assert!(Classifier::read(file).is_err());
        }
    }

    #[test]
    fn a_margin_is_as_sure_as_it_is_far_from_the_threshold() {
        assert_eq!(sure(0.25, 0.25), 0.5);
        assert!(sure(1.25, 0.25) > 0.98 && sure(-0.75, 0.25) < 0.02);
    }
}
