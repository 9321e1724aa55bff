//! `POST /agents/{agent_id}/promote`.

use crate::act::Act;
use crate::app::App;
use crate::error::Error;
use crate::http::mount::{Api, Call, Out};
use crate::promotions;
use contract::catalogue::PromoteAgent;
use contract::wire::agents::PromotionOutcome;

pub(crate) fn routes(api: Api) -> Api {
    api.act::<PromoteAgent, _, _>(promote)
}

async fn promote(app: App, call: Call<PromoteAgent>) -> Result<Act<Out<PromotionOutcome>>, Error> {
    let recorder = &call.context.recorder;
    recorder.request("agent", call.input.agent_id.clone());
    recorder.request("environment", call.input.environment.clone());
    let reason = call.input.overriding.as_ref().map(|overriding| overriding.reason.clone());
    let act = promotions::promote(&app, &call.context.caller, call.input).await?;
    if let (Ok(_), Some(reason)) = (&act.answer, reason) {
        recorder.stage("override", reason);
    }
    Ok(act.map(|outcome| outcome.map_or_else(Out::Refused, Out::Body)))
}
