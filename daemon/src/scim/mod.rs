//! SCIM 2.0 (RFC 7643, RFC 7644): users and groups as identity providers keep them, in the directory that the gate reads.

mod discovery;
mod filter;
#[cfg(feature = "fuzzing")]
pub(crate) mod fuzzing;
mod groups;
mod listing;
mod patch;
mod path;
mod schema;
mod select;
mod sql;
mod users;
mod values;

pub(crate) use discovery::{resource_type, resource_types, schema, schemas, service_provider_config};
pub(crate) use groups::Groups;
pub(crate) use users::Users;

use crate::act::Act;
use crate::app::App;
use crate::call::Context;
use crate::error::{Error, Kind};
use contract::time::Time;
use schema::ResourceType;
use serde_json::{Value, json};

/// What lists say that they are.
const LIST: &str = "urn:ietf:params:scim:api:messages:2.0:ListResponse";

/// Most resources on a page.
const MOST: usize = 200;

/// Resources on a page where the client doesn't say.
const USUAL: usize = 100;

/// The act after which the gate asks anew who may do what.
fn forgetting<T>(app: &App, act: Act<T>) -> Act<T> {
    let app = app.clone();
    act.then(move || app.known_users.forget())
}

/// Where resources stand, for the clients of a call.
fn address(context: &Context, endpoint: &str, id: &str) -> String {
    let origin = context.origin.as_deref().unwrap_or_default();
    format!("{origin}{}{endpoint}/{id}", contract::endpoint::SCIM)
}

/// What is said of a resource (RFC 7643, section 3.1). When those were made that are older than these times is unknown.
fn meta(context: &Context, kind: &ResourceType, id: &str, created_at: i64, updated_at: i64) -> Value {
    let mut meta = json!({"resourceType": kind.name, "location": address(context, kind.endpoint, id)});
    for (name, at) in [("created", created_at), ("lastModified", updated_at)] {
        if at > 0 {
            meta[name] = json!(Time(at));
        }
    }
    meta
}

/// A value that an attribute can't have.
fn invalid_value(attribute: &str, message: impl Into<String>) -> Error {
    Error::invalid(attribute, message)
}

/// A body that is not what SCIM asks for.
fn invalid_syntax(message: impl Into<String>) -> Error {
    Error::new(Kind::Invalid, "invalid_syntax", message)
}

/// A path that leads nowhere.
fn invalid_path(path: &str) -> Error {
    let message = format!("There is no attribute at `{path}`. GET /admin/scim/v2/Schemas lists them.");
    Error::new(Kind::Invalid, "invalid_path", message)
}

/// A change of what the daemon itself writes, or of what must stay.
fn unchangeable(attribute: &str, why: &str) -> Error {
    Error::new(Kind::Invalid, "mutability", format!("`{attribute}` {why}."))
}

/// A name that is taken.
fn taken(what: &str, name: &str) -> Error {
    let message = format!("There is a {what} `{name}` already. Read it with a filter, and change that.");
    Error::new(Kind::Conflict, "uniqueness", message)
}
