//! The index: which terms are where, and who may read it. A collection's passages stand in segments, each at a slot;
//! a segment knows its terms' slots, its passages' lengths, and the sets of slots that somebody may read or that have a
//! value of the metadata. So permissions and filters are sets that the ranking is cut with, not rows to look up.

mod filter;
mod fresh;
mod postings;
mod rank;
mod search;
mod slots;
mod sql;
mod varint;
mod vectors;
mod write;

pub(super) use filter::{Filter, sets_of};
pub(super) use rank::Scored;
pub(super) use search::{Question, Scope, search};
pub(super) use sql::forget_all;
pub(super) use vectors::{Vector, put as put_vectors, stored as stored_vector};
pub(super) use write::{Draft, Entry, Removed};

use slots::SEGMENT;

/// The version of what the index holds of a text: documents of another one are indexed again.
pub(super) const VERSION: i64 = 1;

/// The set of all passages of a segment, for those who see everything of their team.
pub(super) const ALL: &str = "all";

/// The set of those that everyone may read.
pub(super) const PUBLIC: &str = "public";

/// A passage's id: its segment's, and the slot in it.
fn passage_id(segment: i64, slot: usize) -> i64 {
    segment * SEGMENT as i64 + slot as i64
}

/// The segment and the slot of a passage.
fn place(passage: i64) -> (i64, usize) {
    let slots = SEGMENT as i64;
    (passage.div_euclid(slots), passage.rem_euclid(slots) as usize)
}
