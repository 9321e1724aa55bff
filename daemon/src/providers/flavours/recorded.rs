//! For the flavours' tests: calls, and streams replayed cut at every byte.

use super::{Call, Chunk, Flavour, Operation, Problem};
use crate::providers::framing::Framer;
use serde_json::{Map, Value};
use std::sync::OnceLock;

/// A chat call of a body.
pub(super) fn chat<'a>(body: &'a Value, model: &'a str) -> Call<'a> {
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

/// What a flavour sends for a body, as JSON.
pub(super) fn sent(flavour: &dyn Flavour, body: &Value) -> Value {
    serde_json::from_slice(&flavour.outgoing(&chat(body, "model")).unwrap().body).unwrap()
}

/// The chunks of a recorded stream, which must be the same wherever its bytes are cut.
pub(super) fn collect(flavour: &dyn Flavour, body: &Value, stream: &[u8]) -> Result<Vec<Chunk>, Problem> {
    let whole = replay(flavour, body, &[stream]);
    for at in 1..stream.len() {
        let (one, two) = stream.split_at(at);
        assert_eq!(timeless(replay(flavour, body, &[one, two])), timeless(whole.clone()), "cut at {at}");
    }
    whole
}

fn replay(flavour: &dyn Flavour, body: &Value, parts: &[&[u8]]) -> Result<Vec<Chunk>, Problem> {
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
fn timeless(chunks: Result<Vec<Chunk>, Problem>) -> Result<Vec<Chunk>, Problem> {
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

/// Of each chunk its delta, end or usage: what a test looks at.
pub(super) fn essence(chunks: &[Chunk]) -> Vec<Value> {
    let essential = |chunk: &Chunk| {
        if let Some(usage) = chunk.value.get("usage").filter(|usage| !usage.is_null()) {
            return usage.clone();
        }
        let choice = &chunk.value["choices"][0];
        if choice["finish_reason"].is_null() {
            choice["delta"].clone()
        } else {
            choice["finish_reason"].clone()
        }
    };
    chunks.iter().map(essential).collect()
}
