//! Canaries: a part of an environment's calls goes to another version than the one that is live there.

mod sql;

pub(super) use sql::shown;
pub(crate) use sql::{all, arms, call, disliked, end, looked, of, rolled_back, start};

use contract::time::Time;
use contract::wire::agents::CanaryCounts;
use sha2::{Digest, Sha256};

/// A canary that is under way.
#[derive(Clone, Debug)]
pub(crate) struct Canary {
    /// The promotion that began it.
    pub(crate) promotion_id: String,
    pub(crate) team: String,
    pub(crate) agent: String,
    pub(crate) environment: String,
    pub(crate) version: String,
    /// Of 100 calls.
    pub(crate) percent: u64,
    /// How often it was weighed.
    pub(crate) looks: u64,
    /// The calls of its own at which it is weighed next.
    pub(crate) next_look: u64,
    pub(crate) started_at: Time,
}

/// Whether what a canary's subject says goes to the canary. A subject goes to the same side as long as the canary lasts, and
/// each other one by its own lot.
pub(super) fn draws(promotion_id: &str, percent: u64, subject: &str) -> bool {
    let hash = Sha256::new().chain_update(promotion_id).chain_update([0]).chain_update(subject).finalize();
    let lot = hash.iter().take(8).fold(0, |lot: u64, byte| (lot << 8) | u64::from(*byte));
    lot % 100 < percent
}

/// How the calls of both sides went.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Arms {
    pub(crate) canary: CanaryCounts,
    pub(crate) live: CanaryCounts,
}

#[cfg(test)]
mod tests {
    use super::draws;

    #[test]
    fn a_canary_gets_its_share_and_a_subject_stays_where_it_is() {
        let drawn = (0..10_000).filter(|n| draws("prm_1", 10, &n.to_string())).count();
        assert!((900..1100).contains(&drawn), "{drawn}");
        assert_eq!(draws("prm_1", 50, "sarah"), draws("prm_1", 50, "sarah"));
        let others = (0..64).filter(|n| draws(&format!("prm_{n}"), 50, "sarah")).count();
        assert!((16..48).contains(&others), "another canary draws anew: {others}");
    }
}
