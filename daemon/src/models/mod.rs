//! Models: what a key may ask.

pub(crate) mod api;
