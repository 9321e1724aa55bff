//! The verdict of a comparison.

use super::Difference;

/// `improved`, `unchanged`, `regressed` or `inconclusive`, from the difference of the pass rates and, for
/// each evaluator, its difference, its Holm-adjusted p-value and its Holm-adjusted interval. Regressed where
/// an interval lies below zero, whatever has improved beside it; improved where one lies above; unchanged
/// where the pass rate's lies within `margin` of zero on both sides, as it does when no pair differs; else
/// inconclusive, and so are no cases at all.
#[must_use]
pub fn verdict(
    difference: &Difference,
    evaluators: &[(Difference, f64, (f64, f64))],
    margin: f64,
) -> &'static str {
    let adjusted = || evaluators.iter().map(|(_, _, interval)| *interval);
    let (low, high) = difference.ci95;
    if high < 0.0 || adjusted().any(|(_, high)| high < 0.0) {
        "regressed"
    } else if low > 0.0 || adjusted().any(|(low, _)| low > 0.0) {
        "improved"
    } else if difference.n > 0 && low >= -margin && high <= margin {
        "unchanged"
    } else {
        "inconclusive"
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Difference, Pair, paired_difference};
    use super::verdict;

    fn overall(ci95: (f64, f64)) -> Difference {
        Difference {
            ci95,
            ..paired_difference(&[Pair { baseline: 1.0, candidate: 1.0, group: None }], 10, 1)
        }
    }

    #[test]
    fn one_evaluator_that_fell_outweighs_all_that_rose() {
        let rose = (overall((0.1, 0.2)), 0.001, (0.1, 0.2));
        let fell = (overall((-0.2, -0.1)), 0.001, (-0.2, -0.1));
        let unclear = overall((-0.05, 0.06));
        assert_eq!(verdict(&unclear, &[rose.clone(), fell], 0.01), "regressed");
        assert_eq!(verdict(&unclear, &[rose], 0.01), "improved");
        assert_eq!(verdict(&overall((-0.06, -0.01)), &[], 0.01), "regressed");
        assert_eq!(verdict(&unclear, &[], 0.01), "inconclusive");
        assert_eq!(verdict(&overall((-0.005, 0.01)), &[], 0.01), "unchanged");
        assert_eq!(verdict(&overall((0.0, 0.0)), &[], 0.0), "unchanged");
        assert_eq!(verdict(&paired_difference(&[], 10, 1), &[], 1.0), "inconclusive");
    }
}
