//! The tree of a YAML text in which every key and value knows its place.

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use serde_saphyr::{Location, Spanned};
use std::fmt;
use std::ops::Range;

/// A value and the bytes it stands in; for an alias those of the alias.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) content: Content,
    pub(crate) span: Range<usize>,
}

/// What a node holds.
#[derive(Debug)]
pub(crate) enum Content {
    Null,
    Boolean(bool),
    Integer(i128),
    Float(f64),
    Text(String),
    List(Vec<Node>),
    Mapping(Vec<Entry>),
}

/// A key of a mapping and its value. A mapping keeps repeated keys, so that all can be reported.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) key: String,
    pub(crate) span: Range<usize>,
    pub(crate) value: Node,
}

impl Node {
    /// The entry of a key; none where this isn't a mapping.
    pub(crate) fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries().iter().find(|entry| entry.key == key)
    }

    /// The value that a path of keys leads to, unless it is null.
    pub(crate) fn at(&self, path: &[&str]) -> Option<&Self> {
        let node = path.iter().try_fold(self, |node, key| Some(&node.entry(key)?.value))?;
        (!matches!(node.content, Content::Null)).then_some(node)
    }

    /// The entries of a mapping; none for anything else.
    pub(crate) fn entries(&self) -> &[Entry] {
        match &self.content {
            Content::Mapping(entries) => entries,
            _ => &[],
        }
    }

    /// The items of a list; none for anything else.
    pub(crate) fn items(&self) -> &[Self] {
        match &self.content {
            Content::List(items) => items,
            _ => &[],
        }
    }

    /// The text of a scalar that is one.
    pub(crate) fn text(&self) -> Option<&str> {
        match &self.content {
            Content::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The number of a scalar that is one.
    pub(crate) fn number(&self) -> Option<f64> {
        match self.content {
            Content::Integer(number) => Some(number as f64),
            Content::Float(number) => Some(number),
            _ => None,
        }
    }

    /// The same as JSON; a number that JSON doesn't have becomes null.
    pub(crate) fn to_json(&self) -> Value {
        match &self.content {
            Content::Null => Value::Null,
            Content::Boolean(boolean) => Value::Bool(*boolean),
            Content::Integer(number) => Number::from_i128(*number).map_or(Value::Null, Value::Number),
            Content::Float(number) => Value::from(*number),
            Content::Text(text) => Value::String(text.clone()),
            Content::List(items) => items.iter().map(Self::to_json).collect(),
            Content::Mapping(entries) => {
                let fields = entries.iter().map(|entry| (entry.key.clone(), entry.value.to_json()));
                Value::Object(fields.collect::<Map<_, _>>())
            }
        }
    }

    /// Moves the tree of a part of a text to where the part begins.
    pub(crate) fn shift(&mut self, offset: usize) {
        self.span = self.span.start + offset..self.span.end + offset;
        match &mut self.content {
            Content::List(items) => items.iter_mut().for_each(|item| item.shift(offset)),
            Content::Mapping(entries) => {
                for entry in entries {
                    entry.span = entry.span.start + offset..entry.span.end + offset;
                    entry.value.shift(offset);
                }
            }
            _ => {}
        }
    }
}

/// The bytes of a location; the start of the text where it is unknown.
pub(crate) fn range(location: &Location) -> Range<usize> {
    let as_size = |number: Option<u64>| usize::try_from(number.unwrap_or(0)).unwrap_or(0);
    let start = as_size(location.span().byte_offset());
    start..start.saturating_add(as_size(location.span().byte_len()))
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = Spanned::<Content>::deserialize(deserializer)?;
        Ok(Self { span: range(&spanned.referenced), content: spanned.value })
    }
}

impl<'de> Deserialize<'de> for Content {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ContentVisitor)
    }
}

struct ContentVisitor;

impl<'de> Visitor<'de> for ContentVisitor {
    type Value = Content;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a YAML value")
    }

    fn visit_unit<E: Error>(self) -> Result<Content, E> {
        Ok(Content::Null)
    }

    fn visit_bool<E: Error>(self, boolean: bool) -> Result<Content, E> {
        Ok(Content::Boolean(boolean))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Content, E> {
        Ok(Content::Integer(number.into()))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Content, E> {
        Ok(Content::Integer(number.into()))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Content, E> {
        Ok(Content::Float(number))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Content, E> {
        Ok(Content::Text(text.to_owned()))
    }

    fn visit_string<E: Error>(self, text: String) -> Result<Content, E> {
        Ok(Content::Text(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Content, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Content::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Content, A::Error> {
        let mut mapping = Vec::new();
        while let Some((key, value)) = entries.next_entry::<Spanned<String>, Node>()? {
            mapping.push(Entry { span: range(&key.referenced), key: key.value, value });
        }
        Ok(Content::Mapping(mapping))
    }
}
