//! Compares a tree with the schema of its kind: fields, types, sets and ranges.

use super::finding::Finding;
use super::node::{Content, Entry, Node};
use super::rules::{missing_field, not_in_set, out_of_range, unknown_field, wrong_type};
use super::schema::{bounds, description, fields, leaves, required, types};
use super::suggest;
use super::text::Text;
use crate::agent::API_VERSION;
use crate::duration::Span;
use serde_json::Value;
use std::collections::HashSet;
use std::ops::Range;

/// Most findings of one file: who has more to mend begins with these.
pub(crate) const MOST_FINDINGS: usize = 1000;

/// A walk over one tree.
pub(crate) struct Shape<'a> {
    text: &'a Text,
    root: &'a Value,
    pub(crate) found: Vec<Finding>,
}

/// A value's name in messages, and what to underline where something in it is missing.
pub(crate) struct Place {
    pub(crate) path: String,
    pub(crate) key: Range<usize>,
}

impl Place {
    fn field(&self, entry: &Entry) -> Self {
        let dot = if self.path.is_empty() { "" } else { "." };
        Self { path: format!("{}{dot}{}", self.path, entry.key), key: entry.span.clone() }
    }

    fn item(&self, index: usize, item: &Node) -> Self {
        Self { path: format!("{}[{index}]", self.path), key: item.span.clone() }
    }
}

impl<'a> Shape<'a> {
    /// A walk over a text's tree, with the schema that holds all definitions.
    pub(crate) fn new(text: &'a Text, root: &'a Value) -> Self {
        Self { text, root, found: Vec::new() }
    }

    /// Checks a value and all that is in it.
    pub(crate) fn visit(&mut self, place: &Place, node: &Node, schema: &'a Value) {
        if self.found.len() >= MOST_FINDINGS {
            return;
        }
        let all = leaves(self.root, schema);
        let fitting: Vec<&Value> = all.iter().copied().filter(|leaf| accepts(leaf, &node.content)).collect();
        let Some(first) = fitting.first() else {
            self.found.push(wrong_type::found(self.text, &place.path, node, &expected(&all)));
            return;
        };
        match &node.content {
            Content::Mapping(entries) => {
                // Of several forms, the first of those that have most of its fields is meant.
                let named = |leaf: &&&Value| {
                    fields(leaf).filter(|(name, _)| entries.iter().any(|e| e.key == *name)).count()
                };
                let meant = fitting.iter().rev().max_by_key(named).unwrap_or(first);
                self.mapping(place, entries, meant);
            }
            Content::List(items) => {
                let schema = first.get("items").unwrap_or(&Value::Null);
                for (index, item) in items.iter().enumerate() {
                    self.visit(&place.item(index, item), item, schema);
                }
            }
            Content::Text(text) => self.scalar(place, node, text, &fitting),
            Content::Integer(_) | Content::Float(_) => self.number(place, node, first),
            Content::Null | Content::Boolean(_) => {}
        }
    }

    fn mapping(&mut self, place: &Place, entries: &[Entry], leaf: &'a Value) {
        let known: Vec<&str> = fields(leaf).map(|(name, _)| name).collect();
        let free = leaf.get("additionalProperties");
        let present: HashSet<&str> = entries.iter().map(|entry| entry.key.as_str()).collect();
        let absent: Vec<&str> = known.iter().copied().filter(|name| !present.contains(name)).collect();
        let mut meant = Vec::new();
        for entry in entries {
            if self.found.len() >= MOST_FINDINGS {
                return;
            }
            let inner = place.field(entry);
            if let Some((_, schema)) = fields(leaf).find(|(name, _)| *name == entry.key) {
                self.visit(&inner, &entry.value, schema);
            } else if let Some(schema) = free.filter(|_| known.is_empty()) {
                self.visit(&inner, &entry.value, schema);
            } else if !known.is_empty() {
                let close = suggest::closest(&entry.key, absent.iter().copied());
                meant.extend(close);
                let elsewhere = self.elsewhere(&entry.key);
                self.found.push(unknown_field::found(
                    self.text,
                    entry,
                    &place.path,
                    &known,
                    close,
                    elsewhere,
                ));
            }
        }
        for name in required(leaf) {
            if !meant.contains(&name) && !present.contains(name) {
                let purpose = leaf.pointer(&format!("/properties/{name}")).map_or("", description);
                let finding = missing_field::found(self.text, &place.path, &place.key, name, purpose);
                let value = match name {
                    "apiVersion" => Some(API_VERSION),
                    "kind" => self.root.get("title").and_then(Value::as_str),
                    _ => None,
                };
                let fix = value
                    .filter(|_| place.path.is_empty())
                    .and_then(|value| missing_field::first_line(self.text, &place.key, name, value));
                self.found.push(finding.or_fix(fix));
            }
        }
    }

