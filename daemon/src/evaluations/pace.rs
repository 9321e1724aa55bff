//! How many questions of the same work are under way at once: half as many after each that a limit refuses, and one more after
//! each round that none does (additive increase, multiplicative decrease; Chiu and Jain, 1989).

use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// Most at once.
const WIDEST: usize = 64;

#[derive(Debug)]
pub(super) struct Pace {
    state: Mutex<State>,
    freed: Notify,
}

#[derive(Debug)]
struct State {
    /// How many may be under way.
    width: usize,
    under_way: usize,
    /// Answered since the width last changed.
    answered: usize,
}

/// A place among those that are under way.
pub(super) struct Place<'a>(&'a Pace);

impl Default for Pace {
    fn default() -> Self {
        let state = State { width: WIDEST, under_way: 0, answered: 0 };
        Self { state: Mutex::new(state), freed: Notify::new() }
    }
}

impl Pace {
    /// A place, once there is one.
    pub(super) async fn place(&self) -> Place<'_> {
        loop {
            let freed = self.freed.notified();
            if self.take() {
                return Place(self);
            }
            freed.await;
        }
    }

    fn take(&self) -> bool {
        let mut state = self.state();
        let is_free = state.under_way < state.width;
        state.under_way += usize::from(is_free);
        is_free
    }

    /// Notes that a limit refused a question.
    pub(super) fn refused(&self) {
        let mut state = self.state();
        state.width = (state.under_way.min(state.width) / 2).max(1);
        state.answered = 0;
    }

    /// Notes that a question was let through.
    pub(super) fn answered(&self) {
        let mut state = self.state();
        state.answered += 1;
        if state.answered >= state.width && state.width < WIDEST {
            state.width += 1;
            state.answered = 0;
            drop(state);
            self.freed.notify_one();
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.state().under_way -= 1;
        self.0.freed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::FutureExt;

    #[tokio::test]
    async fn half_as_many_go_on_after_a_refusal_and_one_more_after_a_round_without() {
        let pace = Pace::default();
        let mut places: Vec<Place<'_>> = Vec::new();
        for _ in 0..8 {
            places.push(pace.place().await);
        }
        pace.refused();
        places.truncate(4);
        assert!(pace.place().now_or_never().is_none(), "four are under way, and four may be");
        for _ in 0..4 {
            pace.answered();
        }
        places.push(pace.place().now_or_never().expect("a round without a refusal makes it five"));
        assert!(pace.place().now_or_never().is_none());
        for _ in 0..9 {
            pace.refused();
        }
        places.clear();
        let _one = pace.place().now_or_never().expect("one always may");
    }
}
