//! `/admin/v1/users`: the users of a team, and their groups.

use crate::act::Act;
use crate::app::App;
use crate::error::Error;
use crate::gate::{directory, teams};
use crate::http::mount::{Api, Call, Out};
use contract::admin::{ListUsers, PutUsers, UpdateUser};
use contract::wire::admin::{Directory, User};

pub(super) fn routes(api: Api) -> Api {
    api.mount::<ListUsers, _, _>(list).act::<PutUsers, _, _>(put).act::<UpdateUser, _, _>(update)
}

async fn list(app: App, call: Call<ListUsers>) -> Result<Out<Directory>, Error> {
    let team = teams::chosen(&app.db, &call.context.caller, call.input.team.as_deref()).await?;
    Ok(Out::Body(directory::list(&app.db, &team).await?))
}

async fn put(app: App, call: Call<PutUsers>) -> Result<Act<Out<Directory>>, Error> {
    let caller = &call.context.caller;
    let team = teams::chosen(&app.db, caller, call.input.team.as_deref()).await?;
    let act = directory::put(&app.db, caller, &team, call.input).await?;
    Ok(act.map(Out::Body).then(move || app.known_users.forget()))
}

async fn update(app: App, call: Call<UpdateUser>) -> Result<Act<Out<User>>, Error> {
    let caller = &call.context.caller;
    let team = teams::chosen(&app.db, caller, call.input.team.as_deref()).await?;
    let act = directory::update(&app.db, caller, &team, call.input).await?;
    Ok(act.map(Out::Body).then(move || app.known_users.forget()))
}
