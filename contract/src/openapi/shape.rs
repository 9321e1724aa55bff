//! Schemas in the forms that generators of clients take: what a form cannot say to one of them is said otherwise, with the
//! same meaning.

use super::capitalised;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// Brings a whole document into shape, and drops what nothing refers to.
pub(super) fn tidy(document: &mut Value) {
    let mut lifted = Map::new();
    each_schema(document, &mut |schema, name| {
        any(schema);
        constants(schema);
        variants(schema, name, &mut lifted);
        pair(schema);
        number(schema);
        if let Some(fields) = schema.as_object_mut() {
            fields.shift_remove("title");
            // Go has no literal for an object's default.
            if fields
                .get("default")
                .is_some_and(|default| !default.is_string() && !default.is_number() && !default.is_boolean())
            {
                fields.shift_remove("default");
            }
        }
    });
    if let Some(schemas) = document["components"]["schemas"].as_object_mut() {
        schemas.extend(lifted);
    }
    open_answers(document);
    prune(document);
}

/// Calls for each schema of a document, the inner ones first, with the name of the component that it stands in.
fn each_schema(document: &mut Value, change: &mut impl FnMut(&mut Value, &str)) {
    if let Some(schemas) = document["components"]["schemas"].as_object_mut() {
        for (name, schema) in schemas {
            walk(schema, name, change);
        }
    }
    let mut stack: Vec<&mut Value> = Vec::new();
    if let Some(fields) = document.as_object_mut() {
        stack.extend(fields.iter_mut().filter(|(name, _)| *name != "components").map(|(_, value)| value));
    }
    while let Some(value) = stack.pop() {
        match value {
            Value::Object(fields) => {
                for (name, value) in fields {
                    match name.as_str() {
                        "schema" => walk(value, "", change),
                        _ => stack.push(value),
                    }
                }
            }
            Value::Array(items) => stack.extend(items),
            _ => {}
        }
    }
}

fn walk(schema: &mut Value, name: &str, change: &mut impl FnMut(&mut Value, &str)) {
    if let Some(fields) = schema.as_object_mut() {
        for (keyword, value) in fields.iter_mut() {
            match (keyword.as_str(), value) {
                ("properties", Value::Object(properties)) => {
                    properties.values_mut().for_each(|property| walk(property, name, change));
                }
                ("anyOf" | "oneOf" | "allOf" | "prefixItems", Value::Array(all)) => {
                    all.iter_mut().for_each(|one| walk(one, name, change));
                }
                ("items" | "if" | "then" | "not" | "contentSchema", value) => walk(value, name, change),
                ("additionalProperties", value @ Value::Object(_)) => walk(value, name, change),
                _ => {}
            }
        }
    }
    change(schema, name);
}

/// `true` as a schema is an empty one.
fn any(schema: &mut Value) {
    if *schema == Value::Bool(true) {
        *schema = json!({});
    }
}

/// An enum whose values have a description each: a list of values, and one description.
fn constants(schema: &mut Value) {
    let Some(one_of) = schema.get("oneOf").and_then(Value::as_array) else { return };
    let (mut values, mut said) = (Vec::new(), Vec::new());
    for one in one_of {
        match (one.get("const"), one.get("enum").and_then(Value::as_array)) {
            (Some(Value::String(value)), _) => {
                said.push(format!("- `{value}`: {}", one["description"].as_str().unwrap_or_default()));
                values.push(Value::from(value.as_str()));
            }
            (_, Some(several)) => values.extend(several.iter().cloned()),
            _ => return,
        }
    }
    let description = schema["description"].as_str().unwrap_or_default();
    let description = format!("{description}\n\n{}", said.join("\n")).trim().to_owned();
    if let Some(fields) = schema.as_object_mut() {
        fields.shift_remove("oneOf");
        fields.insert("type".into(), "string".into());
        fields.insert("enum".into(), values.into());
        fields.insert("description".into(), description.into());
    }
}

