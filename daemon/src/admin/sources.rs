//! `/admin/v1/sources`.

use crate::app::App;
use crate::error::Error;
use crate::gate::teams;
use crate::http::mount::{Api, Call, Out};
use contract::admin::ListSources;
use contract::wire::knowledge::SourceState;
use contract::wire::page::Page;

pub(super) fn routes(api: Api) -> Api {
    api.mount::<ListSources, _, _>(list)
}

async fn list(app: App, call: Call<ListSources>) -> Result<Out<Page<SourceState>>, Error> {
    let team = teams::chosen(&app.db, &call.context.caller, call.input.team.as_deref()).await?;
    let rows = app.sources.list(&team);
    Ok(Out::Body(Page::cut(rows, &call.input.page, |source| source.name.clone())))
}
