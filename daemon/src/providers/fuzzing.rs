//! What must hold of any stream that a provider sends.

use super::flavours::{Call, Chunk, Operation, Problem, find};
use super::framing::Framer;
use serde_json::{Map, Value};

const FLAVOURS: [&str; 8] =
    ["openai", "azure-openai", "anthropic", "gemini", "vertex", "bedrock", "cohere", "ollama"];

/// A stream says the same wherever its bytes are cut; the first byte says whose it is, the second where it is cut.
pub fn streams(data: &[u8]) {
    let [flavour, cut, stream @ ..] = data else { return };
    let name = FLAVOURS[usize::from(*flavour) % FLAVOURS.len()];
    let (one, two) = stream.split_at(usize::from(*cut).min(stream.len()));
    assert_eq!(said(name, &[stream]), said(name, &[one, two]));
}

/// What a stream says, without what differs from one time to the next.
fn said(name: &str, parts: &[&[u8]]) -> Result<Vec<Value>, Problem> {
    let chunks = read(name, parts)?.into_iter().map(|mut chunk| {
        for name in ["id", "created"] {
            if let Some(field) = chunk.value.get_mut(name) {
                *field = Value::Null;
            }
        }
        chunk.value
    });
    Ok(chunks.collect())
}

fn read(name: &str, parts: &[&[u8]]) -> Result<Vec<Chunk>, Problem> {
    let flavour = find(name).ok_or_else(|| Problem::garbled("no such flavour"))?;
    let body = Map::new();
    let call = Call {
        operation: Operation::Chat,
        model: "model",
        body: &body,
        stream: true,
        max_output_tokens: None,
        reads_signatures: false,
    };
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
