//! OpenAI's Responses, where the provider has them: their events pass through as they are.

use super::{Chunk, Flavour, Problem, Reader, openai};
use crate::providers::framing::Frame;
use serde_json::Value;

/// Reads `response.*` events.
#[derive(Default)]
pub(super) struct Events {
    is_whole: bool,
}

impl Reader for Events {
    fn read(&mut self, frame: Frame) -> Result<Vec<Chunk>, Problem> {
        if frame.data.trim() == "[DONE]" || frame.data.trim().is_empty() {
            return Ok(Vec::new());
        }
        let value: Value =
            serde_json::from_str(&frame.data).map_err(|_| Problem::garbled("an event is not JSON"))?;
        match value.get("type").and_then(Value::as_str) {
            Some("error") => return Err(openai::OpenAi.problem(&value)),
            Some("response.failed") => return Err(openai::OpenAi.problem(&value["response"])),
            Some("response.completed" | "response.incomplete") => self.is_whole = true,
            Some(_) => {}
            None => return Err(Problem::garbled("an event has no type")),
        }
        Ok(vec![Chunk { value, raw: Some(frame.data) }])
    }

    fn is_whole(&self) -> bool {
        self.is_whole
    }
}
