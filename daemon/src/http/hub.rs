//! The Hub over HTTP: its page, and signing in and out. Everything else the page asks of the public and the admin API.

use super::govern::credentials;
use super::listen::Peer;
use super::{page, proxy, refuse, reply};
use crate::act::Act;
use crate::app::App;
use crate::audit::{HUB_SIGN_IN, HUB_SIGN_OUT};
use crate::call::Ending;
use crate::error::{Error, Kind};
use crate::gate::admit::hub_operator;
use crate::gate::{Caller, admit};
use crate::hub::{self, HubSession};
use crate::trace::Recorder;
use axum::Router;
use axum::body::to_bytes;
use axum::extract::{Path, Request};
use axum::http::{HeaderMap, header};
use axum::response::Response;
use axum::routing::get;
use contract::catalogue::CATALOGUE;
use contract::id;
use contract::version::hex;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

/// The cookie of a session, and the header that its calls carry beside it.
const COOKIE: &str = "katonic_hub";
const GUARD: &str = "x-katonic-hub";

/// Most bytes of what signs in.
const MOST_BYTES: usize = 4096;

/// What signs in: a link's code, or an operator's token.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Shown {
    code: Option<String>,
    token: Option<String>,
}

pub(super) fn routes(app: App) -> Router {
    let (who, open, close) = (app.clone(), app.clone(), app);
    let session = get(move |request: Request| who_is_it(who.clone(), request))
        .post(move |request: Request| sign_in(open.clone(), request))
        .delete(move |request: Request| sign_out(close.clone(), request));
    Router::new()
        .route("/studio/public-api", get(async |headers: HeaderMap| page::file(hub::page(), &headers)))
        .route(
            "/studio/assets/{*name}",
            get(async |Path(name): Path<String>, headers: HeaderMap| page::file(hub::asset(&name), &headers)),
        )
        .route("/studio/session", session)
}

/// The secret of the session that a request's cookie holds.
pub(super) fn cookie(headers: &HeaderMap) -> Option<String> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let mut pairs = cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == COOKIE).map(|(_, value)| value.to_owned())
}

/// What stands beside the cookie.
pub(super) fn guard(headers: &HeaderMap) -> Option<String> {
    headers.get(GUARD).and_then(|value| value.to_str().ok()).map(str::to_owned)
}

async fn sign_in(app: App, request: Request) -> Response {
    let now = app.books.clock.now();
    let recorder = Recorder::open(HUB_SIGN_IN, now);
    let peer = request.extensions().get::<Peer>().map(|peer| peer.0);
    let address = peer.map(|peer| proxy::client(&app.proxies, peer, request.headers()));
    let is_secure = proxy::origin(&app.proxies, peer, request.headers())
        .is_some_and(|origin| origin.starts_with("https:"));
    let admitted = async {
        app.books.check_open()?;
        let mut shown = credentials(&app, &request);
        let wrong = || Error::invalid("body", "Send `{\"token\": \"kop_…\"}`, or the `code` of a link.");
        let body = to_bytes(request.into_body(), MOST_BYTES).await.map_err(|_| wrong())?;
        let Shown { code, token } = serde_json::from_slice(&body).map_err(|_| wrong())?;
        match (code, token) {
            (Some(code), None) => {
                let operator = app.hub.take_link(&app.pepper.hash(&code), now.0);
                let gone = || {
                    Error::new(Kind::Unauthenticated, "invalid_api_key", "This link was used, or has ended.")
                };
                hub_operator(&app, &operator.ok_or_else(gone)?, shown.address, now.0).await
            }
            (None, Some(token)) => {
                app.hub.check_guesses(address, now.0)?;
                shown.authorization = Some(format!("Bearer {token}"));
                admit::operator(&app, &shown, now.0).await
            }
            _ => Err(wrong()),
        }
    };
    match admitted.await {
        Ok(operator) => let_in(&app, &operator, is_secure, now.0).await,
        Err(error) => turn_away(&app, &recorder, error, address, now.0).await,
    }
}

