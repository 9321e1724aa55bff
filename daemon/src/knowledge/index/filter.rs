//! What a document's metadata must be: a set for each value, so that a filter is a set too.

use super::search::Scope;
use super::slots::Slots;
use super::sql;
use crate::error::Error;
use crate::store::Db;
use serde_json::Value;
use std::cmp::Ordering;
use std::collections::HashMap;

/// What a field must be.
#[derive(Clone, Debug, PartialEq)]
pub(in super::super) enum Filter {
    /// One of these values, each as [`text_of`] has it.
    AnyOf { field: String, values: Vec<String> },
    /// Within all these bounds.
    Within { field: String, bounds: Vec<(Bound, Value)> },
}

/// How a value compares with a bound.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in super::super) enum Bound {
    Above,
    AtLeast,
    Below,
    AtMost,
}

impl Bound {
    /// The bounds by their names in a request.
    const NAMES: [(&str, Self); 4] =
        [("gt", Self::Above), ("gte", Self::AtLeast), ("lt", Self::Below), ("lte", Self::AtMost)];

    fn holds(self, order: Ordering) -> bool {
        match self {
            Self::Above => order.is_gt(),
            Self::AtLeast => order.is_ge(),
            Self::Below => order.is_lt(),
            Self::AtMost => order.is_le(),
        }
    }
}

/// The set of passages whose document's metadata has a value.
fn set_name(field: &str, value: &str) -> String {
    format!("field:{field}={value}")
}

/// Whether a name is one that filters may have: other fields of the metadata are kept, but not looked for.
fn is_field(name: &str) -> bool {
    !name.is_empty() && name.len() <= 100 && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// A value as filters compare it.
fn text_of(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The sets that a field of the metadata puts a document's passages in: a list has each of its values.
pub(in super::super) fn sets_of(field: &str, value: &Value) -> Vec<String> {
    let values: Vec<&Value> = match value {
        _ if !is_field(field) => Vec::new(),
        Value::Array(values) => values.iter().collect(),
        value => vec![value],
    };
    values
        .into_iter()
        .filter(|value| !value.is_null())
        .map(|value| set_name(field, &text_of(value)))
        .collect()
}

impl Filter {
    /// What a request asks of a field: a value, a list of which one must be, or an object of bounds. A bound that is a
    /// number compares numbers, and one that is a text compares texts, such as dates that begin with the year.
    ///
    /// # Errors
    /// If no field can be called so, or the bounds are none.
    pub(in super::super) fn read(field: &str, wanted: &Value) -> Result<Self, Error> {
        let wrong = |message: String| Error::invalid("filters", message);
        if !is_field(field) {
            return Err(wrong(format!("`{field}` is not the name of a metadata field.")));
        }
        let field = field.to_owned();
        Ok(match wanted {
            Value::Object(bounds) => {
                let read = |(name, value): (&String, &Value)| {
                    let known = Bound::NAMES.iter().find(|(known, _)| known == name);
                    let bound = known.filter(|_| value.is_number() || value.is_string());
                    let message =
                        "A bound is `gt`, `gte`, `lt` or `lte`, and a number or a text such as `2024-05-31`.";
                    bound.map(|(_, bound)| (*bound, value.clone())).ok_or_else(|| wrong(message.into()))
                };
                Self::Within { field, bounds: bounds.iter().map(read).collect::<Result<_, _>>()? }
            }
            Value::Array(values) => Self::AnyOf { field, values: values.iter().map(text_of).collect() },
            value => Self::AnyOf { field, values: vec![text_of(value)] },
        })
    }

    /// For each segment, the slots that it lets through.
    pub(super) async fn slots(&self, db: &Db, scope: &Scope) -> Result<HashMap<i64, Slots>, Error> {
        let sets = match self {
            Self::AnyOf { field, values } => {
                let names: Vec<String> = values.iter().map(|value| set_name(field, value)).collect();
                sql::sets(db, scope, &names).await?
            }
            Self::Within { field, bounds } => {
                // `>` comes right after `=`.
                let (start, end) = (set_name(field, ""), format!("field:{field}>"));
                let mut sets = sql::sets_between(db, scope, &start, &end).await?;
                sets.retain(|(_, name, _)| {
                    let value = name.get(start.len()..).unwrap_or_default();
                    bounds
                        .iter()
                        .all(|(bound, limit)| compared(value, limit).is_some_and(|order| bound.holds(order)))
                });
                sets
            }
        };
        let mut slots: HashMap<i64, Slots> = HashMap::new();
        for (segment, _, set) in sets {
            slots.entry(segment).or_default().add(&set);
        }
        Ok(slots)
    }
}

/// How a value compares with a limit, where it can.
fn compared(value: &str, limit: &Value) -> Option<Ordering> {
    match limit {
        Value::String(limit) => Some(value.cmp(limit.as_str())),
        limit => value.parse::<f64>().ok()?.partial_cmp(&limit.as_f64()?),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_field_puts_a_document_into_the_sets_of_its_values() {
        assert_eq!(sets_of("year", &json!(2024)), ["field:year=2024"]);
        assert_eq!(sets_of("tags", &json!(["a", null, 1])), ["field:tags=a", "field:tags=1"]);
        assert!(sets_of("a b", &json!(1)).is_empty() && sets_of("none", &json!(null)).is_empty());
    }

    #[test]
    fn bounds_compare_numbers_with_numbers_and_texts_with_texts() {
        assert_eq!(compared("10", &json!(9)), Some(Ordering::Greater));
        assert_eq!(compared("2024-05-31", &json!("2024-06")), Some(Ordering::Less));
        assert_eq!(compared("soon", &json!(9)), None);
    }

    #[test]
    fn what_is_no_filter_is_refused() {
        for (field, wanted) in
            [("a b", json!(1)), ("date", json!({"after": 1})), ("date", json!({"gt": null}))]
        {
            assert!(Filter::read(field, &wanted).is_err(), "{field} {wanted}");
        }
    }
}
