//! Lists: filtered, counted, a page of them (RFC 7644, section 3.4.2). A filter reads the team's resources in steps, and
//! holds one page of them; what an index finds is all that it reads.

use super::filter::Filter;
use super::schema::ResourceType;
use super::select::select;
use super::{LIST, MOST, USUAL};
use crate::error::Error;
use contract::wire::Object;
use contract::wire::scim::{ScimList, ScimQuery};
use serde_json::Value;

/// Resources that are read at once.
const STEP: usize = 500;

/// Where resources are read from, in the order of their ids.
pub(super) trait Source {
    /// How many there are.
    async fn total(&self) -> Result<u64, Error>;
    /// Some of them, so many from the first on.
    async fn page(&self, skip: u64, limit: usize) -> Result<Vec<Object>, Error>;
    /// Some of those after an id that a filter may choose.
    async fn after(&self, id: &str, filter: &Filter, limit: usize) -> Result<Vec<Object>, Error>;
}

/// A page of what there is.
///
/// # Errors
/// If the filter is none, or the store fails.
pub(super) async fn list(
    kind: &'static ResourceType,
    source: &impl Source,
    query: &ScimQuery,
    filter: Option<&Filter>,
) -> Result<ScimList, Error> {
    // Numbers below their bounds count as the least that makes sense.
    let start = query.start_index.map_or(1, |start| u64::try_from(start).unwrap_or(0).max(1));
    let count = query.count.map_or(USUAL, |count| usize::try_from(count).unwrap_or(0).min(MOST));
    let (total, found) = match filter {
        None if count == 0 => (source.total().await?, Vec::new()),
        None => (source.total().await?, source.page(start - 1, count).await?),
        Some(filter) => filtered(source, filter, start - 1, count).await?,
    };
    Ok(ScimList {
        schemas: vec![LIST.into()],
        total_results: total,
        start_index: start,
        items_per_page: found.len() as u64,
        resources: found.into_iter().map(|resource| select(kind, resource, &query.fields)).collect(),
    })
}

async fn filtered(
    source: &impl Source,
    filter: &Filter,
    skip: u64,
    count: usize,
) -> Result<(u64, Vec<Object>), Error> {
    let (mut total, mut found, mut after) = (0, Vec::new(), String::new());
    loop {
        let step = source.after(&after, filter, STEP).await?;
        let is_last = step.len() < STEP;
        if let Some(Value::String(id)) = step.last().and_then(|resource| resource.get("id")) {
            after.clone_from(id);
        }
        for resource in step.into_iter().filter(|resource| filter.holds(resource)) {
            if total >= skip && found.len() < count {
                found.push(resource);
            }
            total += 1;
        }
        if is_last {
            return Ok((total, found));
        }
    }
}