/// Objects that are told apart by a field: each a component with a name of its own.
fn variants(schema: &mut Value, name: &str, lifted: &mut Map<String, Value>) {
    let Some(Value::Array(one_of)) = schema.as_object_mut().and_then(|fields| fields.shift_remove("oneOf"))
    else {
        return;
    };
    let tag = |one: &Value| {
        let properties = one["properties"].as_object()?;
        let tag = properties.iter().find(|(_, property)| property["const"].is_string())?;
        Some((tag.0.clone(), tag.1["const"].as_str()?.to_owned()))
    };
    let tags: Option<Vec<_>> = one_of.iter().map(tag).collect();
    let Some(tags) = tags.filter(|_| !name.is_empty()) else {
        schema["anyOf"] = one_of.into();
        return;
    };
    let (mut references, mut mapping) = (Vec::new(), Map::new());
    for ((_, value), one) in tags.iter().zip(one_of) {
        let own: String = value.split('_').map(capitalised).collect();
        let reference = format!("#/components/schemas/{name}{own}");
        references.push(json!({"$ref": reference}));
        mapping.insert(value.clone(), reference.into());
        lifted.insert(format!("{name}{own}"), one);
    }
    let tag = tags.first().map(|(tag, _)| tag.clone());
    schema["anyOf"] = references.into();
    schema["discriminator"] = json!({"propertyName": tag, "mapping": mapping});
}

/// A tuple of things of one kind is a list of so many.
fn pair(schema: &mut Value) {
    let Some(fields) = schema.as_object_mut() else { return };
    let Some(Value::Array(items)) = fields.shift_remove("prefixItems") else { return };
    fields.insert("items".into(), items.first().cloned().unwrap_or_default());
    fields.insert("minItems".into(), items.len().into());
    fields.insert("maxItems".into(), items.len().into());
}

/// Numbers are of the sizes that other languages have: whole ones of 32 or 64 bits, others doubles.
fn number(schema: &mut Value) {
    let Some(fields) = schema.as_object_mut() else { return };
    let is = |kind: &str| match fields.get("type") {
        Some(Value::String(one)) => one == kind,
        Some(Value::Array(all)) => all.iter().any(|one| one == kind),
        _ => false,
    };
    let format = match (is("integer"), is("number"), fields.get("format").and_then(Value::as_str)) {
        (true, _, Some("uint8" | "int8" | "uint16" | "int16" | "int32")) => "int32",
        (true, ..) => "int64",
        (_, true, _) => "double",
        _ => return,
    };
    fields.insert("format".into(), format.into());
}

/// Answers may get more fields: no client may refuse one.
fn open_answers(document: &mut Value) {
    let mut names = BTreeSet::new();
    let components = &document["components"];
    if let Some(paths) = document["paths"].as_object() {
        for operation in paths.values().filter_map(Value::as_object).flat_map(Map::values) {
            collect(&operation["responses"], components, &mut names);
        }
    }
    collect(&components["responses"], components, &mut names);
    let Some(schemas) = document["components"]["schemas"].as_object_mut() else { return };
    for (_, schema) in schemas.iter_mut().filter(|(name, _)| names.contains(*name)) {
        walk(schema, "", &mut |schema, _| {
            if let Some(fields) = schema.as_object_mut().filter(|fields| fields.contains_key("properties")) {
                fields.insert("additionalProperties".into(), true.into());
            }
        });
    }
}

/// The schemas that a part of the document refers to, and those that they do.
fn collect(value: &Value, components: &Value, names: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            let reference = fields.get("$ref").and_then(Value::as_str);
            if let Some(name) = reference.and_then(|r| r.strip_prefix("#/components/schemas/"))
                && names.insert(name.to_owned())
            {
                collect(&components["schemas"][name], components, names);
            }
            fields.values().for_each(|value| collect(value, components, names));
        }
        Value::Array(items) => items.iter().for_each(|value| collect(value, components, names)),
        _ => {}
    }
}

fn prune(document: &mut Value) {
    let mut names = BTreeSet::new();
    collect(&document["paths"], &document["components"], &mut names);
    collect(&document["components"]["responses"], &document["components"], &mut names);
    if let Some(schemas) = document["components"]["schemas"].as_object_mut() {
        schemas.retain(|name, _| names.contains(name));
    }
    let text = document["paths"].to_string() + &document["components"]["responses"].to_string();
    for kind in ["parameters", "headers"] {
        if let Some(parts) = document["components"][kind].as_object_mut() {
            parts.retain(|name, _| text.contains(&format!("\"#/components/{kind}/{name}\"")));
        }
    }
}
