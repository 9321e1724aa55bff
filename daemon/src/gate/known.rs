//! Keys that were asked for before, in memory: a call costs no query for who makes it. A change of any key forgets them
//! all, so that it holds from the next call on.

use super::sql::Found;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

/// Most keys that are held; past that, all are forgotten.
const MOST: usize = 10_000;

/// Keys by the keyed hashes of their secrets.
#[derive(Debug, Default)]
pub(crate) struct Known {
    by_hash: RwLock<HashMap<String, Arc<Found>>>,
    /// Counts the times that all were forgotten.
    changes: AtomicU64,
}

impl Known {
    /// A key, if it was asked for since the last change.
    pub(super) fn get(&self, hash: &str) -> Option<Arc<Found>> {
        self.by_hash.read().unwrap_or_else(PoisonError::into_inner).get(hash).cloned()
    }

    /// What to hand to [`Known::put`] with what is read from now on.
    pub(super) fn now(&self) -> u64 {
        self.changes.load(Ordering::Acquire)
    }

    /// Holds a key that was read when `read_at` was [`Known::now`], unless something changed since.
    pub(super) fn put(&self, hash: String, found: Arc<Found>, read_at: u64) {
        let mut by_hash = self.by_hash.write().unwrap_or_else(PoisonError::into_inner);
        if self.now() != read_at {
            return;
        }
        if by_hash.len() >= MOST {
            by_hash.clear();
        }
        by_hash.insert(hash, found);
    }

    /// Forgets all, after something changed.
    pub(crate) fn forget(&self) {
        let mut by_hash = self.by_hash.write().unwrap_or_else(PoisonError::into_inner);
        self.changes.fetch_add(1, Ordering::AcqRel);
        by_hash.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gate::Caller;
    use serde_json::json;

    fn found() -> Arc<Found> {
        let caller: Caller = serde_json::from_value(json!({
            "team": "t", "key_id": "k", "key_name": "n", "key_prefix": "p", "generation": 1, "operator": false,
            "scopes": [], "act_as": [], "limits": {}, "role": "member", "user": null, "groups": [],
        }))
        .unwrap();
        Arc::new(Found { caller, revoked: false, expires_at: None })
    }

    #[test]
    fn what_was_read_before_a_change_is_not_held_after_it() {
        let known = Known::default();
        let before = known.now();
        known.put("a".into(), found(), before);
        assert!(known.get("a").is_some());
        known.forget();
        known.put("a".into(), found(), before);
        assert!(known.get("a").is_none(), "a key that was revoked in between would open on");
    }
}
