//! What comes in: path, query and body as one object, typed, with the field named when it is wrong.

use crate::app::App;
use crate::error::{Error, Kind};
use crate::uploads::Upload;
use axum::RequestExt;
use axum::body::{Bytes, to_bytes};
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, RawPathParams, Request};
use axum::http::header::CONTENT_TYPE;
use contract::endpoint::{Media, Method};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use std::any::Any;
use std::mem;
use std::time::Duration;
use tokio::time::timeout;

/// How long a body may take to arrive.
const PATIENCE: Duration = Duration::from_secs(60);

/// Reads an endpoint's input: the body's fields, the query's where the body has none, the path's over both; and the file
/// of a form.
///
/// # Errors
/// If the body is too large, not what the endpoint reads, or not an object.
pub(super) async fn read(
    app: &App,
    most: usize,
    method: Method,
    media: Media,
    mut request: Request,
) -> Result<(Value, Option<Upload>), Error> {
    let path: RawPathParams =
        request.extract_parts().await.map_err(|_| Error::invalid("path", "The path is not UTF-8."))?;
    let path: Vec<(String, String)> =
        path.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let query = request.uri().query().unwrap_or_default().to_owned();
    let (mut fields, file) = match method.is_bodiless() {
        true => (Map::new(), None),
        false if is_form(&request, media)? => {
            timeout(PATIENCE, form(app, request)).await.map_err(|_| too_slow())??
        }
        false => (body(most, media, request).await?, None),
    };
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        fields.entry(name.into_owned()).or_insert_with(|| value.into_owned().into());
    }
    for (name, value) in path {
        fields.insert(name, value.into());
    }
    Ok((Value::Object(fields), file))
}

/// Whether a form comes in.
fn is_form(request: &Request, media: Media) -> Result<bool, Error> {
    match content_type(request).starts_with("multipart/form-data") {
        true if media == Media::Upload => Ok(true),
        true => Err(unsupported("This endpoint reads JSON, not a form with files.")),
        false => Ok(false),
    }
}

fn content_type(request: &Request) -> String {
    let value = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    value.unwrap_or_default().to_ascii_lowercase()
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

async fn body(most: usize, media: Media, request: Request) -> Result<Map<String, Value>, Error> {
    let content_type = content_type(&request);
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

/// Most bytes of the fields of a form beside its file.
const MOST_OF_FIELDS: usize = 1 << 20;

/// A form with a file, which goes to the disk as it comes; lists come comma-separated or repeated. What is known of the
/// file stands as the field `file`, so that the same form is told from another.
async fn form(app: &App, mut request: Request) -> Result<(Map<String, Value>, Option<Upload>), Error> {
    let broken = |_| Error::invalid("body", "The form is broken or over its bound.");
    // The bound is the configuration's, below.
    DefaultBodyLimit::disable().apply(&mut request);
    let mut form = Multipart::from_request(request, &())
        .await
        .map_err(|_| Error::invalid("body", "The form has no boundary."))?;
    let (mut fields, mut file, mut size) = (Map::new(), None, 0);
    while let Some(mut field) = form.next_field().await.map_err(broken)? {
        let name = field.name().unwrap_or_default().to_owned();
        if name == "file" {
            let mut incoming = app.uploads.begin().await?;
            let mut size = 0;
            while let Some(chunk) = field.chunk().await.map_err(broken)? {
                size += chunk.len();
                if size > app.config.max_upload_bytes {
                    return Err(too_large(app.config.max_upload_bytes));
                }
                incoming.write(&chunk).await?;
            }
            let upload = incoming.finish(field.file_name().unwrap_or_default().to_owned()).await?;
            fields.insert(name, json!({"name": upload.name, "sha256": upload.hash, "size": upload.size}));
            file = Some(upload);
            continue;
        }
        let mut bytes = Vec::new();
        while let Some(chunk) = field.chunk().await.map_err(broken)? {
            size += chunk.len();
            if size > MOST_OF_FIELDS {
                return Err(too_large(MOST_OF_FIELDS));
            }
            bytes.extend_from_slice(&chunk);
        }
        let text = String::from_utf8(bytes).map_err(|_| Error::invalid(&name, "The field is not UTF-8."))?;
        insert(&mut fields, &name, text)?;
    }
    Ok((fields, file))
}

fn insert(fields: &mut Map<String, Value>, name: &str, text: String) -> Result<(), Error> {
    match name {
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
