//! The chain of the audit log: what a row's hash covers, and the signed heads that prove it, as daemons write them and
//! anybody checks them, also without a daemon.

use crate::time::Time;
use crate::version::{hex, unhex};
use crate::wire::analytics::{AuditRow, Chain, Checkpoint};
use ed25519_dalek::{Signature, VerifyingKey};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// The `prev` of the first row.
pub const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

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
}

/// What a checkpoint's signature covers.
#[must_use]
pub fn signed(seq: i64, hash: &str, at: Time) -> String {
    format!("katonic audit checkpoint 1\n{seq}\n{hash}\n{}\n", at.0)
}

/// Whether a checkpoint bears the signature (Ed25519, RFC 8032) of a public key in hex.
#[must_use]
pub fn is_signed(checkpoint: &Checkpoint, public_key: &str) -> bool {
    let check = || {
        let key: [u8; 32] = unhex(public_key)?.try_into().ok()?;
        let signature: [u8; 64] = unhex(&checkpoint.signature)?.try_into().ok()?;
        let text = signed(checkpoint.seq, &checkpoint.hash, checkpoint.at);
        let key = VerifyingKey::from_bytes(&key).ok()?;
        key.verify_strict(text.as_bytes(), &Signature::from_bytes(&signature)).ok()
    };
    check().is_some()
}

/// Walks a chain row by row, in order.
#[derive(Debug)]
pub struct Walk {
    public_key: String,
    /// Hashes that are signed, by the rows that bear them.
    signed: BTreeMap<i64, String>,
    seq: i64,
    hash: String,
    first: Option<i64>,
    checked: u64,
    proven: u64,
    broken: Option<(i64, String)>,
}

impl Walk {
    /// Begins a walk against checkpoints, whose signatures must be those of a public key in hex.
    #[must_use]
    pub fn new(public_key: &str, checkpoints: &[Checkpoint]) -> Self {
        let forged = checkpoints.iter().find(|checkpoint| !is_signed(checkpoint, public_key));
        Self {
            public_key: public_key.to_owned(),
            signed: checkpoints.iter().map(|checkpoint| (checkpoint.seq, checkpoint.hash.clone())).collect(),
            seq: 0,
            hash: GENESIS.to_owned(),
            first: None,
            checked: 0,
            proven: 0,
            broken: forged
                .map(|checkpoint| (checkpoint.seq, "its checkpoint's signature is false".to_owned())),
        }
    }

    /// Takes the next row; whether the chain still holds.
    pub fn step(&mut self, link: &Link<'_>, prev: &str, hash: &str) -> bool {
        if self.broken.is_some() {
            return false;
        }
        if self.first.is_none() && link.seq > 1 {
            // What retention cut off is proven by the checkpoint that it was cut at.
            match self.signed.get(&(link.seq - 1)) {
                Some(signed) => (self.seq, self.hash) = (link.seq - 1, signed.clone()),
                None => {
                    return self
                        .broken(link.seq, "rows before it are missing, and no checkpoint proves them");
                }
            }
        }
        self.first.get_or_insert(link.seq);
        if link.seq != self.seq + 1 {
            return self.broken(self.seq + 1, "it is missing, or out of its place");
        }
        if prev != self.hash || hash != link.hash(&self.hash) {
            return self.broken(link.seq, "it, or the row before it, was changed");
        }
        match self.signed.get(&link.seq) {
            Some(signed) if signed != hash => {
                return self.broken(link.seq, "its checkpoint has another hash");
            }
            Some(_) => self.proven += 1,
            None => {}
        }
        (self.seq, self.hash, self.checked) = (link.seq, hash.to_owned(), self.checked + 1);
        true
    }

    fn broken(&mut self, at: i64, why: &str) -> bool {
        self.broken = Some((at, why.to_owned()));
        false
    }

    /// Ends the walk. `head` is the number of the last row that must be there, where that is known; a checkpoint says so
    /// too.
    #[must_use]
    pub fn end(mut self, head: Option<i64>) -> Chain {
        let last = self.signed.keys().next_back().copied().max(head).unwrap_or(0);
        if self.broken.is_none() && self.seq < last {
            self.broken(self.seq + 1, "the log's end is missing");
        }
        let (first_break, reason) = self.broken.unzip();
        Chain {
            ok: first_break.is_none(),
            checked: self.checked,
            first_break,
            reason,
            first: self.first,
            checkpoints: self.proven,
            public_key: self.public_key,
        }
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
