//! McNemar's exact test of pass and fail.

use statrs::distribution::{Binomial, DiscreteCDF};

/// The two-sided p-value for so many cases broken and so many mended: twice the smaller tail of a fair coin,
/// at most 1 (McNemar 1947, with the exact binomial).
#[must_use]
pub fn mcnemar_exact(broken: u64, mended: u64) -> f64 {
    let Ok(coin) = Binomial::new(0.5, broken.saturating_add(mended)) else { return 1.0 };
    (2.0 * coin.cdf(broken.min(mended))).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::mcnemar_exact;

    #[test]
    fn the_p_values_are_those_of_scipy() {
        for (broken, mended, p) in
            [(5, 0, 0.0625), (0, 6, 0.03125), (10, 2, 0.038_574_218_75), (0, 0, 1.0), (4, 4, 1.0)]
        {
            assert!((mcnemar_exact(broken, mended) - p).abs() < 1e-6, "{broken} {mended}");
        }
    }
}
