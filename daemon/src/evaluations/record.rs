//! The run of record: the one that a gate may judge a version by.

use super::{basis, sql, summary};
use crate::agents::Deployed;
use crate::app::App;
use crate::error::Error;
use contract::wire::evaluations::{RunDetail, RunStatus};

/// The run that shows exactly this version on exactly this suite version under today's setup, or why there is none.
///
/// # Errors
/// If the store fails, or a run that was named isn't there.
pub(crate) async fn run_for_gate(
    app: &App,
    team: &str,
    wanted: &Deployed,
    suite: &str,
    suite_version: &str,
    named: Option<&str>,
) -> Result<Result<RunDetail, String>, Error> {
    let agent = &wanted.definition.metadata.id;
    let found = match named {
        Some(id) => sql::run_by_id(&app.db, id).await?.filter(|run| run.caller.team == team),
        None => sql::newest_run(&app.db, team, agent, &wanted.version, suite).await?,
    };
    let Some(run) = found else {
        return match named {
            Some(id) => Err(Error::not_found("run", id)),
            None => Ok(Err(format!("no finished, complete run of this version on {suite}: run it"))),
        };
    };
    let definition = sql::suite_version(&app.db, team, suite, suite_version).await?;
    let definition = definition.ok_or_else(|| Error::not_found("suite", suite))?;
    let today = basis(app, team, &wanted.definition, &definition).await?;
    let problems = [
        (run.agent != *agent || run.agent_version != wanted.version, "is of another agent version"),
        (run.suite != suite || run.suite_version != suite_version, "is of another version of the suite"),
        (run.status != RunStatus::Finished || !run.complete, "is not finished and complete"),
        (
            run.basis != today,
            "is older than a change of the evaluators, the rails, the model or the documents",
        ),
    ];
    match problems.iter().find(|(wrong, _)| *wrong) {
        Some((_, problem)) => Ok(Err(format!("run {} {problem}: run it again", run.id))),
        None => Ok(Ok(summary::load(&app.db, team, &run.id).await?)),
    }
}
