//! The statistics of comparing two versions: intervals, tests, power and the verdict.

mod bootstrap;
mod fisher;
mod holm;
mod mcnemar;
mod power;
mod random;
mod retrial;
mod sample;
mod several;
mod signs;
mod verdict;
mod welch;
mod wilson;

pub(crate) use bootstrap::mean_ci95;
pub use bootstrap::paired_difference;
pub(crate) use fisher::fisher_greater;
pub(crate) use holm::holm;
pub use mcnemar::mcnemar_exact;
pub(crate) use power::cases_needed;
pub(crate) use random::Random;
pub use retrial::{TIMES, stays_broken};
pub use several::paired_differences;
pub use verdict::verdict;
pub(crate) use welch::welch;
pub use wilson::wilson;

/// One case's scores in both versions.
#[derive(Clone, Debug)]
pub struct Pair {
    /// The score in the baseline.
    pub baseline: f64,
    /// The score in the version judged.
    pub candidate: f64,
    /// The cases that it stands and falls with.
    pub group: Option<String>,
}

/// How two versions differ in one score.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// The baseline's mean.
    pub baseline: f64,
    /// The mean of the version judged.
    pub candidate: f64,
    /// `candidate - baseline`.
    pub delta: f64,
    /// The 95 % interval of the difference; -1 to 1 where nothing can be known.
    pub ci95: (f64, f64),
    /// Two-sided, 0 to 1: the larger of the same bootstrap's and the sign-flip test's.
    pub p_value: f64,
    /// The difference that these cases would show with 80 % power.
    pub minimum_detectable: f64,
    /// How many pairs there are.
    pub n: usize,
}
