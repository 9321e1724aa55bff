//! The door: the routes of every group, made from the catalogue.

mod admin;
mod idempotency;
mod input;
pub(crate) mod mount;
pub(crate) mod reply;
mod sse;

use crate::app::App;
use crate::error::{Error, Kind};
use crate::{agents, analytics, chat, evaluations, knowledge, models, promotions, sessions};
use axum::Router;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use contract::catalogue::CATALOGUE;
use contract::openapi;
use mount::Api;
use std::future::Future;
use std::io;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

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
    let (stopping, stopped) = oneshot::channel();
    let signal = async move {
        shutdown.await;
        tracing::info!("draining");
        // The deadline below may have gone with the server.
        let _gone = stopping.send(());
    };
    let server = axum::serve(listener, router(app)).with_graceful_shutdown(signal);
    let deadline = async move {
        if stopped.await.is_err() {
            std::future::pending::<()>().await;
        }
        tokio::time::sleep(drain).await;
    };
    tokio::select! {
        result = server.into_future() => result,
        () = deadline => {
            tracing::warn!("calls still under way were cut off");
            Ok(())
        }
    }
}

fn router(app: App) -> Router {
    let groups = [
        chat::api::routes,
        agents::api::routes,
        promotions::api::routes,
        sessions::api::routes,
        knowledge::api::routes,
        evaluations::api::routes,
        models::api::routes,
        analytics::api::routes,
    ];
    let api = groups.into_iter().fold(Api::new(app.clone()), |api, routes| routes(api));
    let ready = app.clone();
    api.into_router()
        .nest("/admin/v1", admin::routes(app))
        .route("/healthz", get(async || "ok"))
        .route("/readyz", get(move || readiness(ready.clone())))
        .route("/public/v1/openapi.json", get(openapi_json))
        .route("/public/v1/openapi.yaml", get(openapi_yaml))
        .fallback(async || {
            refuse(Error::new(Kind::NotFound, "not_found", "There is nothing at this address."))
        })
}

fn refuse(error: Error) -> Response {
    reply::error(error, &crate::trace::Recorder::open("None").trace_id())
}

async fn readiness(app: App) -> Response {
    match app.db.row("SELECT 1", vec![]).await {
        Ok(_) => (StatusCode::OK, "ready").into_response(),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "the store does not answer").into_response(),
    }
}

async fn openapi_json() -> Response {
    let document = openapi::document(CATALOGUE, env!("CARGO_PKG_VERSION"));
    ([(header::CONTENT_TYPE, "application/json")], document.to_string()).into_response()
}

async fn openapi_yaml() -> Response {
    let document = openapi::document(CATALOGUE, env!("CARGO_PKG_VERSION"));
    match serde_yaml::to_string(&document) {
        Ok(text) => ([(header::CONTENT_TYPE, "application/yaml")], text).into_response(),
        Err(error) => refuse(Error::internal(error)),
    }
}
