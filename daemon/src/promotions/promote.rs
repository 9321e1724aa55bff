//! One promotion: judged against the gate of record, then one compare-and-swap.

use super::judge::judge;
use crate::act::Act;
use crate::agents;
use crate::app::App;
use crate::error::{Error, Kind};
use crate::evaluations;
use crate::gate::Caller;
use contract::agent::ENVIRONMENTS;
use contract::id;
use contract::time::Time;
use contract::wire::agents::{GateRule, PromoteRequest, Promotion, PromotionOutcome};
use serde_json::json;

/// Most characters of an operator's reason.
const LONGEST_REASON: usize = 1000;

/// Promotes a version, or refuses with every rule of the gate: also that is kept.
///
/// # Errors
/// If agent or version aren't there.
pub(crate) async fn promote(
    app: &App,
    caller: &Caller,
    request: PromoteRequest,
) -> Result<Act<Result<PromotionOutcome, Error>>, Error> {
    let (team, agent, environment) = (&caller.team, &request.agent_id, &request.environment);
    agents::check_reach(caller, agent)?;
    if !ENVIRONMENTS.contains(&environment.as_str()) {
        return Err(Error::invalid("environment", "The environment is `test` or `prod`."));
    }
    if let Some(overriding) = &request.overriding {
        check_override(caller, &overriding.reason)?;
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
    if status == "refused" {
        return Ok(Act::new(Err(refusal(&promotion)), batch));
    }
    let live =
        |version: Option<&String>| json!({"agent": agent, "environment": environment, "version": version});
    let (before, after) = (live(promotion.from.as_ref()), live(Some(&promotion.to)));
    Ok(Act::new(Ok(outcome(promotion)), batch).changing(before, after))
}

fn check_override(caller: &Caller, reason: &str) -> Result<(), Error> {
    if !caller.operator {
        let message = "Only an operator may override the gate. Ask one, with your reason.";
        return Err(Error::new(Kind::Forbidden, "not_permitted", message));
    }
    match reason.trim().chars().count() {
        1..=LONGEST_REASON => Ok(()),
        _ => Err(Error::invalid(
            "override.reason",
            format!("Give a reason of 1 to {LONGEST_REASON} characters."),
        )),
    }
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
