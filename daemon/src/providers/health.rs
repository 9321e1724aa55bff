//! How targets fare: one that failed too often rests, then a single call tries it.

use super::failure::Failure;
use crate::config::Routing;
use contract::time::Time;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// What is kept of each target, by `provider/model`.
#[derive(Debug, Default)]
pub(crate) struct Health {
    targets: Mutex<BTreeMap<String, Condition>>,
}

/// How one target fares.
#[derive(Clone, Debug, Default)]
struct Condition {
    answered: u64,
    failed: u64,
    in_a_row: u32,
    rests_until: Option<Instant>,
    /// Whether a call is trying it after its rest.
    is_tried: bool,
    last_error: Option<Value>,
}

/// How one target fares, for operators.
#[derive(Clone, Debug)]
pub(crate) struct Standing {
    pub(crate) target: String,
    /// `healthy`, `resting`, or `on trial`: its rest is over and the next call tries it.
    pub(crate) state: &'static str,
    pub(crate) answered: u64,
    pub(crate) failed: u64,
    pub(crate) last_error: Option<Value>,
}

impl Health {
    /// Whether a target may be asked now. After its rest only one call at a time may, until it answers.
    pub(crate) fn admits(&self, target: &str, now: Instant) -> bool {
        let mut targets = self.targets.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(condition) = targets.get_mut(target) else { return true };
        match condition.rests_until {
            None => true,
            Some(until) if until > now => false,
            Some(_) => !std::mem::replace(&mut condition.is_tried, true),
        }
    }

    /// When a target's rest ends, if it rests.
    pub(crate) fn rests_until(&self, target: &str) -> Option<Instant> {
        self.targets.lock().unwrap_or_else(PoisonError::into_inner).get(target)?.rests_until
    }

    /// Notes an answer.
    pub(crate) fn answered(&self, target: &str) {
        self.change(target, |condition| {
            condition.answered += 1;
            condition.in_a_row = 0;
            condition.rests_until = None;
            condition.is_tried = false;
        });
    }

    /// Notes a failure. A target rests after too many in a row, after failing the trial, or when it asks to.
    pub(crate) fn failed(&self, target: &str, failure: &Failure, routing: &Routing, now: Instant) {
        self.change(target, |condition| {
            condition.failed += 1;
            condition.last_error = Some(failure.shown(Time::now()));
            condition.in_a_row += 1;
            let on_trial = std::mem::take(&mut condition.is_tried);
            let rest = Duration::from_secs(routing.cool_down_seconds);
            let asked =
                failure.retry_after.filter(|wait| *wait > Duration::from_millis(routing.most_backoff_ms));
            if on_trial || condition.in_a_row >= routing.failures || asked.is_some() {
                condition.rests_until = Some(now + asked.unwrap_or(rest).min(rest * 10));
            }
        });
    }

    /// Notes that a call that was to try a target ended without saying anything of it.
    pub(crate) fn left(&self, target: &str) {
        let mut targets = self.targets.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(condition) = targets.get_mut(target) {
            condition.is_tried = false;
        }
    }

    /// Of every target that was asked.
    pub(crate) fn standings(&self, now: Instant) -> Vec<Standing> {
        let targets = self.targets.lock().unwrap_or_else(PoisonError::into_inner);
        let standing = |(target, condition): (&String, &Condition)| Standing {
            target: target.clone(),
            state: match condition.rests_until {
                None => "healthy",
                Some(until) if until > now => "resting",
                Some(_) => "on trial",
            },
            answered: condition.answered,
            failed: condition.failed,
            last_error: condition.last_error.clone(),
        };
        targets.iter().map(standing).collect()
    }

    fn change(&self, target: &str, change: impl FnOnce(&mut Condition)) {
        let mut targets = self.targets.lock().unwrap_or_else(PoisonError::into_inner);
        match targets.get_mut(target) {
            Some(condition) => change(condition),
            None => change(targets.entry(target.to_owned()).or_default()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::providers::failure::Fault;

    fn routing() -> Routing {
        Routing { retries: 0, backoff_ms: 1, most_backoff_ms: 1000, failures: 2, cool_down_seconds: 30 }
    }

    #[test]
    fn a_target_rests_after_failures_in_a_row_and_one_call_tries_it_afterwards() {
        let (health, now) = (Health::default(), Instant::now());
        let fail = |at| health.failed("a/b", &Failure::silent(Fault::Failed, "x"), &routing(), at);
        fail(now);
        assert!(health.admits("a/b", now));
        fail(now);
        assert!(!health.admits("a/b", now));
        let later = now + Duration::from_secs(31);
        assert!(health.admits("a/b", later) && !health.admits("a/b", later), "one trial at a time");
        fail(later);
        assert!(!health.admits("a/b", later + Duration::from_secs(29)), "a failed trial is a new rest");
        let again = later + Duration::from_secs(31);
        assert!(health.admits("a/b", again));
        health.answered("a/b");
        assert!(health.admits("a/b", again) && health.admits("a/b", again));
        assert_eq!((health.standings(again)[0].answered, health.standings(again)[0].failed), (1, 3));
    }

    #[test]
    fn a_provider_that_asks_for_a_long_wait_is_given_it() {
        let (health, now) = (Health::default(), Instant::now());
        let wait = Some(Duration::from_secs(120));
        let failure = Failure { retry_after: wait, ..Failure::silent(Fault::Overloaded, "x") };
        health.failed("a/b", &failure, &routing(), now);
        assert!(!health.admits("a/b", now + Duration::from_secs(119)));
        assert!(health.admits("a/b", now + Duration::from_secs(121)));
    }
}
