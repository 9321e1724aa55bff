//! Lists, a page at a time.

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

/// Most rows of a page.
pub const MAX_LIMIT: u32 = 200;

/// Rows of a page where the caller doesn't say.
pub const DEFAULT_LIMIT: u32 = 50;

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "{T}Page")]
pub struct Page<T> {
    /// Always `list`.
    pub object: String,
    /// The rows.
    pub data: Vec<T>,
    /// Whether there are more.
    pub has_more: bool,
    /// What to send as `after` for the next page.
    #[schemars(example = &"42")]
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// A page of up to `limit` rows, from one more than that where there are more.
    #[must_use]
    pub fn of(mut rows: Vec<T>, limit: u32, cursor: impl Fn(&T) -> String) -> Self {
        let has_more = rows.len() > limit as usize;
        rows.truncate(limit as usize);
        let next = if has_more { rows.last().map(cursor) } else { None };
        Self { object: "list".into(), data: rows, has_more, next }
    }

    /// A page of a whole list in memory, after the row that the cursor names.
    #[must_use]
    pub fn cut(rows: Vec<T>, query: &ListQuery, cursor: impl Fn(&T) -> String) -> Self {
        let start = match &query.after {
            Some(after) => {
                rows.iter().position(|row| cursor(row) == *after).map_or(rows.len(), |place| place + 1)
            }
            None => 0,
        };
        let limit = query.limit.unwrap_or(DEFAULT_LIMIT);
        let rows = rows.into_iter().skip(start).take(limit as usize + 1).collect();
        Self::of(rows, limit, cursor)
    }

    /// A whole list on one page.
    #[must_use]
    pub fn whole(rows: Vec<T>) -> Self {
        Self { object: "list".into(), data: rows, has_more: false, next: None }
    }
}

/// Which page of a list.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ListQuery {
    /// Rows of the page: 1 to 200, 50 by default.
    #[serde(default, deserialize_with = "limit", skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 200))]
    #[schemars(example = 50)]
    pub limit: Option<u32>,
    /// The `next` of the page before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"42")]
    pub after: Option<String>,
}

/// A page's limit, which may come as text, as query strings bring it.
///
/// # Errors
/// If it is neither a whole number from 1 to 200 nor its text.
pub(crate) fn limit<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u32>, D::Error> {
    let value = Option::<Value>::deserialize(deserializer)?;
    let number = match value {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::Number(number)) => number.as_u64(),
        Some(Value::String(text)) => text.parse().ok(),
        Some(_) => None,
    };
    let limit = number.and_then(|n| u32::try_from(n).ok()).filter(|n| (1..=MAX_LIMIT).contains(n));
    let wrong = || serde::de::Error::custom(format!("`limit` is a whole number from 1 to {MAX_LIMIT}"));
    limit.map(Some).ok_or_else(wrong)
}

/// A flag that may come as text, as query strings bring it.
///
/// # Errors
/// If it is neither a boolean nor `true`, `false`, `1`, `0` or empty.
pub fn flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::Bool(flag) => Ok(flag),
        Value::String(text) if matches!(text.as_str(), "" | "true" | "1") => Ok(true),
        Value::String(text) if matches!(text.as_str(), "false" | "0") => Ok(false),
        _ => Err(serde::de::Error::custom("expected true or false")),
    }
}
