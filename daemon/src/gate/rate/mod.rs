//! How often a key may call: exact sliding windows of a minute, an hour and a day, tokens a minute, and calls at the
//! same time. The windows live in memory; after a restart they are read back from the audit log.

mod window;

use crate::error::{Error, Kind};
use contract::wire::admin::{KeyLimits, KeyUse};
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use window::Window;

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
pub(crate) const DAY: i64 = 24 * HOUR;

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

/// A call that was made before the daemon started.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Past {
    pub(crate) at: i64,
    pub(crate) tokens: u64,
}

/// The windows of one key.
#[derive(Debug)]
struct Windows {
    calls: [Window; 3],
    tokens: Window,
    running: u32,
    /// Whether the key's calls are counted: not while it has no limits.
    is_counted: bool,
}

impl Windows {
    fn new() -> Self {
        Self {
            calls: [MINUTE, HOUR, DAY].map(Window::new),
            tokens: Window::new(MINUTE),
            running: 0,
            is_counted: true,
        }
    }

    fn advance(&mut self, now: i64) {
        self.calls.iter_mut().chain([&mut self.tokens]).for_each(|window| window.advance(now));
    }
}

/// The windows of every limited key that called since the daemon started.
#[derive(Debug, Default)]
pub(crate) struct Rates {
    keys: Mutex<HashMap<String, Windows>>,
}

/// One of the calls that a key may make at the same time; dropping it lets the next one in.
#[derive(Debug)]
pub(crate) struct Slot {
    rates: Arc<Rates>,
    key: String,
    is_free: AtomicBool,
}

impl Slot {
    /// Lets the next one in already: the call only waits for work that takes slots of its own.
    pub(crate) fn free(&self) {
        if self.is_free.swap(true, Ordering::Relaxed) {
            return;
        }
        if let Some(windows) = self.rates.keys().get_mut(&self.key) {
            windows.running = windows.running.saturating_sub(1);
        }
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.free();
    }
}

/// Why a call may not be made now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Full {
    /// A window is full of calls: `minute`, `hour` or `day`.
    Calls(Standing, &'static str),
    /// As many calls as may are under way.
    Concurrent(u32),
}

fn per_window(limits: &KeyLimits) -> [Option<u32>; 3] {
    [limits.per_minute, limits.per_hour, limits.per_day]
}

impl Rates {
    fn keys(&self) -> MutexGuard<'_, HashMap<String, Windows>> {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the windows of a key are known, or must be read back with [`Rates::load`] first.
    pub(crate) fn knows(&self, key: &str) -> bool {
        self.keys().get(key).is_some_and(|windows| windows.is_counted)
    }

    /// The calls that a key made before the daemon started, the oldest first; nothing, if it is known already.
    pub(crate) fn load(&self, key: &str, limits: &KeyLimits, past: &[Past]) {
        let mut keys = self.keys();
        let running = match keys.get(key) {
            Some(windows) if windows.is_counted => return,
            uncounted => uncounted.map_or(0, |windows| windows.running),
        };
        let mut windows = Windows { running, ..Windows::new() };
        for call in past {
            note(&mut windows, limits, call.at);
            windows.tokens.add(call.tokens, limits.tokens_per_minute.unwrap_or(0), call.at);
        }
        keys.insert(key.to_owned(), windows);
    }

    /// Counts a call, or refuses it: never more than a limit in any window of its length.
    ///
    /// # Errors
    /// If a window is full, or too many calls are under way.
    pub(crate) fn admit(
        self: &Arc<Self>,
        key: &str,
        limits: &KeyLimits,
        now: i64,
    ) -> Result<(Option<Standing>, Option<Slot>), Full> {
        let mut keys = self.keys();
        if *limits == KeyLimits::default() {
            // Limits that are set later are counted from the log, but for the calls that are under way.
            if let Some(windows) = keys.remove(key).filter(|windows| windows.running > 0) {
                let uncounted = Windows { running: windows.running, is_counted: false, ..Windows::new() };
                keys.insert(key.to_owned(), uncounted);
            }
            return Ok((None, None));
        }
        let windows = keys.entry(key.to_owned()).or_insert_with(Windows::new);
        windows.advance(now);
        let limited = per_window(limits).into_iter().zip(&windows.calls).zip(["minute", "hour", "day"]);
        let full = limited.filter_map(|((limit, window), name)| {
            let limit = limit?;
            Some((window.wait(u64::from(limit), 1, now)?, limit, name))
        });
        if let Some((reset_ms, limit, name)) = full.max() {
            return Err(Full::Calls(Standing { limit, remaining: 0, reset_ms }, name));
        }
        if let Some(most) = limits.concurrent.filter(|most| windows.running >= *most) {
            return Err(Full::Concurrent(most));
        }
        note(windows, limits, now);
        windows.running += 1;
        let slot = Slot { rates: Arc::clone(self), key: key.to_owned(), is_free: AtomicBool::new(false) };
        Ok((standing(windows, limits, now), Some(slot)))
    }

