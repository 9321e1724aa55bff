//! `/admin/v1/groups`: the groups of a team.

use crate::app::App;
use crate::error::Error;
use crate::gate::{directory, teams};
use crate::http::mount::{Api, Call, Out};
use contract::admin::ListGroups;
use contract::wire::admin::Group;
use contract::wire::page::Page;

pub(super) fn routes(api: Api) -> Api {
    api.mount::<ListGroups, _, _>(list)
}

async fn list(app: App, call: Call<ListGroups>) -> Result<Out<Page<Group>>, Error> {
    let team = teams::chosen(&app.db, &call.context.caller, call.input.team.as_deref()).await?;
    directory::groups(&app.db, &team, &call.input.page).await.map(Out::Body)
}
