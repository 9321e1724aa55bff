//! Bodies and events, one file a group.

pub mod admin;
pub mod agents;
pub mod analytics;
pub mod chat;
pub mod documents;
pub mod error;
pub mod evaluations;
pub mod events;
pub mod flywheel;
pub mod guardrails;
pub mod knowledge;
pub mod models;
pub mod openai;
pub mod page;
pub mod prompts;
pub mod scim;
pub mod sessions;
pub mod sse;
pub mod tools;
pub mod usage;

/// Any JSON object: bodies that OpenAI defines.
pub type Object = serde_json::Map<String, serde_json::Value>;
