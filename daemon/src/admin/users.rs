//! `/admin/v1/users`: the users of a team, and their groups.

use super::changed;
use crate::app::App;
use crate::error::Error;
use crate::gate::{directory, teams};
use crate::http::mount::{Api, Call, Out};
use contract::admin::{ListUsers, PutUsers, UpdateUser};
use contract::wire::admin::{Directory, User};

pub(super) fn routes(api: Api) -> Api {
    api.mount::<ListUsers, _, _>(list).mount::<PutUsers, _, _>(put).mount::<UpdateUser, _, _>(update)
}

async fn list(app: App, call: Call<ListUsers>) -> Result<Out<Directory>, Error> {
    let team = teams::chosen(&app.db, &call.context.caller, call.input.team.as_deref()).await?;
    Ok(Out::Body(directory::list(&app.db, &team).await?))
}

async fn put(app: App, call: Call<PutUsers>) -> Result<Out<Directory>, Error> {
    let caller = &call.context.caller;
    let team = teams::chosen(&app.db, caller, call.input.team.as_deref()).await?;
    let before = directory::list(&app.db, &team).await?;
    let put = directory::put(&app.db, caller, &team, call.input).await;
    app.known_users.forget();
    let after = put?;
    changed(&call.context, Some(&before), Some(&after));
    Ok(Out::Body(after))
}

async fn update(app: App, call: Call<UpdateUser>) -> Result<Out<User>, Error> {
    let caller = &call.context.caller;
    let team = teams::chosen(&app.db, caller, call.input.team.as_deref()).await?;
    let before = directory::list(&app.db, &team).await?;
    let before = before.users.into_iter().find(|user| user.email == call.input.email);
    let updated = directory::update(&app.db, caller, &team, call.input).await;
    app.known_users.forget();
    let user = updated?;
    changed(&call.context, before.as_ref(), Some(&user));
    Ok(Out::Body(user))
}
