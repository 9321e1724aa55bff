//! `/admin/v1/datasets`.

use crate::act::Act;
use crate::app::App;
use crate::error::Error;
use crate::flywheel;
use crate::http::mount::{Api, Call, Out};
use contract::admin::ReviewDataset;
use contract::wire::flywheel::ReviewedDataset;

pub(super) fn routes(api: Api) -> Api {
    api.act::<ReviewDataset, _, _>(review)
}

async fn review(app: App, call: Call<ReviewDataset>) -> Result<Act<Out<ReviewedDataset>>, Error> {
    Ok(flywheel::review(&app.db, &call.context.caller, call.input).await?.map(Out::Body))
}
