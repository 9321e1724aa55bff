//! Signed heads of the log: who holds one can prove what the log was, whatever becomes of the store.

use super::{Head, sql};
use crate::error::Error;
use crate::store::{Db, Statement};
use contract::chain::{checkpoint_text, export_text, is_signed};
use contract::time::Time;
use contract::version::hex;
use contract::wire::analytics::{Checkpoint, ExportEnd};
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
    pub(crate) fn public_key(&self) -> String {
        hex(self.0.verifying_key().as_bytes())
    }

    /// Signs the head of the log.
    pub(super) fn checkpoint(&self, seq: i64, hash: &str) -> Statement {
        let at = Time::now();
        sql::insert_checkpoint(seq, hash, &self.sign(&checkpoint_text(seq, hash, at)), at)
    }

    /// The last line of an export.
    pub(super) fn export_end(&self, rows: u64, is_part: bool, digest: &[u8]) -> ExportEnd {
        let mut end = ExportEnd {
            object: "audit.end".into(),
            rows,
            is_part,
            digest: hex(digest),
            at: Time::now(),
            signature: String::new(),
            public_key: self.public_key(),
        };
        end.signature = self.sign(&export_text(&end));
        end
    }

    /// Its signature of a text, in hex.
    pub(super) fn sign(&self, text: &str) -> String {
        hex(&self.0.sign(text.as_bytes()).to_bytes())
    }

    /// Whether it signed the newest checkpoint.
    ///
    /// # Errors
    /// If the store fails.
    pub(crate) async fn is_newest(&self, db: &Db) -> Result<bool, Error> {
        let public_key = self.public_key();
        let newest = sql::checkpoints(db, &public_key, i64::MAX, 1).await?.pop();
        Ok(newest.is_some_and(|newest| is_signed(&newest, &public_key)))
    }

    /// The last row that it signed, and its hash.
    ///
    /// # Errors
    /// If the newest checkpoint bears another key's signature, or the store fails.
    pub(crate) async fn newest(&self, db: &Db) -> Result<Option<Head>, Error> {
        let public_key = self.public_key();
        let Some(newest) = sql::checkpoints(db, &public_key, i64::MAX, 1).await?.pop() else {
            return Ok(None);
        };
        if !is_signed(&newest, &public_key) {
            return Err(Error::internal(
                "the audit log of this database was not signed with the audit-key of this data directory: start with \
                 the directory that belongs to it, or restore its audit-key",
            ));
        }
        Ok(Some((newest.seq, newest.hash)))
    }
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
