//! From production back to better agents: feedback on traces, traces worth a look, datasets made of them.

pub(crate) mod api;
mod candidates;
mod curate;
mod export;
mod likeness;
mod review;
mod sql;
mod traced;

pub(crate) use curate::resume;
pub(crate) use export::accepted_examples;
pub(crate) use likeness::{Seen, Shingles};
pub(crate) use review::review;
pub(crate) use sql::feedback_on;
