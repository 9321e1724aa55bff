//! What this daemon supports, and which attributes there are (RFC 7643, sections 5 to 7).

use super::schema::{Attribute, GROUP, Kind, Mutability, ResourceType, Schema, USER};
use super::{LIST, MOST, address};
use crate::call::Context;
use crate::error::Error;
use crate::gate::role::Role;
use contract::wire::scim::{ScimList, ScimResource};
use serde_json::{Map, Value, json};

static KINDS: [&ResourceType; 2] = [&USER, &GROUP];

/// What of SCIM is supported.
pub(crate) fn service_provider_config(context: &Context) -> ScimResource {
    let location = address(context, "/ServiceProviderConfig", "");
    resource(json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
        "patch": {"supported": true},
        "bulk": {"supported": false, "maxOperations": 0, "maxPayloadSize": 0},
        "filter": {"supported": true, "maxResults": MOST},
        "changePassword": {"supported": false},
        "sort": {"supported": false},
        "etag": {"supported": false},
        "authenticationSchemes": [{
            "type": "oauthbearertoken",
            "name": "An operator's token",
            "description": "An operator's token (`kop_…`) whose role may write users, as a bearer token.",
            "primary": true,
        }],
        "meta": {"resourceType": "ServiceProviderConfig", "location": location.trim_end_matches('/')},
    }))
}

/// The kinds of resources.
pub(crate) fn resource_types(context: &Context) -> ScimList {
    list(KINDS.iter().map(|kind| described(context, kind)).collect())
}

/// One kind.
///
/// # Errors
/// If there is none of that name.
pub(crate) fn resource_type(context: &Context, name: &str) -> Result<ScimResource, Error> {
    let kind = KINDS.iter().find(|kind| kind.name.eq_ignore_ascii_case(name));
    kind.map(|kind| described(context, kind)).ok_or_else(|| Error::not_found("resource type", name))
}

/// The schemas.
pub(crate) fn schemas(context: &Context) -> ScimList {
    list(every_schema().map(|schema| published(context, schema)).collect())
}

/// One schema.
///
/// # Errors
/// If there is none under that URN.
pub(crate) fn schema(context: &Context, urn: &str) -> Result<ScimResource, Error> {
    let schema = every_schema().find(|schema| schema.id.eq_ignore_ascii_case(urn));
    schema.map(|schema| published(context, schema)).ok_or_else(|| Error::not_found("schema", urn))
}

fn every_schema() -> impl Iterator<Item = &'static Schema> {
    KINDS.iter().flat_map(|kind| std::iter::once(kind.schema).chain(kind.extensions.iter().copied()))
}

fn list(resources: Vec<ScimResource>) -> ScimList {
    let count = resources.len() as u64;
    ScimList {
        schemas: vec![LIST.into()],
        total_results: count,
        start_index: 1,
        items_per_page: count,
        resources,
    }
}

fn resource(value: Value) -> ScimResource {
    ScimResource(if let Value::Object(fields) = value { fields } else { Map::new() })
}

fn described(context: &Context, kind: &ResourceType) -> ScimResource {
    let extensions: Vec<Value> =
        kind.extensions.iter().map(|schema| json!({"schema": schema.id, "required": false})).collect();
    resource(json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ResourceType"],
        "id": kind.name,
        "name": kind.name,
        "description": kind.schema.description,
        "endpoint": kind.endpoint,
        "schema": kind.schema.id,
        "schemaExtensions": extensions,
        "meta": {"resourceType": "ResourceType", "location": address(context, "/ResourceTypes", kind.name)},
    }))
}

fn published(context: &Context, schema: &Schema) -> ScimResource {
    resource(json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Schema"],
        "id": schema.id,
        "name": schema.name,
        "description": schema.description,
        "attributes": schema.attributes.iter().map(characteristics).collect::<Vec<_>>(),
        "meta": {"resourceType": "Schema", "location": address(context, "/Schemas", schema.id)},
    }))
}

/// What an attribute is like (RFC 7643, section 7).
fn characteristics(attribute: &Attribute) -> Value {
    let (kind, usual) = match attribute.kind {
        Kind::Text => ("string", attribute.usual.to_vec()),
        Kind::Role => ("string", Role::names()),
        Kind::Flag => ("boolean", Vec::new()),
        Kind::Time => ("dateTime", Vec::new()),
        Kind::Reference(_) => ("reference", Vec::new()),
        Kind::Complex(_) => ("complex", Vec::new()),
    };
    let mut shown = json!({
        "name": attribute.name,
        "type": kind,
        "multiValued": attribute.is_many,
        "description": attribute.description,
        "required": attribute.is_required,
        "mutability": match attribute.mutability {
            Mutability::ReadWrite => "readWrite",
            Mutability::Immutable => "immutable",
            Mutability::ReadOnly => "readOnly",
        },
        "returned": "default",
        "uniqueness": if attribute.is_unique { "server" } else { "none" },
    });
    if matches!(attribute.kind, Kind::Text | Kind::Role | Kind::Reference(_)) {
        shown["caseExact"] = attribute.is_case_exact.into();
    }
    if !usual.is_empty() {
        shown["canonicalValues"] = usual.into();
    }
    match attribute.kind {
        Kind::Reference(types) => shown["referenceTypes"] = types.into(),
        Kind::Complex(subs) => {
            shown["subAttributes"] = subs.iter().map(characteristics).collect();
        }
        _ => {}
    }
    shown
}
