//! The public API, group by group.

mod agents;
mod answers;
mod attacks;
mod canaries;
mod chat;
mod chat_tools;
mod documents;
mod errors;
mod evaluations;
mod files;
mod flywheel;
mod follow_up;
mod gate;
pub mod gateway;
mod governance;
mod http_tools;
mod hub;
mod hybrid;

mod knowledge;
mod mcp;
mod model_check;
mod online;
mod openapi;
mod otlp;
mod postgres;
mod promotions;
mod prompts;
mod rail_policy;
mod sessions;
mod sources;
mod suites;
mod tools;
mod upstream;
