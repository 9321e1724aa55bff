//! One promotion: judged against the gate of record, then one compare-and-swap.

use super::confirm::{self, Work};
use super::judge::{Judgement, judge};
use super::{gate, sql};
use crate::act::Act;
use crate::agents;
use crate::app::App;
use crate::call::Context;
use crate::error::{Error, Kind};
use crate::evaluations;
use crate::gate::Caller;
use crate::store::Statement;
use crate::tools::approvals::{PROMOTE, Standing};
use contract::agent::ENVIRONMENTS;
use contract::id;
use contract::time::Time;
use contract::wire::agents::{GateRule, PromoteRequest, Promotion, PromotionOutcome};
use serde_json::{Value, json};

/// The status of a promotion that another person must approve.
pub(super) const AWAITING: &str = "awaiting_approval";

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
    let mut judgement = judge(app, caller, &request, &wanted, from.as_deref()).await?;
    judgement.rules.extend(frozen(app, team, agent, environment, &version).await?);
    let is_pending = weigh_breaks(&mut judgement, request.overriding.is_some(), from.is_some());
    let passes = is_pending || !judgement.is_refused();
    let approved = match &request.overriding {
        None if passes => approval(app, context, agent, environment, &version).await?,
        _ => Approval::NotNeeded,
    };
    let granted = match approved {
        Approval::NotNeeded => None,
        Approval::Granted(taken) => Some(taken),
        Approval::Waits(approval_id, statements) => {
            let waits = PromotionOutcome {
                object: "promotion".into(),
                promoted: false,
                status: AWAITING.into(),
                approval_id: Some(approval_id),
                promotion_id: String::new(),
                environment: environment.clone(),
                version,
                from,
                gate: judgement.rules,
            };
            let webhooks = app.books.webhooks.clone();
            return Ok(Act::new(Ok(waits), statements).then(move || webhooks.wake()));
        }
    };
    let status = match (judgement.is_refused(), &request.overriding) {
        _ if is_pending => "pending",
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
    let asked = agents::promotion(team, agent, &promotion)?;
    if is_pending {
        let work = Work {
            agent: agent.clone(),
            promotion: promotion.clone(),
            caller: Caller::clone(caller),
            broken: judgement.broken,
        };
        let wait = sql::insert(team, &promotion.promotion_id, &work, promotion.at.0)?;
        let (app, id) = (app.clone(), promotion.promotion_id.clone());
        let statements = granted.into_iter().chain([asked, wait]).collect();
        let act = Act::new(Ok(outcome(promotion)), statements).changing((), noted(&work));
        return Ok(act.then(move || confirm::spawn(app, id)));
    }
    let mut act = self::act(team, agent, &promotion, judgement.suite.filter(|_| status == "promoted"))?;
    act.statements.splice(0..0, granted.into_iter().chain([asked]));
    Ok(act.map(|()| if status == "refused" { Err(refusal(&promotion)) } else { Ok(outcome(promotion)) }))
}

/// The rule on times when nothing goes live: what was live before still does, as it mends what went live after it.
async fn frozen(
    app: &App,
    team: &str,
    agent: &str,
    environment: &str,
    version: &str,
) -> Result<Option<GateRule>, Error> {
    let now = app.books.clock.now();
    let freeze = app.config.promotions.freezes.iter().find(|freeze| freeze.holds(environment, now));
    let Some(freeze) = freeze else { return Ok(None) };
    let ok = agents::was_live(&app.db, team, agent, environment, version).await?;
    let until = freeze.until.map_or_else(String::new, |until| format!(" until {until}"));
    let detail = match ok {
        true => format!("{}{until}, and this version was live before", freeze.reason),
        false => format!("nothing new goes live{until}: {}", freeze.reason),
    };
    Ok(Some(GateRule { rule: "freeze".into(), value: None, bound: None, ok, detail }))
}

/// What another person's word does to a promotion.
enum Approval {
    NotNeeded,
    Granted(Statement),
    Waits(String, Vec<Statement>),
}

/// Whether another person than who asks approved a promotion, where that is needed.
async fn approval(
    app: &App,
    context: &Context,
    agent: &str,
    environment: &str,
    version: &str,
) -> Result<Approval, Error> {
    if !app.config.promotions.approvals.iter().any(|one| one == environment) {
        return Ok(Approval::NotNeeded);
    }
    let fields = [("agent", agent), ("environment", environment), ("version", version)];
    let arguments = fields.into_iter().map(|(name, value)| (name.to_owned(), Value::from(value))).collect();
    let standing = app.tools.approvals.standing(app, context, PROMOTE, arguments, environment).await?;
    match standing {
        Standing::Granted(taken) => Ok(Approval::Granted(taken)),
        Standing::Waits(approval, statements) => Ok(Approval::Waits(approval.id, statements)),
        Standing::Denied(reason) => {
            let message = format!("A person denied this promotion: {reason}");
            Err(Error::new(Kind::Forbidden, "promotion_denied", message).by("approval"))
        }
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
    let mut batch = vec![agents::move_environment(team, promotion, agent)];
    if let Some((suite, version)) = suite {
        batch.push(evaluations::suite_is_still(team, &suite, &version));
    }
    let live = |version: Option<&String>| json!({"agent": agent, "environment": promotion.environment, "version": version});
    let (before, after) = (live(promotion.from.as_ref()), live(Some(&promotion.to)));
    Ok(Act::new((), batch).changing(before, after))
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
