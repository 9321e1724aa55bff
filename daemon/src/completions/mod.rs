//! Models called without an agent, in OpenAI's shape: `chat/completions`, `responses` and `embeddings`, on the same
//! governed path as everything else.

mod agent;
pub(crate) mod api;
mod cache;
mod chat;
mod embeddings;
mod meter;
mod names;
mod outlet;
mod rails;
mod responses;
mod stream;

pub(crate) use cache::Cache;
pub(crate) use names::listed as models;
