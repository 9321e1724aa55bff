//! Filters (RFC 7644, section 3.4.2.2): read against the schema, then asked of resources.

mod read;

pub(super) use read::{Reader, Scope};

use super::schema::{Attribute, Kind, Place, ResourceType};
use crate::error::{Error, Kind as Family};
use contract::wire::Object;
use jiff::Timestamp;
use serde_json::Value;

/// The longest filter, in bytes.
const LONGEST: usize = 4096;

/// How an attribute's value compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    Equal,
    NotEqual,
    Contains,
    StartsWith,
    EndsWith,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
}

/// What resources must be.
#[derive(Clone, Debug)]
pub(super) enum Filter {
    And(Box<Self>, Box<Self>),
    Or(Box<Self>, Box<Self>),
    Not(Box<Self>),
    /// Something is there.
    Present(Place),
    /// A value compares.
    Compare(Place, Operator, Value),
    /// One value of several is all of this.
    Value(Place, Box<Self>),
}

impl Filter {
    /// Reads a filter of resources.
    ///
    /// # Errors
    /// If it is none, or names what resources of this kind don't have.
    pub(super) fn read(kind: &'static ResourceType, text: &str) -> Result<Self, Error> {
        if text.len() > LONGEST {
            return Err(invalid(format!("A filter has {LONGEST} bytes at most.")));
        }
        Reader::new(text).whole(Scope::Resource(kind))
    }

    /// Whether a resource, or a value with sub-attributes, is so.
    pub(super) fn holds(&self, object: &Object) -> bool {
        match self {
            Self::And(one, other) => one.holds(object) && other.holds(object),
            Self::Or(one, other) => one.holds(object) || other.holds(object),
            Self::Not(other) => !other.holds(object),
            Self::Present(place) => !values(object, place).is_empty(),
            Self::Compare(place, Operator::NotEqual, with) => !compares(object, place, Operator::Equal, with),
            Self::Compare(place, operator, with) => compares(object, place, *operator, with),
            Self::Value(place, filter) => {
                let mut elements = values(object, place).into_iter().filter_map(Value::as_object);
                elements.any(|element| filter.holds(element))
            }
        }
    }

    /// What a text attribute must equal for the filter to hold, where it says so.
    pub(super) fn demands(&self, attribute: &str) -> Option<&str> {
        match self {
            Self::And(one, other) => one.demands(attribute).or_else(|| other.demands(attribute)),
            Self::Compare(place, Operator::Equal, with)
                if place.attribute.name == attribute && place.extension.is_none() =>
            {
                with.as_str()
            }
            _ => None,
        }
    }

    /// Whether it asks of an attribute.
    pub(super) fn asks(&self, attribute: &str) -> bool {
        match self {
            Self::And(one, other) | Self::Or(one, other) => one.asks(attribute) || other.asks(attribute),
            Self::Not(other) => other.asks(attribute),
            Self::Present(place) | Self::Compare(place, ..) | Self::Value(place, _) => {
                place.attribute.name == attribute
            }
        }
    }
}

/// The filter is none: `invalidFilter`.
fn invalid(message: impl Into<String>) -> Error {
    Error::new(Family::Invalid, "invalid_filter", message)
}

/// The values at a place; of an attribute with several, each.
fn values<'a>(object: &'a Object, place: &Place) -> Vec<&'a Value> {
    let object = match place.extension {
        Some(urn) => object.get(urn).and_then(Value::as_object),
        None => Some(object),
    };
    let found = object.and_then(|object| object.get(place.attribute.name));
    let each = match found {
        Some(Value::Array(values)) => values.iter().collect(),
        Some(value) => vec![value],
        None => Vec::new(),
    };
    match place.sub {
        Some(sub) => each.into_iter().filter_map(|value| value.get(sub.name)).collect(),
        None => each,
    }
}

fn compares(object: &Object, place: &Place, operator: Operator, with: &Value) -> bool {
    let attribute = place.sub.unwrap_or(place.attribute);
    let found = values(object, place);
    if with.is_null() {
        return operator == Operator::Equal && found.is_empty();
    }
    // A value with sub-attributes compares as its `value` does.
    let (attribute, found) = match attribute.sub("value") {
        Some(sub) => (sub, found.into_iter().filter_map(|value| value.get(sub.name)).collect()),
        None => (attribute, found),
    };
    found.into_iter().any(|value| compare(attribute, value, operator, with))
}

