//! `/admin/v1/keys`.

use crate::act::Act;
use crate::app::App;
use crate::error::Error;
use crate::gate::{keys, teams};
use crate::http::mount::{Api, Call, Out};
use contract::admin::{CreateKey, GetKey, ListKeys, RevokeKey, RotateKey, UpdateKey};
use contract::wire::admin::Key;
use contract::wire::page::Page;

pub(super) fn routes(api: Api) -> Api {
    api.mount::<ListKeys, _, _>(list)
        .act::<CreateKey, _, _>(create)
        .mount::<GetKey, _, _>(get)
        .act::<UpdateKey, _, _>(update)
        .act::<RotateKey, _, _>(rotate)
        .act::<RevokeKey, _, _>(revoke)
}

/// The key with what it used of its limits.
fn counted(app: &App, key: Key) -> Key {
    Key { used: app.books.rates.used(&key.id, app.books.clock.now().0), ..key }
}

async fn list(app: App, call: Call<ListKeys>) -> Result<Out<Page<Key>>, Error> {
    let team = teams::chosen(&app.db, &call.context.caller, call.input.team.as_deref()).await?;
    let mut page = keys::list(&app.db, &team, &call.input.page, app.books.clock.now()).await?;
    page.data = page.data.into_iter().map(|key| counted(&app, key)).collect();
    Ok(Out::Body(page))
}

async fn create(app: App, call: Call<CreateKey>) -> Result<Act<Out<Key>>, Error> {
    let caller = &call.context.caller;
    let team = teams::chosen(&app.db, caller, call.input.team.as_deref()).await?;
    let now = app.books.clock.now();
    Ok(keys::create(&app.db, &app.pepper, caller, &team, call.input, now).await?.map(Out::Body))
}

async fn get(app: App, call: Call<GetKey>) -> Result<Out<Key>, Error> {
    let key =
        keys::reachable(&app.db, &call.context.caller, &call.input.key_id, app.books.clock.now()).await?;
    Ok(Out::Body(counted(&app, key)))
}

async fn update(app: App, call: Call<UpdateKey>) -> Result<Act<Out<Key>>, Error> {
    let now = app.books.clock.now();
    Ok(changed(&app, keys::update(&app.db, &call.context.caller, call.input, now).await?))
}

async fn rotate(app: App, call: Call<RotateKey>) -> Result<Act<Out<Key>>, Error> {
    let (caller, now) = (&call.context.caller, app.books.clock.now());
    Ok(changed(&app, keys::rotate(&app.db, &app.pepper, caller, call.input, now).await?))
}

async fn revoke(app: App, call: Call<RevokeKey>) -> Result<Act<Out<Key>>, Error> {
    let now = app.books.clock.now();
    Ok(changed(&app, keys::revoke(&app.db, &call.context.caller, &call.input, now).await?))
}

/// The change of a key that calls may show: it holds from the next call on.
fn changed(app: &App, act: Act<Key>) -> Act<Out<Key>> {
    let gate = app.clone();
    act.map(|key| Out::Body(counted(app, key))).then(move || gate.known_keys.forget())
}
