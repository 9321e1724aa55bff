//! How often, and when last, each secret of a key was used: counted in memory, written now and then.

use super::Entry;
use crate::gate::keys;
use crate::store::Statement;
use std::collections::HashMap;
use std::time::Duration;
use tokio::time::Instant;

/// How often it is written how keys were used.
pub(super) const NOTE_EVERY: Duration = Duration::from_secs(10);

/// Secrets of which that is remembered until it is written.
const MOST_NOTED: usize = 10_000;

/// What is to be written.
#[derive(Default)]
pub(super) struct Uses {
    counts: HashMap<(String, i64), (i64, i64)>,
    since: Option<Instant>,
}

impl Uses {
    pub(super) fn note(&mut self, entry: &Entry) {
        let Some(key) = &entry.key_id else { return };
        let count = self.counts.entry((key.clone(), entry.generation)).or_default();
        *count = (count.0 + 1, count.1.max(entry.at.0));
        self.since.get_or_insert_with(Instant::now);
    }

    pub(super) fn are_any(&self) -> bool {
        !self.counts.is_empty()
    }

    pub(super) fn are_due(&self) -> bool {
        self.since.is_some_and(|since| since.elapsed() >= NOTE_EVERY) || self.counts.len() >= MOST_NOTED
    }

    pub(super) fn take(&mut self) -> Vec<Statement> {
        self.since = None;
        let used =
            |((key, generation), (calls, at)): ((String, i64), _)| keys::used(&key, generation, calls, at);
        self.counts.drain().map(used).collect()
    }
}
