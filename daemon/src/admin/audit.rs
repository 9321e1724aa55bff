//! `/admin/v1/audit`.

use crate::app::App;
use crate::audit;
use crate::error::Error;
use crate::http::mount::{Api, Call, Out};
use contract::admin::{ExportAudit, ListCheckpoints};
use contract::wire::analytics::{AuditRow, Checkpoint};
use contract::wire::page::Page;

pub(super) fn routes(api: Api) -> Api {
    api.mount::<ListCheckpoints, _, _>(checkpoints).mount::<ExportAudit, _, _>(export)
}

async fn checkpoints(app: App, call: Call<ListCheckpoints>) -> Result<Out<Page<Checkpoint>>, Error> {
    Ok(Out::Body(audit::checkpoints(&app.db, app.books.ledger.public_key(), &call.input.page).await?))
}

async fn export(app: App, call: Call<ExportAudit>) -> Result<Out<AuditRow>, Error> {
    Ok(Out::Lines(audit::export(&app, &call.context.caller, call.input)))
}
