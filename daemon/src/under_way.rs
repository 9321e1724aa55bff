//! Work that goes on without its call, and who watches it.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::broadcast;
use tokio::task::{AbortHandle, JoinHandle};

/// Notes that a slow watcher may lag behind; past that it misses some, and asks for the whole.
const NOTES: usize = 256;

/// Work of one kind that is under way in this process, by its ids, with the notes of what happens in it.
pub(crate) struct UnderWay<N> {
    works: Mutex<HashMap<String, Work<N>>>,
}

struct Work<N> {
    notes: broadcast::Sender<N>,
    task: AbortHandle,
}

impl<N> Default for UnderWay<N> {
    fn default() -> Self {
        Self { works: Mutex::default() }
    }
}

impl<N> fmt::Debug for UnderWay<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UnderWay({})", self.lock().len())
    }
}

impl<N> UnderWay<N> {
    /// Begins work. It can't end before it is noted here.
    pub(crate) fn begin(&self, id: &str, spawn: impl FnOnce() -> JoinHandle<()>)
    where
        N: Clone,
    {
        let (notes, _) = broadcast::channel(NOTES);
        let mut works = self.lock();
        works.insert(id.to_owned(), Work { notes, task: spawn().abort_handle() });
    }

    /// Notes that nobody works on it any longer.
    pub(crate) fn end(&self, id: &str) {
        self.lock().remove(id);
    }

    /// What happens in it from now on, if it is worked on.
    pub(crate) fn watch(&self, id: &str) -> Option<broadcast::Receiver<N>> {
        self.lock().get(id).map(|work| work.notes.subscribe())
    }

    /// Tells who watches.
    pub(crate) fn tell(&self, id: &str, note: N) {
        if let Some(work) = self.lock().get(id) {
            // Nobody may be watching.
            drop(work.notes.send(note));
        }
    }

    /// Stops all work, which goes on at the next start.
    pub(crate) async fn stop(&self) {
        let works: Vec<Work<N>> = self.lock().drain().map(|(_, work)| work).collect();
        for work in works {
            work.task.abort();
            while !work.task.is_finished() {
                tokio::task::yield_now().await;
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Work<N>>> {
        self.works.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
