//! Several scores compared at once.

use super::bootstrap::Resampled;
use super::holm::{holm, holm_levels};
use super::{Difference, Pair};

/// The share of verdicts that may be wrong where nothing differs, of all scores together.
const ALPHA: f64 = 0.05;

/// How two versions differ in each of several scores, with Holm's care for looking at all of them (Holm 1979):
/// each with its adjusted p-value, and its interval at the level that Holm's procedure gives it.
#[must_use]
pub fn paired_differences(
    compared: &[Vec<Pair>],
    resamples: usize,
    seed: u64,
) -> Vec<(Difference, f64, (f64, f64))> {
    let resampled: Vec<Resampled<'_>> =
        compared.iter().map(|pairs| Resampled::of(pairs, resamples, seed)).collect();
    let differences: Vec<Difference> = resampled.iter().map(Resampled::difference).collect();
    let p_values: Vec<f64> = differences.iter().map(|difference| difference.p_value).collect();
    let intervals =
        resampled.iter().zip(holm_levels(&p_values, ALPHA)).map(|(one, level)| one.interval(level));
    let judged = differences.into_iter().zip(holm(&p_values)).zip(intervals);
    judged.map(|((difference, p_value_holm), interval)| (difference, p_value_holm, interval)).collect()
}

#[cfg(test)]
mod tests {
    use super::super::{Pair, paired_difference};
    use super::paired_differences;

    #[test]
    fn of_several_each_is_told_apart_with_more_care_than_alone() {
        let fell = |by: f64| -> Vec<Pair> {
            let one = |i: u32| Pair {
                baseline: f64::from(i % 7) / 7.0,
                candidate: f64::from(i % 5) / 5.0 - by,
                group: None,
            };
            (0..127).map(one).collect()
        };
        let compared = [fell(0.0), fell(0.11), fell(0.5)];
        let judged = paired_differences(&compared, 2_000, 9);
        for (pairs, (difference, p_value_holm, (low, high))) in compared.iter().zip(&judged) {
            assert_eq!(*difference, paired_difference(pairs, 2_000, 9));
            assert!(
                *p_value_holm >= difference.p_value
                    && *low <= difference.ci95.0
                    && difference.ci95.1 <= *high
            );
            assert_eq!(*p_value_holm < 0.05, *high < 0.0 || *low > 0.0, "{difference:?}");
        }
        assert!(judged[2].2.1 < 0.0, "what fell by half of the scale fell");
        assert!(paired_differences(&[], 2_000, 9).is_empty());
    }
}