/// Signs in, once that is in the log.
async fn let_in(app: &App, operator: &Arc<Caller>, is_secure: bool, now: i64) -> Response {
    let (secret, guard) = (hex(&rand::random::<[u8; 32]>()), hex(&rand::random::<[u8; 16]>()));
    let operator = Arc::new(Caller { hub_session: Some(id::new("hub")), ..Caller::clone(operator) });
    let (door, caller, cookie) = (app.clone(), Arc::clone(&operator), app.pepper.hash(&secret));
    let kept = guard.clone();
    let open = move || {
        let session = caller.hub_session.clone().unwrap_or_default();
        door.hub.sign_in(cookie, session, &caller.key_id, kept, now);
    };
    let act = Act::new((), Vec::new()).then(open);
    if let Err(error) = app.books.own_act(HUB_SIGN_IN, &operator, act).await {
        return refuse(error.into());
    }
    let secure = if is_secure { "; Secure" } else { "" };
    let line = format!("{COOKIE}={secret}; Path=/; HttpOnly; SameSite=Strict{secure}");
    reply::with(
        reply::json(200, &told(&operator, &guard), false),
        &[("set-cookie", line), ("cache-control", "no-store".into())],
    )
}

/// What the page is told of who is signed in: also which endpoints their role opens, so that it shows what they may see.
fn told(operator: &Caller, guard: &str) -> Value {
    let all = CATALOGUE.iter().chain(contract::admin::CATALOGUE);
    let open = all.filter(|endpoint| operator.role.allows(endpoint.scope));
    let endpoints: Vec<&str> = open.map(|endpoint| endpoint.name).collect();
    json!({
        "object": "hub.session", "operator": operator.key_name, "role": operator.role.as_str(), "team": operator.team,
        "guard": guard, "endpoints": endpoints,
    })
}

async fn turn_away(
    app: &App,
    recorder: &Recorder,
    error: Error,
    address: Option<std::net::IpAddr>,
    now: i64,
) -> Response {
    if error.kind == Kind::Unauthenticated {
        app.hub.guessed_wrong(address, now);
    }
    recorder.stage("authenticate", error.decision());
    let Some(record) = recorder.close() else { return refuse(error) };
    let ending = Ending { status: reply::status(error.kind), label: "denied" };
    match app.books.write(record, None, ending, Vec::new()).await {
        Ok(()) => refuse(error),
        // What isn't logged isn't answered.
        Err(error) => refuse(error),
    }
}

async fn who_is_it(app: App, request: Request) -> Response {
    let now = app.books.clock.now().0;
    let address = credentials(&app, &request).address;
    let found = cookie(request.headers()).and_then(|cookie| app.hub.session(&app.pepper.hash(&cookie), now));
    let Some(HubSession { operator, guard, .. }) = found else { return refuse(signed_out()) };
    match hub_operator(&app, &operator, address, now).await {
        Ok(operator) => reply::with(
            reply::json(200, &told(&operator, &guard), false),
            &[("cache-control", "no-store".into())],
        ),
        Err(error) => refuse(error),
    }
}

async fn sign_out(app: App, request: Request) -> Response {
    let now = app.books.clock.now().0;
    let shown = credentials(&app, &request);
    let Some(cookie) = cookie(request.headers()) else { return refuse(signed_out()) };
    let operator = match admit::operator(&app, &shown, now).await {
        Ok(operator) => operator,
        Err(error) => return refuse(error),
    };
    let (hub, cookie) = (app.clone(), app.pepper.hash(&cookie));
    let act = Act::new((), Vec::new()).then(move || hub.hub.sign_out(&cookie));
    match app.books.own_act(HUB_SIGN_OUT, &operator, act).await {
        Ok(()) => {
            let line = format!("{COOKIE}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0");
            reply::with(reply::json(204, &Value::Null, false), &[("set-cookie", line)])
        }
        Err(error) => refuse(error.into()),
    }
}

fn signed_out() -> Error {
    Error::new(
        Kind::Unauthenticated,
        "missing_api_key",
        "Nobody is signed in. Use `katonic hub open`, or a token.",
    )
}
