//! Where a change applies (RFC 7644, section 3.5.2): an attribute, some of its values, a sub-attribute of them.

use super::filter::{Filter, Reader};
use super::invalid_path;
use super::schema::{Attribute, Named, Place, ResourceType, Schema};
use crate::error::Error;

/// Where a change applies.
#[derive(Debug)]
pub(super) enum Path {
    /// A whole extension.
    Extension(&'static Schema),
    /// An attribute; of several values, those that a filter chooses.
    Attribute(Place, Option<Filter>),
}

impl Path {
    /// Reads `attribute`, `attribute.sub`, `attribute[filter]` or `attribute[filter].sub`.
    ///
    /// # Errors
    /// If it names what resources of this kind don't have, or its filter is none.
    pub(super) fn read(kind: &'static ResourceType, text: &str) -> Result<Self, Error> {
        let text = text.trim();
        let wrong = || invalid_path(text);
        let head = text.split('[').next().unwrap_or_default();
        let mut place = match kind.find(head).ok_or_else(wrong)? {
            Named::Extension(schema) if head == text => return Ok(Self::Extension(schema)),
            Named::Extension(_) => return Err(wrong()),
            Named::Place(place) => place,
        };
        let mut reader = Reader::new(&text[head.len()..]);
        if place.attribute.subs().is_empty() || place.sub.is_some() {
            return if reader.rest().is_empty() { Ok(Self::Attribute(place, None)) } else { Err(wrong()) };
        }
        let filter = reader.in_brackets(place.attribute)?;
        match (reader.rest(), filter.is_some()) {
            ("", _) => {}
            (rest, true) => {
                let sub = rest.strip_prefix('.').and_then(|name| place.attribute.sub(name));
                place.sub = Some(sub.ok_or_else(wrong)?);
            }
            _ => return Err(wrong()),
        }
        Ok(Self::Attribute(place, filter))
    }

    /// The attribute that a change of it changes, which must not be the daemon's own.
    pub(super) fn changes(&self) -> Option<&'static Attribute> {
        match self {
            Self::Extension(_) => None,
            Self::Attribute(place, _) => Some(place.sub.unwrap_or(place.attribute)),
        }
    }
}
