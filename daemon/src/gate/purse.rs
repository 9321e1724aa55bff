//! What a piece of work of many calls may use in all, beside what its key may: calls, tokens and dollars. Each call is
//! counted, and its worst case set aside, before it is made.

use crate::error::{Error, Kind};
use crate::providers::Quote;
use contract::money::Usd;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The code of a call that the purse has too little left for.
pub(crate) const SPENT: &str = "work_budget_spent";

/// So much of each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Amount {
    pub(crate) calls: u64,
    pub(crate) tokens: u64,
    pub(crate) usd: Usd,
}

/// The bounds of a purse; without one, any.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Bounds {
    pub(crate) calls: Option<u64>,
    pub(crate) tokens: Option<u64>,
    pub(crate) usd: Option<Usd>,
}

/// What a piece of work may use in all.
#[derive(Debug)]
pub(crate) struct Purse {
    bounds: Bounds,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    used: Amount,
    /// Set aside for calls under way.
    held: Amount,
    /// Kept for what comes later.
    kept: Amount,
    /// The most that was set aside for a call.
    dearest: Amount,
}

impl Purse {
    /// A purse of which so much is used already.
    pub(crate) fn new(bounds: Bounds, used: Amount) -> Self {
        Self { bounds, state: Mutex::new(State { used, ..State::default() }) }
    }

    /// What was used of it.
    pub(crate) fn used(&self) -> Amount {
        self.state().used
    }

    /// The most that was set aside for a call.
    pub(crate) fn dearest(&self) -> Amount {
        self.state().dearest
    }

    /// Keeps so much for what comes later; nothing gives it free.
    pub(crate) fn keep(&self, amount: Amount) {
        self.state().kept = amount;
    }

    /// Whether so many calls more may be made.
    pub(crate) fn has_calls(&self, calls: u64) -> bool {
        let state = self.state();
        self.bounds.calls.is_none_or(|most| state.used.calls + state.kept.calls + calls <= most)
    }

    /// Counts a call that is about to be made.
    ///
    /// # Errors
    /// If it is one too many.
    pub(crate) fn begin_call(&self) -> Result<(), Error> {
        let mut state = self.state();
        if self.bounds.calls.is_some_and(|most| state.used.calls + state.kept.calls >= most) {
            return Err(spent("calls"));
        }
        state.used.calls += 1;
        Ok(())
    }

    /// Whether a call must be quoted before it is made.
    pub(super) fn is_bounded(&self) -> bool {
        self.bounds.tokens.is_some() || self.bounds.usd.is_some()
    }

    /// Sets aside what a call could use at worst.
    ///
    /// # Errors
    /// If there isn't as much left, or its price isn't known and dollars are bounded.
    pub(super) fn reserve(&self, quote: &Quote) -> Result<Amount, Error> {
        let mut state = self.state();
        let State { used, held, kept, dearest } = &mut *state;
        let tokens = quote.tokens();
        if self.bounds.tokens.is_some_and(|most| used.tokens + held.tokens + kept.tokens + tokens > most) {
            return Err(spent("tokens"));
        }
        let usd = match (quote.cost, self.bounds.usd) {
            (None, Some(_)) => return Err(unpriced()),
            (cost, _) => cost.unwrap_or(Usd::ZERO),
        };
        if self.bounds.usd.is_some_and(|most| used.usd + held.usd + kept.usd + usd > most) {
            return Err(spent("dollars"));
        }
        held.tokens += tokens;
        held.usd += usd;
        dearest.tokens = dearest.tokens.max(tokens);
        dearest.usd = dearest.usd.max(usd);
        Ok(Amount { calls: 0, tokens, usd })
    }

    /// Puts what a call used in place of what was set aside for it.
    pub(super) fn settle(&self, reserved: Amount, tokens: u64, usd: Usd) {
        let mut state = self.state();
        state.held.tokens = state.held.tokens.saturating_sub(reserved.tokens);
        state.held.usd = Usd::from_nanos(state.held.usd.nanos() - reserved.usd.nanos());
        state.used.tokens += tokens;
        state.used.usd += usd;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn spent(of: &str) -> Error {
    let message = format!("The work's budget of {of} has too little left for another call. Give it more.");
    Error::new(Kind::QuotaSpent, SPENT, message)
}

fn unpriced() -> Error {
    let message =
        "The model's price isn't known, so that dollars can't bound it. Bound calls or tokens instead.";
    Error::new(Kind::QuotaSpent, "price_unknown", message)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CENT: Usd = Usd::from_nanos(10_000_000);

    fn purse(bounds: Bounds) -> Purse {
        Purse::new(bounds, Amount::default())
    }

    #[test]
    fn what_calls_under_way_could_cost_is_not_spent_twice() {
        let purse = purse(Bounds { usd: Some(CENT + CENT), ..Bounds::default() });
        let first = purse.reserve(&Quote::costing(CENT)).unwrap();
        let second = purse.reserve(&Quote::costing(CENT)).unwrap();
        assert_eq!(purse.reserve(&Quote::costing(CENT)).unwrap_err().code, SPENT);
        purse.settle(first, 5, Usd::ZERO);
        purse.settle(second, 5, CENT);
        assert_eq!(purse.used(), Amount { calls: 0, tokens: 10, usd: CENT });
        purse.reserve(&Quote::costing(CENT)).unwrap();
    }

    #[test]
    fn what_is_kept_for_later_is_not_spent_before() {
        let purse = purse(Bounds { calls: Some(3), ..Bounds::default() });
        purse.keep(Amount { calls: 2, ..Amount::default() });
        purse.begin_call().unwrap();
        assert!(!purse.has_calls(1));
        assert_eq!(purse.begin_call().unwrap_err().code, SPENT);
        purse.keep(Amount::default());
        assert!(purse.has_calls(2) && !purse.has_calls(3));
        purse.begin_call().unwrap();
        assert_eq!(purse.used().calls, 2);
    }
}
