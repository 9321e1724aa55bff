//! Who watches a run, and who works on it.

use contract::wire::evaluations::{CaseResult, Run, RunStatus};
use serde::Serialize;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::broadcast;
use tokio::task::{AbortHandle, JoinHandle};

/// Notes that a slow watcher may lag behind; past that it misses some, and asks for the run.
const NOTES: usize = 256;

/// The runs under way in this process.
#[derive(Debug, Default)]
pub(crate) struct Runs {
    under_way: Mutex<HashMap<String, UnderWay>>,
}

#[derive(Debug)]
struct UnderWay {
    notes: broadcast::Sender<Note>,
    work: AbortHandle,
}

impl Runs {
    /// Begins work on a run. The work can't end before it is noted here.
    pub(super) fn begin(&self, id: &str, spawn: impl FnOnce() -> JoinHandle<()>) {
        let (notes, _) = broadcast::channel(NOTES);
        let mut runs = self.lock();
        runs.insert(id.to_owned(), UnderWay { notes, work: spawn().abort_handle() });
    }

    /// Notes that nobody works on it any longer.
    pub(super) fn end(&self, id: &str) {
        self.lock().remove(id);
    }

    /// What happens in a run from now on, if it is worked on.
    pub(super) fn watch(&self, id: &str) -> Option<broadcast::Receiver<Note>> {
        self.lock().get(id).map(|run| run.notes.subscribe())
    }

    /// Tells who watches.
    pub(super) fn tell(&self, id: &str, note: Note) {
        if let Some(run) = self.lock().get(id) {
            // Nobody may be watching.
            drop(run.notes.send(note));
        }
    }

    /// Stops all work, which goes on at the next start.
    pub(crate) async fn stop(&self) {
        let runs: Vec<UnderWay> = self.lock().drain().map(|(_, run)| run).collect();
        for run in runs {
            run.work.abort();
            while !run.work.is_finished() {
                tokio::task::yield_now().await;
            }
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, UnderWay>> {
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What happens in a run, as it is told inside the daemon.
#[derive(Clone, Debug)]
pub(super) enum Note {
    /// A case ended.
    Case(Arc<CaseResult>),
    /// So far it is.
    Progress(Progress),
    /// It is over.
    Over,
}

/// How far a run is.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Progress {
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
