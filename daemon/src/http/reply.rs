//! Answers: the only place that knows HTTP statuses.

use crate::error::{Error, Kind};
use crate::gate::rate::Standing;
use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Response as HttpResponse, StatusCode, header};
use axum::response::Response;
use contract::endpoint::Media;
use contract::wire::error::{ErrorBody, ErrorEnvelope};
use contract::wire::scim::ScimError;
use serde_json::Value;

const TRACE_ID: HeaderName = HeaderName::from_static("x-trace-id");
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const LIMIT: HeaderName = HeaderName::from_static("x-ratelimit-limit-requests");
const REMAINING: HeaderName = HeaderName::from_static("x-ratelimit-remaining-requests");
const RESET: HeaderName = HeaderName::from_static("x-ratelimit-reset-requests");
const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");
const SHOULD_RETRY: HeaderName = HeaderName::from_static("x-should-retry");

/// A JSON answer; 204 has no body.
pub(super) fn json(status: u16, body: &Value, replayed: bool) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    let content = if status == StatusCode::NO_CONTENT { Body::empty() } else { Body::from(body.to_string()) };
    let mut response = HttpResponse::new(content);
    *response.status_mut() = status;
    if status != StatusCode::NO_CONTENT {
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    if replayed {
        response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    }
    response
}

