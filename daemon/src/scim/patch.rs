//! Changes of a resource (RFC 7644, section 3.5.2), as Okta and Entra ID send them too.

use super::filter::{Filter, Operator};
use super::path::Path;
use super::schema::{Attribute, Mutability, Place, ResourceType, named};
use super::values::shape;
use super::{invalid_syntax, invalid_value, unchangeable};
use crate::error::{Error, Kind};
use contract::wire::Object;
use contract::wire::scim::{ScimOperation, ScimPatch};
use serde_json::{Map, Value};
use std::collections::HashSet;

/// Most changes of one request.
const MOST: usize = 1000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Op {
    Add,
    Replace,
    Remove,
}

/// Applies changes in order. After an error, what the resource holds means nothing.
///
/// # Errors
/// If one can't be applied.
pub(super) fn apply(
    kind: &'static ResourceType,
    resource: &mut Object,
    patch: &ScimPatch,
) -> Result<(), Error> {
    if patch.operations.is_empty() || patch.operations.len() > MOST {
        return Err(invalid_syntax(format!("`Operations` holds 1 to {MOST} changes.")));
    }
    for operation in &patch.operations {
        change(kind, resource, operation)?;
    }
    Ok(())
}

fn change(
    kind: &'static ResourceType,
    resource: &mut Object,
    operation: &ScimOperation,
) -> Result<(), Error> {
    // Entra ID capitalises them.
    let op = match operation.op.to_ascii_lowercase().as_str() {
        "add" => Op::Add,
        "replace" => Op::Replace,
        "remove" => Op::Remove,
        other => return Err(invalid_syntax(format!("`{other}` is no change: use add, replace or remove."))),
    };
    let value = operation.value.clone().unwrap_or_default();
    let Some(path) = operation.path.as_deref().map(str::trim).filter(|path| !path.is_empty()) else {
        return everywhere(kind, resource, op, value);
    };
    let path = Path::read(kind, path)?;
    if let Some(attribute) = path.changes().filter(|attribute| attribute.mutability == Mutability::ReadOnly) {
        return Err(unchangeable(attribute.name, "is written by the daemon only"));
    }
    at(resource, op, path, value)
}

/// A change without a path: each field of its value is one, and names its path.
fn everywhere(kind: &'static ResourceType, resource: &mut Object, op: Op, value: Value) -> Result<(), Error> {
    if op == Op::Remove {
        return Err(Error::new(Kind::Invalid, "no_target", "A removal needs a `path`."));
    }
    let Value::Object(fields) = value else {
        return Err(invalid_value("value", "Without a `path`, the `value` is an object of attributes."));
    };
    for (name, value) in fields {
        // As in a whole resource, what is unknown or the daemon's own is left out: Okta sends the id along.
        let Ok(path) = Path::read(kind, &name) else { continue };
        if path.changes().is_none_or(|attribute| attribute.mutability != Mutability::ReadOnly) {
            at(resource, op, path, value)?;
        }
    }
    Ok(())
}

fn at(resource: &mut Object, op: Op, path: Path, value: Value) -> Result<(), Error> {
    let (place, filter) = match path {
        Path::Extension(schema) => {
            let fields = match (op, value) {
                (Op::Remove, _) => {
                    resource.shift_remove(schema.id);
                    return Ok(());
                }
                (_, Value::Object(fields)) => fields,
                _ => return Err(invalid_value(schema.id, format!("`{}` is an object.", schema.id))),
            };
            for (name, value) in fields {
                let Some(attribute) = named(schema.attributes, &name) else { continue };
                let place = Place { extension: Some(schema.id), attribute, sub: None };
                at(resource, op, Path::Attribute(place, None), value)?;
            }
            return Ok(());
        }
        Path::Attribute(place, filter) => (place, filter),
    };
    let Some(urn) = place.extension else {
        return within(resource, op, &place, filter.as_ref(), value);
    };
    let extension = resource.entry(urn).or_insert_with(|| Value::Object(Map::new()));
    if let Value::Object(extension) = extension {
        within(extension, op, &place, filter.as_ref(), value)?;
        if extension.is_empty() {
            resource.shift_remove(urn);
        }
    }
    Ok(())
}

fn within(
    object: &mut Object,
    op: Op,
    place: &Place,
    filter: Option<&Filter>,
    value: Value,
) -> Result<(), Error> {
    let attribute = place.attribute;
    if attribute.is_many {
        let mut values = match object.shift_remove(attribute.name) {
            Some(Value::Array(values)) => values,
            _ => Vec::new(),
        };
        several(&mut values, op, place, filter, value)?;
        if !values.is_empty() {
            object.insert(attribute.name.into(), Value::Array(values));
        }
        return Ok(());
    }
    match place.sub {
        None => set(object, op, attribute, value),
        Some(sub) => {
            let mut inner = match object.shift_remove(attribute.name) {
                Some(Value::Object(inner)) => inner,
                _ => Map::new(),
            };
            set(&mut inner, op, sub, value)?;
            if !inner.is_empty() {
                object.insert(attribute.name.into(), Value::Object(inner));
            }
            Ok(())
        }
    }
}

