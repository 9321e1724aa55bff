//! Feedback, traces worth learning from, and datasets made of them.

mod review;

pub use review::{ReviewDecision, ReviewRequest, ReviewedDataset};

use super::Object;
use super::page::ListQuery;
use crate::time::Time;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What somebody thought of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Rating {
    /// It was good.
    Up,
    /// It was not.
    Down,
}

/// `POST /feedback`: of the key and its user, one to a trace; what is sent again replaces it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FeedbackRequest {
    /// The trace of the answer.
    #[schemars(example = &"01a2193bf011b44f12c15f0d0f5087dc")]
    pub trace_id: String,
    /// Up or down.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rating: Option<Rating>,
    /// How good, from 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 1))]
    #[schemars(example = 0.85)]
    pub score: Option<f64>,
    /// What should have been answered: up to 32 KiB.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correction: Option<String>,
    /// Why: up to 32 KiB.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// Words to find it by: up to 16, of up to 64 characters.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Where it came from, such as `widget`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}

/// What was said of a trace.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Feedback {
    /// Always `feedback`.
    pub object: String,
    /// Its id.
    #[schemars(example = &"fbk_01m8ckn3ghe26t63gpkartzckr")]
    pub feedback_id: String,
    /// Who said it.
    #[schemars(example = &"sarah@example.org")]
    pub user: Option<String>,
    /// What was said; personal data and secrets are redacted.
    #[serde(flatten)]
    pub said: FeedbackRequest,
    /// When it was said last.
    pub created_at: Time,
}

/// `GET /flywheel/candidates`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ListCandidatesQuery {
    /// The page.
    #[serde(flatten)]
    pub page: ListQuery,
    /// Only of this agent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"hr-assistant")]
    pub agent: Option<String>,
    /// Only for this reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// From this time on; the last seven days by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Time>,
}

/// Why a trace is worth a human's minute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Somebody said what should have been answered.
    Corrected,
    /// Somebody was not content; the value is how little, from 0 to 1.
    NegativeFeedback,
    /// The call failed.
    Failed,
    /// A rail stopped or doubted it; the value is how sure the rail was.
    Rail,
    /// The answer says what no passage says; the value is how sure the rail was.
    Ungrounded,
    /// The same person asked much the same again within five minutes; the value is how alike the questions are.
    AskedAgain,
    /// No passage was found that the user may read.
    NothingFound,
    /// It is like no case of any suite, and like no newer question: a new kind.
    Novel,
    /// It took longer than 95 of 100; the value is its share of what it and the median took together.
    Slow,
    /// It cost more than 95 of 100; the value as for time.
    Costly,
}

/// A reason with its weight.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Because {
    /// The reason.
    pub reason: Reason,
    /// How strong it is, from 0 to 1.
    pub value: f64,
}

/// A trace worth learning from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Candidate {
    /// Always `flywheel.candidate`.
    pub object: String,
    /// The trace.
    #[schemars(example = &"01a2193bf011b44f12c15f0d0f5087dc")]
    pub trace_id: String,
    /// The agent that answered.
    #[schemars(example = &"hr-assistant")]
    pub agent: Option<String>,
    /// How much it is worth a look, from 0 to 1.
    #[schemars(example = 0.85)]
    pub score: f64,
    /// Why.
    pub reasons: Vec<Because>,
    /// What was asked, where traces keep it (`audit.content`).
    #[schemars(example = &"How many sick days do I have?")]
    pub question: Option<String>,
    /// What was answered, likewise.
    #[schemars(example = &"Ten paid sick days a year [1].")]
    pub answer: Option<String>,
    /// What people said of it.
    pub feedback: Vec<Feedback>,
    /// When it was asked.
    pub created_at: Time,
}

/// `POST /flywheel/datasets`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(example = json!({"name": "hr", "filter": {"corrected": true}, "split": {"train": 0.8, "dev": 0.1, "test": 0.1}}))]
pub struct CurateRequest {
    /// Its name; the same name again makes its next version.
    pub name: String,
    /// Only of this agent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"hr-assistant")]
    pub agent: Option<String>,
    /// Which traces.
    #[serde(default)]
    pub filter: DatasetFilter,
    /// How many at most.
    #[serde(default)]
    pub caps: DatasetCaps,
    /// When two are one.
    #[serde(default)]
    pub dedupe: Dedupe,
    /// Whether personal data and secrets are placeholders, as they are in traces: false is refused. Numbers of
    /// placeholders are those of one trace.
    #[serde(default = "yes")]
    pub redact: bool,
    /// Shares of its parts, such as `{"train": 0.8, "dev": 0.1, "test": 0.1}`; all is `train` by default.
    #[serde(default)]
    pub split: BTreeMap<Split, f64>,
    /// Whether a person looks at each item before it is exported.
    #[serde(default = "yes")]
    pub review: bool,
    /// The id of the suite that `format=suite` exports; the dataset's name by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub into_suite: Option<String>,
}

fn yes() -> bool {
    true
}

/// Which traces a dataset is made of.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DatasetFilter {
    /// From this time on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Time>,
    /// Before this time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Time>,
    /// Only rated so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rating: Option<Rating>,
    /// Only those that somebody corrected.
    #[serde(default)]
    pub corrected: bool,
    /// Only answers of this environment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"prod")]
    pub environment: Option<String>,
    /// Only with one of these tags in their feedback.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// The share of the traces that is taken, from 0 to 1, the same ones each time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 1))]
    pub sample: Option<f64>,
}

