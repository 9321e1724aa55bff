//! Intervals and p-values of means by the bias-corrected and accelerated bootstrap, BCa (Efron 1987; Efron &
//! Tibshirani 1993, chapter 14), over whole clusters where cases are grouped.

use super::power::minimum_detectable;
use super::random::Random;
use super::sample::{Cluster, ROUNDING, Sample};
use super::signs::sign_flip_p;
use super::{Difference, Pair};
use statrs::distribution::{ContinuousCDF, Normal};

/// Resamples for the interval of one run's mean, which is shown and decides nothing.
const RESAMPLES_OF_A_MEAN: usize = 2_000;

/// The interval of a difference of scores about which nothing is known.
const UNKNOWN: (f64, f64) = (-1.0, 1.0);

/// How two versions differ on the cases that both have, with its 95 % interval from `resamples` resamples.
/// Where all pairs differ by the same, as of a deterministic agent with itself, the difference is exact.
#[must_use]
pub fn paired_difference(pairs: &[Pair], resamples: usize, seed: u64) -> Difference {
    Resampled::of(pairs, resamples, seed).difference()
}

/// Pairs, resampled once for all that is asked of them.
pub(super) struct Resampled<'a> {
    pairs: &'a [Pair],
    sample: Sample,
    /// The distribution of the mean, and the p-value of the test by signs; none where there is nothing to resample.
    drawn: Option<(Bootstrap, f64)>,
}

impl<'a> Resampled<'a> {
    pub(super) fn of(pairs: &'a [Pair], resamples: usize, seed: u64) -> Self {
        let sample = Sample::of_pairs(pairs);
        let drawn = Bootstrap::of(&sample, resamples, seed)
            .map(|bootstrap| (bootstrap, sign_flip_p(&sample, resamples, seed)));
        Self { pairs, sample, drawn }
    }

    pub(super) fn difference(&self) -> Difference {
        let sample = &self.sample;
        let mean = |value: fn(&Pair) -> f64| {
            self.pairs.iter().map(value).sum::<f64>() / self.pairs.len().max(1) as f64
        };
        let p_value = match &self.drawn {
            Some((bootstrap, by_signs)) => bootstrap.p_value().max(*by_signs),
            None => p_without_resampling(sample),
        };
        Difference {
            baseline: mean(|pair| pair.baseline),
            candidate: mean(|pair| pair.candidate),
            delta: sample.mean,
            ci95: self.interval(0.05),
            p_value,
            minimum_detectable: if is_known(sample) {
                minimum_detectable(sample.standard_error())
            } else {
                1.0
            },
            n: sample.n,
        }
    }

    /// The interval at a level: `alpha` is the share of intervals that miss, 0.05 for 95 %.
    pub(super) fn interval(&self, alpha: f64) -> (f64, f64) {
        match &self.drawn {
            Some((bootstrap, by_signs)) => reaching_zero(bootstrap.interval(alpha), *by_signs > alpha),
            None => without_resampling(&self.sample),
        }
    }
}

/// An interval that holds zero where the test by signs is unsure of the direction. Where few pairs differ,
/// the bootstrap never draws the direction that it has not seen: three cases broken and none mended would be
/// a regression, which a fair coin gives one time in eight.
fn reaching_zero((low, high): (f64, f64), is_unsure: bool) -> (f64, f64) {
    if is_unsure { (low.min(0.0), high.max(0.0)) } else { (low, high) }
}

/// The mean of scores from 0 to 1 and its 95 % interval; of none 0, and 0 to 1.
pub(crate) fn mean_ci95(values: &[f64], seed: u64) -> (f64, (f64, f64)) {
    if values.is_empty() {
        return (0.0, (0.0, 1.0));
    }
    let sample = Sample::of_values(values);
    let interval =
        Bootstrap::of(&sample, RESAMPLES_OF_A_MEAN, seed).map(|bootstrap| bootstrap.interval(0.05));
    (sample.mean, interval.unwrap_or((sample.mean, sample.mean)))
}

/// Whether the sample says how its mean varies: a single cluster of different values doesn't.
fn is_known(sample: &Sample) -> bool {
    sample.n > 0 && (sample.clusters.len() > 1 || !sample.varies)
}

fn without_resampling(sample: &Sample) -> (f64, f64) {
    if is_known(sample) { (sample.mean, sample.mean) } else { UNKNOWN }
}

/// The sign test's p-value of clusters that all differ by the same: 2 · 2⁻ⁿ.
fn p_without_resampling(sample: &Sample) -> f64 {
    if !is_known(sample) || sample.mean.abs() <= ROUNDING {
        return 1.0;
    }
    let clusters = i32::try_from(sample.clusters.len()).unwrap_or(i32::MAX);
    0.5_f64.powi(clusters - 1).min(1.0)
}

