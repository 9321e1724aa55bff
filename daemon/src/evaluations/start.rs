//! A run begins: the versions are fixed, the users checked, the plan stored.

use super::{SEED, basis, engine, sql, summary};
use crate::act::Act;
use crate::agents::{self, Deployed};
use crate::app::App;
use crate::error::{Error, Kind};
use crate::gate::Caller;
use crate::gate::identity::may_act_as;
use crate::store::Statement;
use contract::agent::ENVIRONMENTS;
use contract::id;
use contract::suite::SuiteDefinition;
use contract::time::Time;
use contract::wire::evaluations::{Run, RunStatus, StartRunRequest};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::HashSet;

/// Cases at the same time, where the caller doesn't say.
const CONCURRENCY: u32 = 16;

/// Most questions of one run: cases times repeats.
const MOST_QUESTIONS: usize = 10_000;

/// How a run is to go, as it is stored with it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Plan {
    /// The cases, in the suite's order.
    pub(super) cases: Vec<String>,
    /// How often each is asked.
    pub(super) repeat: u32,
    /// How many at the same time.
    pub(super) concurrency: u32,
    /// Whether it takes no answer of earlier runs.
    #[serde(default)]
    pub(super) fresh: bool,
    /// The seed of what is random.
    pub(super) seed: u64,
    /// The most that it may cost.
    #[serde(default)]
    pub(super) budget_usd: Option<f64>,
    /// The model that answers: what the agent's tier led to when the run began.
    pub(super) model: String,
}

/// A run as it is stored.
#[derive(Clone)]
pub(super) struct Stored {
    pub(super) id: String,
    pub(super) agent: String,
    pub(super) agent_version: String,
    pub(super) suite: String,
    pub(super) suite_version: String,
    pub(super) basis: String,
    pub(super) plan: Plan,
    pub(super) caller: Caller,
    pub(super) status: RunStatus,
    pub(super) complete: bool,
    pub(super) created_at: Time,
    pub(super) finished_at: Option<Time>,
    /// Its figures, once it is over.
    pub(super) summary: Option<Run>,
}

/// Starts a run.
///
/// # Errors
/// If agent, version or suite aren't there, or the caller may not act for a user of the suite.
pub(super) async fn start(app: &App, caller: &Caller, request: StartRunRequest) -> Result<Act<Run>, Error> {
    let team = &caller.team;
    let (agent, kept) = version(app, caller, &request).await?;
    if agent.definition.metadata.id != request.agent {
        let message =
            format!("The definition is of `{}`, not `{}`.", agent.definition.metadata.id, request.agent);
        return Err(Error::invalid("agent", message));
    }
    let suite = sql::current_suite(&app.db, team, &request.suite).await?;
    let (suite_version, suite) = suite.ok_or_else(|| Error::not_found("suite", &request.suite))?;
    let cases = chosen(&suite, request.cases.as_deref())?;
    check_users(caller, &suite, &cases)?;
    let repeat = repeat(&suite, request.repeat, cases.len())?;
    let run = Stored {
        id: id::new("run"),
        agent: request.agent,
        basis: basis(app, team, &agent.definition, &suite).await?,
        agent_version: agent.version,
        complete: cases.len() == suite.spec.cases.len(),
        suite: request.suite,
        suite_version,
        plan: Plan {
            cases,
            repeat,
            fresh: request.fresh,
            concurrency: request.concurrency.unwrap_or(CONCURRENCY).clamp(1, 64),
            seed: request.seed.unwrap_or(SEED),
            budget_usd: budget(request.budget_usd)?,
            model: app.providers.route(&caller.team, agent.definition.spec.model.name())?.model(),
        },
        caller: caller.clone(),
        status: RunStatus::Queued,
        created_at: Time::now(),
        finished_at: None,
        summary: None,
    };
    let statements = kept.into_iter().chain([sql::insert_run(&run)?]).collect();
    let app = app.clone();
    let noted = json!({
        "run_id": run.id, "agent": run.agent, "agent_version": run.agent_version, "suite": run.suite,
        "suite_version": run.suite_version,
    });
    let act = Act::new(summary::run(&run, &[]), statements).changing((), noted);
    Ok(act.then(move || engine::spawn(app, run.id)))
}

