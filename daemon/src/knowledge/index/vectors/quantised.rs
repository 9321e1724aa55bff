//! Vectors in few bytes: one a dimension, to score with, and one bit, to choose what is scored.

/// The bytes of a vector: its scale, then each number of its direction in steps of the scale.
pub(super) fn encode(vector: &[f32]) -> Vec<u8> {
    let unit = unit(vector);
    let most = unit.iter().fold(0.0f32, |most, number| most.max(number.abs()));
    let scale = most / f32::from(i8::MAX);
    let step = |number: &f32| if scale > 0.0 { (number / scale).round() as i8 } else { 0 };
    scale.to_le_bytes().into_iter().chain(unit.iter().map(|number| step(number).cast_unsigned())).collect()
}

/// The cosine of a vector of length one and one that [`encode`] wrote; none where they don't compare.
pub(super) fn cosine(query: &[f32], bytes: &[u8]) -> Option<f32> {
    let (scale, numbers) = bytes.split_first_chunk::<4>()?;
    if numbers.len() != query.len() {
        return None;
    }
    let products = query.iter().zip(numbers).map(|(query, number)| query * f32::from(number.cast_signed()));
    Some(products.sum::<f32>() * f32::from_le_bytes(*scale))
}

/// A vector of the same direction whose length is one.
pub(super) fn unit(vector: &[f32]) -> Vec<f32> {
    let length = vector.iter().map(|number| number * number).sum::<f32>().sqrt();
    let length = if length > 0.0 { length } else { 1.0 };
    vector.iter().map(|number| number / length).collect()
}

/// The signs of what [`encode`] wrote, eight in a byte.
pub(super) fn signs(bytes: &[u8]) -> Vec<u8> {
    let numbers = bytes.get(4..).unwrap_or_default();
    let eight = |numbers: &[u8]| {
        numbers.iter().enumerate().fold(0, |byte, (n, number)| byte | u8::from(number.cast_signed() > 0) << n)
    };
    numbers.chunks(8).map(eight).collect()
}

/// What signs add up to with a vector: for each byte of them, what each of its values adds.
pub(super) struct Coarse(Vec<[f32; 256]>);

impl Coarse {
    pub(super) fn new(query: &[f32]) -> Self {
        let table = |numbers: &[f32]| {
            std::array::from_fn(|byte| {
                let sign = |n: usize| if byte >> n & 1 == 1 { 1.0 } else { -1.0 };
                numbers.iter().enumerate().map(|(n, number)| sign(n) * number).sum()
            })
        };
        Self(query.chunks(8).map(table).collect())
    }

    pub(super) fn score(&self, signs: &[u8]) -> f32 {
        self.0.iter().zip(signs).map(|(table, byte)| table[usize::from(*byte)]).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vector(seed: u32) -> Vec<f32> {
        (0..20u32).map(|n| ((seed * 31 + n * 17) % 23) as f32 - 11.0).collect()
    }

    #[test]
    fn what_is_scored_is_the_cosine_to_a_hundredth() {
        for (one, other) in [(1, 2), (3, 3), (4, 9)] {
            let (one, other) = (unit(&vector(one)), vector(other));
            let exact: f32 = one.iter().zip(unit(&other)).map(|(a, b)| a * b).sum();
            assert!((cosine(&one, &encode(&other)).unwrap() - exact).abs() < 0.01);
        }
        assert_eq!(cosine(&unit(&vector(1)), &encode(&[0.0; 20])), Some(0.0));
        assert_eq!(cosine(&unit(&vector(1)), &encode(&[1.0; 19])), None);
    }

    #[test]
    fn the_signs_of_a_vector_are_nearest_to_itself_and_add_up_by_the_bit() {
        let all: Vec<Vec<u8>> = (0..9).map(|n| signs(&encode(&vector(n)))).collect();
        for n in 0..9 {
            let query = unit(&vector(n));
            let coarse = Coarse::new(&query);
            let own = coarse.score(&all[n as usize]);
            for signs in &all {
                assert!(coarse.score(signs) <= own + 1e-5);
                let sign = |at: usize| if signs[at / 8] >> (at % 8) & 1 == 1 { 1.0 } else { -1.0 };
                let sum: f32 = query.iter().enumerate().map(|(at, number)| sign(at) * number).sum();
                assert!((coarse.score(signs) - sum).abs() < 1e-5);
            }
        }
    }
}
