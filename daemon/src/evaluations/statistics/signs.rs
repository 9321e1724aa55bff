//! The exact test of paired differences by their signs.

use super::random::Random;
use super::sample::{ROUNDING, Sample};

/// The two-sided p-value of the sign-flip test (Fisher 1935): how often a sum of the clusters' differences
/// with random signs is as far from zero as theirs, from seeded draws. Two versions that are the same make
/// every sign as likely as the other, so it errs no more often than it says, however few cases differ; of
/// pass and fail it is McNemar's test.
pub(super) fn sign_flip_p(sample: &Sample, resamples: usize, seed: u64) -> f64 {
    let sums: Vec<f64> = sample.clusters.iter().map(|c| c.sum).filter(|sum| sum.abs() > ROUNDING).collect();
    let observed = sums.iter().sum::<f64>().abs();
    let mut random = Random::new(seed);
    let as_far = (0..resamples).filter(|_| {
        let mut flipped = 0.0;
        for chunk in sums.chunks(64) {
            let mut bits = random.bits();
            for sum in chunk {
                flipped += if bits & 1 == 1 { *sum } else { -sum };
                bits >>= 1;
            }
        }
        // Sums in another order differ by rounding, which grows with their number.
        flipped.abs() >= observed - ROUNDING * (1.0 + sums.len() as f64)
    });
    (as_far.count() as f64 + 1.0) / (resamples as f64 + 1.0)
}

#[cfg(test)]
mod tests {
    use super::super::mcnemar_exact;
    use super::super::sample::Sample;
    use super::sign_flip_p;

    #[test]
    fn of_pass_and_fail_it_is_mcnemars_test() {
        for (broken, mended) in [(5, 0), (10, 2), (4, 4), (1, 0)] {
            let signs = [vec![-1.0; broken], vec![1.0; mended], vec![0.0; 100]].concat();
            let p = sign_flip_p(&Sample::of_values(&signs), 20_000, 11);
            assert!((p - mcnemar_exact(broken as u64, mended as u64)).abs() < 0.01, "{broken} {mended}: {p}");
        }
    }
}
