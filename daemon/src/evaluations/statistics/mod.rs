//! The statistics of comparing two versions: intervals, tests, power and the verdict.

mod bootstrap;
mod fisher;
mod holm;
mod mcnemar;
mod power;
mod random;
mod sample;
mod signs;
mod verdict;
mod welch;
mod wilson;

pub(crate) use bootstrap::{mean_ci95, paired_difference, paired_interval};
pub(crate) use fisher::fisher_greater;
pub(crate) use holm::{holm, holm_levels};
pub(crate) use mcnemar::mcnemar_exact;
pub(crate) use power::cases_needed;
pub(crate) use random::Random;
pub(crate) use verdict::verdict;
pub(crate) use welch::welch;
pub(crate) use wilson::wilson;

/// One case's scores in both versions.
#[derive(Clone, Debug)]
pub(crate) struct Pair {
    /// The score in the baseline.
    pub(crate) baseline: f64,
    /// The score in the version judged.
    pub(crate) candidate: f64,
    /// The cases that it stands and falls with.
    pub(crate) group: Option<String>,
}

/// How two versions differ in one score.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Difference {
    /// The baseline's mean.
    pub(crate) baseline: f64,
    /// The mean of the version judged.
    pub(crate) candidate: f64,
    /// `candidate - baseline`.
    pub(crate) delta: f64,
    /// The 95 % interval of the difference; -1 to 1 where nothing can be known.
    pub(crate) ci95: (f64, f64),
    /// Two-sided, 0 to 1: the larger of the same bootstrap's and the sign-flip test's.
    pub(crate) p_value: f64,
    /// The difference that these cases would show with 80 % power.
    pub(crate) minimum_detectable: f64,
    /// How many pairs there are.
    pub(crate) n: usize,
}
