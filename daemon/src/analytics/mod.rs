//! Analytics: what calls did, how many, at what cost.

pub(crate) mod api;
mod usage;

pub(crate) use usage::follow as follow_usage;
