//! What must hold of any `traceparent` that a client sends.

use super::parent::Parent;

/// One that is taken has a trace's id; the two headers stand on two lines.
pub fn parents(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let (parent, state) = text.split_once('\n').unwrap_or((&text, ""));
    if let Some(parent) = Parent::read(parent, Some(state)) {
        assert_eq!(parent.trace_id().len(), 32);
    }
}
