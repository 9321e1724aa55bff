//! The documentation over HTTP: the files that the program brings.

use super::page::{self, File};
use crate::app::App;
use crate::config::PackedFiles;
use axum::Router;
use axum::extract::Path;
use axum::http::HeaderMap;
use axum::response::{Redirect, Response};
use axum::routing::get;
use contract::version::hex;
use sha2::{Digest, Sha256};

pub(super) fn routes(app: &App) -> Router {
    let files = app.config.docs;
    Router::new()
        // Its links are relative to the folder.
        .route("/docs", get(async || Redirect::permanent("/docs/")))
        .route("/docs/", get(async move |headers: HeaderMap| answer(files, "index.html", &headers)))
        .route(
            "/docs/{*path}",
            get(async move |Path(path): Path<String>, headers: HeaderMap| answer(files, &path, &headers)),
        )
}

fn answer(files: Option<PackedFiles>, path: &str, headers: &HeaderMap) -> Response {
    let packed = files.and_then(|files| files(path));
    let Some(packed) = packed else { return page::file(None, headers) };
    let tag = format!("\"{}\"", &hex(&Sha256::digest(packed))[..16]);
    page::file(Some(File { media: media(path), tag: &tag, packed }), headers)
}

/// The media type of a file by its ending.
fn media(path: &str) -> &'static str {
    match path.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("json") => "application/json",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    }
}
