//! Files that a browser is shown: packed where it may be, known again by their tags, and held to this daemon alone.

use super::refuse;
use crate::error::{Error, Kind};
use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use flate2::read::GzDecoder;
use std::io::Read;

/// What a page may load and do: its own files and calls to its own daemon, nothing inline, framed by nobody.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Most bytes of a file that is unpacked.
const MOST_BYTES: u64 = 16 * 1024 * 1024;

/// A file, in gzip's form (RFC 1952).
pub(crate) struct File<'a> {
    /// Its media type.
    pub(crate) media: &'static str,
    /// What tells it from other versions of itself, quoted as in an `ETag`.
    pub(crate) tag: &'a str,
    /// Its content.
    pub(crate) packed: &'static [u8],
}

/// The answer with a file, unless the browser has it as it is.
pub(super) fn file(file: Option<File<'_>>, headers: &HeaderMap) -> Response {
    let Some(file) = file else {
        return refuse(Error::new(Kind::NotFound, "not_found", "There is nothing at this address."));
    };
    let is_known =
        headers.get(header::IF_NONE_MATCH).is_some_and(|tag| tag.as_bytes() == file.tag.as_bytes());
    let packs = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok());
    let is_packed = !is_known && packs.is_some_and(|packs| packs.contains("gzip"));
    let mut response = match (is_known, is_packed) {
        (true, _) => StatusCode::NOT_MODIFIED.into_response(),
        (false, true) => Response::new(Body::from(file.packed)),
        (false, false) => match unpacked(file.packed) {
            Ok(content) => Response::new(Body::from(content)),
            Err(error) => return refuse(error),
        },
    };
    let mut set = |name, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            response.headers_mut().insert(name, value);
        }
    };
    if is_packed {
        set(header::CONTENT_ENCODING, "gzip");
    }
    set(header::VARY, "accept-encoding");
    set(header::CONTENT_TYPE, file.media);
    set(header::ETAG, file.tag);
    set(header::CACHE_CONTROL, "no-cache");
    set(header::CONTENT_SECURITY_POLICY, POLICY);
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::REFERRER_POLICY, "no-referrer");
    set(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    response
}

fn unpacked(packed: &[u8]) -> Result<Vec<u8>, Error> {
    let mut content = Vec::new();
    GzDecoder::new(packed).take(MOST_BYTES).read_to_end(&mut content).map_err(Error::internal)?;
    Ok(content)
}
