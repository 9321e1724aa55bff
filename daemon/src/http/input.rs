//! What comes in: path, query and body as one object, typed, with the field named when it is wrong.

use crate::config::Config;
use crate::error::{Error, Kind};
use axum::RequestExt;
use axum::body::{Bytes, to_bytes};
use axum::extract::{FromRequest, Multipart, RawPathParams, Request};
use axum::http::header::CONTENT_TYPE;
use contract::endpoint::{Media, Method};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::any::Any;
use std::mem;
use std::time::Duration;
use tokio::time::timeout;

/// How long a body may take to arrive.
const PATIENCE: Duration = Duration::from_secs(60);

/// Reads an endpoint's input: the body's fields, the query's where the body has none, the path's over both.
///
/// # Errors
/// If the body is too large, not what the endpoint reads, or not an object.
pub(super) async fn read(
    config: &Config,
    most: usize,
    method: Method,
    media: Media,
    mut request: Request,
) -> Result<Value, Error> {
    let path: RawPathParams =
        request.extract_parts().await.map_err(|_| Error::invalid("path", "The path is not UTF-8."))?;
    let path: Vec<(String, String)> =
        path.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let query = request.uri().query().unwrap_or_default().to_owned();
    let mut fields =
        if method.is_bodiless() { Map::new() } else { body(config, most, media, request).await? };
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        fields.entry(name.into_owned()).or_insert_with(|| value.into_owned().into());
    }
    for (name, value) in path {
        fields.insert(name, value.into());
    }
    Ok(Value::Object(fields))
}

/// The input as its type.
///
/// # Errors
/// If a field is missing or wrong; the error names it.
pub(super) fn typed<T: DeserializeOwned + 'static>(mut input: Value) -> Result<T, Error> {
    // An endpoint that reads any object has it as it is.
    if let Value::Object(fields) = &mut input {
        let mut object = Some(mem::take(fields));
        match (&mut object as &mut dyn Any).downcast_mut::<Option<T>>().and_then(Option::take) {
            Some(object) => return Ok(object),
            None => *fields = object.unwrap_or_default(),
        }
    }
    serde_path_to_error::deserialize(input).map_err(|error| {
        let path = error.path().to_string();
        let message = error.into_inner().to_string();
        let missing = message.strip_prefix("missing field `").and_then(|rest| rest.split('`').next());
        // What is flattened has lost its path, and names itself.
        let named = message.strip_prefix('`').and_then(|rest| rest.split('`').next());
        let field = match (missing, path.as_str()) {
            (None, ".") if named.is_some() => named.unwrap_or_default().to_owned(),
            (Some(missing), ".") => missing.to_owned(),
            (Some(missing), path) => format!("{path}.{missing}"),
            (None, path) => path.to_owned(),
        };
        Error::invalid(&field, format!("The request is wrong at `{field}`: {message}."))
    })
}

async fn body(
    config: &Config,
    most: usize,
    media: Media,
    request: Request,
) -> Result<Map<String, Value>, Error> {
    let content_type =
        request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let content_type = content_type.to_ascii_lowercase();
    if content_type.starts_with("multipart/form-data") {
        if media == Media::Upload {
            let form = upload(config.max_upload_bytes, request);
            return timeout(PATIENCE, form).await.map_err(|_| too_slow())?;
        }
        return Err(unsupported("This endpoint reads JSON, not a form with files."));
    }
    let bytes = bounded(request, most).await?;
    if media == Media::Definition {
        let text = String::from_utf8(bytes.into())
            .map_err(|_| Error::invalid("body", "The definition is not UTF-8."))?;
        return Ok(Map::from_iter([("definition".to_owned(), text.into())]));
    }
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Ok(Map::new());
    }
    match serde_json::from_slice(&bytes) {
        Ok(body) if media == Media::Scim => Ok(Map::from_iter([("body".to_owned(), body)])),
        Ok(Value::Object(fields)) => Ok(fields),
        Ok(_) => Err(Error::invalid("body", "The body must be a JSON object.")),
        Err(_)
            if ["xml", "yaml", "image/", "octet-stream"].iter().any(|other| content_type.contains(other)) =>
        {
            Err(unsupported("This endpoint reads JSON. Send `Content-Type: application/json`."))
        }
        Err(error) => Err(Error::invalid("body", format!("The body is not JSON: {error}."))),
    }
}

async fn bounded(request: Request, most: usize) -> Result<Bytes, Error> {
    let read = timeout(PATIENCE, to_bytes(request.into_body(), most)).await.map_err(|_| too_slow())?;
    read.map_err(|_| too_large(most))
}

fn too_slow() -> Error {
    Error::invalid("body", format!("The body took longer than {} s to arrive.", PATIENCE.as_secs()))
}

fn too_large(most: usize) -> Error {
    Error::new(Kind::TooLarge, "body_too_large", format!("The body is over the bound of {most} bytes."))
}

fn unsupported(message: &str) -> Error {
    Error::new(Kind::UnsupportedMedia, "unsupported_media_type", message)
}

/// A form with a file: its text becomes the field `text`; lists come comma-separated or repeated.
async fn upload(most: usize, request: Request) -> Result<Map<String, Value>, Error> {
    let broken = |_| Error::invalid("body", "The form is broken or over its bound.");
    let mut form = Multipart::from_request(request, &())
        .await
        .map_err(|_| Error::invalid("body", "The form has no boundary."))?;
    let mut fields = Map::new();
    let mut size = 0;
    while let Some(mut field) = form.next_field().await.map_err(broken)? {
        let name = field.name().unwrap_or_default().to_owned();
        let mut bytes = Vec::new();
        while let Some(chunk) = field.chunk().await.map_err(broken)? {
            size += chunk.len();
            if size > most {
                return Err(too_large(most));
            }
            bytes.extend_from_slice(&chunk);
        }
        let text = String::from_utf8(bytes)
            .map_err(|_| unsupported("The file is not UTF-8 text. Markdown and plain text can be read."))?;
        insert(&mut fields, &name, text)?;
    }
    Ok(fields)
}

fn insert(fields: &mut Map<String, Value>, name: &str, text: String) -> Result<(), Error> {
    match name {
        "file" => {
            fields.insert("text".into(), text.into());
        }
        "groups" | "users" => {
            let list = fields.entry(name).or_insert_with(|| Value::Array(Vec::new()));
            if let Value::Array(list) = list {
                list.extend(text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(Value::from));
            }
        }
        "public" => {
            fields.insert(name.into(), matches!(text.trim(), "true" | "1").into());
        }
        "metadata" => {
            let object = serde_json::from_str(&text)
                .map_err(|_| Error::invalid("metadata", "Metadata is a JSON object."))?;
            fields.insert(name.into(), object);
        }
        _ => {
            fields.insert(name.into(), text.into());
        }
    }
    Ok(())
}
