//! What a trace keeps of a search.

use super::{Retrieved, is_hostile};
use crate::guardrails::Engine;
use crate::trace::Recorder;
use serde_json::{Map, Value, json};

impl Retrieved {
    /// Sets aside the passages that read like attacks, and logs the search; how many there were.
    pub(crate) fn set_hostile_aside(
        &mut self,
        rails: &Engine,
        recorder: &Recorder,
        query: &str,
        more: Map<String, Value>,
    ) -> usize {
        let is_used: Vec<bool> = self.passages.iter().map(|passage| !is_hostile(rails, passage)).collect();
        self.log(recorder, query, &is_used, more);
        let before = self.passages.len();
        let mut used = is_used.iter();
        self.passages.retain(|_| used.next().copied().unwrap_or_default());
        before - self.passages.len()
    }

    /// Puts into the trace what was looked for, how, which passages came with which ranks, which of them were used, and how
    /// many matched that the caller may not read, with what else is told of it. A query is redacted before.
    pub(crate) fn log(&self, recorder: &Recorder, query: &str, is_used: &[bool], more: Map<String, Value>) {
        let candidate = |(passage, used): (&contract::wire::knowledge::Passage, &bool)| {
            json!({
                "doc_id": passage.doc_id, "section": passage.section, "page": passage.page, "ranks": passage.ranks,
                "used": used,
            })
        };
        let used = is_used.iter().filter(|used| **used).count();
        let mut log = json!({
            "query": query, "mode": self.mode.as_str(), "used": used, "considered": self.considered,
            "filtered": self.hidden, "quarantined": is_used.len() - used,
            "candidates": self.passages.iter().zip(is_used).map(candidate).collect::<Vec<_>>(),
        });
        if let Value::Object(log) = &mut log {
            log.extend(more);
        }
        recorder.with(|record| record.retrieval.push(log));
    }
}
