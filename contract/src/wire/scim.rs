//! SCIM 2.0 (RFC 7643, RFC 7644): users and groups as identity providers read and write them.

use super::Object;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

/// A user, a group, a schema: the attributes that `GET /admin/scim/v2/Schemas` describes, under their names.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct ScimResource(pub Object);

/// Which attributes an answer has (RFC 7644, section 3.9).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ScimFields {
    /// Only these, comma-separated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attributes: Option<String>,
    /// All but these, comma-separated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub excluded_attributes: Option<String>,
}

/// Which resources to list (RFC 7644, section 3.4.2).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ScimQuery {
    /// Such as `userName eq "sarah@example.org"`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<String>,
    /// The first of them, from 1.
    #[serde(default, deserialize_with = "number", skip_serializing_if = "Option::is_none")]
    pub start_index: Option<i64>,
    /// How many at most: up to 200, 100 by default.
    #[serde(default, deserialize_with = "number", skip_serializing_if = "Option::is_none")]
    pub count: Option<i64>,
    /// Which attributes the answer has.
    #[serde(flatten)]
    pub fields: ScimFields,
}

/// A whole number, which may come as text, as query strings bring it.
///
/// # Errors
/// If it is neither.
fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    let number = match Option::<Value>::deserialize(deserializer)? {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::Number(number)) => number.as_i64(),
        Some(Value::String(text)) => text.trim().parse().ok(),
        Some(_) => None,
    };
    number.map(Some).ok_or_else(|| serde::de::Error::custom("expected a whole number"))
}

/// A resource by its id.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ScimPath {
    /// Its id.
    pub id: String,
    /// Which attributes the answer has.
    #[serde(flatten)]
    pub fields: ScimFields,
}

/// A resource to create.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ScimCreate {
    /// The resource.
    pub body: ScimResource,
    /// Which attributes the answer has.
    #[serde(flatten)]
    pub fields: ScimFields,
}

/// A resource to put in another's place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ScimReplace {
    /// The id of the one that is there.
    pub id: String,
    /// The resource.
    pub body: ScimResource,
    /// Which attributes the answer has.
    #[serde(flatten)]
    pub fields: ScimFields,
}

/// Changes of a resource.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ScimPatchRequest {
    /// Its id.
    pub id: String,
    /// The changes.
    pub body: ScimPatch,
    /// Which attributes the answer has.
    #[serde(flatten)]
    pub fields: ScimFields,
}

/// Changes in order, all of them or none (RFC 7644, section 3.5.2).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ScimPatch {
    /// Always `urn:ietf:params:scim:api:messages:2.0:PatchOp`.
    #[serde(default)]
    pub schemas: Vec<String>,
    /// The changes.
    #[serde(rename = "Operations", alias = "operations")]
    pub operations: Vec<ScimOperation>,
}

/// One change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ScimOperation {
    /// `add`, `replace` or `remove`, in any case.
    pub op: String,
    /// Where, such as `emails[type eq "work"].value`; the whole resource, if not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// What.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Value>,
}

/// Resources, a page of them (RFC 7644, section 3.4.2).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ScimList {
    /// Always `urn:ietf:params:scim:api:messages:2.0:ListResponse`.
    pub schemas: Vec<String>,
    /// How many there are on all pages.
    pub total_results: u64,
    /// The first of this page, from 1.
    pub start_index: u64,
    /// How many are on this page.
    pub items_per_page: u64,
    /// The resources.
    #[serde(rename = "Resources")]
    pub resources: Vec<ScimResource>,
}

/// An error answer (RFC 7644, section 3.12).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ScimError {
    /// Always `urn:ietf:params:scim:api:messages:2.0:Error`.
    pub schemas: Vec<String>,
    /// The error itself, such as `invalidFilter`, where SCIM has a word for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scim_type: Option<String>,
    /// What happened, and what to do.
    pub detail: String,
    /// The HTTP status, as text.
    pub status: String,
}
