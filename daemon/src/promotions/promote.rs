//! One promotion: judged against the gate of record, then one compare-and-swap.

use super::gate::{self, Judged};
use crate::agents::{self, Deployed};
use crate::app::App;
use crate::error::{Error, Kind};
use crate::evaluations::{self, SEED, Sides};
use crate::gate::Caller;
use contract::agent::{ENVIRONMENTS, GateBounds};
use contract::id;
use contract::time::Time;
use contract::wire::agents::{GateRule, PromoteRequest, Promotion, PromotionOutcome};
use contract::wire::evaluations::RunDetail;
use tokio::task;

/// What the gate said, and what must still be so when the pointer moves.
struct Judgement {
    rules: Vec<GateRule>,
    run_id: Option<String>,
    /// The suite and its version.
    suite: Option<(String, String)>,
}

/// Promotes a version, or refuses with every rule of the gate.
///
/// # Errors
/// If agent or version aren't there, the gate refuses, or another promotion came first.
pub(crate) async fn promote(
    app: &App,
    caller: &Caller,
    request: PromoteRequest,
) -> Result<PromotionOutcome, Error> {
    let (team, agent, environment) = (&caller.team, &request.agent_id, &request.environment);
    if !ENVIRONMENTS.contains(&environment.as_str()) {
        return Err(Error::invalid("environment", "The environment is `test` or `prod`."));
    }
    if request.overriding.is_some() && !caller.operator {
        let message = "Only an operator may override the gate. Ask one, with your reason.";
        return Err(Error::new(Kind::Forbidden, "not_permitted", message));
    }
    let version = agents::resolve_version(&app.db, team, agent, request.version.as_deref()).await?;
    let wanted = agents::version(&app.db, team, agent, &version).await?;
    let from = agents::environment(&app.db, team, agent, environment).await?;
    let judgement = judge(app, caller, &request, &wanted, from.as_deref()).await?;
    let refused = judgement.rules.iter().any(|rule| !rule.ok);
    let status = match (refused, &request.overriding) {
        (false, _) => "promoted",
        (true, Some(_)) => "overridden",
        (true, None) => "refused",
    };
    let promotion = Promotion {
        promotion_id: id::new("prm"),
        environment: environment.clone(),
        from,
        to: version,
        by: caller.name(),
        at: Time::now(),
        run_id: judgement.run_id,
        status: status.into(),
        gate: judgement.rules,
        reason: request.overriding.map(|overriding| overriding.reason),
    };
    let mut batch = vec![agents::promotion(team, agent, &promotion)?];
    if status != "refused" {
        batch.push(agents::move_environment(team, &promotion, agent));
        if let Some((suite, version)) = judgement.suite.filter(|_| status == "promoted") {
            batch.push(evaluations::suite_is_still(team, &suite, &version));
        }
    }
    app.db.batch(batch).await?;
    if status == "refused" { Err(refusal(&promotion)) } else { Ok(outcome(promotion)) }
}

fn outcome(promotion: Promotion) -> PromotionOutcome {
    PromotionOutcome {
        object: "promotion".into(),
        promoted: true,
        promotion_id: promotion.promotion_id,
        environment: promotion.environment,
        version: promotion.to,
        from: promotion.from,
        gate: promotion.gate,
    }
}

fn refusal(promotion: &Promotion) -> Error {
    let failed: Vec<String> = promotion.gate.iter().filter(|rule| !rule.ok).map(failure).collect();
    let message =
        format!("The gate of {} refuses this version. {}", promotion.environment, failed.join("; "));
    let mut error = Error::new(Kind::Conflict, "eval_gate_failed", message);
    error.detail = serde_json::to_value(&promotion.gate).ok().map(|gate| Box::new(("gate", gate)));
    error
}

fn failure(rule: &GateRule) -> String {
    match (rule.value, rule.bound) {
        (Some(value), Some(bound)) => {
            format!("{}: {value:.3} (bound {bound:.3}), {}", rule.rule, rule.detail)
        }
        _ => format!("{}: {}", rule.rule, rule.detail),
    }
}

/// The gate that holds: for an environment with something live, the stricter of its gate and the new version's.
async fn bounds(
    app: &App,
    team: &str,
    wanted: &Deployed,
    environment: &str,
    live: Option<&str>,
) -> Result<Option<GateBounds>, Error> {
    let new = wanted.definition.gate(environment).cloned();
    let Some(live) = live else { return Ok(new) };
    let live = agents::version(&app.db, team, &wanted.definition.metadata.id, live).await?;
    Ok(match (live.definition.gate(environment), new) {
        (Some(live), Some(new)) => Some(live.stricter(&new)),
        (live, new) => live.cloned().or(new),
    })
}

async fn judge(
    app: &App,
    caller: &Caller,
    request: &PromoteRequest,
    wanted: &Deployed,
    live: Option<&str>,
) -> Result<Judgement, Error> {
    let (db, team, agent) = (&app.db, &caller.team, &request.agent_id);
    let none = |rules| Ok(Judgement { rules, run_id: None, suite: None });
    let Some(bounds) = bounds(app, team, wanted, &request.environment, live).await? else {
        let detail = format!("the agent has no gate for {}: give it one", request.environment);
        return none(vec![gate::stale(detail)]);
    };
    // The suite of record is the live version's: a new version can't choose an easier one.
    let suite_id = match live {
        Some(live) => agents::version(db, team, agent, live).await?.definition.suite().map(str::to_owned),
        None => None,
    };
    let suite_id = suite_id.or_else(|| wanted.definition.suite().map(str::to_owned));
    let Some(suite_id) = suite_id else { return none(vec![gate::stale("the agent names no suite")]) };
    let Some((suite_version, suite)) = evaluations::current_suite(db, team, &suite_id).await? else {
        return none(vec![gate::stale(format!("there is no suite `{suite_id}`: apply it"))]);
    };
    let run = match evaluations::run_for_gate(
        app,
        team,
        wanted,
        &suite_id,
        &suite_version,
        request.run_id.as_deref(),
    )
    .await?
    {
        Ok(run) => run,
        Err(detail) => return none(vec![gate::stale(detail)]),
    };
    let run_id = run.run.run_id.clone();
    let sides = match live.filter(|live| *live != wanted.version) {
        Some(_) => Some(evaluations::sides(db, team, &run_id, &request.environment).await?),
        None => None,
    };
    let rules = weigh(bounds, suite, run, sides).await?;
    Ok(Judgement { rules, run_id: Some(run_id), suite: Some((suite_id, suite_version)) })
}

async fn weigh(
    bounds: GateBounds,
    suite: contract::suite::SuiteDefinition,
    run: RunDetail,
    sides: Option<Sides>,
) -> Result<Vec<GateRule>, Error> {
    let work = move || {
        let judged = Judged {
            bounds: &bounds,
            suite: &suite,
            run: &run,
            sides: sides.as_ref(),
            now: Time::now(),
            seed: SEED,
        };
        gate::rules(&judged)
    };
    task::spawn_blocking(work).await.map_err(Error::internal)
}
