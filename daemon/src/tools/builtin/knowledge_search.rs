//! `knowledge_search`: passages that the acting user may read, hostile ones set aside.

use super::super::{Bringing, Done, Tool, Wanted};
use crate::guardrails::Redactor;
use crate::knowledge::{self, Mode, Wanted as Search};
use contract::wire::knowledge::Passage;
use futures::FutureExt;
use serde_json::{Map, Value, json};

/// Passages that are brought where the call doesn't say.
const TOP_K: u32 = 6;

pub(super) struct KnowledgeSearch;

impl Tool for KnowledgeSearch {
    fn name(&self) -> &str {
        "knowledge_search"
    }

    fn description(&self) -> &str {
        "Searches the documents that the acting person may read, and brings the best passages."
    }

    fn parameters(&self) -> Value {
        json!({
            "type": "object",
            "properties": {
                "query": {"type": "string", "minLength": 1, "maxLength": 2000, "description": "What to look for"},
                "collections": {"type": "array", "items": {"type": "string"}, "maxItems": 50, "description": "Only in these; for an agent, in its own"},
                "top_k": {"type": "integer", "minimum": 1, "maximum": 50, "description": "How many passages: 6 by default"},
            },
            "required": ["query"],
            "additionalProperties": false,
        })
    }

    fn call<'a>(&'a self, wanted: Wanted<'a>) -> Bringing<'a> {
        search(wanted).boxed()
    }
}

async fn search(wanted: Wanted<'_>) -> Result<Done, String> {
    let (app, arguments) = (wanted.app, wanted.arguments);
    let own = wanted.agent.map(|agent| agent.spec.knowledge.as_ref().map_or(&[][..], |k| &k.collections));
    let asked: Option<Vec<String>> =
        arguments.get("collections").and_then(|names| serde_json::from_value(names.clone()).ok());
    let collections = match (own, asked) {
        (Some(own), None) => Some(own.to_vec()),
        (Some(own), Some(asked)) => Some(asked.into_iter().filter(|name| own.contains(name)).collect()),
        (None, asked) => asked,
    };
    let top_k = arguments.get("top_k").and_then(Value::as_u64).and_then(|n| u32::try_from(n).ok());
    let search = Search {
        query: wanted.text("query"),
        collections: collections.as_deref(),
        filters: None,
        top_k: top_k.unwrap_or(TOP_K),
        mode: Mode::default(),
    };
    let mut found = knowledge::retrieve(app, wanted.context, &search).await.map_err(|error| error.message)?;
    let query = Redactor::default().redact(search.query);
    let quarantined = found.set_hostile_aside(&app.rails, &wanted.context.recorder, &query, Map::new());
    let shown = |passage: &Passage| {
        json!({
            "doc_id": passage.doc_id, "title": passage.title, "section": passage.section, "page": passage.page,
            "text": passage.text,
        })
    };
    let passages: Vec<Value> = found.passages.iter().map(shown).collect();
    Ok(Done::new(json!({"passages": passages, "quarantined": quarantined})))
}
