//! One sliding window: what happened within the last so many milliseconds.

use std::collections::VecDeque;

/// Most entries of a window. A limit above it is kept in coarser grains: what happened in the same grain leaves the
/// window together, with the last of it, so that the limit still holds in every window.
const MOST_ENTRIES: i64 = 4096;

/// What happened at about the same time.
#[derive(Clone, Copy, Debug)]
struct Entry {
    first: i64,
    last: i64,
    amount: u64,
}

/// Calls or tokens in a sliding window.
#[derive(Clone, Debug)]
pub(super) struct Window {
    /// Its length in milliseconds.
    pub(super) span: i64,
    entries: VecDeque<Entry>,
    amount: u64,
}

impl Window {
    /// An empty window of so many milliseconds.
    pub(super) fn new(span: i64) -> Self {
        Self { span, entries: VecDeque::new(), amount: 0 }
    }

    /// What is in it.
    pub(super) fn amount(&self) -> u64 {
        self.amount
    }

    /// When the oldest of what is in it leaves it.
    pub(super) fn resets_at(&self) -> Option<i64> {
        self.entries.front().map(|entry| entry.last + self.span)
    }

    /// Lets go of what is older than the window.
    pub(super) fn advance(&mut self, now: i64) {
        while let Some(oldest) = self.entries.front().filter(|oldest| oldest.last <= now - self.span) {
            self.amount -= oldest.amount;
            self.entries.pop_front();
        }
    }

    /// Milliseconds until so much more fits under a limit; none if it fits now, the window's length if it never does.
    pub(super) fn wait(&self, limit: u64, more: u64, now: i64) -> Option<i64> {
        let mut left = self.amount;
        let fits = |left: u64| left.saturating_add(more) <= limit;
        if fits(left) {
            return None;
        }
        for entry in &self.entries {
            left -= entry.amount;
            if fits(left) {
                return Some(entry.last + self.span - now);
            }
        }
        Some(self.span)
    }

    /// Notes what happens now under a limit; the time that it is noted under.
    pub(super) fn add(&mut self, amount: u64, limit: u64, now: i64) -> i64 {
        let most = u64::try_from(MOST_ENTRIES).unwrap_or(u64::MAX);
        let grain = if limit > most { (self.span / MOST_ENTRIES).max(1) } else { 1 };
        self.amount += amount;
        match self.entries.back_mut() {
            // A clock that steps back, or a call that comes late, puts nothing before what was.
            Some(newest) if now - newest.first < grain => {
                newest.last = newest.last.max(now);
                newest.amount += amount;
                newest.last
            }
            _ => {
                self.entries.push_back(Entry { first: now, last: now, amount });
                now
            }
        }
    }

    /// Makes what was noted at a time less: it turned out to be so much smaller.
    pub(super) fn give_back(&mut self, amount: u64, noted_at: i64) {
        let holds = |entry: &&mut Entry| entry.first <= noted_at && noted_at <= entry.last;
        if let Some(entry) = self.entries.iter_mut().rev().find(holds) {
            let less = amount.min(entry.amount);
            entry.amount -= less;
            self.amount -= less;
        }
    }
}
