//! Two means of different cases.

use statrs::distribution::{ContinuousCDF, StudentsT};

/// How the means of two samples differ.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct MeanDifference {
    /// The second mean less the first.
    pub(crate) delta: f64,
    /// Its 95 % interval.
    pub(crate) ci95: (f64, f64),
    /// Two-sided, 0 to 1.
    pub(crate) p_value: f64,
}

/// Welch's test (Welch 1947), with Satterthwaite's degrees of freedom. Of samples in which nothing varies, different means
/// are taken as certain.
pub(crate) fn welch(first: &[f64], second: &[f64]) -> MeanDifference {
    let ((mean1, error1), (mean2, error2)) = (moments(first), moments(second));
    let (delta, error) = (mean2 - mean1, error1 + error2);
    let degrees = error * error
        / (error1 * error1 / (first.len() as f64 - 1.0) + error2 * error2 / (second.len() as f64 - 1.0));
    match StudentsT::new(0.0, 1.0, degrees) {
        Ok(t) if error > 0.0 => {
            let half = t.inverse_cdf(0.975) * error.sqrt();
            let p_value = 2.0 * t.sf((delta / error.sqrt()).abs());
            MeanDifference { delta, ci95: (delta - half, delta + half), p_value }
        }
        _ => {
            let p_value = if delta == 0.0 { 1.0 } else { 0.0 };
            MeanDifference { delta, ci95: (delta, delta), p_value }
        }
    }
}

/// The mean, and the square of its standard error.
fn moments(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (n - 1.0);
    (mean, variance / n)
}

#[cfg(test)]
mod tests {
    use super::welch;

    #[test]
    fn the_figures_are_those_of_scipy() {
        // scipy.stats.ttest_ind(b, a, equal_var=False), with its confidence_interval(0.95).
        let a = [0.1, 0.4, 0.35, 0.8, 0.6];
        let b = [0.9, 0.7, 0.95, 0.6, 0.85, 0.8];
        let difference = welch(&a, &b);
        assert!((difference.delta - 0.35).abs() < 1e-12);
        assert!((difference.p_value - 0.038_233_556_854).abs() < 1e-6, "{difference:?}");
        let (low, high) = difference.ci95;
        assert!(
            (low - 0.026_941_791_829).abs() < 1e-6 && (high - 0.673_058_208_171).abs() < 1e-6,
            "{difference:?}"
        );
        assert_eq!(welch(&[1.0, 1.0], &[1.0, 1.0]).p_value, 1.0);
        assert_eq!(welch(&[1.0, 1.0], &[0.0, 0.0]).p_value, 0.0);
    }
}
