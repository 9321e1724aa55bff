//! One promotion: judged against the gate of record, then one compare-and-swap.

use super::canary;
use super::confirm::{self, Work};
use super::judge::{Judgement, judge};
use super::waits::{Approval, approval, frozen};
use super::{gate, sql};
use crate::act::Act;
use crate::agents;
use crate::app::App;
use crate::call::Context;
use crate::error::{Error, Kind};
use crate::evaluations;
use crate::gate::Caller;
use crate::store::Statement;
use contract::agent::ENVIRONMENTS;
use contract::id;
use contract::time::Time;
use contract::wire::agents::{GateRule, PromoteRequest, Promotion, PromotionOutcome};
use serde_json::{Value, json};

/// The status of a promotion that another person must approve.
pub(super) const AWAITING: &str = "awaiting_approval";

/// The status of a promotion for a part of the calls, as long as it lasts.
pub(super) const CANARY: &str = "canary";

/// Most characters of an operator's reason.
const LONGEST_REASON: usize = 1000;

/// Promotes a version, or refuses with every rule of the gate: also that is kept.
///
/// # Errors
/// If agent or version aren't there.
pub(crate) async fn promote(
    app: &App,
    context: &Context,
    request: PromoteRequest,
) -> Result<Act<Result<PromotionOutcome, Error>>, Error> {
    let caller = &context.caller;
    check(caller, &request)?;
    let (team, agent, environment) = (&caller.team, &request.agent_id, &request.environment);
    let version = agents::resolve_version(&app.db, team, agent, request.version.as_deref()).await?;
    let wanted = agents::version(&app.db, team, agent, &version).await?;
    let from = agents::environment(&app.db, team, agent, environment).await?;
    let percent = canary::percent(&request, from.as_deref(), &version)?;
    if let (Some(0), Some(live)) = (percent, from.clone()) {
        return canary::withdraw(app, caller, &request, live).await;
    }
    let mut judgement = judge(app, caller, &request, &wanted, from.as_deref()).await?;
    judgement.rules.extend(frozen(app, team, agent, environment, &version).await?);
    let is_pending = weigh_breaks(&mut judgement, request.overriding.is_some(), from.is_some());
    let status = match (judgement.is_refused(), &request.overriding) {
        _ if is_pending => "pending",
        (true, None) => "refused",
        _ if percent.is_some() => CANARY,
        (false, _) => "promoted",
        (true, Some(_)) => "overridden",
    };
    let approved = match &request.overriding {
        None if status != "refused" => approval(app, context, &request, &version, percent).await?,
        _ => Approval::NotNeeded,
    };
    let promotion = Promotion {
        promotion_id: id::new("prm"),
        environment: environment.clone(),
        from,
        to: version,
        by: caller.name(),
        at: Time::now(),
        run_id: judgement.run_id.take(),
        status: status.into(),
        canary: percent,
        gate: std::mem::take(&mut judgement.rules),
        reason: request.overriding.as_ref().map(|overriding| overriding.reason.clone()),
    };
    match approved {
        Approval::NotNeeded => keep(app, caller, agent, promotion, judgement, None),
        Approval::Granted(taken) => keep(app, caller, agent, promotion, judgement, Some(taken)),
        Approval::Waits(approval_id, statements) => {
            let waits = PromotionOutcome {
                status: AWAITING.into(),
                promoted: false,
                promotion_id: String::new(),
                approval_id: Some(approval_id),
                ..outcome(promotion)
            };
            let webhooks = app.books.webhooks.clone();
            Ok(Act::new(Ok(waits), statements).then(move || webhooks.wake()))
        }
    }
}

/// The act of a promotion that was judged, with what takes its approval.
fn keep(
    app: &App,
    caller: &Caller,
    agent: &str,
    promotion: Promotion,
    judgement: Judgement,
    granted: Option<Statement>,
) -> Result<Act<Result<PromotionOutcome, Error>>, Error> {
    let asked = agents::promotion(&caller.team, agent, &promotion)?;
    let kept = granted.into_iter().chain([asked]);
    if promotion.status == "pending" {
        let work = Work {
            agent: agent.to_owned(),
            promotion: promotion.clone(),
            caller: caller.clone(),
            broken: judgement.broken,
        };
        let wait = sql::insert(&caller.team, &promotion.promotion_id, &work, promotion.at.0)?;
        let (app, id) = (app.clone(), promotion.promotion_id.clone());
        let act = Act::new(Ok(outcome(promotion)), kept.chain([wait]).collect()).changing((), noted(&work));
        return Ok(act.then(move || confirm::spawn(app, id)));
    }
    let suite = judgement.suite.filter(|_| ["promoted", CANARY].contains(&promotion.status.as_str()));
    let mut act = self::act(&caller.team, agent, &promotion, suite)?;
    act.statements.splice(0..0, kept);
    let is_refused = promotion.status == "refused";
    Ok(act.map(|()| if is_refused { Err(refusal(&promotion)) } else { Ok(outcome(promotion)) }))
}

