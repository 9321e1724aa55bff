//! Promotions: a version goes live through the gate, or it doesn't.

pub(crate) mod api;
mod confirm;
mod gate;
mod judge;
mod promote;
mod sql;
mod suite_changed;

pub(crate) use confirm::resume;
use promote::decided;
pub(crate) use promote::promote;
