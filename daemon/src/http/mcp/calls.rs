//! Calls of the public API for an MCP client: with its headers, from its address.

use super::super::listen::Peer;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::request::Parts;
use axum::http::{HeaderName, Request, header};
use contract::endpoint::Endpoint;
use contract::wire::error::ErrorEnvelope;
use contract::wire::page::{ListQuery, MAX_LIMIT, Page};
use serde_json::Value;
use tower::ServiceExt;

/// What is passed on of a client's headers: who it is, for whom it asks, what surrounds it, and where proxies say it is.
const PASSED_ON: [HeaderName; 8] = [
    header::AUTHORIZATION,
    HeaderName::from_static("x-user-email"),
    HeaderName::from_static("x-user-assertion"),
    HeaderName::from_static("x-katonic-tags"),
    HeaderName::from_static("traceparent"),
    HeaderName::from_static("tracestate"),
    header::FORWARDED,
    HeaderName::from_static("x-forwarded-for"),
];

/// Most bytes of an answer.
const MOST_BYTES: usize = 8 << 20;

/// Why a call was not done.
pub(super) struct Refused {
    pub(super) code: String,
    pub(super) message: String,
}

impl Refused {
    pub(super) fn new(code: &str, message: impl Into<String>) -> Self {
        Self { code: code.into(), message: message.into() }
    }
}

/// What makes them.
pub(super) struct Calls {
    api: Router,
}

impl Calls {
    pub(super) fn new(api: Router) -> Self {
        Self { api }
    }

    /// Calls an endpoint as a client would that sent this request. An input is the query or the body; what the path holds
    /// is given by itself.
    ///
    /// # Errors
    /// If it is refused.
    pub(super) async fn make<E: Endpoint>(
        &self,
        client: &Parts,
        in_path: Option<(&str, &str)>,
        input: &E::Input,
    ) -> Result<E::Output, Refused> {
        let failed = |error: &dyn std::fmt::Display| Refused::new("internal_error", error.to_string());
        let mut path = format!("{}{}", E::DECLARATION.prefix, E::DECLARATION.path);
        let mut fields = serde_json::to_value(input).map_err(|error| failed(&error))?;
        if let Some((name, value)) = in_path {
            path = path.replace(&format!("{{{name}}}"), &segment(value)?);
            if let Some(fields) = fields.as_object_mut() {
                fields.remove(name);
            }
        }
        let method = E::DECLARATION.method;
        let body = match method.is_bodiless() {
            true => {
                path = format!("{path}?{}", query(&fields));
                Body::empty()
            }
            false => Body::from(fields.to_string()),
        };
        let mut request = Request::builder().method(method.as_str()).uri(path);
        for name in &PASSED_ON {
            for value in client.headers.get_all(name) {
                request = request.header(name, value);
            }
        }
        if let Some(peer) = client.extensions.get::<Peer>() {
            request = request.extension(*peer);
        }
        let request = request.header(header::ACCEPT, "application/json").body(body);
        let response = self.api.clone().oneshot(request.map_err(|error| failed(&error))?).await;
        let response = response.map_err(|error| failed(&error))?;
        let is_well = response.status().is_success();
        let bytes = to_bytes(response.into_body(), MOST_BYTES).await.map_err(|error| failed(&error))?;
        if is_well {
            return serde_json::from_slice(&bytes).map_err(|error| failed(&error));
        }
        let told: ErrorEnvelope = serde_json::from_slice(&bytes).map_err(|error| failed(&error))?;
        Err(Refused::new(&told.error.code, told.error.message))
    }

    /// All pages of a list.
    ///
    /// # Errors
    /// If it is refused.
    pub(super) async fn all<E, T>(
        &self,
        client: &Parts,
        query: impl Fn(ListQuery) -> E::Input,
    ) -> Result<Vec<T>, Refused>
    where
        E: Endpoint<Output = Page<T>>,
    {
        let (mut all, mut after) = (Vec::new(), None);
        loop {
            let query = query(ListQuery { limit: Some(MAX_LIMIT), after });
            let page = self.make::<E>(client, None, &query).await?;
            all.extend(page.data);
            after = page.next;
            if after.is_none() {
                return Ok(all);
            }
        }
    }
}

/// A name as it may stand in a path.
fn segment(name: &str) -> Result<String, Refused> {
    let is_plain = |sign: u8| sign.is_ascii_alphanumeric() || matches!(sign, b'_' | b'-');
    if name.is_empty() || !name.bytes().all(is_plain) {
        return Err(Refused::new("not_found", "There is no tool of that name."));
    }
    Ok(name.to_owned())
}

fn query(fields: &Value) -> String {
    let mut pairs = form_urlencoded::Serializer::new(String::new());
    for (name, value) in fields.as_object().into_iter().flatten() {
        match value {
            Value::Null => {}
            Value::String(text) => drop(pairs.append_pair(name, text)),
            other => drop(pairs.append_pair(name, &other.to_string())),
        }
    }
    pairs.finish()
}
