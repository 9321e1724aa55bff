//! Signed heads of the log: who holds one can prove what the log was, whatever becomes of the store.

use super::sql;
use crate::error::Error;
use crate::store::{Db, Statement};
use contract::chain::signed;
use contract::time::Time;
use contract::version::hex;
use contract::wire::analytics::Checkpoint;
use contract::wire::page::{DEFAULT_LIMIT, ListQuery, Page};
use ed25519_dalek::{Signer, SigningKey};
use std::fmt;

/// The key that signs (Ed25519, RFC 8032).
#[derive(Clone)]
pub(crate) struct AuditKey(SigningKey);

impl fmt::Debug for AuditKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AuditKey({})", self.public_key())
    }
}

impl AuditKey {
    /// From 32 random bytes.
    pub(crate) fn new(bytes: [u8; 32]) -> Self {
        Self(SigningKey::from_bytes(&bytes))
    }

    /// What its signatures are checked with, in hex.
    pub(super) fn public_key(&self) -> String {
        hex(self.0.verifying_key().as_bytes())
    }

    /// Signs the head of the log.
    pub(super) fn checkpoint(&self, seq: i64, hash: &str) -> Statement {
        let at = Time::now();
        let signature = hex(&self.0.sign(signed(seq, hash, at).as_bytes()).to_bytes());
        sql::insert_checkpoint(seq, hash, &signature, at)
    }
}

/// The last row that is signed, and its hash.
pub(super) async fn newest(db: &Db) -> Result<Option<(i64, String)>, Error> {
    Ok(sql::checkpoints(db, "", i64::MAX, 1).await?.pop().map(|newest| (newest.seq, newest.hash)))
}

/// A page of the checkpoints, the newest first.
///
/// # Errors
/// If the cursor is none, or the store fails.
pub(crate) async fn list(db: &Db, public_key: &str, page: &ListQuery) -> Result<Page<Checkpoint>, Error> {
    let limit = page.limit.unwrap_or(DEFAULT_LIMIT);
    let before = page.after.as_deref().map_or(Ok(i64::MAX), str::parse);
    let before = before.map_err(|_| Error::invalid("after", "Send the `next` of the page before."))?;
    let rows = sql::checkpoints(db, public_key, before, limit + 1).await?;
    Ok(Page::of(rows, limit, |checkpoint| checkpoint.seq.to_string()))
}
