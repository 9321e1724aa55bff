//! Repeatable random draws: the same seed gives the same draws on every platform.

/// xoshiro256++ (Blackman & Vigna, "Scrambled Linear Pseudorandom Number Generators", 2021), seeded with
/// `SplitMix64` as its authors advise.
pub(crate) struct Random([u64; 4]);

impl Random {
    /// Draws that depend on the seed alone.
    pub(crate) fn new(seed: u64) -> Self {
        let mut state = seed;
        Self(std::array::from_fn(|_| {
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            mixed ^ (mixed >> 31)
        }))
    }

    /// 64 random bits.
    pub(crate) fn bits(&mut self) -> u64 {
        let [a, b, c, d] = self.0;
        let drawn = a.wrapping_add(d).rotate_left(23).wrapping_add(a);
        let (c, d) = (c ^ a, d ^ b);
        self.0 = [a ^ d, b ^ c, c ^ (b << 17), d.rotate_left(45)];
        drawn
    }

    /// Two places in a list, each from 0 to below `length`, at most 2³² (Lemire 2019, without its rejection
    /// step: the bias is at most `length` in 2³²).
    pub(super) fn two_below(&mut self, length: u64) -> (usize, usize) {
        let bits = self.bits();
        let place = |half: u64| usize::try_from((half * length) >> 32).unwrap_or_default();
        (place(bits >> 32), place(bits & 0xffff_ffff))
    }

    /// A place in a list of so many, at most 2³²; 0 of none.
    pub(crate) fn below(&mut self, length: usize) -> usize {
        self.two_below(length as u64).0
    }

    /// A number from 0 to below 1.
    pub(crate) fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Puts a list in another order (Fisher and Yates; Durstenfeld 1964).
    pub(crate) fn shuffle<T>(&mut self, list: &mut [T]) {
        for end in (1..list.len()).rev() {
            list.swap(end, self.below(end + 1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Random;

    #[test]
    fn the_generator_is_the_published_one() {
        let mut random = Random([1, 2, 3, 4]);
        assert_eq!([(); 3].map(|()| random.bits()), [41_943_041, 58_720_359, 3_588_806_011_781_223]);
        let (one, two) = Random::new(7).two_below(10);
        assert!(one < 10 && two < 10);
    }
}
