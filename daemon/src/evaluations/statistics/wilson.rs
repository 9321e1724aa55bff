//! Wilson's interval of a pass rate.

/// The 97.5 % quantile of the standard normal distribution.
const Z: f64 = 1.959_963_984_540_054;

/// The 95 % interval of `passed` of `n` (Wilson 1927); 0 to 1 where n is 0.
#[must_use]
pub fn wilson(passed: u64, n: u64) -> (f64, f64) {
    if n == 0 {
        return (0.0, 1.0);
    }
    let (passed, n) = (passed.min(n) as f64, n as f64);
    let rate = passed / n;
    let middle = rate + Z * Z / (2.0 * n);
    let spread = Z * (rate * (1.0 - rate) / n + Z * Z / (4.0 * n * n)).sqrt();
    let scale = 1.0 + Z * Z / n;
    (((middle - spread) / scale).max(0.0), ((middle + spread) / scale).min(1.0))
}

#[cfg(test)]
mod tests {
    use super::wilson;

    #[test]
    fn the_interval_is_that_of_scipy() {
        let (low, high) = wilson(124, 127);
        assert!((low - 0.932_849_01).abs() < 1e-6 && (high - 0.991_934_32).abs() < 1e-6, "{low} {high}");
        assert_eq!(wilson(0, 0), (0.0, 1.0));
        assert!(wilson(5, 5).1 <= 1.0 && wilson(0, 5).0 >= 0.0);
    }
}
