//! Answers of earlier runs, taken again where all is the same that they depend on.

use super::engine::Work;
use super::sql;
use crate::app::App;
use crate::error::Error;
use crate::gate::{Caller, admit};
use contract::suite::Case;
use contract::version;
use contract::wire::evaluations::CaseResult;
use serde_json::json;

/// What an answer depends on: the versions of agent and suite, the run's basis, who asks with all that they may do, the tools
/// that the agent is offered for them, the case and the repeat's number. None where the user may not be asked for.
///
/// # Errors
/// If it can't be written as JSON.
pub(super) async fn key(app: &App, work: &Work, case: &Case, repeat: u32) -> Result<Option<String>, Error> {
    let (run, began) = (&work.run, &work.run.caller);
    let caller = match work.bench.suite.user_of(case) {
        None => Some(began.clone()),
        Some(user) => admit::act_in_chat(app, began, user).await.ok(),
    };
    let Some(caller) = caller else { return Ok(None) };
    let Caller { user, groups, role, models, aliases, agents, collections, tools, operator, .. } = &caller;
    let who = json!([user, groups, role.as_str(), models, aliases, agents, collections, tools, operator]);
    let offered = app.tools.offered(app, &caller, &work.agent.definition, "test");
    let held_against = work.bench.other.as_ref().map(|other| other.as_ref().ok().map(|other| &other.run_id));
    let parts = json!([
        run.agent,
        run.agent_version,
        run.suite,
        run.suite_version,
        run.basis,
        who,
        offered,
        case.id,
        repeat,
        held_against,
    ]);
    Ok(Some(version::of(&parts)?))
}

/// The newest answer of this key, as it was scored then.
///
/// # Errors
/// If the store fails.
pub(super) async fn earlier(app: &App, work: &Work, key: &str) -> Result<Option<CaseResult>, Error> {
    if work.run.plan.fresh {
        return Ok(None);
    }
    let found = sql::case_by_answer(&app.db, &work.run.caller.team, key).await?;
    Ok(found.map(|(result, at)| CaseResult { cached_from: result.cached_from.or(Some(at)), ..result }))
}
