//! What one call may spend: the tokens of its key's minute, and its budgets. It reserves before the call is made, and
//! gives back what the call did not use, however it ends.

use super::Caller;
use super::budget::{Budgets, Crossed, Hold, Spender};
use super::purse::{Amount, Purse};
use super::rate::{Rates, seconds};
use crate::error::{Error, Kind};
use crate::providers::{Quote, Spending};
use crate::store::Statement;
use crate::trace::Recorder;
use contract::money::Usd;
use serde_json::json;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// The account of one call.
pub(crate) struct Account {
    rates: Arc<Rates>,
    budgets: Arc<Budgets>,
    caller: Arc<Caller>,
    tags: Vec<String>,
    recorder: Recorder,
    /// What the work that it is of may use in all, where that is bounded.
    purse: Option<Arc<Purse>>,
    began_at: i64,
    reserved: Mutex<Reserved>,
}

/// What is reserved for the call.
#[derive(Default)]
struct Reserved {
    holds: Vec<Hold>,
    /// Tokens, and the times that they are noted under.
    tokens: Vec<(u64, i64)>,
    /// Of the work's purse.
    of_purse: Amount,
    is_settled: bool,
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Account({})", self.caller.key_id)
    }
}

impl Account {
    /// The account of a call that begins now.
    pub(crate) fn open(
        rates: Arc<Rates>,
        budgets: Arc<Budgets>,
        caller: Arc<Caller>,
        tags: Vec<String>,
        recorder: Recorder,
        purse: Option<Arc<Purse>>,
    ) -> Self {
        let began_at = recorder.with(|record| record.created_at.0);
        Self { rates, budgets, caller, tags, recorder, purse, began_at, reserved: Mutex::default() }
    }

    /// The tags that the call is counted under.
    pub(crate) fn tags(&self) -> &[String] {
        &self.tags
    }

    /// The purse of the work that it is of.
    pub(crate) fn purse(&self) -> Option<Arc<Purse>> {
        self.purse.clone()
    }

    fn spender(&self) -> Spender<'_> {
        Spender { caller: &self.caller, tags: &self.tags }
    }

    fn reserved(&self) -> MutexGuard<'_, Reserved> {
        self.reserved.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts what the call used in place of what is reserved for it; what the store must know, and who is to be told.
    pub(crate) fn settle(&self, cost: Usd, tokens: u64) -> (Vec<Statement>, Vec<Crossed>) {
        let mut reserved = self.reserved();
        if std::mem::replace(&mut reserved.is_settled, true) {
            return Default::default();
        }
        if let Some(purse) = &self.purse {
            purse.settle(reserved.of_purse, tokens, cost);
        }
        self.settle_tokens(&reserved.tokens, tokens);
        self.budgets.settle(self.spender(), &reserved.holds, cost, self.began_at)
    }

    /// What was used is taken from the reservations in turn; the last has what goes beyond.
    fn settle_tokens(&self, reserved: &[(u64, i64)], mut used: u64) {
        for (n, (tokens, noted_at)) in reserved.iter().enumerate() {
            let share = if n + 1 == reserved.len() { used } else { used.min(*tokens) };
            self.rates.settle_tokens(&self.caller.key_id, *tokens, share, *noted_at);
            used -= share;
        }
    }

    fn reserve_tokens(&self, reserved: &mut Reserved, quote: &Quote) -> Result<(), Error> {
        let Some(limit) = self.caller.limits.tokens_per_minute else { return Ok(()) };
        let tokens = quote.tokens();
        if tokens > limit {
            return Err(too_many(tokens, limit));
        }
        let noted = self.rates.reserve_tokens(&self.caller.key_id, limit, tokens, self.began_at);
        let noted_at = noted.map_err(|wait| {
            let wait = seconds(wait);
            let message = format!(
                "This call may use {tokens} tokens, more than is left of the key's {limit} a minute. Try again in \
                 {wait} s, or bound its answer by max_completion_tokens."
            );
            let error = Error::new(Kind::RateLimited, "rate_limit_exceeded", message).by("rate:tokens");
            Error { retry_after: Some(wait), ..error }
        })?;
        reserved.tokens.push((tokens, noted_at));
        Ok(())
    }

    fn take(&self, reserved: &mut Reserved, quote: &Quote) -> Result<(), Error> {
        let Some(purse) = &self.purse else { return Ok(()) };
        let taken = purse.reserve(quote)?;
        reserved.of_purse.tokens += taken.tokens;
        reserved.of_purse.usd += taken.usd;
        Ok(())
    }

    fn hold(&self, reserved: &mut Reserved, quote: &Quote) -> Result<(), Error> {
        let holds = self.budgets.hold(self.spender(), quote.cost, self.began_at);
        let holds = holds.inspect_err(|error| self.recorder.stage("budget", error.decision()))?;
        if !holds.is_empty() {
            self.recorder.stage("budget", "pass");
        }
        reserved.holds.extend(holds);
        Ok(())
    }
}

/// No wait helps a call that may use more than the minute ever has.
fn too_many(tokens: u64, limit: u64) -> Error {
    let message = format!(
        "This call may use {tokens} tokens, more than the {limit} a minute that the key may ever use: no wait helps. \
         Bound its answer by max_completion_tokens, send less, or ask an operator to raise tokens_per_minute."
    );
    Error::new(Kind::RateLimited, "rate_limit_exceeded", message).by("rate:tokens")
}

impl Spending for Account {
    fn is_bounded(&self) -> bool {
        self.purse.as_ref().is_some_and(|purse| purse.is_bounded())
            || self.caller.limits.tokens_per_minute.is_some()
            || self.budgets.bind(self.spender(), self.began_at)
    }

    fn reserve(&self, quote: &Quote, began: Instant) -> Result<(), Error> {
        let mut reserved = self.reserved();
        let result = self
            .reserve_tokens(&mut reserved, quote)
            .inspect_err(|error| self.recorder.stage("tokens", error.decision()))
            .and_then(|()| self.hold(&mut reserved, quote))
            .and_then(|()| self.take(&mut reserved, quote));
        let mut detail = json!({"tokens": quote.tokens(), "usd": quote.cost});
        if let Err(error) = &result {
            detail["error"] = error.code.into();
        }
        self.recorder.span("reservation", began, Some(detail));
        result
    }

    fn narrow(&self, cost: Usd) {
        let mut reserved = self.reserved();
        self.budgets.shrink(&self.caller.team, &mut reserved.holds, cost);
    }
}

impl Drop for Account {
    fn drop(&mut self) {
        // A call that was cut off in the midst of things gives back all that it held.
        self.settle(Usd::ZERO, 0);
    }
}
