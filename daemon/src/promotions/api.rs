//! `POST /agents/{agent_id}/promote`.

use crate::act::Act;
use crate::app::App;
use crate::error::Error;
use crate::http::mount::{Api, Call, Out};
use crate::promotions;
use contract::catalogue::PromoteAgent;
use contract::wire::agents::PromotionOutcome;
use std::sync::Arc;
use tokio::time::sleep;

pub(crate) fn routes(api: Api) -> Api {
    api.act::<PromoteAgent, _, _>(promote)
}

async fn promote(app: App, call: Call<PromoteAgent>) -> Result<Act<Out<PromotionOutcome>>, Error> {
    let recorder = &call.context.recorder;
    recorder.request("agent", call.input.agent_id.clone());
    recorder.request("environment", call.input.environment.clone());
    let reason = call.input.overriding.as_ref().map(|overriding| overriding.reason.clone());
    let act = promotions::promote(&app, &call.context, call.input).await?;
    if let (Ok(_), Some(reason)) = (&act.answer, reason) {
        recorder.stage("override", reason);
    }
    if act.answer.as_ref().is_ok_and(|outcome| outcome.status == promotions::AWAITING) {
        return Ok(act.map(|outcome| outcome.map_or_else(Out::Refused, |outcome| Out::Status(202, outcome))));
    }
    let pending = act.answer.as_ref().ok().filter(|outcome| outcome.status == "pending");
    let Some(id) = pending.map(|outcome| outcome.promotion_id.clone()) else {
        return Ok(act.map(|outcome| outcome.map_or_else(Out::Refused, Out::Body)));
    };
    let (patience, slot) = (call.context.wait, call.context.slot.clone());
    let caller = Arc::clone(&call.context.caller);
    let later = async move {
        if let Some(slot) = slot {
            slot.free();
        }
        if let (Some(mut notes), Some(patience)) = (app.confirmations.watch(&id), patience) {
            tokio::select! {
                _ = notes.recv() => {}
                () = sleep(patience) => {}
                () = app.work.draining.cancelled() => {}
            }
        }
        let outcome = promotions::decided(&app, &caller.team, &id).await?;
        Ok((if outcome.promoted { 200 } else { 202 }, outcome))
    };
    Ok(act.map(|outcome| match outcome {
        Ok(outcome) if patience.is_none() => Out::Status(202, outcome),
        Ok(outcome) => Out::Begun(202, outcome, Box::pin(later)),
        Err(error) => Out::Refused(error),
    }))
}
