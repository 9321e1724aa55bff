//! The door: the routes of every group, made from the catalogue.

mod docs;
mod govern;
pub(crate) mod hub;
mod idempotency;
mod input;
mod listen;
mod mcp;
pub(crate) mod mount;
pub(crate) mod page;
mod proxy;
pub(crate) mod reply;
mod sse;

pub use reply::{ErrorFamily, error_families};

use crate::app::App;
use crate::error::{Error, Kind};
use crate::gate::admit::may_look;
use crate::trace::Recorder;
use crate::{
    admin, agents, analytics, chat, completions, documents, evaluations, flywheel, knowledge, models,
    promotions, prompts, sessions, tools,
};
use axum::Router;
use axum::extract::Request;
use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use contract::catalogue::CATALOGUE;
use contract::endpoint::{Declaration, Media, SCIM};
use contract::openapi;
use contract::time::Time;
use mount::Api;
use std::future::Future;
use std::io;
use std::time::Duration;
use tokio::net::TcpListener;

/// Serves until `shutdown` ends; calls under way then have `drain` to finish.
///
/// # Errors
/// If the socket fails.
pub(crate) async fn serve(
    listener: TcpListener,
    app: App,
    shutdown: impl Future<Output = ()> + Send + 'static,
    drain: Duration,
) -> io::Result<()> {
    idempotency::forget_unanswered(&app.db).await.map_err(io::Error::other)?;
    let signal = app.clone();
    tokio::spawn(async move {
        shutdown.await;
        tracing::info!("draining");
        signal.work.draining.cancel();
    });
    let deadline = async {
        app.work.draining.cancelled().await;
        tokio::time::sleep(drain).await;
    };
    let result = tokio::select! {
        result = listen::serve(listener, router(app.clone()), &app.work) => result,
        () = deadline => {
            tracing::warn!("calls still under way are cut off");
            Ok(())
        }
    };
    app.work.cut_off.cancel();
    app.work.ended().await;
    result
}

fn router(app: App) -> Router {
    let groups = [
        chat::api::routes,
        completions::api::routes,
        agents::api::routes,
        promotions::api::routes,
        sessions::api::routes,
        knowledge::api::routes,
        evaluations::api::routes,
        prompts::api::routes,
        flywheel::api::routes,
        models::api::routes,
        tools::api::routes,
        documents::api::routes,
        analytics::api::routes,
        admin::routes,
    ];
    let (ready, measured, asked) = (app.clone(), app.clone(), app.clone());
    let pages = hub::routes(app.clone()).merge(docs::routes(&app));
    let api = groups.into_iter().fold(Api::new(app), |api, routes| routes(api));
    let api = api.into_router();
    let offered = mcp::routes(asked, api.clone());
    api.merge(pages)
        .merge(offered)
        .route("/healthz", get(async || "ok"))
        .route("/readyz", get(move || readiness(ready.clone())))
        .route("/metrics", get(move |request: Request| metrics(measured.clone(), request)))
        .route("/public/v1/openapi.json", get(async || openapi_json("Katonic public API", CATALOGUE)))
        .route("/public/v1/openapi.yaml", get(async || openapi_yaml("Katonic public API", CATALOGUE)))
        .route(
            "/admin/v1/openapi.json",
            get(async || openapi_json("Katonic admin API", contract::admin::CATALOGUE)),
        )
        .route(
            "/admin/v1/openapi.yaml",
            get(async || openapi_yaml("Katonic admin API", contract::admin::CATALOGUE)),
        )
        .method_not_allowed_fallback(async |uri: Uri| {
            let message = "This address answers other methods. See /public/v1/openapi.json.";
            refuse_in(form(&uri), Error::new(Kind::WrongMethod, "method_not_allowed", message))
        })
        .fallback(async |uri: Uri| refuse_in(form(&uri), nothing_at(&uri)))
}

/// The form of an answer at an address that no endpoint stands at.
fn form(uri: &Uri) -> Media {
    match uri.path().strip_prefix(SCIM) {
        Some(rest) if rest.is_empty() || rest.starts_with('/') => Media::Scim,
        _ => Media::Json,
    }
}

/// Why there is nothing at an address. What SCIM knows and this daemon doesn't says so (RFC 7644, section 3.12).
fn nothing_at(uri: &Uri) -> Error {
    match uri.path().strip_prefix(SCIM) {
        Some("/Bulk" | "/Me" | "/.search" | "/Users/.search" | "/Groups/.search") => {
            let message =
                "This daemon has no such operation: see ServiceProviderConfig, and filter with GET.";
            Error::new(Kind::NotImplemented, "not_implemented", message)
        }
        _ => Error::new(Kind::NotFound, "not_found", "There is nothing at this address."),
    }
}

fn refuse(error: Error) -> Response {
    refuse_in(Media::Json, error)
}

fn refuse_in(form: Media, error: Error) -> Response {
    let trace_id = Recorder::open("None", Time::now()).trace_id();
    let mut response = reply::error(error, &trace_id, form);
    reply::add_headers(&mut response, &trace_id, None);
    response
}

/// The figures for Prometheus: for who asks from this machine, and else for operators who may look.
async fn metrics(app: App, request: Request) -> Response {
    let credentials = govern::credentials(&app, &request);
    if !credentials.address.is_some_and(|address| address.to_canonical().is_loopback())
        && let Err(error) = may_look(&app, &credentials).await
    {
        return refuse(error);
    }
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    ([(header::CONTENT_TYPE, kind)], app.metrics.text()).into_response()
}

async fn readiness(app: App) -> Response {
    let is_open = app.books.check_open().is_ok();
    match app.db.answers().await && is_open {
        true => (StatusCode::OK, "ready").into_response(),
        false => (StatusCode::SERVICE_UNAVAILABLE, "the store does not answer").into_response(),
    }
}

fn openapi_json(title: &str, catalogue: &[&Declaration]) -> Response {
    let document = openapi::document(title, catalogue, env!("CARGO_PKG_VERSION"));
    ([(header::CONTENT_TYPE, "application/json")], document.to_string()).into_response()
}

fn openapi_yaml(title: &str, catalogue: &[&Declaration]) -> Response {
    let document = openapi::document(title, catalogue, env!("CARGO_PKG_VERSION"));
    match serde_yaml::to_string(&document) {
        Ok(text) => ([(header::CONTENT_TYPE, "application/yaml")], text).into_response(),
        Err(error) => refuse(Error::internal(error)),
    }
}