/// One value: of a complex attribute, only the sub-attributes given are set.
fn set(object: &mut Object, op: Op, attribute: &'static Attribute, value: Value) -> Result<(), Error> {
    let value = if op == Op::Remove { None } else { shape(attribute, value)? };
    match (value, object.get_mut(attribute.name)) {
        (Some(Value::Object(fields)), Some(Value::Object(there))) => there.extend(fields),
        (Some(value), _) => drop(object.insert(attribute.name.into(), value)),
        (None, _) if attribute.is_required => return Err(unchangeable(attribute.name, "must have a value")),
        (None, _) => drop(object.shift_remove(attribute.name)),
    }
    Ok(())
}

/// An attribute with several values.
fn several(
    values: &mut Vec<Value>,
    op: Op,
    place: &Place,
    filter: Option<&Filter>,
    value: Value,
) -> Result<(), Error> {
    let attribute = place.attribute;
    if let (None, None) = (filter, place.sub) {
        let given = shape(attribute, value)?;
        let given = if let Some(Value::Array(given)) = given { given } else { Vec::new() };
        match op {
            Op::Add => add(values, attribute, given),
            Op::Replace => {
                values.clear();
                add(values, attribute, given);
            }
            // Entra ID says which values go beside the path instead of in it.
            Op::Remove if !given.is_empty() => {
                let gone: HashSet<String> = given.iter().map(|value| identity(attribute, value)).collect();
                values.retain(|value| !gone.contains(&identity(attribute, value)));
            }
            Op::Remove => values.clear(),
        }
        return Ok(());
    }
    let is_chosen = |value: &Value| {
        filter.is_none_or(|filter| value.as_object().is_some_and(|element| filter.holds(element)))
    };
    let chosen: Vec<usize> = (0..values.len()).filter(|n| is_chosen(&values[*n])).collect();
    match (op, chosen.is_empty(), place.sub) {
        (Op::Remove, _, None) => values.retain(|value| !is_chosen(value)),
        (Op::Remove, true, _) => {}
        (Op::Replace, true, _) if filter.is_some() => {
            let message = format!("No value of `{}` is as the path's filter says.", attribute.name);
            return Err(Error::new(Kind::Invalid, "no_target", message));
        }
        (_, true, sub) => {
            let element = implied(filter);
            let element = changed(element, op, attribute, sub, value)?;
            add(values, attribute, element.into_iter().collect());
        }
        (_, false, sub) => {
            for n in chosen.into_iter().rev() {
                let element = values.remove(n).as_object().cloned().unwrap_or_default();
                if let Some(element) = changed(element, op, attribute, sub, value.clone())? {
                    give_way(values, &element);
                    values.insert(n, element);
                }
            }
        }
    }
    Ok(())
}

/// An element after a change of it, or of a sub-attribute of it; none where nothing is left.
fn changed(
    mut element: Object,
    op: Op,
    attribute: &'static Attribute,
    sub: Option<&'static Attribute>,
    value: Value,
) -> Result<Option<Value>, Error> {
    match sub {
        Some(sub) => set(&mut element, op, sub, value)?,
        None => {
            let Some(Value::Array(given)) = shape(attribute, value)? else {
                return Ok(None);
            };
            for fields in given.into_iter().filter_map(|value| value.as_object().cloned()) {
                element.extend(fields);
            }
        }
    }
    let is_bare = element.keys().all(|name| name == "type" || name == "primary");
    Ok(if is_bare { None } else { Some(Value::Object(element)) })
}

/// The element that a filter of equalities describes, so that an addition to `emails[type eq "work"].value` makes one.
fn implied(filter: Option<&Filter>) -> Object {
    match filter {
        Some(Filter::And(one, other)) => {
            let mut element = implied(Some(one));
            element.extend(implied(Some(other)));
            element
        }
        Some(Filter::Compare(place, Operator::Equal, value)) => match shape(place.attribute, value.clone()) {
            Ok(Some(value)) => Map::from_iter([(place.attribute.name.to_owned(), value)]),
            _ => Map::new(),
        },
        _ => Map::new(),
    }
}

/// Adds values that are not there yet.
fn add(values: &mut Vec<Value>, attribute: &Attribute, given: Vec<Value>) {
    let mut there: HashSet<String> = values.iter().map(|value| identity(attribute, value)).collect();
    for value in given {
        if there.insert(identity(attribute, &value)) {
            give_way(values, &value);
            values.push(value);
        }
    }
}

/// Where a value becomes the primary one, the others are it no longer (RFC 7644, section 3.5.2).
fn give_way(values: &mut [Value], new: &Value) {
    if new["primary"] == true {
        for value in values.iter_mut().filter(|value| value["primary"] == true) {
            value["primary"] = false.into();
        }
    }
}

/// What makes a value the same: of what refers to another resource, only to which.
fn identity(attribute: &Attribute, value: &Value) -> String {
    let is_reference = attribute.sub("value").is_some_and(|sub| sub.mutability == Mutability::Immutable);
    if is_reference { value["value"].to_string() } else { value.to_string() }
}

#[cfg(test)]
mod tests;
