//! `/admin/v1/teams`: what a team wants of its calls.

use super::{Act, act, input};
use crate::app::App;
use crate::error::Error;
use crate::gate::Caller;
use axum::Router;
use axum::extract::Request;
use axum::routing::get;
use contract::endpoint::Method;
use contract::wire::admin::TeamSettings;
use serde_json::{Value, json};

pub(super) fn routes(app: App) -> Router {
    let (get_app, put_app) = (app.clone(), app);
    Router::new().route(
        "/teams/{team}",
        get(move |request: Request| act(get_app.clone(), "admin.teams.get", Method::Get, request, show))
            .put(move |request: Request| act(put_app.clone(), "admin.teams.put", Method::Put, request, put)),
    )
}

async fn show(app: App, caller: Caller, body: Value) -> Act {
    let (team, _) = own(&caller, body)?;
    Ok((200, shown(&team, &app.providers.vault.team(&team))?))
}

async fn put(app: App, caller: Caller, body: Value) -> Act {
    let (team, settings) = own(&caller, body)?;
    let settings: TeamSettings = input::typed(settings)?;
    app.providers.vault.put_team(&team, &settings).await?;
    Ok((200, shown(&team, &settings)?))
}

/// The team of the path, which must be the operator's own, and what else was sent.
fn own(caller: &Caller, mut body: Value) -> Result<(String, Value), Error> {
    let team = body.as_object_mut().and_then(|fields| fields.shift_remove("team"));
    let team = team.and_then(|team| team.as_str().map(str::to_owned)).unwrap_or_default();
    if team == caller.team { Ok((team, body)) } else { Err(Error::not_found("team", &team)) }
}

fn shown(team: &str, settings: &TeamSettings) -> Result<Value, Error> {
    let mut shown = json!({"object": "team", "id": team});
    if let (Value::Object(fields), Value::Object(more)) = (&mut shown, serde_json::to_value(settings)?) {
        fields.extend(more);
    }
    Ok(shown)
}
