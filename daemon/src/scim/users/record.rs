//! A user of the directory, and the resource that SCIM shows of them.

use crate::call::Context;
use crate::error::Error;
use crate::gate::Caller;
use crate::gate::identity::canonical;
use crate::gate::role::Role;
use crate::scim::schema::USER;
use crate::scim::{address, invalid_value, meta};
use contract::wire::Object;
use serde_json::{Map, Value, json};

/// Most that is kept of a user beside the directory's columns, in bytes of JSON.
const LARGEST: usize = 64 * 1024;

/// A user as the store has them.
#[derive(Clone, Debug)]
pub(super) struct Record {
    pub(super) id: String,
    pub(super) email: String,
    pub(super) name: Option<String>,
    pub(super) role: Role,
    pub(super) is_active: bool,
    pub(super) external_id: Option<String>,
    /// The attributes that no column holds.
    pub(super) profile: Object,
    pub(super) revision: i64,
    pub(super) created_at: i64,
    pub(super) updated_at: i64,
    /// Ids and names of their groups.
    pub(super) groups: Vec<(String, String)>,
}

impl Record {
    /// A user who is new.
    pub(super) fn new(id: String, draft: Draft, now: i64) -> Self {
        let Draft { email, name, role, is_active, external_id, profile } = draft;
        Self {
            id,
            email,
            name,
            role,
            is_active,
            external_id,
            profile,
            revision: 1,
            created_at: now,
            updated_at: now,
            groups: Vec::new(),
        }
    }

    /// The same user as a draft wants them.
    pub(super) fn changed(&self, draft: Draft, now: i64) -> Self {
        let Self { id, revision, created_at, groups, .. } = self.clone();
        Self { revision: revision + 1, created_at, groups, ..Self::new(id, draft, now) }
    }
}

/// A user as they shall be.
#[derive(Clone, Debug)]
pub(super) struct Draft {
    pub(super) email: String,
    pub(super) name: Option<String>,
    pub(super) role: Role,
    pub(super) is_active: bool,
    pub(super) external_id: Option<String>,
    pub(super) profile: Object,
}

/// What a resource makes of a user.
///
/// # Errors
/// If the `userName` is no address, or the caller may not give the role.
pub(super) fn draft(by: &Caller, mut resource: Object) -> Result<Draft, Error> {
    let wrong = |message: &str| invalid_value("userName", message);
    let email = match resource.shift_remove("userName") {
        Some(Value::String(name)) => canonical(&name)
            .map_err(|_| wrong("The `userName` is the address that calls act for: name@domain."))?,
        _ => return Err(wrong("A user needs a `userName`: their address.")),
    };
    let external_id = resource.shift_remove("externalId").and_then(|id| id.as_str().map(str::to_owned));
    let is_active = resource.shift_remove("active").and_then(|active| active.as_bool()).unwrap_or(true);
    for name in ["schemas", "id", "meta", "groups"] {
        resource.shift_remove(name);
    }
    let role = role_of(&resource)?;
    by.role.check_reaches(role)?;
    let profile = resource;
    if serde_json::to_string(&profile)?.len() > LARGEST {
        return Err(invalid_value("body", format!("A user's attributes have {LARGEST} bytes at most.")));
    }
    Ok(Draft { name: name_of(&profile), email, role, is_active, external_id, profile })
}

/// The one role that is assigned; a member's, where none is.
fn role_of(profile: &Object) -> Result<Role, Error> {
    let roles = profile.get("roles").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let chosen = match roles {
        [] => return Ok(Role::Member),
        [role] => Some(role),
        several => several.iter().find(|role| role["primary"] == true),
    };
    let named = chosen.and_then(|role| role["value"].as_str()).and_then(Role::parse);
    named.ok_or_else(|| invalid_value("roles", "A user has one role: of several, mark one as `primary`."))
}

/// Their name as the directory shows it.
fn name_of(profile: &Object) -> Option<String> {
    let text = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_owned);
    let name = profile.get("name");
    let part = |part: &str| text(name.and_then(|name| name.get(part)));
    text(profile.get("displayName")).or_else(|| part("formatted")).or_else(|| {
        let parts: Vec<String> = ["givenName", "familyName"].into_iter().filter_map(part).collect();
        (!parts.is_empty()).then(|| parts.join(" "))
    })
}

/// The resource. What an operator changed in the directory since outweighs what the identity provider said before.
pub(super) fn shown(user: &Record, context: &Context) -> Object {
    let mut profile = user.profile.clone();
    if name_of(&profile) != user.name {
        match &user.name {
            Some(name) => profile.insert("displayName".into(), name.as_str().into()),
            None => profile.shift_remove("displayName"),
        };
    }
    if role_of(&profile).ok() != Some(user.role) {
        match user.role {
            Role::Member => profile.shift_remove("roles"),
            role => profile.insert("roles".into(), json!([{"value": role.as_str(), "primary": true}])),
        };
    }
    let mut schemas = vec![USER.schema.id];
    schemas.extend(USER.extensions.iter().map(|schema| schema.id).filter(|urn| profile.contains_key(*urn)));
    let mut resource = Map::from_iter([
        ("schemas".to_owned(), schemas.into()),
        ("id".to_owned(), user.id.as_str().into()),
        ("userName".to_owned(), user.email.as_str().into()),
        ("active".to_owned(), user.is_active.into()),
    ]);
    if let Some(id) = &user.external_id {
        resource.insert("externalId".into(), id.as_str().into());
    }
    resource.extend(profile);
    if !user.groups.is_empty() {
        let group = |(id, name): &(String, String)| json!({"value": id, "$ref": address(context, "/Groups", id), "display": name, "type": "direct"});
        resource.insert("groups".into(), user.groups.iter().map(group).collect());
    }
    resource.insert("meta".into(), meta(context, &USER, &user.id, user.created_at, user.updated_at));
    resource
}

/// What the audit log holds of a user: what decides on their rights; of all else, only what changed, not how.
pub(super) fn noted(user: &Record, before: Option<&Record>) -> Value {
    let groups: Vec<&str> = user.groups.iter().map(|(_, name)| name.as_str()).collect();
    let mut noted = json!({
        "id": user.id, "userName": user.email, "externalId": user.external_id, "displayName": user.name,
        "role": user.role.as_str(), "active": user.is_active, "groups": groups,
    });
    if let Some(before) = before {
        let both = before.profile.keys().chain(user.profile.keys());
        let mut changed: Vec<&String> =
            both.filter(|name| before.profile.get(*name) != user.profile.get(*name)).collect();
        changed.sort();
        changed.dedup();
        noted["changed"] = json!(changed);
    }
    noted
}
