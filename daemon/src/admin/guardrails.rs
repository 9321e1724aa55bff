//! `/admin/v1/policies/guardrails`.

use crate::act::Act;
use crate::agents;
use crate::app::App;
use crate::error::Error;
use crate::http::mount::{Api, Call, Out};
use contract::admin::{GetRailPolicy, PutRailPolicy, ResetRailPolicy, TryRailPolicy};
use contract::wire::admin::{RailPolicy, RailPolicyTrial};

pub(super) fn routes(api: Api) -> Api {
    api.mount::<GetRailPolicy, _, _>(get)
        .act::<PutRailPolicy, _, _>(put)
        .act::<ResetRailPolicy, _, _>(reset)
        .mount::<TryRailPolicy, _, _>(try_policy)
}

async fn get(app: App, _: Call<GetRailPolicy>) -> Result<Out<RailPolicy>, Error> {
    Ok(Out::Body(app.rail_policy.shown()?))
}

async fn put(app: App, call: Call<PutRailPolicy>) -> Result<Act<Out<RailPolicy>>, Error> {
    Ok(app.rail_policy.put(call.input.guardrails)?.map(Out::Body))
}

async fn reset(app: App, _: Call<ResetRailPolicy>) -> Result<Act<Out<()>>, Error> {
    Ok(app.rail_policy.reset()?.map(Out::Body))
}

async fn try_policy(app: App, call: Call<TryRailPolicy>) -> Result<Out<RailPolicyTrial>, Error> {
    Ok(Out::Body(agents::try_rail_policy(&app, &call.context.caller.team, call.input).await?))
}
