//! One call on its way through the rooms: who makes it, and what it did so far.

use crate::audit::{Entry, Ledger};
use crate::error::Error;
use crate::gate::Caller;
use crate::trace::Recorder;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// What every room knows of the call.
#[derive(Clone, Debug)]
pub(crate) struct Context {
    /// Who calls.
    pub(crate) caller: Arc<Caller>,
    /// What it did so far.
    pub(crate) recorder: Recorder,
    /// Whether the client asked for an event stream.
    pub(crate) wants_events: bool,
    /// Whether the client wants no answer out of the cache.
    pub(crate) is_fresh: bool,
    /// How long the client is ready to wait for work that goes on (`Prefer: wait=N`, RFC 7240).
    pub(crate) wait: Option<Duration>,
    /// Open as long as the client waits for the answer's beginning.
    pub(crate) client: Option<watch::Receiver<()>>,
    ledger: Ledger,
}

/// How a call ended.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ending {
    /// The HTTP status.
    pub(crate) status: u16,
    /// In one word: `completed`, `blocked`, `denied`, `cancelled`, `failed`.
    pub(crate) label: &'static str,
}

impl Context {
    /// The context of a call that the gate let in.
    pub(crate) fn new(caller: Caller, recorder: Recorder, ledger: Ledger) -> Self {
        Self {
            caller: Arc::new(caller),
            recorder,
            wants_events: false,
            is_fresh: false,
            wait: None,
            client: None,
            ledger,
        }
    }

    /// A call that this one makes in its turn, as another caller: with a trace of its own.
    pub(crate) fn spawn(&self, endpoint: &'static str, caller: Caller) -> Self {
        Self {
            wants_events: false,
            is_fresh: false,
            wait: None,
            ..Self::new(caller, Recorder::open(endpoint), self.ledger.clone())
        }
    }

    /// The same call, acting for somebody.
    pub(crate) fn acting(&self, caller: Caller) -> Self {
        Self { caller: Arc::new(caller), ..self.clone() }
    }

    /// The call's trace id.
    pub(crate) fn trace_id(&self) -> String {
        self.recorder.trace_id()
    }

    /// Ends when the client has left before the answer began; never, where no client waits.
    pub(crate) async fn left(&self) {
        match self.client.clone() {
            Some(mut client) => while client.changed().await.is_ok() {},
            None => std::future::pending().await,
        }
    }

    /// Writes the trace and the audit row, once: what comes after the first time changes nothing.
    ///
    /// # Errors
    /// If the store fails.
    pub(crate) async fn settle(&self, ending: Ending) -> Result<(), Error> {
        let Some(record) = self.recorder.close() else { return Ok(()) };
        self.ledger.write(Entry::of(&record, Some(&self.caller), ending)).await
    }
}
