//! Repeatable random draws: the same seed gives the same draws on every platform.

/// xoshiro256++ (Blackman & Vigna, "Scrambled Linear Pseudorandom Number Generators", 2021), seeded with
/// `SplitMix64` as its authors advise.
pub(super) struct Random([u64; 4]);

impl Random {
    /// Draws that depend on the seed alone.
    pub(super) fn new(seed: u64) -> Self {
        let mut state = seed;
        Self(std::array::from_fn(|_| {
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            mixed ^ (mixed >> 31)
        }))
    }

    /// 64 random bits.
    pub(super) fn bits(&mut self) -> u64 {
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
