//! The chain of the audit log: what a row's hash covers, and the signatures that prove it, as daemons write them and
//! anybody checks them, also without a daemon.

mod walk;

pub use walk::Walk;

use crate::time::Time;
use crate::version::{hex, unhex};
use crate::wire::analytics::{AuditRow, Checkpoint, ExportEnd};
use ed25519_dalek::{Signature, VerifyingKey};
use sha2::{Digest, Sha256};

/// The `prev` of the first row.
pub const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// Rows that may follow each other without a checkpoint, at most.
pub const MAX_UNSIGNED: i64 = 1256;

/// The endpoint of a row that says up to which row retention removes the log, in its change's `removed_up_to`.
pub const RETENTION: &str = "AuditRetention";

/// The endpoint of a row that says that a start found the log's end otherwise than the daemon had left it. Its change
/// has the last row that was written, the last that was found, and whether what was written was `lost`.
pub const RESUME: &str = "AuditResume";

/// The endpoint of a row that says that the log's rows are signed with a new key from it on. Its change has the public
/// keys `before` (none where that was lost) and `after`, and the `signature` of [`key_text`] by the one before.
pub const NEW_KEY: &str = "AuditNewKey";

/// What a row's hash covers beside the hash before.
#[derive(Clone, Copy, Debug)]
pub struct Link<'a> {
    /// The row's number.
    pub seq: i64,
    /// When.
    pub at: Time,
    /// The call.
    pub trace_id: &'a str,
    /// Team, key, user, endpoint and decision; empty where there is none.
    pub columns: [&'a str; 5],
    /// The rest of the row, as the text that the store keeps.
    pub entry: &'a str,
}

impl Link<'_> {
    /// SHA-256 over the hash before and every field, each with its length before it in eight bytes, big-endian; in hex.
    #[must_use]
    pub fn hash(&self, prev: &str) -> String {
        let mut hash = Sha256::new();
        let (seq, at) = (self.seq.to_string(), self.at.0.to_string());
        let fields = [prev, &seq, &at, self.trace_id].into_iter().chain(self.columns).chain([self.entry]);
        for field in fields {
            hash.update((field.len() as u64).to_be_bytes());
            hash.update(field.as_bytes());
        }
        hex(&hash.finalize())
    }

    fn endpoint(&self) -> &str {
        self.columns[3]
    }
}

/// The link of a row that was exported with its entry.
#[must_use]
pub fn link(row: &AuditRow) -> Link<'_> {
    fn text(value: &Option<String>) -> &str {
        value.as_deref().unwrap_or_default()
    }
    Link {
        seq: row.seq,
        at: row.at,
        trace_id: &row.trace_id,
        columns: [text(&row.team), text(&row.key_id), text(&row.user), &row.endpoint, &row.decision],
        entry: text(&row.entry),
    }
}

/// What a checkpoint's signature covers.
#[must_use]
pub fn checkpoint_text(seq: i64, hash: &str, at: Time) -> String {
    format!("katonic audit checkpoint 1\n{seq}\n{hash}\n{}\n", at.0)
}

/// What the key before signs of a new one: its public key, in hex, and the hash of the row after which it signs.
#[must_use]
pub fn key_text(prev: &str, public_key: &str) -> String {
    format!("katonic audit key 1\n{prev}\n{public_key}\n")
}

/// What the signature of an export's last line covers.
#[must_use]
pub fn export_text(end: &ExportEnd) -> String {
    format!("katonic audit export 1\n{}\n{}\n{}\n{}\n", end.rows, end.is_part, end.digest, end.at.0)
}

/// Whether a checkpoint bears the signature of a public key in hex.
#[must_use]
pub fn is_signed(checkpoint: &Checkpoint, public_key: &str) -> bool {
    let text = checkpoint_text(checkpoint.seq, &checkpoint.hash, checkpoint.at);
    is_signature(&checkpoint.signature, &text, public_key)
}

/// Whether a signature (Ed25519, RFC 8032; in hex) of a text is that of a public key (in hex).
#[must_use]
pub fn is_signature(signature: &str, text: &str, public_key: &str) -> bool {
    let check = || {
        let key: [u8; 32] = unhex(public_key)?.try_into().ok()?;
        let signature: [u8; 64] = unhex(signature)?.try_into().ok()?;
        let key = VerifyingKey::from_bytes(&key).ok()?;
        key.verify_strict(text.as_bytes(), &Signature::from_bytes(&signature)).ok()
    };
    check().is_some()
}
