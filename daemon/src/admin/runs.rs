//! `/admin/v1/runs`.

use crate::act::Act;
use crate::app::App;
use crate::error::Error;
use crate::evaluations;
use crate::http::mount::{Api, Call, Out};
use contract::admin::CancelRun;
use contract::wire::evaluations::Run;

pub(super) fn routes(api: Api) -> Api {
    api.act::<CancelRun, _, _>(cancel)
}

async fn cancel(app: App, call: Call<CancelRun>) -> Result<Act<Out<Run>>, Error> {
    Ok(evaluations::cancel(&app, &call.context.caller.team, &call.input.run_id).await?.map(Out::Body))
}
