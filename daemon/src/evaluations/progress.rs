//! What is told of a run while it is under way.

use contract::wire::evaluations::CaseResult;
use contract::wire::events::RunProgress;
use std::sync::Arc;

/// What happens in a run, as it is told inside the daemon.
#[derive(Clone, Debug)]
pub(crate) enum Note {
    /// A case ended.
    Case(Arc<CaseResult>),
    /// So far it is.
    Progress(RunProgress),
    /// It is over.
    Over,
}
