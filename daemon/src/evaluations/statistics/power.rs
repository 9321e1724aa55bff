//! What a suite can show at all: its minimum detectable effect, and how many cases another would take.

/// 1.96 for two-sided 5 % and 0.84 for 80 % power: together the 2.80 of textbooks (Miller, arXiv 2411.00640).
const BOTH_ERRORS: f64 = 1.959_963_984_540_054 + 0.841_621_233_572_914_3;

/// The difference that is found 80 % of the time, from the standard error sd/√n.
pub(super) fn minimum_detectable(standard_error: f64) -> f64 {
    BOTH_ERRORS * standard_error
}

/// How many cases would show an effect 80 % of the time, when their differences have this standard deviation.
/// At least one; `usize::MAX` where no number would.
pub(crate) fn cases_needed(sd: f64, effect: f64) -> usize {
    let cases = (BOTH_ERRORS * sd / effect).powi(2).ceil();
    if cases.is_finite() { (cases as usize).max(1) } else { usize::MAX }
}

#[cfg(test)]
mod tests {
    use super::{cases_needed, minimum_detectable};

    #[test]
    fn four_points_at_ten_percent_discordance_take_491_cases() {
        let sd = 0.1_f64.sqrt();
        assert_eq!(cases_needed(sd, 0.04), 491);
        assert!((minimum_detectable(sd / 127.0_f64.sqrt()) - 0.079).abs() < 0.0005);
        assert_eq!(cases_needed(sd, 0.0), usize::MAX);
        assert_eq!(cases_needed(0.0, 0.1), 1);
    }
}
