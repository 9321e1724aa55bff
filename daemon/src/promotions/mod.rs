//! Promotions: a version goes live through the gate, or it doesn't.

pub(crate) mod api;
mod canary;
mod confirm;
mod gate;
mod judge;
mod promote;
mod sql;
mod suite_changed;
mod waits;

pub(crate) use canary::watch as watch_canaries;
pub(crate) use confirm::resume;
pub(crate) use promote::promote;
use promote::{AWAITING, decided};
