//! Rotation: a new secret under the same key, beside the old one for a while.

use super::record::{Record, Secret as Stored};
use super::{changeable, ended, sql};
use crate::act::Act;
use crate::error::{Error, Kind};
use crate::gate::Caller;
use crate::gate::authenticate::Pepper;
use crate::store::Db;
use contract::duration::Span;
use contract::key::{Kind as SecretKind, Secret};
use contract::time::Time;
use contract::wire::admin::{Key, RevokeKeyRequest, RotateKeyRequest, Which};

/// Longest overlap.
const MOST_OVERLAP: Span = Span::from_seconds(90 * 24 * 60 * 60);

/// Gives a key a new secret; the old one works on for the overlap.
///
/// # Errors
/// If the key has ended, its role stands above the operator's, or a rotation is under way that is not to be ended.
pub(crate) async fn rotate(
    db: &Db,
    pepper: &Pepper,
    by: &Caller,
    request: RotateKeyRequest,
    now: Time,
) -> Result<Act<Key>, Error> {
    let (record, now) = (changeable(db, by, &request.key_id).await?, now.0);
    let before = record.shown(now);
    if before.status == "revoked" {
        return Err(ended(&before));
    }
    if request.overlap > MOST_OVERLAP {
        return Err(Error::invalid("overlap", format!("The overlap is {MOST_OVERLAP} at most.")));
    }
    if let (Some(older), false) = (older(&record, now).next(), request.end_older) {
        let until = older.expires_at.map(|at| Time(at).to_string()).unwrap_or_default();
        let message = format!(
            "The key {} is being rotated already: {} works until {until}. Revoke that first (`katonic keys revoke {} \
             --old`), or send `end_older`.",
            before.name, older.prefix, before.name
        );
        return Err(Error::new(Kind::Conflict, "rotation_under_way", message));
    }
    let is_test = before.prefix.starts_with(SecretKind::Test.prefix());
    let secret = Secret::generate(if is_test { SecretKind::Test } else { SecretKind::Live })
        .map_err(Error::internal)?;
    let newest = Stored {
        prefix: secret.display(),
        generation: record.secrets.first().map_or(0, |secret| secret.generation) + 1,
        expires_at: None,
        revoked_at: None,
        last_used_at: None,
        calls: 0,
    };
    let mut rotated = record.clone();
    replace(&mut rotated.secrets, now, now.saturating_add(request.overlap.millis()));
    let mut statements = sql::change(&record, &rotated)?;
    let hash = pepper.hash(secret.expose());
    statements.extend([sql::count_anew(&before.id), sql::add_secret(&before, &newest, &hash, now)]);
    rotated.secrets.insert(0, newest);
    let key = Key { secret: Some(secret.expose().to_owned()), ..rotated.shown(now) };
    Ok(Act::new(key.clone(), statements).changing(before, key))
}

/// Before a newer secret comes: of those that work, the newest goes on until its end, and the others end now.
fn replace(secrets: &mut [Stored], now: i64, end_at: i64) {
    let mut live = secrets.iter_mut().filter(|secret| secret.is_live(now));
    if let Some(newest) = live.next() {
        newest.expires_at = Some(end_at);
    }
    live.for_each(|older| older.revoked_at = Some(now));
    secrets.iter_mut().for_each(|secret| secret.calls = 0);
}

/// The live secrets that a newer one replaces.
fn older(record: &Record, now: i64) -> impl Iterator<Item = &Stored> {
    record.secrets.iter().filter(move |secret| record.is_replaced(secret, now))
}

/// Ends a key, or one of its secrets, at once.
///
/// # Errors
/// If there is no such key, its role stands above the operator's, or its newest secret is its only one.
pub(crate) async fn revoke(
    db: &Db,
    by: &Caller,
    request: &RevokeKeyRequest,
    now: Time,
) -> Result<Act<Key>, Error> {
    let (record, now) = (changeable(db, by, &request.key_id).await?, now.0);
    let before = record.shown(now);
    let mut revoked = record.clone();
    let replaced: Vec<i64> = older(&record, now).map(|secret| secret.generation).collect();
    match request.which {
        Which::All => revoked.revoked_at = record.revoked_at.or(Some(now)),
        Which::Old => {
            let old = revoked.secrets.iter_mut().filter(|secret| replaced.contains(&secret.generation));
            old.for_each(|secret| secret.revoked_at = Some(now));
        }
        Which::New => {
            let is_live = before.secrets.first().is_some_and(|newest| newest.status == "active");
            let (true, Some(before)) = (is_live, replaced.first()) else { return Err(only_secret(&before)) };
            for secret in &mut revoked.secrets {
                if secret.generation == *before {
                    secret.expires_at = None;
                }
            }
            if let Some(newest) = revoked.secrets.first_mut() {
                newest.revoked_at = Some(now);
            }
        }
    }
    let after = revoked.shown(now);
    Ok(Act::new(after.clone(), sql::change(&record, &revoked)?).changing(before, after))
}

fn only_secret(key: &Key) -> Error {
    let message =
        format!("The key {} has one live secret. Rotate it first, or revoke the key as a whole.", key.name);
    Error::new(Kind::Conflict, "only_secret", message)
}