/// The version that is asked, and what keeps it where it came with the request.
async fn version(
    app: &App,
    caller: &Caller,
    request: &StartRunRequest,
) -> Result<(Deployed, Option<Statement>), Error> {
    if let Some(definition) = &request.definition {
        return agents::kept_for_evaluation(app, caller, definition).map(|(agent, keep)| (agent, Some(keep)));
    }
    let (db, team, agent) = (&app.db, &caller.team, &request.agent);
    let version = match &request.environment {
        None => agents::resolve_version(db, team, agent, request.version.as_deref()).await?,
        Some(environment) if !ENVIRONMENTS.contains(&environment.as_str()) => {
            return Err(Error::invalid("environment", "The environment is `test` or `prod`."));
        }
        Some(environment) => {
            let live = agents::environment(db, team, agent, environment).await?;
            live.ok_or_else(|| Error::not_found("version", environment))?
        }
    };
    Ok((agents::version(db, team, agent, &version).await?, None))
}

/// How often each case is asked, within what one run may ask in all.
fn repeat(suite: &SuiteDefinition, wanted: Option<u32>, cases: usize) -> Result<u32, Error> {
    let default = suite.spec.defaults.as_ref().and_then(|defaults| defaults.repeat);
    let repeat = wanted.or(default).unwrap_or(1).clamp(1, 100);
    if cases.saturating_mul(repeat as usize) > MOST_QUESTIONS {
        let message =
            format!("{cases} cases, {repeat} times each, are over the bound of {MOST_QUESTIONS} questions.");
        return Err(Error::invalid("repeat", message));
    }
    Ok(repeat)
}

fn budget(dollars: Option<f64>) -> Result<Option<f64>, Error> {
    match dollars {
        Some(dollars) if !dollars.is_finite() || dollars < 0.0 => {
            Err(Error::invalid("budget_usd", "The budget is a number of dollars, 0 or more."))
        }
        dollars => Ok(dollars),
    }
}

fn chosen(suite: &SuiteDefinition, wanted: Option<&[String]>) -> Result<Vec<String>, Error> {
    let all = suite.spec.cases.iter().map(|case| case.id.clone());
    let Some(wanted) = wanted else { return Ok(all.collect()) };
    let known: HashSet<&str> = suite.spec.cases.iter().map(|case| case.id.as_str()).collect();
    if let Some(unknown) = wanted.iter().find(|id| !known.contains(id.as_str())) {
        return Err(Error::invalid("cases", format!("The suite has no case `{unknown}`.")));
    }
    let wanted: HashSet<&String> = wanted.iter().collect();
    Ok(all.filter(|id| wanted.contains(id)).collect())
}

/// Who has cases asked sees what the suite's users see: so the key must be allowed to act for each of them.
///
/// # Errors
/// If it may not.
pub(crate) fn check_users(caller: &Caller, suite: &SuiteDefinition, cases: &[String]) -> Result<(), Error> {
    let chosen: HashSet<&String> = cases.iter().collect();
    let cases = suite.spec.cases.iter().filter(|case| chosen.contains(&case.id));
    let mut users = cases.filter_map(|case| suite.user_of(case));
    match users.find(|user| !caller.operator && !may_act_as(&caller.act_as, user)) {
        None => Ok(()),
        Some(user) => {
            let message = format!(
                "The suite asks as {user}, for whom the key {} may not act. Ask an operator to add the address to \
                 its act_as.",
                caller.key_prefix
            );
            Err(Error::new(Kind::Forbidden, "act_as_denied", message))
        }
    }
}
