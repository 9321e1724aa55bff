//! `/mcp`: agents and tools for clients of the Model Context Protocol, over streamable HTTP, without a state between
//! requests. Whatever a client calls is a call of the public API, made here as the client would make it itself: with its
//! key, on the one path of a call.

mod calls;
mod server;

use super::govern::{credentials, turn_away};
use crate::app::App;
use crate::audit::MCP;
use crate::gate::admit::{self, Refusal};
use crate::trace::Recorder;
use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use axum::routing::any;
use calls::Calls;
use contract::endpoint::Media;
use rmcp::transport::streamable_http_server::session::never::NeverSessionManager;
use rmcp::transport::{StreamableHttpServerConfig, StreamableHttpService};
use server::Bridge;
use std::sync::Arc;
use tower::Service;

/// Pages that may ask, beside those that the configuration names: of this machine.
const OWN_ORIGINS: [&str; 3] = ["http://localhost:*", "http://127.0.0.1:*", "http://[::1]:*"];

type Served = StreamableHttpService<Bridge, NeverSessionManager>;

/// The route, over the routes that it calls.
pub(super) fn routes(app: App, api: Router) -> Router {
    let origins = OWN_ORIGINS.iter().map(|origin| (*origin).to_owned()).chain(app.config.mcp.origins.clone());
    // Which hosts lead here is not known; what no page has is the key that each request shows.
    let config = StreamableHttpServerConfig::default()
        .disable_allowed_hosts()
        .with_allowed_origins(origins)
        .with_legacy_session_mode(false)
        .with_json_response(true)
        .with_cancellation_token(app.work.cut_off.clone())
        .with_max_request_body_bytes(app.config.max_body_bytes);
    let calls = Arc::new(Calls::new(api));
    let bridge = move || Ok(Bridge::new(Arc::clone(&calls)));
    let service: Served = StreamableHttpService::new(bridge, Arc::default(), config);
    Router::new().route("/mcp", any(move |request: Request| answer(app.clone(), service.clone(), request)))
}

async fn answer(app: App, mut service: Served, request: Request) -> Response {
    let recorder = Recorder::open(MCP, app.books.clock.now());
    let shown = credentials(&app, &request);
    let known = match app.books.check_open() {
        Ok(()) => admit::known(&app, &recorder, &shown).await,
        Err(error) => return super::refuse(error),
    };
    if let Err(error) = known {
        let refusal = Refusal { caller: None, error, standing: None };
        let mut response = turn_away(&app, &recorder, refusal, Media::Json).await;
        response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        return response;
    }
    match service.call(request).await {
        Ok(response) => response.map(Body::new),
        Err(never) => match never {},
    }
}
