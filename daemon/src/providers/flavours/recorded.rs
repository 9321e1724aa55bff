//! For the flavours' tests: calls, and streams replayed cut at every byte.

pub(super) use super::replay::chat;

use super::replay::{replay, timeless};
use super::{Chunk, Flavour, Problem};
use serde_json::Value;

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
