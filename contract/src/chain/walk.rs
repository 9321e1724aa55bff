//! A walk along the chain, row by row.

use super::{GENESIS, Link, MAX_UNSIGNED, NEW_KEY, RESUME, RETENTION, is_signature, is_signed, key_text};
use crate::wire::analytics::{Chain, Checkpoint, Loss, NewKey};
use serde::Deserialize;
use std::collections::BTreeMap;

/// Walks a chain in order.
#[derive(Debug)]
pub struct Walk {
    public_key: String,
    /// The checkpoints, by the rows that they sign.
    signed: BTreeMap<i64, Checkpoint>,
    /// Those met since the last change of keys: whose they must be is known where the next one is.
    met: Vec<i64>,
    keys: Vec<NewKey>,
    /// The last row that must be there, and its hash, where they are known beside the log.
    head: Option<(i64, String)>,
    /// Whether the rows are some of a log.
    is_part: bool,
    seq: i64,
    hash: String,
    first: Option<i64>,
    checked: u64,
    proven: u64,
    /// Rows since the last one that is signed.
    unsigned: i64,
    /// Up to which row retention may have removed the log.
    removed_up_to: i64,
    losses: Vec<Loss>,
    broken: Option<(i64, String)>,
}

/// What a row of the log's own says.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Entry {
    change: Change,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Change {
    removed_up_to: i64,
    written: i64,
    found: i64,
    lost: bool,
    before: Option<String>,
    after: String,
    signature: String,
}

impl Walk {
    /// Begins a walk against checkpoints, whose signatures must be those of a public key in hex, or of one before it that
    /// signed the next.
    #[must_use]
    pub fn new(public_key: &str, checkpoints: &[Checkpoint]) -> Self {
        Self {
            public_key: public_key.to_owned(),
            signed: checkpoints.iter().map(|checkpoint| (checkpoint.seq, checkpoint.clone())).collect(),
            met: Vec::new(),
            keys: Vec::new(),
            head: None,
            is_part: false,
            seq: 0,
            hash: GENESIS.to_owned(),
            first: None,
            checked: 0,
            proven: 0,
            unsigned: 0,
            removed_up_to: 0,
            losses: Vec::new(),
            broken: None,
        }
    }

    /// The same walk up to a row that must be there with its hash.
    #[must_use]
    pub fn up_to(self, seq: i64, hash: String) -> Self {
        Self { head: Some((seq, hash)).filter(|_| seq > 0), ..self }
    }

    /// The same walk over some rows of a log: others may be missing between them.
    #[must_use]
    pub fn of_part(self) -> Self {
        Self { is_part: true, ..self }
    }

    /// Takes the next row; whether the chain still holds.
    pub fn step(&mut self, link: &Link<'_>, prev: &str, hash: &str) -> bool {
        if self.broken.is_some() || !self.begin_at(link, prev) {
            return false;
        }
        if link.seq != self.seq + 1 {
            return self.broken(self.seq + 1, "it is missing, or out of its place");
        }
        if prev != self.hash || hash != link.hash(&self.hash) {
            return self.broken(link.seq, "it, or the row before it, was changed");
        }
        let known = self.head.as_ref().filter(|(seq, _)| *seq == link.seq).map(|(_, hash)| hash);
        if known.is_some_and(|known| known != hash) {
            return self.broken(link.seq, "it, or a row before it, is not what was written");
        }
        match self.signed.get(&link.seq) {
            Some(signed) if signed.hash != hash => {
                return self.broken(link.seq, "its checkpoint has another hash");
            }
            Some(_) => self.unsigned = 0,
            None if self.unsigned >= MAX_UNSIGNED && !self.is_part => {
                return self.broken(link.seq, "checkpoints of the rows before it are missing");
            }
            None => self.unsigned += 1,
        }
        if !self.read(link) {
            return false;
        }
        if self.signed.contains_key(&link.seq) {
            self.met.push(link.seq);
        }
        (self.seq, self.hash, self.checked) = (link.seq, hash.to_owned(), self.checked + 1);
        true
    }

