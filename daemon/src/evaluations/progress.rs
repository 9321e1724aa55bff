//! What is told of a run while it is under way.

use contract::wire::evaluations::{CaseResult, Run, RunStatus};
use serde::Serialize;
use std::sync::Arc;

/// What happens in a run, as it is told inside the daemon.
#[derive(Clone, Debug)]
pub(crate) enum Note {
    /// A case ended.
    Case(Arc<CaseResult>),
    /// So far it is.
    Progress(Progress),
    /// It is over.
    Over,
}

/// How far a run is.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Progress {
    pub(super) run_id: String,
    pub(super) status: RunStatus,
    pub(super) cases: usize,
    pub(super) done: usize,
    pub(super) passed: usize,
}

impl Progress {
    /// How far a run is by its figures.
    pub(super) fn of(run: &Run) -> Self {
        let (status, cases, done, passed) = (run.status, run.cases, run.done, run.passed);
        Self { run_id: run.run_id.clone(), status, cases, done, passed }
    }
}
