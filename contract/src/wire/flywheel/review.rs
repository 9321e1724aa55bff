//! People's decisions on a dataset's items.

use super::ItemState;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `POST /admin/v1/datasets/{dataset_id}/review`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ReviewRequest {
    /// The dataset: its id or its name.
    #[schemars(example = &"dst_01m8ckn3ghe26t63gpkartzckr")]
    pub dataset_id: String,
    /// The version, or its beginning; the newest that is ready by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"19bc03287cdde113f6c2e5ef9f73df7340769bb338ecf141307ad8183deedb70")]
    pub version: Option<String>,
    /// What is decided: 1 to 200.
    pub decisions: Vec<ReviewDecision>,
}

/// What is decided on an item.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReviewDecision {
    /// The item's number.
    pub number: i64,
    /// `accepted` or `rejected`.
    pub state: ItemState,
    /// What should have been answered: it takes the place of a correction. The version stays what it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"Ten paid sick days a year [1].")]
    pub answer: Option<String>,
}

/// That items were reviewed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ReviewedDataset {
    /// Always `dataset.review`.
    pub object: String,
    /// The dataset's id.
    #[schemars(example = &"dst_01m8ckn3ghe26t63gpkartzckr")]
    pub dataset_id: String,
    /// The version.
    #[schemars(example = &"19bc03287cdde113f6c2e5ef9f73df7340769bb338ecf141307ad8183deedb70")]
    pub version: String,
    /// How many items were decided on.
    pub reviewed: usize,
}
