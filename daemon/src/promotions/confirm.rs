//! Rule 3: cases that broke are asked again; only then is it decided, and the pointer moved.

use super::judge::{Judgement, judge};
use super::{gate, promote, sql};
use crate::agents;
use crate::app::App;
use crate::audit::CONFIRM_PROMOTION;
use crate::error::{Error, Kind};
use crate::evaluations::statistics::TIMES;
use crate::evaluations::{self, Retrial};
use crate::gate::{Caller, admit};
use crate::store::StoreError;
use contract::catalogue::PromoteAgent;
use contract::endpoint::Endpoint;
use contract::wire::agents::{GateRule, PromoteRequest, Promotion};
use futures::FutureExt;
use serde::{Deserialize, Serialize};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::sleep;

/// How long to wait where it can't be decided, as the store fails.
const TRY_AGAIN: Duration = Duration::from_secs(30);

/// How often it is decided where others overtake.
const TRIES: usize = 8;

/// A promotion that waits, as it is stored.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Work {
    pub(super) agent: String,
    pub(super) promotion: Promotion,
    /// Who asked for it.
    pub(super) caller: Caller,
    /// The cases that broke.
    pub(super) broken: Vec<String>,
}

/// Takes up the promotions that the last daemon left waiting.
///
/// # Errors
/// If the store can't be read.
pub(crate) async fn resume(app: &App) -> Result<(), Error> {
    for promotion in sql::waiting(&app.db).await? {
        tracing::info!(promotion, "promotion taken up again");
        spawn(app.clone(), promotion);
    }
    Ok(())
}

/// Asks again and decides, in the background.
pub(super) fn spawn(app: App, id: String) {
    let (worker, promotion) = (app.clone(), id.clone());
    app.confirmations.begin(&id, || {
        tokio::spawn(async move {
            loop {
                let done = AssertUnwindSafe(see_through(&worker, &promotion)).catch_unwind().await;
                let Err(error) = done.unwrap_or_else(|_| Err(Error::internal("a panic"))) else { break };
                tracing::error!(promotion, %error, "promotion can't be decided yet");
                sleep(TRY_AGAIN).await;
            }
            worker.confirmations.end(&promotion);
        })
    });
}

async fn see_through(app: &App, id: &str) -> Result<(), Error> {
    let Some(work) = sql::work(&app.db, id).await? else { return Ok(()) };
    let rule = match again(app, &work).await {
        Ok(confirmed) => told(&work.broken, &confirmed),
        Err(error) if error.kind == Kind::Unavailable => return Err(error),
        Err(error) => unasked(&error),
    };
    for _ in 0..TRIES {
        match decide(app, &work, rule.clone()).await {
            Err(StoreError::Conflict) => {}
            other => return Ok(other?),
        }
    }
    Err(StoreError::Conflict.into())
}

async fn again(app: &App, work: &Work) -> Result<Vec<String>, Error> {
    let (team, promotion) = (&work.caller.team, &work.promotion);
    let gone = || Error::internal("a promotion that waits has a run, and something is live");
    let (run_id, live) = promotion.run_id.as_deref().zip(promotion.from.as_deref()).ok_or_else(gone)?;
    let baseline = agents::version(&app.db, team, &work.agent, live).await?;
    let candidate = agents::version(&app.db, team, &work.agent, &promotion.to).await?;
    let (baseline, candidate) = (&baseline, &candidate);
    evaluations::confirm(app, &Retrial { team, run_id, baseline, candidate, cases: &work.broken }).await
}

fn told(broken: &[String], confirmed: &[String]) -> GateRule {
    let cases = broken.len();
    let detail = match confirmed.len() {
        0 => format!("none of {cases} cases that broke fails each time it is asked"),
        n => format!(
            "asked {TIMES} more times, {n} of {cases} cases that broke pass each time in what is live and never here"
        ),
    };
    gate::confirmed_break(confirmed, detail)
}

fn unasked(error: &Error) -> GateRule {
    let detail = format!("cases that broke could not be asked again: {}", evaluations::told(error));
    GateRule { value: None, ok: false, ..gate::confirmed_break(&[], detail) }
}

/// Judges everything anew, as it may have changed meanwhile, and moves the pointer or doesn't.
async fn decide(app: &App, work: &Work, asked: GateRule) -> Result<(), StoreError> {
    let failed = |error: Error| StoreError::Failed(error.to_string());
    let now = app.books.clock.now();
    let (caller, rules) = match admit::still(app, &work.caller, PromoteAgent::DECLARATION, now.0).await {
        Ok(caller) => {
            let judgement = rejudge(app, &caller, work).await.map_err(failed)?;
            let mut rules = judgement.rules;
            rules.push(asked);
            (caller, Ok((rules, judgement.suite)))
        }
        Err(error) if error.kind == Kind::Unavailable => return Err(failed(error)),
        Err(error) => (Arc::new(work.caller.clone()), Err(error)),
    };
    let (rules, suite) = rules.unwrap_or_else(|error| {
        let detail = format!("who asked for this may no longer: {}", error.message);
        let rule = GateRule { rule: "permission".into(), value: None, bound: None, ok: false, detail };
        (vec![rule], None)
    });
    let status = match (rules.iter().all(|rule| rule.ok), work.promotion.canary) {
        (true, Some(_)) => promote::CANARY,
        (true, None) => "promoted",
        (false, _) => "refused",
    };
    let promotion = Promotion { status: status.into(), gate: rules, at: now, ..work.promotion.clone() };
    let mut act = promote::act(&caller.team, &work.agent, &promotion, suite).map_err(failed)?;
    act.statements.push(agents::decide_promotion(&promotion).map_err(failed)?);
    act.statements.push(sql::end(&promotion.promotion_id));
    if status != "refused" {
        act.statements.splice(..0, admit::unchanged(&caller));
    }
    app.books.own_act(CONFIRM_PROMOTION, &caller, act).await
}

async fn rejudge(app: &App, caller: &Caller, work: &Work) -> Result<Judgement, Error> {
    let (team, agent, promotion) = (&caller.team, &work.agent, &work.promotion);
    let request = PromoteRequest {
        agent_id: agent.clone(),
        environment: promotion.environment.clone(),
        version: Some(promotion.to.clone()),
        run_id: promotion.run_id.clone(),
        overriding: None,
        canary: None,
    };
    let wanted = agents::version(&app.db, team, agent, &promotion.to).await?;
    let live = agents::environment(&app.db, team, agent, &promotion.environment).await?;
    let mut judgement = judge(app, caller, &request, &wanted, live.as_deref()).await?;
    let is_asked = judgement.broken.iter().all(|case| work.broken.contains(case));
    if live != promotion.from || !is_asked {
        let detail = "what is live changed, or its run, while cases were asked again: promote again";
        judgement.rules.push(gate::stale(detail));
    }
    Ok(judgement)
}
