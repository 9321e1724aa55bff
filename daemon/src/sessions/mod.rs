//! Conversations that the daemon keeps, each for one user and key.

pub(crate) mod api;
mod sql;

pub(crate) use sql::{append, create, delete, detail, history, list};