    /// How a key stands, where it is limited.
    pub(crate) fn standing(&self, key: &str, limits: &KeyLimits, now: i64) -> Option<Standing> {
        let mut keys = self.keys();
        let windows = keys.get_mut(key)?;
        windows.advance(now);
        standing(windows, limits, now)
    }

    /// Counts tokens that a call may use; the time that they are noted under.
    ///
    /// # Errors
    /// If they don't fit into the minute: milliseconds until they do.
    pub(crate) fn reserve_tokens(&self, key: &str, limit: u64, tokens: u64, now: i64) -> Result<i64, i64> {
        let mut keys = self.keys();
        let window = &mut keys.entry(key.to_owned()).or_insert_with(Windows::new).tokens;
        window.advance(now);
        match window.wait(limit, tokens, now) {
            Some(wait) => Err(wait),
            None => Ok(window.add(tokens, limit, now)),
        }
    }

    /// Puts what a call used in place of what was counted for it at a time.
    pub(crate) fn settle_tokens(&self, key: &str, reserved: u64, used: u64, noted_at: i64) {
        if let Some(windows) = self.keys().get_mut(key) {
            let window = &mut windows.tokens;
            window.give_back(reserved.saturating_sub(used), noted_at);
            if used > reserved {
                window.add(used - reserved, 0, noted_at);
            }
        }
    }

    /// How many calls a key has in its windows.
    pub(crate) fn used(&self, key: &str, now: i64) -> KeyUse {
        let mut keys = self.keys();
        let Some(windows) = keys.get_mut(key) else { return KeyUse::default() };
        windows.advance(now);
        let [minute, hour, day] = windows.calls.each_ref().map(Window::amount);
        KeyUse { minute, hour, day }
    }
}

/// Every window counts, so that a limit that is set later finds what was.
fn note(windows: &mut Windows, limits: &KeyLimits, now: i64) {
    for (limit, window) in per_window(limits).into_iter().zip(&mut windows.calls) {
        window.add(1, limit.map_or(u64::MAX, u64::from), now);
    }
}

fn standing(windows: &Windows, limits: &KeyLimits, now: i64) -> Option<Standing> {
    let standings = per_window(limits).into_iter().zip(&windows.calls).filter_map(|(limit, window)| {
        let limit = limit?;
        let used = u32::try_from(window.amount()).unwrap_or(u32::MAX);
        let reset_ms = window.resets_at().map_or(0, |at| at - now);
        Some(Standing { limit, remaining: limit.saturating_sub(used), reset_ms })
    });
    standings.min_by_key(|standing| standing.remaining)
}

/// The whole seconds that a wait takes.
pub(super) fn seconds(milliseconds: i64) -> u64 {
    u64::try_from((milliseconds + 999) / 1000).unwrap_or(1)
}

/// The error of a key that may not call now.
pub(crate) fn refusal(full: &Full) -> Error {
    let (message, wait, rule) = match full {
        Full::Calls(standing, window) => {
            let wait = seconds(standing.reset_ms);
            let text = format!("The key has made the {} calls a {window} that it may.", standing.limit);
            (format!("{text} Try again in {wait} s."), wait, format!("rate:{window}"))
        }
        Full::Concurrent(most) => {
            let text = format!("The key has {most} calls under way, as many as it may.");
            (format!("{text} Try again when one has ended."), 1, "rate:concurrent".into())
        }
    };
    let error = Error::new(Kind::RateLimited, "rate_limit_exceeded", message).by(rule);
    Error { retry_after: Some(wait), ..error }
}

#[cfg(test)]
mod tests;
