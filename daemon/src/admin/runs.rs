//! `/admin/v1/runs` and `/admin/v1/quality`.

use crate::act::Act;
use crate::app::App;
use crate::error::Error;
use crate::evaluations;
use crate::http::mount::{Api, Call, Out};
use contract::admin::{CancelRun, GetQuality};
use contract::wire::evaluations::{Quality, Run};

pub(super) fn routes(api: Api) -> Api {
    api.act::<CancelRun, _, _>(cancel).mount::<GetQuality, _, _>(quality)
}

async fn cancel(app: App, call: Call<CancelRun>) -> Result<Act<Out<Run>>, Error> {
    Ok(evaluations::cancel(&app, &call.context.caller.team, &call.input.run_id).await?.map(Out::Body))
}

async fn quality(app: App, call: Call<GetQuality>) -> Result<Out<Quality>, Error> {
    Ok(Out::Body(evaluations::quality(&app, &call.context.caller.team, &call.input.agent_id).await?))
}
