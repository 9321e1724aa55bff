//! Canaries: begun through the gate, weighed as their calls come in, and rolled back where they do worse than what is live.

use super::promote;
use crate::act::Act;
use crate::agents::{self, Arms, Canary};
use crate::app::App;
use crate::audit::ROLL_BACK_CANARY;
use crate::error::Error;
use crate::evaluations::fisher_greater;
use crate::gate::Caller;
use crate::store::StoreError;
use contract::wire::agents::{CanaryCounts, GateRule, PromoteRequest, Promotion, PromotionOutcome};
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

/// The chance that a canary which does as well as what is live is ever rolled back, over all looks and figures.
const ALPHA: f64 = 0.05;

/// How much longer a canary runs until it is weighed again, in calls.
const GROWTH: f64 = 1.25;

/// How long to look away after a look, and where nothing happens.
const LOOK_EVERY: Duration = Duration::from_millis(500);
const IDLE: Duration = Duration::from_secs(30);

/// What is counted of a side.
type Figure = fn(&CanaryCounts) -> u64;

/// What a canary is held to: errors of the daemon and its providers, what rails blocked, and answers that were rated down.
const FIGURES: [(&str, Figure); 3] = [
    ("canary:failed", |counts| counts.failed),
    ("canary:blocked", |counts| counts.blocked),
    ("canary:disliked", |counts| counts.disliked),
];

/// The part of calls that a request asks for a canary, of 100; zero ends it.
///
/// # Errors
/// If it is too large, or nothing else is live that it could be held against.
pub(super) fn percent(request: &PromoteRequest, from: Option<&str>, to: &str) -> Result<Option<u64>, Error> {
    let Some(canary) = &request.canary else { return Ok(None) };
    let message = match (canary.percent, from) {
        (0..=50, _) if from.is_none() => {
            "Nothing is live there that a canary could be held against: promote it whole."
        }
        (1..=50, Some(from)) if from == to => "This version is live there already.",
        (0..=50, _) => return Ok(Some(canary.percent)),
        _ => "A canary takes 1 to 50 of 100 calls; 0 ends it.",
    };
    Err(Error::invalid("canary.percent", message))
}

/// Ends a canary: all calls go to what is live.
///
/// # Errors
/// If there is none, or the store fails.
pub(super) async fn withdraw(
    app: &App,
    caller: &Caller,
    request: &PromoteRequest,
    live: String,
) -> Result<Act<Result<PromotionOutcome, Error>>, Error> {
    let (team, agent, environment) = (&caller.team, &request.agent_id, &request.environment);
    let canary = agents::canary(&app.db, team, agent, environment).await?;
    let canary = canary.ok_or_else(|| Error::not_found("canary", environment))?;
    let outcome = PromotionOutcome {
        object: "promotion".into(),
        promoted: true,
        status: "ended".into(),
        approval_id: None,
        promotion_id: canary.promotion_id.clone(),
        environment: environment.clone(),
        version: live,
        from: Some(canary.version.clone()),
        gate: Vec::new(),
    };
    let state = |status: &str| json!({"agent": agent, "environment": environment, "promotion_id": canary.promotion_id, "status": status});
    let statements = agents::end_canary(team, agent, environment, "").to_vec();
    Ok(Act::new(Ok(outcome), statements).changing(state("canary"), state("ended")))
}

/// Weighs what is under way as long as the daemon runs.
pub(crate) async fn watch(app: App, stopped: CancellationToken) {
    loop {
        if let Err(error) = weigh_all(&app).await {
            tracing::error!(%error, "canaries can't be weighed");
        }
        let again = async {
            tokio::select! {
                () = app.books.canaries.notified() => {}
                () = sleep(IDLE) => {}
            }
            sleep(LOOK_EVERY).await;
        };
        tokio::select! {
            () = stopped.cancelled() => return,
            () = again => {}
        }
    }
}

