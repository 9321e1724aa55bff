//! `/admin/v1/users`: the users of the team, and their groups.

use super::{Act, act, input};
use crate::app::App;
use crate::error::Error;
use crate::gate::Caller;
use crate::gate::directory;
use axum::Router;
use axum::extract::Request;
use axum::routing::get;
use contract::endpoint::Method;
use contract::wire::admin::Directory;
use serde_json::Value;

pub(super) fn routes(app: App) -> Router {
    let (list_app, put_app) = (app.clone(), app);
    Router::new().route(
        "/users",
        get(move |request: Request| act(list_app.clone(), "admin.users.list", Method::Get, request, list))
            .put(move |request: Request| act(put_app.clone(), "admin.users.put", Method::Put, request, put)),
    )
}

async fn list(app: App, caller: Caller, _: Value) -> Act {
    Ok((200, serde_json::to_value(directory::list(&app.db, &caller.team).await?)?))
}

async fn put(app: App, caller: Caller, body: Value) -> Result<(u16, Value), Error> {
    let wanted: Directory = input::typed(body)?;
    let directory = directory::put(&app.db, &caller.team, wanted).await?;
    Ok((200, serde_json::to_value(directory)?))
}