    /// Goes to where a row follows that is the first of a part or of a log, or comes after a loss.
    fn begin_at(&mut self, link: &Link<'_>, prev: &str) -> bool {
        let before = link.seq - 1;
        if before > self.seq && link.endpoint() == RESUME && prev == self.hash {
            // Numbers that were lost are not used again, and it is not retention that took them.
            self.seq = before;
            self.first.get_or_insert(1);
        } else if before > self.seq && self.is_part {
            (self.seq, self.hash) = (before, prev.to_owned());
        } else if before > 0 && self.first.is_none() {
            // What retention removed is proven by the checkpoint that it went up to.
            let Some(signed) = self.signed.get(&before) else {
                return self.broken(link.seq, "rows before it are missing, and no checkpoint proves them");
            };
            (self.seq, self.hash) = (before, signed.hash.clone());
            self.met.push(before);
        }
        self.first.get_or_insert(link.seq);
        true
    }

    /// What a row says of the log itself; whether that may be.
    fn read(&mut self, link: &Link<'_>) -> bool {
        if ![RETENTION, RESUME, NEW_KEY].contains(&link.endpoint()) {
            return true;
        }
        let Entry { change } = serde_json::from_str(link.entry).unwrap_or_default();
        if link.endpoint() == NEW_KEY {
            return self.change_key(link.seq, change);
        }
        if link.endpoint() == RETENTION {
            self.removed_up_to = self.removed_up_to.max(change.removed_up_to);
        } else if change.lost {
            self.losses.push(Loss { row: link.seq, written: change.written, found: change.found });
        }
        true
    }

    /// Goes on with the key that the one before signed, or that began without it.
    fn change_key(&mut self, row: i64, change: Change) -> bool {
        let Change { before, after, signature, .. } = change;
        if let Some(before) = &before {
            let last = self.keys.last().map(|key| &key.after);
            if last.is_some_and(|last| last != before)
                || !is_signature(&signature, &key_text(&self.hash, &after), before)
            {
                return self.broken(row, "it names a key that the one before did not sign");
            }
            if !self.prove(before) {
                return false;
            }
        }
        // Who rewrites a log under a key of their own can name any key as the next, but not sign with it.
        if !self.is_part && !self.signed.get(&row).is_some_and(|signed| is_signed(signed, &after)) {
            return self.broken(row, "the key that begins there did not sign it");
        }
        self.met.clear();
        self.keys.push(NewKey { row, before, after });
        true
    }

    /// Checks the signatures of the checkpoints met since the last change of keys.
    fn prove(&mut self, public_key: &str) -> bool {
        let met = std::mem::take(&mut self.met);
        let forged =
            met.iter().find(|seq| !self.signed.get(seq).is_some_and(|met| is_signed(met, public_key)));
        match forged {
            // The key of some rows may have changed after them.
            Some(_) if self.is_part => true,
            Some(seq) => self.broken(*seq, "its checkpoint's signature is false"),
            None => {
                self.proven += met.iter().filter(|seq| Some(**seq) >= self.first).count() as u64;
                true
            }
        }
    }

    fn broken(&mut self, at: i64, why: &str) -> bool {
        self.broken = Some((at, why.to_owned()));
        false
    }

    /// Ends the walk.
    #[must_use]
    pub fn end(mut self) -> Chain {
        let public_key = self.public_key.clone();
        if self.broken.is_none() && self.keys.last().is_some_and(|key| key.after != public_key) {
            let row = self.keys.last().map_or(0, |key| key.row);
            self.broken(row, "the key that begins there is not the one whose signatures are wanted");
        }
        if self.broken.is_none() {
            self.prove(&public_key);
        }
        let signed = self.signed.keys().next_back().copied().unwrap_or(0);
        let last = signed.max(self.head.as_ref().map_or(0, |(seq, _)| *seq));
        if self.broken.is_none() && !self.is_part {
            match self.first {
                _ if self.seq < last => self.broken(self.seq + 1, "the log's end is missing"),
                Some(first) if first > self.removed_up_to.saturating_add(1) => self
                    .broken(first, "rows before it are missing, and it was not retention that removed them"),
                _ => true,
            };
        }
        let (first_break, reason) = self.broken.unzip();
        Chain {
            ok: first_break.is_none()
                && self.losses.is_empty()
                && self.keys.iter().all(|key| key.before.is_some()),
            checked: self.checked,
            first_break,
            reason,
            losses: self.losses,
            keys: self.keys,
            first: self.first,
            checkpoints: self.proven,
            public_key: self.public_key,
        }
    }
}
