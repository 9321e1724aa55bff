//! How often a key may call: exact sliding windows of a minute, an hour and a day.

use crate::error::{Error, Kind};
use contract::wire::admin::KeyLimits;
use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// What a key has left in its tightest window, for the answer's headers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Standing {
    /// Calls that the window allows.
    pub(crate) limit: u32,
    /// Calls left in it.
    pub(crate) remaining: u32,
    /// Milliseconds until the oldest call leaves it.
    pub(crate) reset_ms: i64,
}

/// The calls of each limited key within the last day, by their times.
#[derive(Debug, Default)]
pub(crate) struct Rates {
    calls: Mutex<HashMap<String, VecDeque<i64>>>,
}

impl Rates {
    /// Counts a call, or refuses it: never more than a limit in any window of its length.
    ///
    /// # Errors
    /// If a window is full: that window, and how long it stays so.
    pub(crate) fn admit(
        &self,
        key: &str,
        limits: &KeyLimits,
        now: i64,
    ) -> Result<Option<Standing>, Standing> {
        let windows = [(limits.per_minute, MINUTE), (limits.per_hour, HOUR), (limits.per_day, DAY)];
        let windows: Vec<(u32, i64)> =
            windows.iter().filter_map(|(limit, span)| limit.map(|l| (l, *span))).collect();
        let Some(longest) = windows.iter().map(|(_, span)| *span).max() else { return Ok(None) };
        let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        let times = calls.entry(key.to_owned()).or_default();
        while times.front().is_some_and(|at| *at <= now - longest) {
            times.pop_front();
        }
        let waits =
            windows.iter().filter_map(|(limit, span)| Some((wait(times, *limit, *span, now)?, *limit)));
        if let Some((wait, limit)) = waits.max() {
            return Err(Standing { limit, remaining: 0, reset_ms: wait });
        }
        times.push_back(now);
        Ok(windows
            .iter()
            .map(|(limit, span)| standing(times, *limit, *span, now))
            .min_by_key(|s| s.remaining))
    }
}

/// Milliseconds until a window has room, if it is full.
fn wait(times: &VecDeque<i64>, limit: u32, span: i64, now: i64) -> Option<i64> {
    let nth = times.len().checked_sub(limit as usize)?;
    match times.get(nth) {
        Some(at) => Some(at + span - now).filter(|wait| *wait > 0),
        None => Some(span),
    }
}

fn standing(times: &VecDeque<i64>, limit: u32, span: i64, now: i64) -> Standing {
    let first = times.partition_point(|at| *at <= now - span);
    let used = u32::try_from(times.len() - first).unwrap_or(u32::MAX);
    let reset_ms = times.get(first).map_or(0, |at| at + span - now);
    Standing { limit, remaining: limit.saturating_sub(used), reset_ms }
}

/// The error for a full window.
pub(crate) fn refusal(standing: &Standing) -> Error {
    let seconds = u64::try_from((standing.reset_ms + 999) / 1000).unwrap_or(1);
    let message = format!("The key has made all the calls it may for now. Try again in {seconds} s.");
    Error { retry_after: Some(seconds), ..Error::new(Kind::RateLimited, "rate_limit_exceeded", message) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits(per_minute: u32) -> KeyLimits {
        KeyLimits { per_minute: Some(per_minute), ..KeyLimits::default() }
    }

    #[test]
    fn never_more_than_the_limit_in_any_minute() {
        let rates = Rates::default();
        let mut admitted = Vec::new();
        for now in (0..200_000).step_by(700) {
            if rates.admit("k", &limits(10), now).is_ok() {
                admitted.push(now);
            }
        }
        for start in &admitted {
            assert!(admitted.iter().filter(|at| (*start..start + MINUTE).contains(*at)).count() <= 10);
        }
        assert!(admitted.len() >= 30, "and no fewer than it could: {}", admitted.len());
    }

    #[test]
    fn a_refusal_says_when_to_come_back() {
        let rates = Rates::default();
        rates.admit("k", &limits(1), 1_000).unwrap();
        let standing = rates.admit("k", &limits(1), 31_500).unwrap_err();
        assert_eq!((standing.limit, standing.remaining), (1, 0));
        assert_eq!(refusal(&standing).retry_after, Some(30));
        assert!(rates.admit("k", &limits(1), 61_000).is_ok());
        assert!(rates.admit("other", &limits(1), 31_500).is_ok());
    }

    #[test]
    fn a_limit_of_zero_lets_nothing_through() {
        assert!(Rates::default().admit("k", &limits(0), 5).is_err());
    }
}