    /// The section of the file that has such a field, for one that stands in the wrong place.
    fn elsewhere(&self, key: &str) -> Option<&'a str> {
        let root = self.root;
        let has =
            |schema| leaves(root, schema).into_iter().any(|leaf| fields(leaf).any(|(name, _)| name == key));
        fields(root).find(|(_, schema)| has(schema)).map(|(section, _)| section)
    }

    fn scalar(&mut self, place: &Place, node: &Node, text: &str, fitting: &[&Value]) {
        let constants: Vec<&str> =
            fitting.iter().filter_map(|leaf| leaf.get("const")?.as_str()).chain(listed(fitting)).collect();
        // What kind of file it is, is a rule of its own.
        let opening = matches!(place.path.as_str(), "apiVersion" | "kind");
        if constants.len() >= fitting.len() && !constants.contains(&text) && !opening {
            self.found.push(not_in_set::found(self.text, &place.path, &node.span, text, &constants));
        }
        let duration = fitting.iter().any(|leaf| leaf.get("pattern").is_some());
        if duration && text.parse::<Span>().is_err() {
            self.found.push(wrong_type::found(self.text, &place.path, node, &expected(fitting)));
        }
    }

    fn number(&mut self, place: &Place, node: &Node, leaf: &Value) {
        let bounds = bounds(leaf);
        let number = node.number().unwrap_or_default();
        if bounds.0.is_some_and(|least| number < least) || bounds.1.is_some_and(|most| number > most) {
            self.found.push(out_of_range::found(self.text, &place.path, node, bounds));
        }
    }
}

fn listed<'a>(fitting: &[&'a Value]) -> impl Iterator<Item = &'a str> {
    let lists: Vec<&'a Value> = fitting.iter().filter_map(|leaf| leaf.get("enum")).collect();
    lists.into_iter().filter_map(Value::as_array).flatten().filter_map(Value::as_str)
}

fn accepts(leaf: &Value, content: &Content) -> bool {
    let types = types(leaf);
    let fits = |name: &&str| match content {
        Content::Null => *name == "null",
        Content::Boolean(_) => *name == "boolean",
        Content::Integer(_) => matches!(*name, "integer" | "number"),
        Content::Float(number) => *name == "number" && number.is_finite(),
        Content::Text(_) => *name == "string",
        Content::List(_) => *name == "array",
        Content::Mapping(_) => *name == "object",
    };
    types.is_empty() || types.iter().any(fits)
}

/// What may stand in a place, in the words of a message.
fn expected(leaves: &[&Value]) -> Vec<&'static str> {
    let mut words: Vec<&'static str> = Vec::new();
    for leaf in leaves {
        for name in types(leaf) {
            let word = match name {
                "string" if leaf.get("pattern").is_some() => "a duration such as 7d",
                "string" => "text",
                "integer" => "a whole number",
                "number" => "a number",
                "boolean" => "true or false",
                "array" => "a list",
                "object" => "a mapping",
                _ => continue,
            };
            if !words.contains(&word) {
                words.push(word);
            }
        }
    }
    words
}
