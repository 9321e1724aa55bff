//! Which attributes an answer has (RFC 7644, section 3.9).

use super::schema::{Named, Place, ResourceType};
use contract::wire::Object;
use contract::wire::scim::{ScimFields, ScimResource};
use serde_json::Value;

/// What every answer has.
const ALWAYS: &[&str] = &["schemas", "id"];

/// A resource with the attributes that the client asks for. What it names that isn't there is nothing.
pub(super) fn select(kind: &ResourceType, resource: Object, fields: &ScimFields) -> ScimResource {
    let (names, is_exclusion) = match (&fields.attributes, &fields.excluded_attributes) {
        (Some(names), _) => (named(kind, names), false),
        (None, Some(names)) => (named(kind, names), true),
        (None, None) => return ScimResource(resource),
    };
    let chosen = resource.into_iter().filter_map(|(name, value)| {
        if ALWAYS.contains(&name.as_str()) {
            return Some((name, value));
        }
        let value = match kind.extensions.iter().find(|schema| schema.id == name) {
            Some(schema) => {
                let is_whole =
                    names.iter().any(|named| matches!(named, Named::Extension(of) if of.id == schema.id));
                extension(schema.id, value, is_whole, &names, is_exclusion)
            }
            None => attribute(None, &name, value, &names, is_exclusion),
        };
        value.map(|value| (name, value))
    });
    ScimResource(chosen.collect())
}

/// Whether the answer has an attribute.
pub(super) fn wants(kind: &ResourceType, fields: &ScimFields, attribute: &str) -> bool {
    let names = |text: &String| {
        let is_it = |named: &Named| matches!(named, Named::Place(place) if place.attribute.name == attribute);
        named(kind, text).iter().any(is_it)
    };
    match (&fields.attributes, &fields.excluded_attributes) {
        (Some(attributes), _) => names(attributes),
        (None, Some(excluded)) => !names(excluded),
        (None, None) => true,
    }
}

fn named(kind: &ResourceType, text: &str) -> Vec<Named> {
    text.split(',').filter_map(|name| kind.find(name.trim())).collect()
}

fn extension(
    urn: &'static str,
    value: Value,
    is_whole: bool,
    names: &[Named],
    is_exclusion: bool,
) -> Option<Value> {
    if is_whole {
        return (!is_exclusion).then_some(value);
    }
    let Value::Object(fields) = value else { return None };
    let chosen = fields.into_iter().filter_map(|(name, value)| {
        attribute(Some(urn), &name, value, names, is_exclusion).map(|value| (name, value))
    });
    let chosen: Object = chosen.collect();
    (!chosen.is_empty()).then_some(Value::Object(chosen))
}

/// An attribute, whole or with some of its sub-attributes, or not at all.
fn attribute(
    extension: Option<&str>,
    name: &str,
    value: Value,
    names: &[Named],
    is_exclusion: bool,
) -> Option<Value> {
    let places = names.iter().filter_map(|named| match named {
        Named::Place(place) if place.extension == extension && place.attribute.name == name => Some(place),
        _ => None,
    });
    let places: Vec<&Place> = places.collect();
    if places.is_empty() {
        return is_exclusion.then_some(value);
    }
    if places.iter().any(|place| place.sub.is_none()) {
        return (!is_exclusion).then_some(value);
    }
    let is_named = |sub: &str| places.iter().any(|place| place.sub.is_some_and(|named| named.name == sub));
    let mut value = value;
    let elements = match &mut value {
        Value::Array(elements) => elements.iter_mut().collect(),
        single => vec![single],
    };
    for element in elements.into_iter().filter_map(Value::as_object_mut) {
        element.retain(|sub, _| is_named(sub) != is_exclusion);
    }
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::super::schema::USER;
    use super::*;
    use serde_json::json;

    #[test]
    fn an_answer_has_what_is_asked_for_and_always_its_id() {
        let enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
        let user = json!({
            "schemas": [], "id": "usr_1", "userName": "s@example.org", "name": {"givenName": "S", "familyName": "L"},
            "emails": [{"value": "s@example.org", "type": "work"}],
            enterprise: {"department": "Sales", "division": "EMEA"},
        });
        let shown = |attributes: Option<&str>, excluded: Option<&str>| {
            let fields = ScimFields {
                attributes: attributes.map(str::to_owned),
                excluded_attributes: excluded.map(str::to_owned),
            };
            Value::Object(select(&USER, user.as_object().unwrap().clone(), &fields).0)
        };
        let asked = format!("USERNAME, name.familyName,emails.value,{enterprise}:department,nothing");
        let expected = json!({
            "schemas": [], "id": "usr_1", "userName": "s@example.org", "name": {"familyName": "L"},
            "emails": [{"value": "s@example.org"}], enterprise: {"department": "Sales"},
        });
        assert_eq!(shown(Some(&asked), None), expected);
        let rest = json!({
            "schemas": [], "id": "usr_1", "userName": "s@example.org", "name": {"givenName": "S"},
        });
        let excluded = format!("id,name.familyName,emails,{enterprise}");
        assert_eq!(shown(None, Some(&excluded)), rest);
        assert_eq!(shown(None, None), user);
    }
}
