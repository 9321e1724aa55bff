//! A sample by clusters: what is resampled as a whole.

use super::Pair;
use std::collections::BTreeMap;

/// Differences smaller than this are rounding.
pub(super) const ROUNDING: f64 = 1e-12;

/// Values that stand and fall together: their sum and their number.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Cluster {
    pub(super) sum: f64,
    pub(super) size: f64,
}

/// Values in clusters.
pub(super) struct Sample {
    pub(super) clusters: Vec<Cluster>,
    /// The mean of all values; 0 of none.
    pub(super) mean: f64,
    /// How many values there are.
    pub(super) n: usize,
    /// Whether any two values differ.
    pub(super) varies: bool,
}

impl Sample {
    /// Values that each stand for themselves.
    pub(super) fn of_values(values: &[f64]) -> Self {
        Self::new(values.iter().map(|value| (*value, None)))
    }

    /// The differences of pairs, by their groups.
    pub(super) fn of_pairs(pairs: &[Pair]) -> Self {
        Self::new(pairs.iter().map(|pair| (pair.candidate - pair.baseline, pair.group.as_deref())))
    }

    fn new<'a>(values: impl Iterator<Item = (f64, Option<&'a str>)>) -> Self {
        let mut groups: BTreeMap<&str, Cluster> = BTreeMap::new();
        let mut clusters = Vec::new();
        let (mut n, mut lowest, mut highest) = (0, f64::INFINITY, f64::NEG_INFINITY);
        for (value, group) in values {
            n += 1;
            (lowest, highest) = (lowest.min(value), highest.max(value));
            match group {
                Some(group) => {
                    let cluster = groups.entry(group).or_default();
                    cluster.sum += value;
                    cluster.size += 1.0;
                }
                None => clusters.push(Cluster { sum: value, size: 1.0 }),
            }
        }
        clusters.extend(groups.into_values());
        let sum: f64 = clusters.iter().map(|cluster| cluster.sum).sum();
        let varies = highest - lowest > ROUNDING;
        let mean = match n {
            0 => 0.0,
            _ if varies => sum / n as f64,
            _ => lowest,
        };
        Self { clusters, mean, n, varies }
    }

    /// The standard error of the mean, robust to clusters (Miller, arXiv 2411.00640, with the G/(G-1) of
    /// small samples); without groups it is sd/√n. 0 where there are not two clusters.
    pub(super) fn standard_error(&self) -> f64 {
        let count = self.clusters.len() as f64;
        if count < 2.0 || !self.varies {
            return 0.0;
        }
        let squares: f64 = self.clusters.iter().map(|c| (c.sum - c.size * self.mean).powi(2)).sum();
        (squares * count / (count - 1.0)).sqrt() / self.n as f64
    }
}

#[cfg(test)]
mod tests {
    use super::Sample;

    #[test]
    fn the_clustered_error_is_inspects_and_the_plain_one_the_textbooks() {
        let values = (0..20_u32).map(|i| (f64::from(i), ["a", "b", "c", "d"].get(i as usize % 4).copied()));
        assert!((Sample::new(values).standard_error() - (125.0_f64 / 400.0 * 4.0 / 3.0).sqrt()).abs() < 1e-9);
        assert!(
            (Sample::of_values(&[0.0, 1.0, 0.0, 1.0]).standard_error() - (1.0_f64 / 12.0).sqrt()).abs()
                < 1e-9
        );
    }
}
