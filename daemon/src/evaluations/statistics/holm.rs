//! Holm's correction for testing several evaluators at once (Holm 1979).

/// The adjusted p-values, in the order given: the k-th smallest of m times m - k + 1, never below the one
/// before it, at most 1.
pub(crate) fn holm(p_values: &[f64]) -> Vec<f64> {
    let mut adjusted = vec![1.0; p_values.len()];
    let mut highest: f64 = 0.0;
    for (rank, at) in ascending(p_values).into_iter().enumerate() {
        let p = p_values.get(at).copied().filter(|p| !p.is_nan()).unwrap_or(1.0);
        highest = highest.max((p * (p_values.len() - rank) as f64).min(1.0));
        if let Some(place) = adjusted.get_mut(at) {
            *place = highest;
        }
    }
    adjusted
}

/// The level at which each is tested so that together they err with probability `alpha`: the k-th smallest at
/// alpha/(m - k + 1), and after the first that is not rejected all at that one's level. An interval at its
/// level leaves zero out where the adjusted p-value is below `alpha`.
pub(super) fn holm_levels(p_values: &[f64], alpha: f64) -> Vec<f64> {
    let mut levels = vec![alpha; p_values.len()];
    let mut stopped_at = None;
    for (rank, at) in ascending(p_values).into_iter().enumerate() {
        let level = stopped_at.unwrap_or(alpha / (p_values.len() - rank) as f64);
        if stopped_at.is_none() && p_values.get(at).is_none_or(|p| p.is_nan() || *p >= level) {
            stopped_at = Some(level);
        }
        if let Some(place) = levels.get_mut(at) {
            *place = level;
        }
    }
    levels
}

/// The places of p-values from the smallest to the largest.
fn ascending(p_values: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    order.sort_by(|a, b| {
        let p = |at: &usize| p_values.get(*at).copied().unwrap_or(1.0);
        p(a).total_cmp(&p(b))
    });
    order
}

#[cfg(test)]
mod tests {
    use super::{holm, holm_levels};

    #[test]
    fn adjusted_p_values_step_down() {
        let adjusted = holm(&[0.01, 0.04, 0.03, 0.005]);
        for (found, expected) in adjusted.iter().zip([0.03, 0.06, 0.06, 0.02]) {
            assert!((found - expected).abs() < 1e-12, "{adjusted:?}");
        }
        assert!(holm(&[]).is_empty());
    }

    #[test]
    fn levels_stop_at_the_first_that_is_not_rejected() {
        let levels = holm_levels(&[0.01, 0.04, 0.03, 0.005], 0.05);
        for (found, expected) in levels.iter().zip([0.05 / 3.0, 0.025, 0.025, 0.0125]) {
            assert!((found - expected).abs() < 1e-12, "{levels:?}");
        }
    }
}
