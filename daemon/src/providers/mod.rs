//! Models: which provider answers, and in which flavour it is spoken to.

mod agent;
mod auth;
mod calls;
pub(crate) mod catalogue;
mod exchange;
mod extractive;
mod failure;
mod flavours;
mod framing;
#[cfg(feature = "fuzzing")]
pub(crate) mod fuzzing;
mod google;
mod health;
mod listing;
mod needs;
mod route;
pub(crate) mod sentences;
mod spending;
mod tiers;
pub(crate) mod tokens;
mod trial;
mod upstream;
mod usage;
mod vault;
mod walk;
mod words;

pub(crate) use agent::Speech;
pub(crate) use calls::{Function, FunctionCall, asked, brought};
pub(crate) use exchange::{Pieces, Reply, retry_after};
pub(crate) use failure::told;
pub(crate) use flavours::{Chunk, Operation};
pub(crate) use route::{Plan, Providers, Route, Target};
pub(crate) use spending::{Quote, Spending};
pub(crate) use tiers::Tiers;
pub(crate) use upstream::Upstream;
pub(crate) use usage::Tokens;
pub(crate) use vault::{NewKey, Vault, check};
pub(crate) use walk::{Answered, Ask, By};

use contract::agent::{Example, ModelSettings};
use contract::wire::chat::Message;
use contract::wire::knowledge::Passage;
use serde_json::Value;

/// The built-in answerer's name.
pub(crate) const EXTRACTIVE: &str = "katonic/extractive";

/// What an agent's model is asked.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    /// What the agent is told.
    pub(crate) instructions: String,
    /// Few-shot examples.
    pub(crate) examples: Vec<Example>,
    /// The conversation; the last message is the user's.
    pub(crate) messages: Vec<Message>,
    /// What was retrieved, in the order of its numbers from 1.
    pub(crate) passages: Vec<Passage>,
    /// How common the question's words are.
    pub(crate) terms: Terms,
    /// Whether an answer must stand in the passages.
    pub(crate) grounded: bool,
    /// The model's settings.
    pub(crate) settings: ModelSettings,
    /// The functions that it may ask to be called.
    pub(crate) functions: Vec<Function>,
    /// What it asked for so far in this answer, and what that brought, as messages in OpenAI's shape.
    pub(crate) turns: Vec<Value>,
}

/// How common words are in what a caller may read.
#[derive(Clone, Debug, Default)]
pub(crate) struct Terms {
    /// How many passages there are.
    pub(crate) total: u64,
    /// Each word of the question, and in how many passages it stands.
    pub(crate) counts: Vec<(String, u64)>,
}

/// A piece of an agent's answer, as it comes. Marks such as `[2]` name passages by their numbers.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Piece {
    /// Text of the answer.
    Text(String),
    /// Text of the model's reasoning.
    Thinking(String),
}

/// How a model ended.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Finish {
    /// What it used.
    pub(crate) tokens: Tokens,
    /// Whether the model itself declined.
    pub(crate) refused: bool,
    /// Whether its limit cut it short.
    pub(crate) cut_short: bool,
}
