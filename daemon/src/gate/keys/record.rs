//! A key as the store has it, and as it is shown.

use contract::time::Time;
use contract::wire::admin::{Key, KeySecret};

/// Secrets that are shown of a key: the newest.
const MOST_SECRETS: usize = 10;

/// A key as the store has it.
#[derive(Clone)]
pub(super) struct Record {
    /// Its settings; what follows from its secrets and the time, [`Record::shown`] adds.
    pub(super) key: Key,
    pub(super) revoked_at: Option<i64>,
    /// Its secrets, the newest first.
    pub(super) secrets: Vec<Secret>,
    /// How often an act changed it.
    pub(super) revision: i64,
}

/// One of its secrets.
#[derive(Clone, PartialEq)]
pub(super) struct Secret {
    pub(super) prefix: String,
    pub(super) generation: i64,
    pub(super) expires_at: Option<i64>,
    pub(super) revoked_at: Option<i64>,
    pub(super) last_used_at: Option<i64>,
    /// Since the newest secret was made.
    pub(super) calls: i64,
}

impl Secret {
    /// Whether it is neither revoked nor at its end.
    pub(super) fn is_live(&self, now: i64) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|at| at > now)
    }
}

impl Record {
    /// Whether a secret works until a newer one has taken over.
    pub(super) fn is_replaced(&self, secret: &Secret, now: i64) -> bool {
        let is_newest = self.secrets.first().is_some_and(|first| first.generation == secret.generation);
        !is_newest && secret.expires_at.is_some() && secret.is_live(now)
    }

    /// The key as it is shown.
    pub(super) fn shown(&self, now: i64) -> Key {
        let is_revoked = self.revoked_at.is_some();
        let is_expired = self.key.expires_at.is_some_and(|at| at.0 <= now);
        let calls: i64 = self.secrets.iter().map(|secret| secret.calls).sum();
        let shown = |secret: &Secret| {
            let status = match () {
                () if is_revoked || secret.revoked_at.is_some() => "revoked",
                () if is_expired || !secret.is_live(now) => "expired",
                () if self.is_replaced(secret, now) => "rotating",
                () => "active",
            };
            KeySecret {
                prefix: secret.prefix.clone(),
                generation: secret.generation,
                status: status.into(),
                expires_at: secret.expires_at.map(Time).or(self.key.expires_at),
                last_used_at: secret.last_used_at.map(Time),
                used_percent: if calls == 0 { 0.0 } else { secret.calls as f64 * 100.0 / calls as f64 },
            }
        };
        let secrets: Vec<KeySecret> = self.secrets.iter().take(MOST_SECRETS).map(shown).collect();
        let has = |status: &str| secrets.iter().any(|secret| secret.status == status);
        let status = match () {
            () if is_revoked || !(has("active") || has("rotating") || has("expired")) => "revoked",
            () if is_expired || !(has("active") || has("rotating")) => "expired",
            () if has("rotating") => "rotating",
            () => "active",
        };
        let newest = secrets.iter().find(|secret| secret.status == "active").or(secrets.first());
        Key {
            prefix: newest.map(|secret| secret.prefix.clone()).unwrap_or_default(),
            status: status.into(),
            last_used_at: secrets.iter().filter_map(|secret| secret.last_used_at).max(),
            secrets,
            ..self.key.clone()
        }
    }
}
