//! `/admin/v1/keys`.

use super::{NOTHING, changed};
use crate::app::App;
use crate::error::Error;
use crate::gate::{keys, teams};
use crate::http::mount::{Api, Call, Out};
use contract::admin::{CreateKey, GetKey, ListKeys, RevokeKey, RotateKey, UpdateKey};
use contract::wire::admin::Key;
use contract::wire::page::Page;

pub(super) fn routes(api: Api) -> Api {
    api.mount::<ListKeys, _, _>(list)
        .mount::<CreateKey, _, _>(create)
        .mount::<GetKey, _, _>(get)
        .mount::<UpdateKey, _, _>(update)
        .mount::<RotateKey, _, _>(rotate)
        .mount::<RevokeKey, _, _>(revoke)
}

/// The key with what it used of its limits.
fn counted(app: &App, key: Key) -> Key {
    Key { used: app.books.rates.used(&key.id, app.books.clock.now().0), ..key }
}

async fn list(app: App, call: Call<ListKeys>) -> Result<Out<Page<Key>>, Error> {
    let team = teams::chosen(&app.db, &call.context.caller, call.input.team.as_deref()).await?;
    let mut page = keys::list(&app.db, &team, &call.input.page).await?;
    page.data = page.data.into_iter().map(|key| counted(&app, key)).collect();
    Ok(Out::Body(page))
}

async fn create(app: App, call: Call<CreateKey>) -> Result<Out<Key>, Error> {
    let caller = &call.context.caller;
    let team = teams::chosen(&app.db, caller, call.input.team.as_deref()).await?;
    let key = keys::create(&app.db, &app.pepper, caller, &team, call.input).await?;
    changed(&call.context, NOTHING, Some(&key));
    Ok(Out::Body(key))
}

async fn get(app: App, call: Call<GetKey>) -> Result<Out<Key>, Error> {
    let key = keys::reachable(&app.db, &call.context.caller, &call.input.key_id).await?;
    Ok(Out::Body(counted(&app, key)))
}

async fn update(app: App, call: Call<UpdateKey>) -> Result<Out<Key>, Error> {
    let caller = &call.context.caller;
    let before = keys::reachable(&app.db, caller, &call.input.key_id).await?;
    let updated = keys::update(&app.db, caller, call.input).await;
    app.known_keys.forget();
    let key = updated?;
    changed(&call.context, Some(&before), Some(&key));
    Ok(Out::Body(counted(&app, key)))
}

async fn rotate(app: App, call: Call<RotateKey>) -> Result<Out<Key>, Error> {
    let caller = &call.context.caller;
    let before = keys::reachable(&app.db, caller, &call.input.key_id).await?;
    let rotated = keys::rotate(&app.db, &app.pepper, caller, call.input).await;
    app.known_keys.forget();
    let key = rotated?;
    changed(&call.context, Some(&before), Some(&key));
    Ok(Out::Body(counted(&app, key)))
}

async fn revoke(app: App, call: Call<RevokeKey>) -> Result<Out<Key>, Error> {
    let caller = &call.context.caller;
    let before = keys::reachable(&app.db, caller, &call.input.key_id).await?;
    let revoked = keys::revoke(&app.db, caller, &call.input).await;
    app.known_keys.forget();
    let key = revoked?;
    changed(&call.context, Some(&before), Some(&key));
    Ok(Out::Body(counted(&app, key)))
}
