//! Models: which provider answers, and in which flavour it is spoken to.

mod extractive;
mod flavours;
mod route;
pub(crate) mod sentences;

pub(crate) use route::{Providers, Route};

use crate::error::Error;
use contract::agent::{Example, ModelSettings};
use contract::wire::chat::Message;
use contract::wire::knowledge::Passage;
use futures::stream::BoxStream;

/// The built-in answerer's name.
pub(crate) const EXTRACTIVE: &str = "katonic/extractive";

/// What a model is asked.
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
}

/// How common words are in what a caller may read.
#[derive(Clone, Debug, Default)]
pub(crate) struct Terms {
    /// How many passages there are.
    pub(crate) total: u64,
    /// Each word of the question, and in how many passages it stands.
    pub(crate) counts: Vec<(String, u64)>,
}

/// A piece of an answer, as it comes. Marks such as `[2]` name passages by their numbers.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Piece {
    /// Text of the answer.
    Text(String),
    /// Text of the model's reasoning.
    Thinking(String),
    /// The end.
    Done(Finish),
}

/// How a model ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Finish {
    /// Tokens read.
    pub(crate) input_tokens: u64,
    /// Tokens written.
    pub(crate) output_tokens: u64,
    /// Whether the model itself declined.
    pub(crate) refused: bool,
    /// Whether its limit cut it short.
    pub(crate) cut_short: bool,
}

/// An answer under way; dropping it cancels the call upstream.
pub(crate) type Pieces = BoxStream<'static, Result<Piece, Error>>;
