//! Work under way, so that stopping lets it end well.

use std::future::Future;
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tokio_util::task::task_tracker::TaskTrackerToken;

/// How long what was cut off may take to write its end down.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// The calls under way, and how far stopping has come.
#[derive(Debug, Default)]
pub(crate) struct Work {
    tasks: TaskTracker,
    /// Nothing new begins, and who only watches is sent away.
    pub(crate) draining: CancellationToken,
    /// What is still under way stops.
    pub(crate) cut_off: CancellationToken,
}

impl Work {
    /// Begins work that stopping waits for.
    pub(crate) fn spawn<F>(&self, work: F) -> JoinHandle<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        self.tasks.spawn(work)
    }

    /// What stopping waits for as long as it is held.
    pub(crate) fn hold(&self) -> TaskTrackerToken {
        self.tasks.token()
    }

    /// Waits until all has ended, a few seconds at most.
    pub(crate) async fn ended(&self) {
        self.tasks.close();
        if timeout(LAST_WORDS, self.tasks.wait()).await.is_err() {
            tracing::warn!(tasks = self.tasks.len(), "work did not end in time");
        }
    }
}