fn compare(attribute: &Attribute, value: &Value, operator: Operator, with: &Value) -> bool {
    match (attribute.kind, value, with) {
        (Kind::Flag, Value::Bool(flag), with) => {
            let with = with.as_bool().or_else(|| with.as_str()?.to_lowercase().parse().ok());
            operator == Operator::Equal && with == Some(*flag)
        }
        (Kind::Time, Value::String(value), Value::String(with)) => {
            let at = |text: &String| text.parse::<Timestamp>().ok();
            at(value).zip(at(with)).is_some_and(|(value, with)| in_order(&value, operator, &with))
        }
        (_, Value::String(value), Value::String(with)) if attribute.is_case_exact => {
            text_compares(value, operator, with)
        }
        (_, Value::String(value), Value::String(with)) => {
            text_compares(&value.to_lowercase(), operator, &with.to_lowercase())
        }
        _ => false,
    }
}

fn text_compares(value: &str, operator: Operator, with: &str) -> bool {
    match operator {
        Operator::Contains => value.contains(with),
        Operator::StartsWith => value.starts_with(with),
        Operator::EndsWith => value.ends_with(with),
        operator => in_order(&value, operator, &with),
    }
}

fn in_order<T: Ord>(value: &T, operator: Operator, with: &T) -> bool {
    match operator {
        Operator::Equal => value == with,
        Operator::Greater => value > with,
        Operator::GreaterOrEqual => value >= with,
        Operator::Less => value < with,
        Operator::LessOrEqual => value <= with,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::schema::{GROUP, USER};
    use super::*;
    use serde_json::json;

    fn sarah() -> Object {
        let enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
        let sarah = json!({
            "id": "usr_1", "userName": "sarah@example.org", "active": true, "name": {"familyName": "O\"Hara"},
            "emails": [{"value": "s@home.example", "type": "home"}, {"value": "sarah@example.org", "type": "work"}],
            "meta": {"lastModified": "2026-03-01T10:00:00.000Z"}, enterprise: {"department": "Sales"},
        });
        sarah.as_object().unwrap().clone()
    }

    #[test]
    fn filters_hold_as_identity_providers_write_them() {
        for (filter, expected) in [
            ("userName eq \"Sarah@Example.org\"", true),
            ("USERNAME Eq \"sarah@example.org\"", true),
            ("id eq \"USR_1\"", false),
            ("userName ne \"omar@example.org\"", true),
            ("userName sw \"sar\" and userName ew \".org\"", true),
            ("userName co \"omar\" or name.familyName eq \"O\\\"Hara\"", true),
            ("title pr", false),
            ("not (title pr) and active eq true", true),
            ("active eq \"False\"", false),
            ("emails[type eq \"work\" and value co \"@example.org\"]", true),
            ("emails[type eq \"home\" and value co \"@example.org\"]", false),
            ("emails.type eq \"home\"", true),
            ("emails eq \"s@home.example\"", true),
            ("externalId eq null", true),
            ("meta.lastModified gt \"2026-02-28T23:00:00-02:00\"", true),
            ("meta.lastModified lt \"2026-02-28T23:00:00Z\"", false),
            ("title pr or active eq true and userName sw \"x\"", false),
            ("(title pr or active eq true) and userName sw \"s\"", true),
            ("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq \"sales\"", true),
        ] {
            assert_eq!(Filter::read(&USER, filter).unwrap().holds(&sarah()), expected, "{filter}");
        }
    }

    #[test]
    fn what_is_no_filter_is_refused_and_nothing_is_too_deep() {
        let deep = format!("{}title pr{}", "not (".repeat(1000), ")".repeat(1000));
        let deep_in_parentheses = format!("{}title pr", "(".repeat(3000));
        for filter in [
            "",
            "userName",
            "userName eq",
            "userName is \"x\"",
            "nothing eq \"x\"",
            "userName eq \"x",
            "emails[type eq",
            "userName eq \"x\" and",
            "(userName pr",
            "userName pr)",
            "emails[nothing pr]",
            "name.nothing pr",
            "title[value pr]",
            "userName eq {}",
            &deep,
            &deep_in_parentheses,
        ] {
            assert_eq!(Filter::read(&USER, filter).unwrap_err().code, "invalid_filter", "{filter}");
        }
    }

    #[test]
    fn a_filter_tells_what_an_index_can_find() {
        let filter = "displayName eq \"Sales\" and members eq \"usr_1\"";
        let filter = Filter::read(&GROUP, filter).unwrap();
        assert_eq!((filter.demands("displayName"), filter.demands("id")), (Some("Sales"), None));
        assert!(filter.asks("members"));
        let either = Filter::read(&GROUP, "displayName eq \"a\" or displayName eq \"b\"").unwrap();
        assert_eq!(either.demands("displayName"), None);
    }
}
