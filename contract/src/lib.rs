//! What both sides of the wire agree on: endpoints, bodies, events, agents, suites, checks and ids.
//! No I/O, no HTTP server, no SQL.

pub mod access;
pub mod admin;
pub mod agent;
pub mod catalogue;
pub mod chain;
pub mod check;
pub mod document;
pub mod duration;
pub mod endpoint;
pub mod id;
pub mod key;
pub mod money;
pub mod openapi;
pub mod suite;
pub mod suppression;
pub mod time;
pub mod version;
pub mod wire;
