//! How alike two questions are: Jaccard's index of their sequences of words, and a way to find those that may be alike
//! without comparing all (MinHash with banding: Broder, On the resemblance and containment of documents, 1997; Indyk and
//! Motwani, 1998).

use std::collections::{BTreeSet, HashMap};

/// Words of a sequence.
const WIDTH: usize = 3;

/// Bands of two minima each. Two texts of likeness s share one with the probability 1 - (1 - s²)^32: 0.9999 at 0.5.
const BANDS: usize = 32;

/// A text as its sequences of words: their hashes, in order, each once.
#[derive(Clone, Debug)]
pub(crate) struct Shingles(Vec<u64>);

impl Shingles {
    /// Of a text; case and punctuation make no difference. One that is shorter than a sequence is one itself.
    pub(crate) fn of(text: &str) -> Self {
        Self::wide(text, WIDTH)
    }

    /// Of a text's single words.
    pub(super) fn words(text: &str) -> Self {
        Self::wide(text, 1)
    }

    fn wide(text: &str, width: usize) -> Self {
        let text = text.to_lowercase();
        let words: Vec<u64> =
            text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(hash).collect();
        let width = width.min(words.len()).max(1);
        let mut hashes: Vec<u64> =
            words.windows(width).map(|words| words.iter().fold(0, |all, word| mix(all ^ word))).collect();
        hashes.sort_unstable();
        hashes.dedup();
        Self(hashes)
    }

    /// The share of the sequences of either that both have, from 0 to 1.
    pub(crate) fn likeness(&self, other: &Self) -> f64 {
        let (mut a, mut b, mut both) = (0, 0, 0_u32);
        while let (Some(x), Some(y)) = (self.0.get(a), other.0.get(b)) {
            both += u32::from(x == y);
            a += usize::from(x <= y);
            b += usize::from(y <= x);
        }
        let either = self.0.len() + other.0.len() - both as usize;
        if either == 0 { 1.0 } else { f64::from(both) / either as f64 }
    }

    fn bands(&self) -> impl Iterator<Item = (usize, u64)> {
        let minimum = |seed: usize| {
            let seed = mix(seed as u64 + 1);
            self.0.iter().map(|hash| mix(hash ^ seed)).min().unwrap_or(0)
        };
        (0..BANDS).map(move |band| (band, mix(minimum(2 * band)) ^ minimum(2 * band + 1)))
    }
}

/// FNV-1a, 64 bits.
fn hash(text: &str) -> u64 {
    text.bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// The finaliser of SplitMix64 (Steele, Lea and Flood, 2014).
fn mix(mut x: u64) -> u64 {
    x = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// Texts that were seen, of which the like is found.
#[derive(Default)]
pub(crate) struct Seen {
    texts: Vec<Shingles>,
    by_band: HashMap<(usize, u64), Vec<u32>>,
}

impl Seen {
    /// Whether a text is as much like one before; if not, it is one of those from now on.
    pub(super) fn has_like(&mut self, text: Shingles, near: f64) -> bool {
        let before = self.texts.len();
        self.place(text, near) < before
    }

    /// The place of the first text that this one is as much like: its own, from now on, if there is none before.
    pub(crate) fn place(&mut self, text: Shingles, near: f64) -> usize {
        self.alike(&text, near).first().copied().unwrap_or_else(|| self.add(text))
    }

    /// The place of a text that is one of those from now on, whatever it is like.
    pub(crate) fn add(&mut self, text: Shingles) -> usize {
        let place = u32::try_from(self.texts.len()).unwrap_or(u32::MAX);
        for band in text.bands() {
            self.by_band.entry(band).or_default().push(place);
        }
        self.texts.push(text);
        place as usize
    }

    /// Whether a text is as much like one before.
    pub(crate) fn knows_like(&self, text: &Shingles, near: f64) -> bool {
        !self.alike(text, near).is_empty()
    }

    /// The places of all texts before that this one is as much like.
    pub(crate) fn alike(&self, text: &Shingles, near: f64) -> BTreeSet<usize> {
        let places = text.bands().filter_map(|band| self.by_band.get(&band)).flatten();
        let mut places: BTreeSet<usize> = places.map(|place| *place as usize).collect();
        places.retain(|place| self.texts[*place].likeness(text) >= near);
        places
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn likeness_is_jaccards_of_three_word_sequences() {
        let a = Shingles::of("How many sick days do I have?");
        assert!((a.likeness(&Shingles::of("how many SICK days do i have")) - 1.0).abs() < 1e-12);
        // Five sequences each, four in both.
        let b = Shingles::of("How many sick days do I get?");
        assert!((a.likeness(&b) - 4.0 / 6.0).abs() < 1e-12);
        assert!(a.likeness(&Shingles::of("Who pays for the laptop?")) < 1e-12);
        assert!((Shingles::of("").likeness(&Shingles::of("?")) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn near_duplicates_among_thousands_are_found_and_nothing_else() {
        let word = |n: u64| format!("word{}", mix(n) % 5000);
        let text = |n: u64| (0..20).map(|at| word(n * 100 + at)).collect::<Vec<_>>();
        let mut seen = Seen::default();
        assert_eq!((0..3000).filter(|n| seen.has_like(Shingles::of(&text(*n).join(" ")), 0.85)).count(), 0);
        for n in 0..3000 {
            let mut same = text(n);
            same.push("more".into());
            assert!(seen.has_like(Shingles::of(&same.join(" ")), 0.85), "{n}: 18 of 19 sequences");
            let mut other = text(n);
            other[3] = "another".into();
            other[12] = "one".into();
            assert!(!seen.has_like(Shingles::of(&other.join(" ")), 0.85), "{n}: 12 of 24");
        }
    }
}
