//! `/admin/v1/audit`.

use crate::app::App;
use crate::audit;
use crate::error::Error;
use crate::http::mount::{Api, Call, Out};
use contract::admin::ListCheckpoints;
use contract::wire::analytics::Checkpoint;
use contract::wire::page::Page;

pub(super) fn routes(api: Api) -> Api {
    api.mount::<ListCheckpoints, _, _>(checkpoints)
}

async fn checkpoints(app: App, call: Call<ListCheckpoints>) -> Result<Out<Page<Checkpoint>>, Error> {
    Ok(Out::Body(audit::checkpoints(&app.db, app.books.ledger.public_key(), &call.input.page).await?))
}
