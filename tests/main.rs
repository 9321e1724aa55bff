//! The tests of the whole: the daemon over real HTTP, the binary in a scrubbed environment, the house's own rules.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub)]

mod api;
mod architecture;
mod cli;
mod collector;
mod database;
mod docs;
mod embedder;
mod examples;
mod mcp_server;
mod planted;
mod samples;
mod scripted;
mod store;
mod support;
