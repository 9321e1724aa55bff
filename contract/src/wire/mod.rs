//! Bodies and events, one file a group.

pub mod admin;
pub mod agents;
pub mod analytics;
pub mod chat;
pub mod documents;
pub mod error;
pub mod evaluations;
pub mod flywheel;
pub mod guardrails;
pub mod knowledge;
pub mod models;
pub mod page;
pub mod scim;
pub mod sessions;
pub mod sse;
pub mod tools;
pub mod usage;

/// Any JSON object: bodies that OpenAI defines, and those of endpoints that answer 501 as yet.
pub type Object = serde_json::Map<String, serde_json::Value>;
