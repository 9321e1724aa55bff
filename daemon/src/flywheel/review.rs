//! People look at the items of a dataset: what they accept may be exported, as it is or as they say it should be.

use super::sql;
use crate::act::Act;
use crate::error::Error;
use crate::gate::Caller;
use crate::guardrails::Redactor;
use crate::store::Db;
use contract::wire::flywheel::{ItemState, ReviewRequest, ReviewedDataset};

/// Most decisions of one call.
const MOST: usize = 200;

/// Most bytes of an answer.
const MOST_TEXT: usize = 32 * 1024;

/// Decides on items of a version: the newest that is ready, unless one is named.
///
/// # Errors
/// If there is no such version or item, or a decision is none.
pub(crate) async fn review(
    db: &Db,
    caller: &Caller,
    mut request: ReviewRequest,
) -> Result<Act<ReviewedDataset>, Error> {
    if request.decisions.is_empty() || request.decisions.len() > MOST {
        return Err(Error::invalid("decisions", format!("Send 1 to {MOST} decisions.")));
    }
    let mut redactor = Redactor::default();
    for decision in &mut request.decisions {
        if decision.state == ItemState::Pending {
            return Err(Error::invalid("decisions", "An item is `accepted` or `rejected`."));
        }
        if let Some(answer) = &mut decision.answer {
            if answer.trim().is_empty() || answer.len() > MOST_TEXT {
                return Err(Error::invalid("decisions", format!("An answer has 1 to {MOST_TEXT} bytes.")));
            }
            *answer = redactor.redact(answer);
        }
    }
    let versions = sql::versions(db, caller, &request.dataset_id).await?;
    let is_wanted = |version: &str| request.version.as_ref().is_none_or(|wanted| version.starts_with(wanted));
    let found = versions.into_iter().find(|stored| stored.dataset.version.as_deref().is_some_and(is_wanted));
    let found = found.ok_or_else(|| Error::not_found("dataset", &request.dataset_id))?;
    for decision in &request.decisions {
        let item = sql::items(db, &found.made, None, decision.number.saturating_sub(1), 1).await?;
        if item.first().is_none_or(|item| item.number != decision.number) {
            let message = format!("The version has no item {}.", decision.number);
            return Err(Error::invalid("decisions", message));
        }
    }
    let reviewed = ReviewedDataset {
        object: "dataset.review".into(),
        dataset_id: found.dataset.dataset_id,
        version: found.dataset.version.unwrap_or_default(),
        reviewed: request.decisions.len(),
    };
    let statements = request.decisions.iter().map(|decision| sql::decide(&found.made, decision)).collect();
    let after =
        (&reviewed.version, request.decisions.iter().map(|d| (d.number, d.state)).collect::<Vec<_>>());
    let change = serde_json::to_value(after)?;
    Ok(Act::new(reviewed, statements).changing((), change))
}
