//! Streams replayed in parts, wherever they are cut: for tests, and for fuzzers.

use super::{Call, Chunk, Flavour, Operation, Problem};
use crate::providers::framing::Framer;
use serde_json::{Map, Value};
use std::sync::OnceLock;

/// A chat call of a body.
pub(in crate::providers) fn chat<'a>(body: &'a Value, model: &'a str) -> Call<'a> {
    static NONE: OnceLock<Map<String, Value>> = OnceLock::new();
    let body = body.as_object().unwrap_or_else(|| NONE.get_or_init(Map::new));
    Call {
        operation: Operation::Chat,
        model,
        body,
        stream: false,
        max_output_tokens: None,
        reads_signatures: false,
    }
}

/// What a stream says to a chat call of this body.
pub(in crate::providers) fn replay(
    flavour: &dyn Flavour,
    body: &Value,
    parts: &[&[u8]],
) -> Result<Vec<Chunk>, Problem> {
    let call = Call { stream: true, ..chat(body, "model") };
    let (mut reader, mut framer) = (flavour.reader(&call), Framer::new(flavour.framing()));
    let mut chunks = Vec::new();
    for part in parts {
        framer.push(part);
        while let Some(frame) = framer.next()? {
            chunks.extend(reader.read(frame)?);
        }
    }
    if let Some(frame) = framer.finish()? {
        chunks.extend(reader.read(frame)?);
    }
    Ok(chunks)
}

/// Without what differs from one replay to the next.
pub(in crate::providers) fn timeless(chunks: Result<Vec<Chunk>, Problem>) -> Result<Vec<Chunk>, Problem> {
    let strip = |mut chunk: Chunk| {
        for name in ["id", "created"] {
            if let Some(field) = chunk.value.get_mut(name) {
                *field = Value::Null;
            }
        }
        chunk
    };
    chunks.map(|chunks| chunks.into_iter().map(strip).collect())
}
