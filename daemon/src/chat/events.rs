//! The events of one answer, on their way to the client.

use crate::error::{Error, Kind};
use contract::wire::sse::Event;
use serde::Serialize;
use serde_json::Value;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// Where an answer's events go. When nobody listens any longer, the work ends.
pub(crate) struct Events {
    sender: mpsc::Sender<Event>,
    trace_id: String,
    cut_off: CancellationToken,
}

impl Events {
    /// Events of a trace; `cut_off` tells when the daemon stops without waiting any longer.
    pub(crate) fn new(sender: mpsc::Sender<Event>, trace_id: String, cut_off: CancellationToken) -> Self {
        Self { sender, trace_id, cut_off }
    }

    /// Sends an event; its data gets the trace id.
    ///
    /// # Errors
    /// [`Kind::Cancelled`], if the client has left.
    pub(crate) async fn send(&self, name: &'static str, data: impl Serialize) -> Result<(), Error> {
        let mut data = serde_json::to_value(data)?;
        if let Value::Object(fields) = &mut data
            && !fields.contains_key("trace_id")
        {
            fields.insert("trace_id".into(), self.trace_id.clone().into());
        }
        self.sender.send(Event { name, data }).await.map_err(|_| left())
    }

    /// Ends when the client has left, or the daemon stops.
    pub(crate) async fn ended(&self) -> Error {
        tokio::select! {
            () = self.sender.closed() => left(),
            () = self.cut_off.cancelled() => {
                let message = "The daemon stops. Ask again when it is back.";
                Error::new(Kind::Unavailable, "shutting_down", message)
            }
        }
    }
}

fn left() -> Error {
    Error::new(Kind::Cancelled, "client_left", "The client left before the answer ended.")
}
