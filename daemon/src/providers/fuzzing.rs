//! What must hold of any stream that a provider sends.

use super::flavours::{FLAVOURS, replay, timeless};
use serde_json::Value;

/// A stream says the same wherever its bytes are cut; the first byte says whose it is, the second where it is cut.
pub fn streams(data: &[u8]) {
    let [flavour, cut, stream @ ..] = data else { return };
    let (_, flavour) = FLAVOURS[usize::from(*flavour) % FLAVOURS.len()];
    let (one, two) = stream.split_at(usize::from(*cut).min(stream.len()));
    let said = |parts: &[&[u8]]| timeless(replay(flavour, &Value::Null, parts));
    assert_eq!(said(&[stream]), said(&[one, two]));
}
