//! Analytics: what calls did.

pub(crate) mod api;
