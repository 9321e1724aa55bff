//! What a trace keeps of a search.

use super::Retrieved;
use crate::trace::Recorder;
use serde_json::{Map, Value, json};

impl Retrieved {
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
