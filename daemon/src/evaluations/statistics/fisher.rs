//! Fisher's exact test of two shares.

use statrs::distribution::{DiscreteCDF, Hypergeometric};

/// The one-sided p-value that the first share is greater: how likely at least so many of its kind are, were they dealt out
/// to both sides by lot (Fisher 1934, "Statistical Methods for Research Workers", section 21.02). Each side is how many are
/// of the kind, and how many there are.
pub(crate) fn fisher_greater((first, of_first): (u64, u64), (second, of_second): (u64, u64)) -> f64 {
    let all = of_first.saturating_add(of_second);
    let Ok(lots) = Hypergeometric::new(all, first.saturating_add(second), of_first) else { return 1.0 };
    match first.checked_sub(1) {
        Some(fewer) => lots.sf(fewer).clamp(0.0, 1.0),
        None => 1.0,
    }
}

#[cfg(test)]
mod tests {
    use super::fisher_greater;

    #[test]
    fn the_p_values_are_those_of_counting() {
        // The lady who tastes tea: all four cups of eight, one way of 70; three of four, 17 ways.
        for (first, second, p) in
            [((4, 4), (0, 4), 1.0 / 70.0), ((3, 4), (1, 4), 17.0 / 70.0), ((0, 4), (4, 4), 1.0)]
        {
            assert!((fisher_greater(first, second) - p).abs() < 1e-9, "{first:?} {second:?}");
        }
        assert_eq!(fisher_greater((5, 5), (0, 0)), 1.0, "with nothing beside it nothing is worse");
    }
}
