//! What fuzzers call, in builds with the feature `fuzzing`: the readers of what strangers send, each with what must hold of
//! any bytes. `tests/fuzz/` has a target for each.

pub use crate::guardrails::fuzzing::{hold_back, rails};
pub use crate::knowledge::fuzzing::files;
pub use crate::providers::fuzzing::streams;
pub use crate::scim::fuzzing::filters;
pub use crate::trace::fuzzing::parents;
