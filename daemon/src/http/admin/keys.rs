//! `/admin/v1/keys`.

use super::{Act, act, input};
use crate::app::App;
use crate::gate::{Caller, key};
use axum::Router;
use axum::extract::Request;
use axum::routing::{get, post};
use contract::endpoint::Method;
use contract::wire::page::Page;
use serde::Deserialize;
use serde_json::Value;

pub(super) fn routes(app: App) -> Router {
    let (list_app, create_app, get_app, revoke_app) = (app.clone(), app.clone(), app.clone(), app);
    Router::new()
        .route(
            "/keys",
            get(move |request: Request| act(list_app.clone(), "admin.keys.list", Method::Get, request, list))
                .post(move |request: Request| {
                    act(create_app.clone(), "admin.keys.create", Method::Post, request, create)
                }),
        )
        .route(
            "/keys/{key_id}",
            get(move |request: Request| act(get_app.clone(), "admin.keys.get", Method::Get, request, find)),
        )
        .route(
            "/keys/{key_id}/revoke",
            post(move |request: Request| {
                act(revoke_app.clone(), "admin.keys.revoke", Method::Post, request, revoke)
            }),
        )
}

#[derive(Deserialize)]
struct KeyPath {
    key_id: String,
}

async fn list(app: App, caller: Caller, _: Value) -> Act {
    let keys = key::list(&app.db, &caller.team).await?;
    Ok((200, serde_json::to_value(Page::whole(keys))?))
}

async fn create(app: App, caller: Caller, body: Value) -> Act {
    let key = key::create(&app.db, &app.pepper, &caller.team, input::typed(body)?).await?;
    Ok((201, serde_json::to_value(key)?))
}

async fn find(app: App, caller: Caller, body: Value) -> Act {
    let path: KeyPath = input::typed(body)?;
    Ok((200, serde_json::to_value(key::find(&app.db, &caller.team, &path.key_id).await?)?))
}

async fn revoke(app: App, caller: Caller, body: Value) -> Act {
    let path: KeyPath = input::typed(body)?;
    let revoked = key::revoke(&app.db, &caller.team, &path.key_id).await;
    app.known_keys.forget();
    Ok((200, serde_json::to_value(revoked?)?))
}