/// The distribution of a resampled mean.
struct Bootstrap {
    /// The resampled means, sorted.
    means: Vec<f64>,
    /// z₀: how far the mean lies from the median of the resampled ones, in standard normal units.
    bias: f64,
    /// a: how the standard error changes with the mean, from the jackknife's skewness.
    acceleration: f64,
}

impl Bootstrap {
    /// None where there is nothing to resample: no two clusters, or no two values that differ.
    fn of(sample: &Sample, resamples: usize, seed: u64) -> Option<Self> {
        if sample.clusters.len() < 2 || !sample.varies || resamples == 0 || !sample.mean.is_finite() {
            return None;
        }
        let mut means = resampled_means(&sample.clusters, resamples, seed);
        means.sort_unstable_by(f64::total_cmp);
        let below = share_below(&means, sample.mean);
        Some(Self { bias: quantile(below), acceleration: acceleration(sample), means })
    }

    /// The interval that misses with probability `alpha`.
    fn interval(&self, alpha: f64) -> (f64, f64) {
        let alpha = alpha.clamp(1e-9, 1.0);
        let end = |probability: f64| {
            let shifted = self.bias + quantile(probability);
            let scale = 1.0 - self.acceleration * shifted;
            let place =
                if scale > 0.0 { self.bias + shifted / scale } else { shifted.signum() * f64::INFINITY };
            self.mean_at(cumulative(place))
        };
        (end(alpha / 2.0), end(1.0 - alpha / 2.0))
    }

    /// The least `alpha` whose interval leaves zero out.
    fn p_value(&self) -> f64 {
        let from_bias = quantile(share_below(&self.means, 0.0)) - self.bias;
        let scale = 1.0 + self.acceleration * from_bias;
        let place =
            if scale > 0.0 { from_bias / scale - self.bias } else { from_bias.signum() * f64::INFINITY };
        let one_sided = cumulative(place);
        (2.0 * one_sided.min(1.0 - one_sided)).clamp(1.0 / (self.means.len() as f64 + 1.0), 1.0)
    }

    /// The resampled mean at a share of them, between two by their distance.
    fn mean_at(&self, share: f64) -> f64 {
        let last = self.means.len().saturating_sub(1);
        let place = share.clamp(0.0, 1.0) * last as f64;
        let below = (place.floor() as usize).min(last);
        let (low, high) = (self.means.get(below), self.means.get((below + 1).min(last)));
        let (low, high) = (low.copied().unwrap_or_default(), high.copied().unwrap_or_default());
        low + (high - low) * (place - below as f64)
    }
}

/// Means of as many clusters as there are, drawn with replacement.
fn resampled_means(clusters: &[Cluster], resamples: usize, seed: u64) -> Vec<f64> {
    let mut random = Random::new(seed);
    let count = clusters.len();
    let length = count as u64;
    let all_single = clusters.iter().all(|cluster| cluster.size <= 1.0);
    let sums: Vec<f64> = clusters.iter().map(|cluster| cluster.sum).collect();
    let resample = |_| {
        let (mut sum, mut size) = (0.0, 0.0);
        if all_single {
            for _ in 0..count / 2 {
                let (one, other) = random.two_below(length);
                sum += sums[one] + sums[other];
            }
            if count % 2 == 1 {
                sum += sums[random.two_below(length).0];
            }
            return sum / count as f64;
        }
        for _ in 0..count {
            let drawn = clusters[random.two_below(length).0];
            sum += drawn.sum;
            size += drawn.size;
        }
        sum / size
    };
    (0..resamples).map(resample).collect()
}

/// The share of sorted means below a value, half of those at it counting, never quite 0 or 1.
fn share_below(means: &[f64], value: f64) -> f64 {
    let below = means.partition_point(|mean| *mean < value - ROUNDING) as f64;
    let up_to = means.partition_point(|mean| *mean <= value + ROUNDING) as f64;
    ((below + up_to) / 2.0 + 0.5) / (means.len() as f64 + 1.0)
}

/// Efron & Tibshirani's a: a sixth of the skewness of the means that leave one cluster out.
fn acceleration(sample: &Sample) -> f64 {
    let total: f64 = sample.clusters.iter().map(|cluster| cluster.sum).sum();
    let left: Vec<f64> =
        sample.clusters.iter().map(|c| (total - c.sum) / (sample.n as f64 - c.size)).collect();
    let mean = left.iter().sum::<f64>() / left.len() as f64;
    let (squares, cubes) = left.iter().fold((0.0, 0.0), |(squares, cubes), value| {
        let distance: f64 = mean - value;
        (squares + distance.powi(2), cubes + distance.powi(3))
    });
    if squares > 0.0 { cubes / (6.0 * squares.powf(1.5)) } else { 0.0 }
}

/// Φ⁻¹, the standard normal quantile.
fn quantile(probability: f64) -> f64 {
    Normal::standard().inverse_cdf(probability)
}

