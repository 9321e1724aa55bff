//! Who watches a run, and who works on it.

use crate::error::Error;
use contract::wire::evaluations::{CaseResult, RunDetail, RunStatus};
use contract::wire::sse::Event;
use serde_json::json;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use tokio::sync::broadcast;
use tokio::task::{AbortHandle, JoinHandle};

/// Events that a slow watcher may lag behind; past that it misses some, and asks for the run.
const EVENTS: usize = 256;

/// The runs under way in this process.
#[derive(Debug, Default)]
pub(crate) struct Runs {
    under_way: Mutex<HashMap<String, UnderWay>>,
}

#[derive(Debug)]
struct UnderWay {
    events: broadcast::Sender<Event>,
    work: AbortHandle,
}

impl Runs {
    /// Begins work on a run. The work can't end before it is noted here.
    pub(super) fn begin(&self, id: &str, spawn: impl FnOnce() -> JoinHandle<()>) {
        let (events, _) = broadcast::channel(EVENTS);
        let mut runs = self.lock();
        runs.insert(id.to_owned(), UnderWay { events, work: spawn().abort_handle() });
    }

    /// Notes that nobody works on it any longer.
    pub(super) fn end(&self, id: &str) {
        self.lock().remove(id);
    }

    /// The events of a run from now on, if it is worked on.
    pub(super) fn watch(&self, id: &str) -> Option<broadcast::Receiver<Event>> {
        self.lock().get(id).map(|run| run.events.subscribe())
    }

    /// Tells who watches.
    pub(super) fn tell(&self, id: &str, event: Event) {
        if let Some(run) = self.lock().get(id) {
            // Nobody may be watching.
            drop(run.events.send(event));
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

/// How far a run is.
pub(super) fn progress(run: &str, status: RunStatus, cases: usize, done: usize, passed: usize) -> Event {
    let data = json!({"run_id": run, "status": status, "cases": cases, "done": done, "passed": passed});
    Event { name: "run.progress", data }
}

/// One case's end.
pub(super) fn finished_case(run: &str, result: &CaseResult) -> Result<Event, Error> {
    let mut data = serde_json::to_value(result)?;
    data["run_id"] = run.into();
    Ok(Event { name: "case.finished", data })
}

/// The run's end.
pub(super) fn finished(run: &RunDetail) -> Result<Event, Error> {
    Ok(Event { name: "run.finished", data: serde_json::to_value(run)? })
}
