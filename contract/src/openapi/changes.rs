//! What differs between two documents that a client of the first would notice: the promise to users, as a test keeps it.

use super::resolved;
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// Which way a schema's values go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Way {
    /// From the client: what it could send, it must be able to send.
    In,
    /// To the client: what it could rely on must be there.
    Out,
}

/// The changes from one document to another that break a client.
pub(super) fn breaking(old: &Value, new: &Value) -> Vec<String> {
    let mut changes = Changes { old, new, seen: BTreeSet::new(), found: Vec::new() };
    for (path, methods) in fields(&old["paths"]) {
        for (method, operation) in fields(methods) {
            let place = format!("{} {path}", method.to_uppercase());
            match new["paths"][path].get(method) {
                Some(now) => changes.operation(&place, operation, now),
                None => changes.found.push(format!("{place} is gone")),
            }
        }
    }
    changes.found
}

struct Changes<'a> {
    old: &'a Value,
    new: &'a Value,
    seen: BTreeSet<(Way, String, String)>,
    found: Vec<String>,
}

fn fields(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

impl<'a> Changes<'a> {
    fn note(&mut self, is_breaking: bool, what: impl FnOnce() -> String) {
        if is_breaking {
            self.found.push(what());
        }
    }

    fn operation(&mut self, place: &str, old: &'a Value, new: &'a Value) {
        for name in ["operationId", "x-katonic-scope"] {
            self.note(old[name] != new[name], || format!("{place}: {name} is another"));
        }
        self.parameters(place, old, new);
        let is_newly_asked = old.get("requestBody").is_none() && new.get("requestBody").is_some();
        self.note(is_newly_asked, || format!("{place} asks for a body"));
        self.content(&format!("{place} body"), Way::In, &old["requestBody"], &new["requestBody"]);
        for (status, response) in fields(&old["responses"]) {
            let at = format!("{place} {status}");
            let Some(now) = new["responses"].get(status) else {
                self.note(status.starts_with('2'), || format!("{at} is gone"));
                continue;
            };
            let (response, now) = (resolved(self.old, response), resolved(self.new, now));
            for (name, _) in fields(&response["headers"]) {
                self.note(now["headers"].get(name).is_none(), || format!("{at}: the header {name} is gone"));
            }
            self.content(&at, Way::Out, response, now);
        }
    }

    fn parameters(&mut self, place: &str, old: &'a Value, new: &'a Value) {
        let of = |document: &'a Value, operation: &'a Value| -> Vec<&'a Value> {
            list(operation, "parameters").iter().map(|one| resolved(document, one)).collect()
        };
        let (before, after) = (of(self.old, old), of(self.new, new));
        let same = |one: &Value, other: &Value| one["name"] == other["name"] && one["in"] == other["in"];
        for parameter in &after {
            let was = before.iter().find(|one| same(one, parameter));
            let is_needed = parameter["required"] == true && was.is_none_or(|was| was["required"] != true);
            self.note(is_needed, || format!("{place} needs the parameter {}", parameter["name"]));
        }
        for was in before {
            match after.iter().find(|one| same(one, was)) {
                Some(now) => {
                    let at = format!("{place} {}", was["name"]);
                    self.schema(&at, Way::In, &was["schema"], &now["schema"]);
                }
                None => self.found.push(format!("{place}: the parameter {} is gone", was["name"])),
            }
        }
    }

    fn content(&mut self, place: &str, way: Way, old: &'a Value, new: &'a Value) {
        for (form, media) in fields(&old["content"]) {
            let Some(now) = new["content"].get(form) else {
                self.found.push(format!("{place}: {form} is gone"));
                continue;
            };
            self.schema(&format!("{place} {form}"), way, &media["schema"], &now["schema"]);
            for (name, data) in fields(&media["x-katonic-events"]) {
                match now["x-katonic-events"].get(name) {
                    Some(now) => self.schema(&format!("{place} {name}"), way, data, now),
                    None => self.found.push(format!("{place}: the event {name} is gone")),
                }
            }
        }
    }

    fn schema(&mut self, place: &str, way: Way, old: &'a Value, new: &'a Value) {
        let names =
            [old, new].map(|one| one.get("$ref").and_then(Value::as_str).unwrap_or_default().to_owned());
        let [was, is] = names;
        if !was.is_empty() && !is.is_empty() && !self.seen.insert((way, was, is)) {
            return;
        }
        let (old, new) = (resolved(self.old, old), resolved(self.new, new));
        self.types(place, way, old, new);
        self.bounds(place, way, old, new);
        for value in list(old, "enum") {
            let is_gone = !list(new, "enum").contains(value) && new.get("enum").is_some();
            self.note(is_gone, || format!("{place}: the value {value} is gone"));
        }
        let is_closed = way == Way::In && new.get("enum").is_some() && old.get("enum").is_none();
        self.note(is_closed, || format!("{place} takes some values only"));
        self.properties(place, way, old, new);
        self.variants(place, way, old, new);
        if let (Some(old), Some(new)) = (old.get("items"), new.get("items")) {
            self.schema(&format!("{place}[]"), way, old, new);
        }
        match (old.get("additionalProperties"), new.get("additionalProperties")) {
            (Some(old @ Value::Object(_)), Some(new @ Value::Object(_))) => {
                self.schema(&format!("{place}.*"), way, old, new);
            }
            (was, Some(Value::Bool(false))) if was != Some(&Value::Bool(false)) => {
                self.note(way == Way::In, || format!("{place} takes no other fields"));
            }
            _ => {}
        }
    }

    fn types(&mut self, place: &str, way: Way, old: &Value, new: &Value) {
        let of = |schema: &Value| -> Option<BTreeSet<String>> {
            match schema.get("type")? {
                Value::String(one) => Some(BTreeSet::from([one.clone()])),
                several => {
                    Some(several.as_array()?.iter().filter_map(Value::as_str).map(str::to_owned).collect())
                }
            }
        };
        let holds = |all: &Option<BTreeSet<String>>, one: &str| match all {
            None => true,
            Some(all) => all.contains(one) || (one == "integer" && all.contains("number")),
        };
        let (before, after) = (of(old), of(new));
        let (narrow, wide) = match way {
            Way::In => (&before, &after),
            Way::Out => (&after, &before),
        };
        let fits = match narrow {
            Some(narrow) => narrow.iter().all(|one| holds(wide, one)),
            None => wide.is_none(),
        };
        self.note(!fits, || format!("{place} was {before:?} and is {after:?}"));
        let (was, is) = (old.get("format"), new.get("format"));
        self.note(was.is_some() && is.is_some() && was != is, || format!("{place} has another format"));
    }

    fn bounds(&mut self, place: &str, way: Way, old: &Value, new: &Value) {
        for name in ["not", "if", "then", "const"] {
            self.note(old.get(name) != new.get(name), || format!("{place}: `{name}` is another"));
        }
        if way == Way::Out {
            return;
        }
        let number = |schema: &Value, name: &str| schema.get(name).and_then(Value::as_f64);
        for name in ["minimum", "minLength", "minItems"] {
            let is_tighter =
                number(new, name).is_some_and(|now| number(old, name).is_none_or(|was| now > was));
            self.note(is_tighter, || format!("{place}: `{name}` is tighter"));
        }
        for name in ["maximum", "maxLength", "maxItems"] {
            let is_tighter =
                number(new, name).is_some_and(|now| number(old, name).is_none_or(|was| now < was));
            self.note(is_tighter, || format!("{place}: `{name}` is tighter"));
        }
        let (was, is) = (old.get("pattern"), new.get("pattern"));
        self.note(is.is_some() && was != is, || format!("{place} has another pattern"));
    }

    fn properties(&mut self, place: &str, way: Way, old: &'a Value, new: &'a Value) {
        let empty = Map::new();
        let after = new.get("properties").and_then(Value::as_object).unwrap_or(&empty);
        for (name, property) in fields(&old["properties"]) {
            match new["properties"].get(name) {
                Some(now) => self.schema(&format!("{place}.{name}"), way, property, now),
                None => self.found.push(format!("{place}.{name} is gone")),
            }
            let needed = |schema: &Value| list(schema, "required").iter().any(|one| one == name);
            let is_lost = way == Way::Out && needed(old) && !needed(new) && after.contains_key(name);
            self.note(is_lost, || format!("{place}.{name} may be missing"));
        }
        for name in list(new, "required").iter().filter(|name| !list(old, "required").contains(name)) {
            self.note(way == Way::In, || format!("{place} needs {name}"));
        }
    }

    fn variants(&mut self, place: &str, way: Way, old: &'a Value, new: &'a Value) {
        let same = |one: &Value, other: &Value| match (one.get("$ref"), other.get("$ref")) {
            (None, None) => one.get("type") == other.get("type"),
            (one, other) => one == other,
        };
        let (before, after) = (list(old, "anyOf"), list(new, "anyOf"));
        for variant in before {
            match after.iter().find(|one| same(one, variant)) {
                Some(now) => self.schema(place, way, variant, now),
                None => {
                    self.note(!after.is_empty() || way == Way::In, || format!("{place}: {variant} is gone"))
                }
            }
        }
        let is_new = |one: &&Value| !before.iter().any(|was| same(was, one));
        for variant in after.iter().filter(is_new) {
            self.note(way == Way::Out, || format!("{place} may be {variant}"));
        }
    }
}