/// How many items a dataset takes at most.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DatasetCaps {
    /// Of one user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per_user: Option<u32>,
    /// In all: 10,000 by default, 100,000 at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<u32>,
}

/// When two items are one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Dedupe {
    /// The least likeness of two questions (Jaccard's, of their three-word sequences) at which the later goes: 0.5 to 1.
    #[schemars(range(min = 0.5, max = 1))]
    pub near: f64,
}

impl Default for Dedupe {
    fn default() -> Self {
        Self { near: 0.85 }
    }
}

/// A part of a dataset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Split {
    /// To learn from.
    Train,
    /// To choose by.
    Dev,
    /// To judge by, once.
    Test,
}

impl Split {
    /// Its name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Train => "train",
            Self::Dev => "dev",
            Self::Test => "test",
        }
    }
}

/// How far a dataset's version is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum DatasetStatus {
    /// Traces are being read.
    Running,
    /// It is as it will be.
    Ready,
    /// It could not be made.
    Failed,
}

/// How many traces went where.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DatasetCounts {
    /// Traces that the filter lets through.
    pub matched: u64,
    /// Of them, those that are too much like an earlier one.
    pub duplicates: u64,
    /// Items in which something was redacted.
    pub redacted: u64,
    /// Traces that are past a cap, or whose question and answer weren't kept.
    pub dropped: u64,
    /// Items.
    pub kept: u64,
    /// Items by part.
    pub by_split: BTreeMap<Split, u64>,
}

/// A version of a dataset.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Dataset {
    /// Always `dataset`.
    pub object: String,
    /// The dataset's id.
    #[schemars(example = &"dst_01m8ckn3ghe26t63gpkartzckr")]
    pub dataset_id: String,
    /// Its name.
    pub name: String,
    /// The SHA-256 of its items, once it is ready: the same items, the same version.
    #[schemars(example = &"19bc03287cdde113f6c2e5ef9f73df7340769bb338ecf141307ad8183deedb70")]
    pub version: Option<String>,
    /// How far it is.
    pub status: DatasetStatus,
    /// How many traces went where.
    pub counts: DatasetCounts,
    /// When it was begun.
    pub created_at: Time,
}

/// `GET /flywheel/datasets/{dataset_id}`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DatasetPath {
    /// The dataset: its id or its name.
    #[schemars(example = &"dst_01m8ckn3ghe26t63gpkartzckr")]
    pub dataset_id: String,
    /// The version, or its beginning; the newest that is ready by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"19bc03287cdde113f6c2e5ef9f73df7340769bb338ecf141307ad8183deedb70")]
    pub version: Option<String>,
    /// The form of an export; `json` shows a page of the items.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<DatasetFormat>,
    /// Only this part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub split: Option<Split>,
    /// The page of its items.
    #[serde(flatten)]
    pub page: ListQuery,
}

/// The form of an export. All but `json` have accepted items only.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DatasetFormat {
    /// The dataset and a page of its items, with their traces.
    #[default]
    Json,
    /// OpenAI's fine-tuning format: a conversation a line.
    OpenaiSft,
    /// The same of answers that tools were called for, with the calls and what they brought.
    OpenaiTools,
    /// OpenAI's preference format: corrected answers against those given.
    Dpo,
    /// An `EvalSuite` in YAML: corrected items are cases that must pass.
    Suite,
    /// A table.
    Csv,
}

/// How far the review of an item is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ItemState {
    /// Nobody has looked at it.
    Pending,
    /// It may be exported.
    Accepted,
    /// It may not.
    Rejected,
}

/// An item of a dataset.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DatasetItem {
    /// Its number in the version, from 1.
    pub number: i64,
    /// The trace that it comes from.
    #[schemars(example = &"01a2193bf011b44f12c15f0d0f5087dc")]
    pub trace_id: String,
    /// The agent that answered.
    #[schemars(example = &"hr-assistant")]
    pub agent: Option<String>,
    /// Its part.
    pub split: Split,
    /// How far its review is.
    pub state: ItemState,
    /// What was asked.
    #[schemars(example = &"How many sick days do I have?")]
    pub question: String,
    /// What was answered.
    #[schemars(example = &"Ten paid sick days a year [1].")]
    pub answer: String,
    /// What should have been answered.
    pub correction: Option<String>,
    /// What people thought of it.
    pub rating: Option<Rating>,
    /// What was asked of tools before the answer, and what they brought: messages in OpenAI's form.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "Vec<Object>")]
    pub steps: Vec<Value>,
    /// The tools that were called, in OpenAI's form.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "Vec<Object>")]
    pub tools: Vec<Value>,
}

/// A version of a dataset with a page of its items.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DatasetDetail {
    /// The version.
    #[serde(flatten)]
    pub dataset: Dataset,
    /// The rules that it was made by.
    pub rules: CurateRequest,
    /// The ids of its versions that are ready, the newest first.
    pub versions: Vec<String>,
    /// Its items.
    pub data: Vec<DatasetItem>,
    /// Whether there are more.
    pub has_more: bool,
    /// What to send as `after` for the next page.
    #[schemars(example = &"42")]
    pub next: Option<String>,
}
