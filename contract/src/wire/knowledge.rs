//! Documents and search.

use super::Object;
use super::page::ListQuery;
use crate::time::Time;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// `POST /search`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(example = json!({"query": "remote work", "top_k": 5}))]
pub struct SearchRequest {
    /// What to look for.
    #[schemars(example = &"sick days")]
    pub query: String,
    /// Where; everywhere by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collections: Option<Vec<String>>,
    /// How many passages: 1 to 100, 10 by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 100))]
    #[schemars(example = 10)]
    pub top_k: Option<u32>,
    /// Metadata that the document must have: each field with its value, a list of values of which it must have one, or
    /// bounds such as `{"gte": "2024-01-01", "lt": "2025-01-01"}`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filters: Option<Object>,
    /// `hybrid`, `lexical` or `dense`; what the daemon can, by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<String>,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SearchAnswer {
    /// Always `list`.
    pub object: String,
    /// Passages, the best first.
    pub data: Vec<Passage>,
    /// How it was searched.
    pub mode: String,
    /// The call's trace id.
    #[schemars(example = &"01a2193bf011b44f12c15f0d0f5087dc")]
    pub trace_id: String,
}

/// A passage found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Passage {
    /// The document.
    #[schemars(example = &"HR-2024-02")]
    pub doc_id: String,
    /// Its title.
    pub title: String,
    /// The section: its number, or its heading where it has none.
    #[schemars(example = &"2.1")]
    pub section: Option<String>,
    /// The page, where the format has pages.
    pub page: Option<u32>,
    /// The collection.
    #[schemars(example = &"hr-policies")]
    pub collection: String,
    /// Exact text of the source.
    pub text: String,
    /// The rank's score, the higher the better.
    #[schemars(example = 0.85)]
    pub score: f64,
    /// The rank in each list that was searched, from 1.
    pub ranks: Ranks,
    /// Words of the text that were looked for, each as it stands there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub highlights: Vec<String>,
}

/// The rank in each list that was searched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Ranks {
    /// By words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lexical: Option<u32>,
    /// By meaning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dense: Option<u32>,
}

/// `POST /knowledge/documents`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(example = json!({"doc_id": "HR-9", "text": "# Parking\n\nBicycles stand in the yard.", "collection": "hr-policies", "groups": ["employees"]}))]
pub struct AddDocumentRequest {
    /// Its id; one is given where it is left out. The same id replaces the document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"HR-2024-02")]
    pub doc_id: Option<String>,
    /// Its title; the first heading by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Its text, as Markdown or plain; a form has its `file` instead.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// The collection it belongs to.
    #[schemars(example = &"hr-policies")]
    pub collection: String,
    /// The groups that may read it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<String>,
    /// The people who may read it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub users: Vec<String>,
    /// Whether everyone may.
    #[serde(default)]
    pub public: bool,
    /// Kept with it; search can filter by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Object>,
}

/// Who may read a document.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DocumentAccess {
    /// Members of these groups.
    pub groups: Vec<String>,
    /// These people.
    pub users: Vec<String>,
    /// Everyone.
    pub public: bool,
}

/// A document.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Document {
    /// Always `document`.
    pub object: String,
    /// Its id.
    #[schemars(example = &"HR-2024-02")]
    pub doc_id: String,
    /// Its title.
    pub title: String,
    /// The collection.
    #[schemars(example = &"hr-policies")]
    pub collection: String,
    /// `queued`, `ready` or `refused`.
    pub status: String,
    /// Why it was refused, or what of it could not be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Pages, where the format has them.
    pub pages: Option<u32>,
    /// Sections.
    pub sections: Option<u32>,
    /// Passages.
    pub passages: Option<u32>,
    /// Who may read it.
    pub access: DocumentAccess,
    /// The SHA-256, in hex, of the file or the text that it was last made of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_hash: Option<String>,
    /// The model by whose vectors it is found too; without one it is found by words only, also while it waits for them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub embedded_by: Option<String>,
    /// Kept with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Object>,
    /// When it was added.
    pub created_at: Time,
}

/// A document with its outline.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DocumentDetail {
    /// The document.
    #[serde(flatten)]
    pub document: Document,
    /// Its sections in order.
    pub outline: Vec<OutlineEntry>,
}

/// One section of an outline.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct OutlineEntry {
    /// The section's number, where it has one.
    #[schemars(example = &"2.1")]
    pub section: Option<String>,
    /// Its heading.
    pub title: String,
    /// The page, where the format has pages.
    pub page: Option<u32>,
}

/// `GET /knowledge/documents`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ListDocumentsQuery {
    /// The page.
    #[serde(flatten)]
    pub page: ListQuery,
    /// Only this collection.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"hr-policies")]
    pub collection: Option<String>,
    /// Only of this status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
}

/// A document by its id.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DocumentPath {
    /// The document.
    #[schemars(example = &"HR-2024-02")]
    pub doc_id: String,
}

/// A source that documents come from by themselves, and how it stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SourceState {
    /// Always `source`.
    pub object: String,
    /// Its name in the configuration.
    pub name: String,
    /// `folder`, `git`, `website` or `bucket`.
    pub kind: String,
    /// The team that its documents belong to.
    #[schemars(example = &"default")]
    pub team: String,
    /// The collection that they belong to.
    #[schemars(example = &"hr-policies")]
    pub collection: String,
    /// When it was last looked at; never, while the first look goes on.
    pub looked_at: Option<Time>,
    /// Documents that were there.
    pub documents: usize,
    /// What of it could not be read, and why; the first few.
    pub skipped: Vec<String>,
    /// Why it could not be looked at: what came from it stays.
    pub trouble: Option<String>,
}
