//! Spans of settled calls, on their way to a collector that speaks OTLP: apart from the calls, which never wait for it.

mod attributes;
mod deliver;
mod genai;
mod spans;

use super::Record;
use crate::call::Ending;
use crate::config::Otlp;
use crate::error::Error;
use crate::gate::Caller;
use crate::metrics::{Metrics, SpanCounts};
use deliver::{Collector, Courier};
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// How long the last spans may take to be sent when the daemon stops.
const LAST_SPANS: Duration = Duration::from_secs(5);

/// A call that has ended, with what its spans show.
struct Finished {
    record: Record,
    caller: Option<Arc<Caller>>,
    ending: Ending,
    ended_at: SystemTime,
    took: Duration,
}

/// The handle to the task that sends spans.
#[derive(Clone)]
pub(crate) struct Spans {
    queue: mpsc::Sender<Finished>,
    counts: SpanCounts,
    respects_sampling: bool,
    stopped: CancellationToken,
    task: TaskTracker,
}

impl fmt::Debug for Spans {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Spans")
    }
}

impl Spans {
    /// Starts the task, if a collector is configured.
    ///
    /// # Errors
    /// If its address is no URL, or a header can't be sent.
    pub(crate) fn start(settings: &Otlp, metrics: &Metrics) -> Result<Option<Self>, Error> {
        let Some(address) = settings.address() else { return Ok(None) };
        let collector = Collector::new(&address, settings)?;
        let (queue, waiting) = mpsc::channel(settings.queue.max(1));
        let (counts, stopped, task) = (metrics.spans.clone(), CancellationToken::new(), TaskTracker::new());
        let delay = Duration::from_millis(settings.delay_ms);
        let courier = Courier::new(collector, delay, counts.clone(), stopped.clone());
        drop(task.spawn(courier.run(waiting)));
        task.close();
        Ok(Some(Self { queue, counts, respects_sampling: settings.respect_sampling, stopped, task }))
    }

    /// Whether a trace is recorded here, whatever the client says.
    pub(crate) fn is_unconditional(&self) -> bool {
        !self.respects_sampling
    }

    /// Sends the spans of a call; drops and counts them where there is no room.
    pub(crate) fn send(&self, record: Record, caller: Option<&Arc<Caller>>, ending: Ending) {
        let is_sampled = record.parent.as_ref().is_none_or(|parent| parent.is_sampled());
        if self.respects_sampling && !is_sampled {
            return;
        }
        let number = spans::number(&record);
        let (took, ended_at) = (record.started.elapsed(), SystemTime::now());
        let finished = Finished { record, caller: caller.cloned(), ending, ended_at, took };
        if self.queue.try_send(finished).is_err() {
            self.counts.dropped.inc_by(number);
        }
    }

    /// Sends what waits, and ends; a few seconds at most, and not longer than calls may take to end.
    pub(crate) async fn flush(&self, drain: Duration) {
        self.stopped.cancel();
        if timeout(LAST_SPANS.min(drain), self.task.wait()).await.is_err() {
            tracing::warn!("the last spans could not be sent in time");
        }
    }
}
