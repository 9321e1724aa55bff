//! Rotation: a new secret under the same key, beside the old one for a while.

use super::{changeable, ended, find, sql};
use crate::error::{Error, Kind};
use crate::gate::Caller;
use crate::gate::authenticate::Pepper;
use crate::store::{Db, StoreError};
use contract::duration::Span;
use contract::key::{Kind as SecretKind, Secret};
use contract::time::Time;
use contract::wire::admin::{Key, KeySecret, RevokeKeyRequest, RotateKeyRequest, Which};

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
) -> Result<Key, Error> {
    let key = changeable(db, by, &request.key_id).await?;
    if key.status == "revoked" {
        return Err(ended(&key));
    }
    if request.overlap > MOST_OVERLAP {
        return Err(Error::invalid("overlap", format!("The overlap is {MOST_OVERLAP} at most.")));
    }
    if let (Some(older), false) = (older(&key).next(), request.end_older) {
        let until = older.expires_at.map(|at| at.to_string()).unwrap_or_default();
        let message = format!(
            "The key {} is being rotated already: {} works until {until}. Revoke that first (`katonic keys revoke {} \
             --old`), or send `end_older`.",
            key.name, older.prefix, key.name
        );
        return Err(Error::new(Kind::Conflict, "rotation_under_way", message));
    }
    let kind =
        if key.prefix.starts_with(SecretKind::Test.prefix()) { SecretKind::Test } else { SecretKind::Live };
    let secret = Secret::generate(kind).map_err(Error::internal)?;
    let now = Time::now();
    let newest = key.secrets.first().map_or(0, |secret| secret.generation);
    let new = sql::NewSecret {
        key: &key,
        generation: newest + 1,
        replaced: key.secrets.iter().find(|secret| is_live(secret)).map_or(0, |secret| secret.generation),
        hash: &pepper.hash(secret.expose()),
        prefix: &secret.display(),
        now: now.0,
        older_end_at: now.0.saturating_add(request.overlap.millis()),
    };
    sql::add_secret(db, &new).await.map_err(|error| match error {
        StoreError::Conflict => Error::new(
            Kind::Conflict,
            "rotation_under_way",
            "Somebody else rotated this key at the same time. Look at it before you rotate it again.",
        ),
        other => other.into(),
    })?;
    let key = find(db, &key.team, &key.id).await?;
    Ok(Key { secret: Some(secret.expose().to_owned()), ..key })
}

fn is_live(secret: &KeySecret) -> bool {
    matches!(secret.status.as_str(), "active" | "rotating")
}

/// The live secrets that a newer one replaces.
fn older(key: &Key) -> impl Iterator<Item = &KeySecret> {
    key.secrets.iter().filter(|secret| secret.status == "rotating")
}

/// Ends a key, or one of its secrets, at once.
///
/// # Errors
/// If there is no such key, its role stands above the operator's, or its newest secret is its only one.
pub(crate) async fn revoke(db: &Db, by: &Caller, request: &RevokeKeyRequest) -> Result<Key, Error> {
    let key = changeable(db, by, &request.key_id).await?;
    let now = Time::now().0;
    match request.which {
        Which::All => sql::revoke(db, &key.id, now).await?,
        Which::Old => {
            for secret in older(&key) {
                sql::revoke_secret(db, &key.id, secret.generation, None, now).await?;
            }
        }
        Which::New => {
            let newest = key.secrets.first().filter(|secret| secret.status == "active");
            let (Some(newest), Some(before)) = (newest, older(&key).next()) else {
                let message = format!(
                    "The key {} has one live secret. Rotate it first, or revoke the key as a whole.",
                    key.name
                );
                return Err(Error::new(Kind::Conflict, "only_secret", message));
            };
            sql::revoke_secret(db, &key.id, newest.generation, Some(before.generation), now).await?;
        }
    }
    find(db, &key.team, &key.id).await
}