/// Φ, the standard normal distribution.
fn cumulative(place: f64) -> f64 {
    Normal::standard().cdf(place)
}

#[cfg(test)]
mod tests {
    use super::super::Pair;
    use super::super::random::Random;
    use super::{Resampled, mean_ci95, paired_difference};

    fn pair(baseline: f64, candidate: f64) -> Pair {
        Pair { baseline, candidate, group: None }
    }

    /// Cases that pass with some probability, from a seeded draw.
    fn flaky(random: &mut Random, chance: f64) -> f64 {
        if (random.bits() >> 11) as f64 / (1_u64 << 53) as f64 <= chance { 1.0 } else { 0.0 }
    }

    #[test]
    fn a_version_compared_with_itself_differs_by_exactly_nothing() {
        let same = paired_difference(&vec![pair(0.3, 0.3); 50], 1_000, 1);
        assert_eq!((same.delta, same.ci95, same.p_value, same.n), (0.0, (0.0, 0.0), 1.0, 50));
        let none = paired_difference(&[], 1_000, 1);
        assert_eq!((none.ci95, none.p_value, none.n), ((-1.0, 1.0), 1.0, 0));
    }

    #[test]
    fn the_interval_shrinks_with_alpha_and_repeats_with_the_seed() {
        let pairs: Vec<Pair> =
            (0..127_u32).map(|i| pair(f64::from(i % 7) / 7.0, f64::from(i % 5) / 5.0)).collect();
        let difference = paired_difference(&pairs, 2_000, 9);
        assert_eq!(difference, paired_difference(&pairs, 2_000, 9));
        let wide = Resampled::of(&pairs, 2_000, 9).interval(0.05 / 7.0);
        assert!(wide.0 < difference.ci95.0 && difference.ci95.1 < wide.1);
        assert!(difference.ci95.0 < difference.delta && difference.delta < difference.ci95.1);
    }

    #[test]
    fn the_p_value_and_the_interval_agree() {
        for shift in [0.0, 0.02, 0.04, 0.06, 0.08, 0.1] {
            let pairs: Vec<Pair> = (0..100_u32)
                .map(|i| pair(f64::from(i * 37 % 100) / 100.0, f64::from(i * 61 % 100) / 100.0 + shift))
                .collect();
            let found = paired_difference(&pairs, 4_000, 3);
            assert_eq!(found.p_value < 0.05, found.ci95.0 > 0.0 || found.ci95.1 < 0.0, "{found:?}");
        }
    }

    #[test]
    fn grouped_cases_count_once() {
        let grouped = |i: u32| Pair { group: Some((i / 10).to_string()), ..pair(0.0, f64::from(i / 10 % 2)) };
        let alone = paired_difference(
            &(0..60).map(|i| Pair { group: None, ..grouped(i) }).collect::<Vec<_>>(),
            2_000,
            1,
        );
        let together = paired_difference(&(0..60).map(grouped).collect::<Vec<_>>(), 2_000, 1);
        assert!(together.ci95.1 - together.ci95.0 > 2.0 * (alone.ci95.1 - alone.ci95.0));
        assert!(together.minimum_detectable > 3.0 * alone.minimum_detectable);
    }

    #[test]
    fn ninety_five_of_a_hundred_intervals_hold_the_truth() {
        let mut random = Random::new(20_240_801);
        let rounds = 400;
        let covered = (0..rounds)
            .filter(|seed| {
                let pairs: Vec<Pair> =
                    (0..127).map(|_| pair(flaky(&mut random, 0.88), flaky(&mut random, 0.88))).collect();
                let (low, high) = paired_difference(&pairs, 500, *seed).ci95;
                low <= 0.0 && 0.0 <= high
            })
            .count();
        let coverage = covered as f64 / rounds as f64;
        assert!((0.92..=0.98).contains(&coverage), "{coverage}");
    }

    #[test]
    fn a_few_broken_cases_are_not_yet_a_regression() {
        let broken = |count: usize| [vec![pair(1.0, 0.0); count], vec![pair(1.0, 1.0); 127 - count]].concat();
        assert!(paired_difference(&broken(3), 4_000, 1).ci95.1 >= 0.0);
        assert!(paired_difference(&broken(8), 4_000, 1).ci95.1 < 0.0);
    }

    #[test]
    fn a_mean_lies_within_its_interval() {
        let values: Vec<f64> = (0..127).map(|i| if i < 124 { 1.0 } else { 0.0 }).collect();
        let (mean, (low, high)) = mean_ci95(&values, 5);
        assert!(low < mean && mean < high && high <= 1.0);
        assert_eq!(mean_ci95(&[1.0, 1.0], 5), (1.0, (1.0, 1.0)));
        assert_eq!(mean_ci95(&[], 5), (0.0, (0.0, 1.0)));
    }
}
