//! `/admin/v1`: for operators' tokens only.

mod keys;
mod providers;
mod teams;
mod users;

use super::{input, mount, reply};
use crate::app::App;
use crate::audit::Entry;
use crate::call::Ending;
use crate::error::{Error, Kind};
use crate::gate::admit::{Credentials, Refusal};
use crate::gate::{Caller, key};
use crate::trace::Recorder;
use axum::Router;
use axum::extract::Request;
use axum::response::Response;
use contract::endpoint::{Media, Method};
use serde_json::Value;
use std::future::Future;

/// What an admin act answers: a status and a body.
type Act = Result<(u16, Value), Error>;

pub(super) fn routes(app: App) -> Router {
    keys::routes(app.clone())
        .merge(providers::routes(app.clone()))
        .merge(teams::routes(app.clone()))
        .merge(users::routes(app))
}

/// An act that only operators may do, under one audit row.
async fn act<W, F>(app: App, name: &'static str, method: Method, request: Request, work: W) -> Response
where
    W: FnOnce(App, Caller, Value) -> F + Send,
    F: Future<Output = Act> + Send,
{
    let recorder = Recorder::open(name);
    let credentials = mount::credentials(request.headers());
    let (caller, result) = match operator(&app, &recorder, &credentials).await {
        Ok(caller) => {
            let result = perform(&app, caller.clone(), method, request, work).await;
            (Some(caller), result)
        }
        Err(refusal) => (refusal.caller.map(|caller| *caller), Err(refusal.error)),
    };
    let trace_id = recorder.trace_id();
    let mut response = match result {
        Ok((status, body)) => reply::json(status, &body, false),
        Err(error) => reply::error(error, &trace_id),
    };
    if let Some(record) = recorder.close() {
        let ending = Ending { status: response.status().as_u16(), label: "admin" };
        if let Err(error) = app.ledger.write(Entry::of(&record, caller.as_ref(), ending)).await {
            response = reply::error(error, &trace_id);
        }
    }
    reply::add_headers(&mut response, &trace_id, None);
    response
}

async fn perform<W, F>(app: &App, caller: Caller, method: Method, request: Request, work: W) -> Act
where
    W: FnOnce(App, Caller, Value) -> F + Send,
    F: Future<Output = Act> + Send,
{
    let input = input::read(&app.config, app.config.max_upload_bytes, method, Media::Json, request).await?;
    work(app.clone(), caller, input).await
}

async fn operator(app: &App, recorder: &Recorder, credentials: &Credentials) -> Result<Caller, Refusal> {
    let caller = key::authenticate(app, credentials.authorization.as_deref()).await;
    let caller = caller.map_err(|error| {
        recorder.stage("authenticate", error.code);
        Refusal { caller: None, error, standing: None }
    })?;
    if caller.operator {
        recorder.stage("authenticate", "pass");
        return Ok(caller);
    }
    recorder.stage("operator", "not_permitted");
    let message = "The admin API needs an operator's token (`kop_…`), not an API key.";
    let error = Error::new(Kind::Forbidden, "not_permitted", message);
    Err(Refusal { caller: Some(Box::new(caller)), error, standing: None })
}