/// An answer that is JSON already.
pub(super) fn written(body: Vec<u8>, headers: &[(&'static str, String)]) -> Response {
    let mut response = HttpResponse::new(Body::from(body));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    with(response, headers)
}

/// The same answer with more headers.
pub(super) fn with(mut response: Response, headers: &[(&'static str, String)]) -> Response {
    for (name, value) in headers {
        if let Ok(name) = HeaderName::try_from(*name) {
            set(&mut response, name, value);
        }
    }
    response
}

/// An answer in SCIM's form (RFC 7644, section 3.1), with its place where it was created.
pub(super) fn scim(status: u16, body: &Value, replayed: bool) -> Response {
    let mut response = json(status, body, replayed);
    if status != 204 {
        set(&mut response, header::CONTENT_TYPE, SCIM);
    }
    if let (201, Some(location)) = (status, body.pointer("/meta/location").and_then(Value::as_str)) {
        set(&mut response, header::LOCATION, location);
    }
    response
}

const SCIM: &str = "application/scim+json";

/// An error in the form of an endpoint: SCIM's own, else the one envelope. What only the log may hold goes to the log.
pub(super) fn error(error: Error, trace_id: &str, media: Media) -> Response {
    let (status, kind) = status_of(error.kind);
    if let Some(cause) = &error.cause {
        tracing::error!(trace_id, code = error.code, cause, "call failed");
    }
    let mut response = match media {
        Media::Scim => {
            scim(status, &serde_json::to_value(scim_error(&error, status)).unwrap_or_default(), false)
        }
        _ => {
            let envelope = envelope(&error, kind, trace_id);
            json(status, &serde_json::to_value(envelope).unwrap_or_default(), false)
        }
    };
    if error.kind == Kind::QuotaSpent || (error.kind == Kind::RateLimited && error.retry_after.is_none()) {
        // OpenAI's clients would try again.
        response.headers_mut().insert(SHOULD_RETRY, HeaderValue::from_static("false"));
    }
    if let Some(seconds) = error.retry_after {
        response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    }
    response
}

/// The envelope of an error, for a stream that ends with it.
pub(crate) fn error_event(error: &Error, trace_id: &str) -> Value {
    let (_, kind) = status_of(error.kind);
    if let Some(cause) = &error.cause {
        tracing::error!(trace_id, code = error.code, cause, "call failed");
    }
    serde_json::to_value(envelope(error, kind, trace_id)).unwrap_or_default()
}

/// The status that an error has, for the audit row of a stream.
pub(crate) fn status(kind: Kind) -> u16 {
    status_of(kind).0
}

/// SCIM's error, with its own word for it, where it has one (RFC 7644, section 3.12, table 9).
fn scim_error(error: &Error, status: u16) -> ScimError {
    let word = match (status, error.code) {
        (400, "invalid_filter") => Some("invalidFilter"),
        (400, "invalid_syntax") => Some("invalidSyntax"),
        (400, "invalid_path") => Some("invalidPath"),
        (400, "no_target") => Some("noTarget"),
        (400, "mutability") => Some("mutability"),
        (400, "invalid_value") if matches!(error.param.as_deref(), Some("body" | "body.Operations")) => {
            Some("invalidSyntax")
        }
        (400, _) => Some("invalidValue"),
        (409, "uniqueness") => Some("uniqueness"),
        _ => None,
    };
    ScimError {
        schemas: vec!["urn:ietf:params:scim:api:messages:2.0:Error".into()],
        scim_type: word.map(str::to_owned),
        detail: error.message.clone(),
        status: status.to_string(),
    }
}

fn envelope(error: &Error, kind: &str, trace_id: &str) -> ErrorEnvelope {
    let detail =
        |name| error.detail.as_ref().filter(|detail| detail.0 == name).map(|detail| detail.1.clone());
    ErrorEnvelope {
        error: ErrorBody {
            message: error.message.clone(),
            kind: kind.into(),
            code: error.code.into(),
            param: error.param.clone(),
        },
        trace_id: trace_id.into(),
        gate: detail("gate"),
        findings: detail("findings"),
    }
}

/// A family of errors, as the documentation has it.
#[derive(Clone, Copy, Debug)]
pub struct ErrorFamily {
    /// The HTTP status.
    pub status: u16,
    /// The envelope's `type`.
    pub name: &'static str,
    /// When it is.
    pub meaning: &'static str,
}

/// Every family of errors that a client may read.
#[must_use]
pub fn error_families() -> Vec<ErrorFamily> {
    let read = Kind::ALL.iter().filter(|(kind, _)| *kind != Kind::Cancelled);
    let family = |(kind, meaning): &(Kind, &'static str)| {
        let (status, name) = status_of(*kind);
        ErrorFamily { status, name, meaning: meaning.trim() }
    };
    read.map(family).collect()
}

fn status_of(kind: Kind) -> (u16, &'static str) {
    match kind {
        Kind::Invalid => (400, "invalid_request_error"),
        Kind::TooLarge => (413, "invalid_request_error"),
        Kind::UnsupportedMedia => (415, "invalid_request_error"),
        Kind::Unauthenticated => (401, "authentication_error"),
        Kind::Forbidden => (403, "permission_error"),
        Kind::NotFound => (404, "not_found_error"),
        Kind::WrongMethod => (405, "invalid_request_error"),
        Kind::Conflict => (409, "conflict_error"),
        Kind::RateLimited => (429, "rate_limit_error"),
        Kind::QuotaSpent => (429, "insufficient_quota"),
        Kind::NotImplemented => (501, "api_error"),
        Kind::Unavailable => (503, "api_error"),
        Kind::Upstream => (502, "upstream_error"),
        Kind::UpstreamOverloaded => (503, "upstream_error"),
        Kind::UpstreamTimeout => (504, "upstream_error"),
        // Nobody reads this answer; the audit row says that the client left (nginx's convention).
        Kind::Cancelled => (499, "api_error"),
        Kind::Internal => (500, "api_error"),
    }
}

/// The headers that every answer carries.
pub(super) fn add_headers(response: &mut Response, trace_id: &str, standing: Option<Standing>) {
    if let Ok(value) = HeaderValue::from_str(trace_id) {
        response.headers_mut().insert(TRACE_ID, value.clone());
        response.headers_mut().insert(REQUEST_ID, value);
    }
    if let Some(standing) = standing {
        response.headers_mut().insert(LIMIT, standing.limit.into());
        response.headers_mut().insert(REMAINING, standing.remaining.into());
        set(response, RESET, &format!("{}ms", standing.reset_ms));
    }
}

fn set(response: &mut Response, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}
