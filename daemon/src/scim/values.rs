//! Values as clients send them, brought into the form that the schema gives them.

use super::schema::{Attribute, Kind, Mutability, Named, ResourceType};
use super::{invalid_syntax, invalid_value};
use crate::error::Error;
use crate::gate::role::Role;
use contract::wire::Object;
use serde_json::{Map, Value};
use std::collections::HashSet;

/// The longest text of an attribute, in bytes.
const LONGEST: usize = 4096;

/// Most values of an attribute.
const MOST: usize = 20_000;

/// A whole resource under its schema's names: without what is unknown, and what clients don't write.
///
/// # Errors
/// If it is of another schema, or a value is of another type.
pub(super) fn resource(kind: &ResourceType, body: Object) -> Result<Object, Error> {
    let mut shaped = Object::new();
    for (name, value) in body {
        if name.eq_ignore_ascii_case("schemas") {
            check_schemas(kind, &value)?;
            continue;
        }
        match kind.find(&name) {
            Some(Named::Extension(schema)) => {
                let Value::Object(fields) = value else {
                    return Err(invalid_value(&name, format!("`{name}` is an object.")));
                };
                let fields = fields.into_iter().filter_map(|(name, value)| {
                    let attribute = super::schema::named(schema.attributes, &name)?;
                    Some((attribute, value))
                });
                let extension = written(fields)?;
                if !extension.is_empty() {
                    shaped.insert(schema.id.into(), Value::Object(extension));
                }
            }
            Some(Named::Place(place)) if place.sub.is_none() && place.extension.is_none() => {
                shaped.extend(written(std::iter::once((place.attribute, value)))?);
            }
            _ => {}
        }
    }
    Ok(shaped)
}

fn check_schemas(kind: &ResourceType, schemas: &Value) -> Result<(), Error> {
    let is_this = |urn: &Value| urn.as_str().is_some_and(|urn| urn.eq_ignore_ascii_case(kind.schema.id));
    match schemas {
        Value::Array(urns) if urns.iter().any(is_this) => Ok(()),
        _ => Err(invalid_syntax(format!("`schemas` must name {}.", kind.schema.id))),
    }
}

/// Attributes that clients write, in form.
fn written(fields: impl Iterator<Item = (&'static Attribute, Value)>) -> Result<Object, Error> {
    let mut shaped = Map::new();
    for (attribute, value) in fields.filter(|(attribute, _)| attribute.mutability != Mutability::ReadOnly) {
        if let Some(value) = shape(attribute, value)? {
            shaped.insert(attribute.name.into(), value);
        }
    }
    Ok(shaped)
}

/// An attribute's value in form; none where it is null or empty, which says the same as nothing (RFC 7643, section 2.5).
///
/// # Errors
/// If it is of another type.
pub(super) fn shape(attribute: &Attribute, value: Value) -> Result<Option<Value>, Error> {
    if !attribute.is_many {
        // Entra ID wraps single values in a list.
        return match value {
            Value::Array(mut values) if values.len() == 1 => single(attribute, values.remove(0)),
            value => single(attribute, value),
        };
    }
    let values = match value {
        Value::Array(values) => values,
        Value::Null => return Ok(None),
        value => vec![value],
    };
    if values.len() > MOST {
        let message = format!("`{}` has {MOST} values at most.", attribute.name);
        return Err(invalid_value(attribute.name, message));
    }
    let (mut shaped, mut seen) = (Vec::with_capacity(values.len()), HashSet::new());
    for value in values {
        if let Some(value) = single(attribute, value)?
            && seen.insert(value.to_string())
        {
            shaped.push(value);
        }
    }
    if shaped.iter().filter(|value| value["primary"] == true).count() > 1 {
        let message = format!("One value of `{}` is primary at most.", attribute.name);
        return Err(invalid_value(attribute.name, message));
    }
    Ok(if shaped.is_empty() { None } else { Some(Value::Array(shaped)) })
}

fn single(attribute: &Attribute, value: Value) -> Result<Option<Value>, Error> {
    let wrong = |expected: &str| {
        let message = format!("`{}` is {expected}.", attribute.name);
        Err(invalid_value(attribute.name, message))
    };
    Ok(Some(match (attribute.kind, value) {
        (_, Value::Null) => return Ok(None),
        (Kind::Flag, Value::Bool(flag)) => flag.into(),
        // Entra ID writes them as text.
        (Kind::Flag, Value::String(text)) if text.eq_ignore_ascii_case("true") => true.into(),
        (Kind::Flag, Value::String(text)) if text.eq_ignore_ascii_case("false") => false.into(),
        (Kind::Flag, _) => return wrong("true or false"),
        (Kind::Complex(_), Value::Object(fields)) => {
            let subs = fields.into_iter().filter_map(|(name, value)| Some((attribute.sub(&name)?, value)));
            let shaped = written(subs)?;
            if shaped.is_empty() {
                return Ok(None);
            }
            Value::Object(shaped)
        }
        // Entra ID names a manager by their id alone.
        (Kind::Complex(_), Value::String(text)) if attribute.sub("value").is_some() => {
            return single(attribute, Value::Object(Map::from_iter([("value".to_owned(), text.into())])));
        }
        (Kind::Complex(_), _) => return wrong("an object"),
        (_, Value::String(text)) if text.len() > LONGEST => return wrong("too long"),
        (Kind::Role, Value::String(name)) if Role::parse(&name).is_none() => {
            return Err(Role::unknown("roles", &name));
        }
        (_, Value::String(text)) => text.into(),
        _ => return wrong("text"),
    }))
}

#[cfg(test)]
mod tests {
    use super::super::schema::{GROUP, USER};
    use super::*;
    use serde_json::json;

    fn shaped(body: Value) -> Result<Value, Error> {
        let Value::Object(body) = body else { panic!() };
        resource(&USER, body).map(Value::Object)
    }

    #[test]
    fn what_is_known_stands_under_its_name_and_the_rest_is_left_out() {
        let enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
        let body = json!({
            "schemas": [USER.schema.id, enterprise],
            "id": "1", "password": "t1meMa$heen", "USERNAME": "a@example.org", "active": "False", "title": null,
            "emails": {"value": "a@example.org", "display": "left out"}, "phoneNumbers": [],
            enterprise: {"department": "Sales", "shoeSize": 44, "manager": "usr_1"},
        });
        let expected = json!({
            "userName": "a@example.org", "active": false, "emails": [{"value": "a@example.org"}],
            enterprise: {"department": "Sales", "manager": {"value": "usr_1"}},
        });
        assert_eq!(shaped(body).unwrap(), expected);
    }

    #[test]
    fn wrong_values_are_refused_by_name() {
        for (body, param) in [
            (json!({"active": "maybe"}), "active"),
            (json!({"userName": 7}), "userName"),
            (json!({"name": "Sarah"}), "name"),
            (json!({"roles": [{"value": "emperor"}]}), "roles"),
            (json!({"emails": [{"value": "a", "primary": true}, {"value": "b", "primary": true}]}), "emails"),
            (json!({"title": "x".repeat(5000)}), "title"),
        ] {
            assert_eq!(shaped(body).unwrap_err().param.as_deref(), Some(param));
        }
        let group = json!({"schemas": [GROUP.schema.id]});
        assert_eq!(shaped(group).unwrap_err().code, "invalid_syntax");
    }
}
