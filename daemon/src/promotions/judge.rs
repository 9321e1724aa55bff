//! A promotion before the gate: what is judged, and by what.

use super::gate::{self, Judged};
use crate::agents::{self, Deployed};
use crate::app::App;
use crate::error::Error;
use crate::evaluations::{self, SEED, Sides};
use crate::gate::Caller;
use contract::agent::GateBounds;
use contract::suite::SuiteDefinition;
use contract::time::Time;
use contract::wire::agents::{GateRule, PromoteRequest};
use contract::wire::evaluations::RunDetail;
use tokio::task;

/// What the gate said, and what must still be so when the pointer moves.
pub(super) struct Judgement {
    pub(super) rules: Vec<GateRule>,
    pub(super) run_id: Option<String>,
    /// The suite and its version.
    pub(super) suite: Option<(String, String)>,
    /// Cases that pass in what is live and fail here, as far as one run of each tells.
    pub(super) broken: Vec<String>,
}

impl Judgement {
    /// One that says why there is nothing to judge.
    fn none(detail: String) -> Self {
        Self { rules: vec![gate::stale(detail)], run_id: None, suite: None, broken: Vec::new() }
    }

    /// Whether the rules so far refuse the version.
    pub(super) fn is_refused(&self) -> bool {
        self.rules.iter().any(|rule| !rule.ok)
    }
}

/// What the gate looks at.
struct Brief {
    bounds: GateBounds,
    suite_version: String,
    suite: SuiteDefinition,
    run: RunDetail,
    against: Option<Against>,
    is_priced: bool,
}

/// What is live, where it is another version.
struct Against {
    sides: Sides,
    /// The suite as it was when the live version was judged by it.
    suite: Option<SuiteDefinition>,
}

/// Holds a version against its gate.
///
/// # Errors
/// If what is named isn't there, or the store fails.
pub(super) async fn judge(
    app: &App,
    caller: &Caller,
    request: &PromoteRequest,
    wanted: &Deployed,
    live: Option<&str>,
) -> Result<Judgement, Error> {
    let live = match live {
        Some(version) => Some(agents::version(&app.db, &caller.team, &request.agent_id, version).await?),
        None => None,
    };
    match brief(app, &caller.team, request, wanted, live.as_ref()).await? {
        Err(detail) => Ok(Judgement::none(detail)),
        Ok(brief) => {
            let run_id = Some(brief.run.run.run_id.clone());
            let suite = Some((brief.suite.metadata.id.clone(), brief.suite_version.clone()));
            let weigh = move || (brief.weigh(), brief.broken());
            let (rules, broken) = task::spawn_blocking(weigh).await.map_err(Error::internal)?;
            Ok(Judgement { rules, run_id, suite, broken })
        }
    }
}

/// Puts together what the gate looks at, or says why it can't look.
async fn brief(
    app: &App,
    team: &str,
    request: &PromoteRequest,
    wanted: &Deployed,
    live: Option<&Deployed>,
) -> Result<Result<Brief, String>, Error> {
    let (db, agent) = (&app.db, &request.agent_id);
    if !agents::may_go_live(db, team, agent, &wanted.version).await? {
        return Ok(Err("this version was never applied, or the agent is archived: apply it".into()));
    }
    let Some(bounds) = bounds(&request.environment, wanted, live) else {
        return Ok(Err(format!("the agent has no gate for {}: give it one", request.environment)));
    };
    // The suite of record is the live version's: a new version can't choose an easier one.
    let suite_id = live.and_then(|live| live.definition.suite()).or(wanted.definition.suite());
    let Some(suite_id) = suite_id else { return Ok(Err("the agent names no suite".into())) };
    let Some((suite_version, suite)) = evaluations::current_suite(db, team, suite_id).await? else {
        return Ok(Err(format!("there is no suite `{suite_id}`: apply it")));
    };
    let record =
        evaluations::run_for_gate(app, team, wanted, suite_id, &suite_version, request.run_id.as_deref());
    let run = match record.await? {
        Ok(run) => run,
        Err(detail) => return Ok(Err(detail)),
    };
    let against = match live.filter(|live| live.version != wanted.version) {
        Some(_) => Some(against(app, team, &run, &request.environment).await?),
        None => None,
    };
    let is_priced = run.run.models.iter().all(|model| app.providers.is_priced(model));
    Ok(Ok(Brief { bounds, suite_version, suite, run, against, is_priced }))
}

/// The gate that holds: where something is live, the stricter of its gate and the new version's.
fn bounds(environment: &str, wanted: &Deployed, live: Option<&Deployed>) -> Option<GateBounds> {
    let new = wanted.definition.gate(environment);
    let old = live.and_then(|live| live.definition.gate(environment));
    match (old, new) {
        (Some(old), Some(new)) => Some(old.stricter(new)),
        (old, new) => old.or(new).cloned(),
    }
}

async fn against(app: &App, team: &str, run: &RunDetail, environment: &str) -> Result<Against, Error> {
    let sides = evaluations::sides(&app.db, team, &run.run.run_id, environment).await?;
    let suite = match &sides.baseline {
        Some(baseline) => {
            let of = &baseline.run;
            evaluations::suite_version(&app.db, team, &of.suite, &of.suite_version).await?
        }
        None => None,
    };
    Ok(Against { sides, suite })
}

impl Brief {
    fn broken(&self) -> Vec<String> {
        self.against.as_ref().map(|against| evaluations::broken(&against.sides)).unwrap_or_default()
    }

    fn weigh(&self) -> Vec<GateRule> {
        gate::rules(&Judged {
            bounds: &self.bounds,
            suite: &self.suite,
            run: &self.run,
            live: self.against.as_ref().map(|against| (&against.sides, against.suite.as_ref())),
            is_priced: self.is_priced,
            now: Time::now(),
            seed: SEED,
        })
    }
}
