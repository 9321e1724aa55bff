//! Promotions: a version goes live through the gate, or it doesn't.

pub(crate) mod api;
mod gate;
mod judge;
mod promote;
mod suite_changed;

pub(crate) use promote::promote;
