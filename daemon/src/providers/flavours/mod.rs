//! The wire flavours that providers speak, one file each: OpenAI's shape to theirs, and back.

mod anthropic;
mod azure;
mod bedrock;
mod chunks;
mod cohere;
mod conversation;
mod gemini;
mod ollama;
mod openai;
#[cfg(test)]
mod recorded;
#[cfg(any(test, feature = "fuzzing"))]
mod replay;
mod responses;
mod vertex;

pub(crate) use chunks::{Chunk, from_whole};
#[cfg(feature = "fuzzing")]
pub(super) use replay::{replay, timeless};

use super::framing::{Frame, Framing};
use crate::error::Error;
use serde_json::{Map, Value};

/// Every flavour, by the name that configuration and catalogue give it.
pub(super) static FLAVOURS: &[(&str, &dyn Flavour)] = &[
    ("openai", &openai::OpenAi),
    ("azure-openai", &azure::Azure),
    ("anthropic", &anthropic::Anthropic),
    ("gemini", &gemini::Gemini),
    ("vertex", &vertex::Vertex),
    ("bedrock", &bedrock::Bedrock),
    ("cohere", &cohere::Cohere),
    ("ollama", &ollama::Ollama),
];

/// The flavour of a name.
pub(crate) fn find(name: &str) -> Option<&'static dyn Flavour> {
    FLAVOURS.iter().find(|(known, _)| *known == name).map(|(_, flavour)| *flavour)
}

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Operation {
    /// `chat/completions`.
    Chat,
    /// `embeddings`.
    Embeddings,
    /// `responses`, as it is: only some providers have it.
    Responses,
}

/// What is asked of a model, in OpenAI's shape.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Call<'a> {
    pub(crate) operation: Operation,
    /// The provider's own name of the model.
    pub(crate) model: &'a str,
    /// The request of OpenAI's reference; its `model` and `stream` are not read.
    pub(crate) body: &'a Map<String, Value>,
    /// Whether the answer comes in pieces.
    pub(crate) stream: bool,
    /// Most tokens that the model can write, where it is known.
    pub(crate) max_output_tokens: Option<u64>,
    /// Whether the provider is Google, which reads the signatures of thoughts that its models gave to tool calls.
    pub(crate) reads_signatures: bool,
}

/// The HTTP request that a call becomes.
#[derive(Debug, PartialEq)]
pub(crate) struct Outgoing {
    /// What is appended to the provider's base URL, with its query.
    pub(crate) path: String,
    /// Headers of the flavour's own, beside the content type and the key.
    pub(crate) headers: Vec<(&'static str, &'static str)>,
    /// The JSON body.
    pub(crate) body: Vec<u8>,
}

impl Outgoing {
    /// A JSON body to a path.
    fn json(path: impl Into<String>, body: &Value) -> Self {
        Self { path: path.into(), headers: Vec::new(), body: body.to_string().into_bytes() }
    }
}

/// What a provider says went wrong, beside its HTTP status.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Problem {
    /// In its words: they may hold what was sent to it.
    pub(crate) message: String,
    /// Whether the words are ours.
    pub(crate) is_ours: bool,
    /// Its code or type, such as `context_length_exceeded`.
    pub(crate) code: Option<String>,
    /// The field it is about.
    pub(crate) param: Option<String>,
    /// The HTTP status that it stands for, where it came inside a stream.
    pub(crate) status: Option<u16>,
}

impl Problem {
    /// What came is not what the flavour says.
    pub(crate) fn garbled(what: &str) -> Self {
        Self { message: format!("the answer is garbled: {what}"), is_ours: true, ..Self::default() }
    }
}

/// A flavour: everything that differs between providers, and no I/O.
pub(crate) trait Flavour: Send + Sync {
    /// Whether it has an operation.
    fn serves(&self, operation: Operation) -> bool {
        operation == Operation::Chat
    }

    /// Whether it embeds questions otherwise than what is searched, and is told by `input_type`.
    fn embeds_by_input_type(&self) -> bool {
        false
    }

    /// The request of a call.
    ///
    /// # Errors
    /// If the flavour has no way to say what is asked.
    fn outgoing(&self, call: &Call<'_>) -> Result<Outgoing, Error>;

    /// How its streams are framed.
    fn framing(&self) -> Framing {
        Framing::Events
    }

    /// A whole answer, in OpenAI's shape.
    ///
    /// # Errors
    /// If it isn't one.
    fn answer(&self, call: &Call<'_>, answer: Value) -> Result<Value, Problem>;

    /// What reads a streamed answer.
    fn reader(&self, call: &Call<'_>) -> Box<dyn Reader>;

    /// What an error's body says. All have a `message` somewhere; this is where most have it.
    fn problem(&self, body: &Value) -> Problem {
        let error = body.get("error").filter(|error| error.is_object()).unwrap_or(body);
        let text = |name: &str| error.get(name).and_then(Value::as_str).map(str::to_owned);
        let plain = || body.get("error").and_then(Value::as_str).map(str::to_owned);
        let number = error.get("code").and_then(Value::as_u64).map(|code| code.to_string());
        Problem {
            message: text("message").or_else(plain).or_else(|| text("detail")).unwrap_or_default(),
            code: text("code").or(number).or_else(|| text("type")).or_else(|| text("status")),
            param: text("param"),
            ..Problem::default()
        }
    }
}

/// Reads one streamed answer, a frame at a time.
pub(crate) trait Reader: Send {
    /// What a frame adds.
    ///
    /// # Errors
    /// If the provider says inside the stream that it failed, or a frame is no such thing.
    fn read(&mut self, frame: Frame) -> Result<Vec<Chunk>, Problem>;

    /// Whether the answer is whole: a stream that stops before is broken.
    fn is_whole(&self) -> bool;
}