/// Whether a caller may ask for a promotion at all.
fn check(caller: &Caller, request: &PromoteRequest) -> Result<(), Error> {
    agents::check_reach(caller, &request.agent_id)?;
    if !ENVIRONMENTS.contains(&request.environment.as_str()) {
        return Err(Error::invalid("environment", "The environment is `test` or `prod`."));
    }
    match &request.overriding {
        Some(overriding) => check_override(caller, &overriding.reason),
        None => Ok(()),
    }
}

fn noted(work: &Work) -> Value {
    let Promotion { environment, to, promotion_id, .. } = &work.promotion;
    let asked_again = &work.broken;
    json!({
        "agent": work.agent, "environment": environment, "version": to, "promotion_id": promotion_id,
        "asked_again": asked_again,
    })
}

/// Adds the rule on cases that broke; whether they are to be asked again, as all else lets the version pass.
fn weigh_breaks(judgement: &mut Judgement, is_overridden: bool, is_against_live: bool) -> bool {
    if !is_against_live || judgement.run_id.is_none() {
        return false;
    }
    let cases = judgement.broken.len();
    let (is_open, detail) = match cases {
        0 => (false, "no case that passes in what is live fails here".to_owned()),
        _ if is_overridden => (true, format!("{cases} cases broke, and are not asked again")),
        _ if judgement.is_refused() => {
            (true, format!("{cases} cases broke, and are not asked again: the gate refuses already"))
        }
        _ => (true, format!("{cases} cases broke, and are asked again")),
    };
    let is_pending = is_open && !is_overridden && !judgement.is_refused();
    let rule = gate::confirmed_break(&[], detail);
    judgement.rules.push(if is_open { GateRule { value: None, ok: false, ..rule } } else { rule });
    is_pending
}

/// The act that moves the pointer, as far as the promotion does, while the suite is still of the version that was judged.
pub(super) fn act(
    team: &str,
    agent: &str,
    promotion: &Promotion,
    suite: Option<(String, String)>,
) -> Result<Act<()>, Error> {
    if promotion.status == "refused" {
        return Ok(Act::new((), Vec::new()));
    }
    if promotion.status == CANARY {
        let mut act = canary::begun(team, agent, promotion);
        act.statements
            .extend(suite.map(|(suite, version)| evaluations::suite_is_still(team, &suite, &version)));
        return Ok(act);
    }
    let mut batch = vec![agents::move_environment(team, promotion, agent)];
    batch.extend(agents::end_canary(team, agent, &promotion.environment, &promotion.promotion_id));
    if let Some((suite, version)) = suite {
        batch.push(evaluations::suite_is_still(team, &suite, &version));
    }
    let (before, after) =
        (live(agent, promotion, promotion.from.as_ref()), live(agent, promotion, Some(&promotion.to)));
    Ok(Act::new((), batch).changing(before, after))
}

/// What is live in the environment of a promotion, for the audit log.
pub(super) fn live(agent: &str, promotion: &Promotion, version: Option<&String>) -> Value {
    json!({"agent": agent, "environment": promotion.environment, "version": version})
}

/// What became of a promotion that waited, as far as it is decided.
///
/// # Errors
/// If the gate refuses it, or the store fails.
pub(super) async fn decided(app: &App, team: &str, id: &str) -> Result<PromotionOutcome, Error> {
    let found = agents::promotion_by_id(&app.db, team, id).await?;
    let promotion = found.ok_or_else(|| Error::not_found("promotion", id))?;
    if promotion.status == "refused" { Err(refusal(&promotion)) } else { Ok(outcome(promotion)) }
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
        promoted: promotion.status != "pending",
        status: promotion.status,
        approval_id: None,
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
