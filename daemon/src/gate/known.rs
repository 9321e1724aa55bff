//! What the gate asked the store for before, in memory: a call costs no query for who makes it and for whom. A change
//! forgets it all, so that it holds from the next call on.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

/// Most rows that are held; past that, all are forgotten.
const MOST: usize = 10_000;

/// Rows of the store by what they are found by.
#[derive(Debug)]
pub(crate) struct Known<K, V> {
    rows: RwLock<HashMap<K, Arc<V>>>,
    /// Counts the times that all were forgotten.
    changes: AtomicU64,
}

impl<K, V> Default for Known<K, V> {
    fn default() -> Self {
        Self { rows: RwLock::default(), changes: AtomicU64::default() }
    }
}

impl<K: Eq + Hash, V> Known<K, V> {
    /// A row, if it was asked for since the last change.
    pub(super) fn get(&self, key: &K) -> Option<Arc<V>> {
        self.rows.read().unwrap_or_else(PoisonError::into_inner).get(key).cloned()
    }

    /// What to hand to [`Known::put`] with what is read from now on.
    pub(super) fn now(&self) -> u64 {
        self.changes.load(Ordering::Acquire)
    }

    /// Holds a row that was read when `read_at` was [`Known::now`], unless something changed since.
    pub(super) fn put(&self, key: K, row: Arc<V>, read_at: u64) {
        let mut rows = self.rows.write().unwrap_or_else(PoisonError::into_inner);
        if self.now() != read_at {
            return;
        }
        if rows.len() >= MOST {
            rows.clear();
        }
        rows.insert(key, row);
    }

    /// Forgets all, after something changed.
    pub(crate) fn forget(&self) {
        let mut rows = self.rows.write().unwrap_or_else(PoisonError::into_inner);
        self.changes.fetch_add(1, Ordering::AcqRel);
        rows.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_read_before_a_change_is_not_held_after_it() {
        let known = Known::default();
        let before = known.now();
        known.put("a", Arc::new(1), before);
        assert!(known.get(&"a").is_some());
        known.forget();
        known.put("a", Arc::new(1), before);
        assert!(known.get(&"a").is_none(), "a key that was revoked in between would open on");
    }
}
