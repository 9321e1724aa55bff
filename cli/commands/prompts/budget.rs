//! A search's budget as it is written: `2usd`, `500calls`, `200000tokens`, `30min`, or several of them.

use contract::wire::prompts::OptimisationBudget;

/// One bound.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Bound {
    Usd(f64),
    Calls(u64),
    Tokens(u64),
    Minutes(u32),
}

/// Reads a bound.
///
/// # Errors
/// If it is none.
pub(super) fn bound(text: &str) -> Result<Bound, String> {
    let wrong = || "write it as 2usd, 500calls, 200000tokens or 30min".to_owned();
    let end = text.find(|c: char| c.is_ascii_alphabetic()).ok_or_else(wrong)?;
    let (number, unit) = text.split_at(end);
    match unit {
        "usd" => number.parse().map(Bound::Usd).map_err(|_| wrong()),
        "calls" => number.parse().map(Bound::Calls).map_err(|_| wrong()),
        "tokens" => number.parse().map(Bound::Tokens).map_err(|_| wrong()),
        "min" => number.parse().map(Bound::Minutes).map_err(|_| wrong()),
        _ => Err(wrong()),
    }
}

/// Bounds as one budget: of several of a kind the last counts.
pub(super) fn budget(bounds: &[Bound]) -> OptimisationBudget {
    let mut budget = OptimisationBudget::default();
    for bound in bounds {
        match *bound {
            Bound::Usd(usd) => budget.usd = Some(usd),
            Bound::Calls(calls) => budget.calls = Some(calls),
            Bound::Tokens(tokens) => budget.tokens = Some(tokens),
            Bound::Minutes(minutes) => budget.minutes = Some(minutes),
        }
    }
    budget
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_read_with_their_units() {
        let bounds = ["2usd", "500calls", "30min"].map(|text| bound(text).unwrap());
        let read = OptimisationBudget { usd: Some(2.0), calls: Some(500), minutes: Some(30), tokens: None };
        assert_eq!(budget(&bounds), read);
        for wrong in ["2", "usd", "1.5calls", "2 eur"] {
            assert!(bound(wrong).is_err(), "{wrong}");
        }
    }
}
