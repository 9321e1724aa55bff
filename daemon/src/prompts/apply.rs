//! A candidate becomes a version of its agent, on the way of any definition. It goes live through the gate alone.

use super::{sql, view};
use crate::act::Act;
use crate::agents;
use crate::app::App;
use crate::error::{Error, Kind};
use crate::evaluations;
use crate::flywheel;
use crate::gate::Caller;
use contract::agent::AgentDefinition;
use contract::wire::evaluations::RunStatus;
use contract::wire::prompts::{AppliedOptimisation, ApplyOptimisationRequest, Optimisation};
use similar::TextDiff;

/// Applies a candidate: the one named, or the best, if the held-out cases say that it is better.
///
/// # Errors
/// If there is no such candidate, none is better, or the definition is refused.
pub(super) async fn apply(
    app: &App,
    caller: &Caller,
    request: ApplyOptimisationRequest,
) -> Result<Act<AppliedOptimisation>, Error> {
    let (db, team) = (&app.db, &caller.team);
    let search = sql::within_reach(db, caller, &request.optimisation_id).await?;
    // The examples of a candidate are answers to the suite's users.
    let suite = evaluations::suite_version(db, team, &search.plan.suite, &search.plan.suite_version).await?;
    let suite = suite.ok_or_else(|| Error::not_found("suite", &search.plan.suite))?;
    let cases: Vec<String> = suite.spec.cases.iter().map(|case| case.id.clone()).collect();
    evaluations::check_users(caller, &suite, &cases)?;
    // And items of its dataset, which the caller must see too.
    if let Some(dataset) = &search.plan.dataset {
        flywheel::accepted_examples(db, caller, dataset).await?;
    }
    let candidate_id = match request.candidate_id {
        Some(candidate_id) => candidate_id,
        None => best(&search.shown)?,
    };
    let definition = match view::number(&candidate_id) {
        Some(number) => sql::candidate(db, &search.id, number).await?,
        None => None,
    };
    let definition = definition.ok_or_else(|| Error::not_found("candidate", &candidate_id))?;
    let before = agents::version(db, team, &search.plan.agent, &search.plan.agent_version).await?;
    let diff = diff(&before.definition, &definition, &candidate_id)?;
    let origin = format!("{} {candidate_id}", search.id);
    let act = agents::apply(app, caller, &serde_json::to_string(&definition)?, &origin, false).await?;
    Ok(act.map(|applied| AppliedOptimisation {
        object: "agent".into(),
        agent: applied.id,
        version: applied.version,
        from: before.version,
        candidate_id,
        diff,
        definition,
    }))
}

fn best(shown: &Optimisation) -> Result<String, Error> {
    let is_better = shown.holdout.as_ref().is_some_and(|holdout| holdout.verdict == "improved");
    match (&shown.best, is_better) {
        (Some(best), true) => Ok(best.clone()),
        _ if !shown.status.is_over() => {
            let message = "The search is not over, so that nothing decides yet. Wait, or name a candidate.";
            Err(Error::new(Kind::Conflict, "not_finished", message))
        }
        _ if shown.status == RunStatus::Failed => {
            let message = "The search failed before the held-out cases decided. To apply a candidate all the same, name \
                           it.";
            Err(Error::new(Kind::Conflict, "no_improvement", message))
        }
        _ => {
            let message = "The held-out cases show no gain, so that there is nothing to apply. To apply a candidate all \
                           the same, name it.";
            Err(Error::new(Kind::Conflict, "no_improvement", message))
        }
    }
}

/// How two definitions differ, as a unified diff of their YAML.
fn diff(before: &AgentDefinition, after: &AgentDefinition, candidate_id: &str) -> Result<String, Error> {
    let yaml = |definition| serde_yaml::to_string(definition).map_err(Error::internal);
    let (before, after) = (yaml(before)?, yaml(after)?);
    let diff = TextDiff::from_lines(&before, &after);
    Ok(diff.unified_diff().header("as it was", candidate_id).to_string())
}
