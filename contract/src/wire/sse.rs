//! Server-sent events: numbered, named, each one JSON object.

use serde_json::Value;

/// One event of a stream.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// Its name, such as `completion.delta`.
    pub name: &'static str,
    /// Its data.
    pub data: Value,
}

/// Seconds between the comment lines that keep a silent stream open.
pub const KEEP_ALIVE_SECONDS: u64 = 15;

impl Event {
    /// The event as it goes over the wire, under its number (from 1), as the WHATWG HTML standard,
    /// section 9.2 "Server-sent events", writes it.
    #[must_use]
    pub fn encode(&self, number: u64) -> String {
        format!("event: {}\nid: {number}\ndata: {}\n\n", self.name, self.data)
    }
}

#[cfg(test)]
mod tests {
    use super::Event;
    use serde_json::json;

    #[test]
    fn line_ends_in_text_do_not_break_an_event() {
        let event = Event { name: "completion.delta", data: json!({"text": "a\n\nb\r\nc"}) };
        assert_eq!(
            event.encode(3),
            "event: completion.delta\nid: 3\ndata: {\"text\":\"a\\n\\nb\\r\\nc\"}\n\n"
        );
    }
}
