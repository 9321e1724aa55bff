//! A run is stopped by a person.

use super::{sql, summary};
use crate::act::Act;
use crate::app::App;
use crate::error::{Error, Kind};
use contract::wire::evaluations::{Run, RunStatus};
use serde_json::json;

/// Stops a run: no more cases are asked, and those under way end.
///
/// # Errors
/// If there is no such run, or it is over.
pub(crate) async fn cancel(app: &App, team: &str, id: &str) -> Result<Act<Run>, Error> {
    let run = summary::load(&app.db, team, id).await?.run;
    if run.status.is_over() {
        let message = format!("The run {id} is over: {}.", run.status.as_str());
        return Err(Error::new(Kind::Conflict, "already_over", message));
    }
    let state = |status: RunStatus| json!({"run_id": id, "status": status.as_str()});
    let (before, after) = (state(run.status), state(RunStatus::Cancelled));
    let cancelled = Run { status: RunStatus::Cancelled, ..run };
    Ok(Act::new(cancelled, vec![sql::cancel_run(id)]).changing(before, after))
}
