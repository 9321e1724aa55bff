//! Promotions: a version goes live through the gate, or it doesn't.

pub(crate) mod api;
mod gate;
mod promote;

pub(crate) use promote::promote;