async fn weigh_all(app: &App) -> Result<(), Error> {
    for canary in agents::canaries(&app.db).await? {
        match weigh(app, &canary).await {
            // Another promotion, or another node, has ended it.
            Err(StoreError::Conflict) | Ok(()) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

async fn weigh(app: &App, canary: &Canary) -> Result<(), StoreError> {
    let failed = |error: Error| StoreError::Failed(error.to_string());
    let arms = agents::canary_arms(&app.db, &canary.promotion_id).await.map_err(failed)?;
    let calls = arms.canary.calls;
    if calls < canary.next_look {
        return Ok(());
    }
    let next = (calls as f64 * GROWTH).ceil() as u64;
    if !agents::looked_at_canary(&app.db, canary, next).await.map_err(failed)? {
        return Ok(());
    }
    let arms = agents::canary_disliked(&app.db, &canary.promotion_id, arms).await.map_err(failed)?;
    let worse = worse(&arms, canary.looks + 1);
    if worse.is_empty() {
        return Ok(());
    }
    let found = agents::promotion_by_id(&app.db, &canary.team, &canary.promotion_id).await.map_err(failed)?;
    let Some(promotion) = found else { return Ok(()) };
    roll_back(app, canary, promotion, worse).await
}

async fn roll_back(
    app: &App,
    canary: &Canary,
    mut promotion: Promotion,
    worse: Vec<GateRule>,
) -> Result<(), StoreError> {
    let failed = |error: Error| StoreError::Failed(error.to_string());
    tracing::warn!(
        agent = canary.agent,
        promotion = canary.promotion_id,
        "canary rolled back: it does worse than what is live"
    );
    promotion.gate.extend(worse.clone());
    promotion.status = "rolled_back".into();
    let told = json!({
        "agent": canary.agent, "environment": canary.environment, "version": canary.version,
        "promotion_id": canary.promotion_id, "rules": worse,
    });
    let mut statements = agents::roll_back_canary(&promotion).map_err(failed)?;
    statements.push(app.books.webhooks.canary_rolled_back(&canary.team, &told));
    let webhooks = app.books.webhooks.clone();
    let act = Act::new((), statements).changing((), told).then(move || webhooks.wake());
    let by = Arc::new(Caller::itself(&canary.team, "canary".into(), "canary", Vec::new()));
    app.books.own_act(ROLL_BACK_CANARY, &by, act).await
}

/// The figures in which a canary does worse at its `look`th look: by Fisher's exact test, one-sided, at a level of which all
/// looks together spend no more than [`ALPHA`], as the sum of 1/k(k+1) is 1, shared by all figures.
fn worse(arms: &Arms, look: u64) -> Vec<GateRule> {
    let look = look as f64;
    let level = ALPHA / FIGURES.len() as f64 / (look * (look + 1.0));
    let (canary, live) = (arms.canary, arms.live);
    let judged = FIGURES.iter().filter_map(|(name, figure)| {
        let (bad, other) = (figure(&canary), figure(&live));
        let p = fisher_greater((bad, canary.calls), (other, live.calls));
        let rate = |bad: u64, calls: u64| (calls > 0).then(|| bad as f64 / calls as f64);
        let detail = format!(
            "{bad} of {} calls of the canary, {other} of {} of what is live (p = {p:.2e}, below {level:.2e})",
            canary.calls, live.calls
        );
        (p < level).then(|| GateRule {
            rule: (*name).into(),
            value: rate(bad, canary.calls),
            bound: rate(other, live.calls),
            ok: false,
            detail,
        })
    });
    judged.collect()
}

/// What a promotion that began a canary has done to the store.
pub(super) fn begun(team: &str, agent: &str, promotion: &Promotion) -> Act<()> {
    let percent = promotion.canary.unwrap_or_default();
    let statements = agents::start_canary(team, agent, promotion, percent);
    let after = json!({"agent": agent, "environment": promotion.environment, "canary": promotion.to, "percent": percent});
    Act::new((), statements).changing(promote::live(agent, promotion, promotion.from.as_ref()), after)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluations::Random;

    fn counts(calls: u64, failed: u64) -> CanaryCounts {
        CanaryCounts { calls, failed, blocked: 0, disliked: 0 }
    }

    /// Whether a canary whose calls fail at one rate, beside others at another, is rolled back in so many calls of its own,
    /// and after how many.
    fn rolled_back_after(rates: (f64, f64), most: u64, seed: u64) -> Option<u64> {
        let mut random = Random::new(seed);
        let (mut canary, mut live) = (counts(0, 0), counts(0, 0));
        let (mut look, mut next) = (1, 8);
        while canary.calls < most {
            for (side, rate, times) in [(&mut canary, rates.0, 1), (&mut live, rates.1, 9)] {
                for _ in 0..times {
                    side.calls += 1;
                    side.failed += u64::from(random.unit() < rate);
                }
            }
            if canary.calls >= next {
                next = (canary.calls as f64 * GROWTH).ceil() as u64;
                if !worse(&Arms { canary, live }, look).is_empty() {
                    return Some(canary.calls);
                }
                look += 1;
            }
        }
        None
    }

    #[test]
    fn a_canary_like_what_is_live_is_seldom_rolled_back_however_often_it_is_weighed() {
        let rolled = (0..400).filter(|seed| rolled_back_after((0.1, 0.1), 3_000, *seed).is_some()).count();
        assert!(rolled as f64 / 400.0 <= ALPHA, "{rolled} of 400");
    }

    #[test]
    fn a_canary_that_fails_is_rolled_back_at_once_and_a_worse_one_soon() {
        assert_eq!(rolled_back_after((1.0, 0.01), 100, 1), Some(8));
        let soon = (0..100).filter(|seed| rolled_back_after((0.25, 0.02), 150, *seed).is_some()).count();
        assert!(soon >= 90, "{soon} of 100");
    }
}
