//! The JSON Schemas of the two kinds, made from their models: the only source of what a file may hold.

use crate::agent::AgentDefinition;
use crate::suite::SuiteDefinition;
use schemars::schema_for;
use serde_json::Value;
use std::sync::LazyLock;

/// What a file defines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    Agent,
    Suite,
}

static AGENT: LazyLock<Value> = LazyLock::new(|| schema_for!(AgentDefinition).to_value());
static SUITE: LazyLock<Value> = LazyLock::new(|| schema_for!(SuiteDefinition).to_value());

impl Kind {
    /// The names of the kinds, as `kind:` gives them.
    pub(crate) const NAMES: [&str; 2] = ["Agent", "EvalSuite"];

    /// The kind of a name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        match name {
            "Agent" => Some(Self::Agent),
            "EvalSuite" => Some(Self::Suite),
            _ => None,
        }
    }

    /// The schema of the kind, which also holds all that it refers to.
    pub(crate) fn schema(self) -> &'static Value {
        match self {
            Self::Agent => &AGENT,
            Self::Suite => &SUITE,
        }
    }
}

/// The schema of one case of a suite.
pub(crate) fn case() -> &'static Value {
    SUITE.pointer("/$defs/Case").unwrap_or(&Value::Null)
}

/// The plain schemas behind a schema: references followed, alternatives side by side.
pub(crate) fn leaves<'a>(root: &'a Value, schema: &'a Value) -> Vec<&'a Value> {
    if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
        let target = reference.strip_prefix('#').and_then(|path| root.pointer(path));
        return target.map(|target| leaves(root, target)).unwrap_or_default();
    }
    let alternatives = schema.get("anyOf").or_else(|| schema.get("oneOf")).and_then(Value::as_array);
    match alternatives {
        Some(alternatives) => alternatives.iter().flat_map(|one| leaves(root, one)).collect(),
        None => vec![schema],
    }
}

/// The JSON types that a plain schema allows; none where it allows any.
pub(crate) fn types(leaf: &Value) -> Vec<&str> {
    match leaf.get("type") {
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(many)) => many.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

/// The fields that a plain schema names, and their schemas.
pub(crate) fn fields(leaf: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let fields = leaf.get("properties").and_then(Value::as_object);
    fields.into_iter().flatten().map(|(name, schema)| (name.as_str(), schema))
}

/// The fields that a plain schema requires.
pub(crate) fn required(leaf: &Value) -> impl Iterator<Item = &str> {
    leaf.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
}

/// What a field is for, in the words of the model.
pub(crate) fn description(schema: &Value) -> &str {
    schema.get("description").and_then(Value::as_str).unwrap_or_default()
}

/// The least and the most that a number may be: its bounds, else those of its type.
pub(crate) fn bounds(leaf: &Value) -> (Option<f64>, Option<f64>) {
    let bound = |name| leaf.get(name).and_then(Value::as_f64);
    let most = match leaf.get("format").and_then(Value::as_str) {
        Some("uint32") => Some(f64::from(u32::MAX)),
        _ => None,
    };
    (bound("minimum"), bound("maximum").or(most))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::duration::Span;

    fn patterns(schema: &Value, found: &mut Vec<String>) {
        match schema {
            Value::Object(fields) => {
                found.extend(fields.get("pattern").and_then(Value::as_str).map(str::to_owned));
                fields.values().for_each(|field| patterns(field, found));
            }
            Value::Array(items) => items.iter().for_each(|item| patterns(item, found)),
            _ => {}
        }
    }

    #[test]
    fn the_only_pattern_of_the_models_is_that_of_a_duration() {
        let mut found = Vec::new();
        patterns(Kind::Agent.schema(), &mut found);
        patterns(Kind::Suite.schema(), &mut found);
        let duration = schema_for!(Span).to_value();
        assert!(!found.is_empty());
        assert!(found.iter().all(|pattern| duration["pattern"] == pattern.as_str()));
    }

    #[test]
    fn a_model_is_a_name_or_settings() {
        let root = Kind::Agent.schema();
        let model = root.pointer("/$defs/AgentSpec/properties/model").unwrap();
        let kinds: Vec<_> = leaves(root, model).into_iter().flat_map(types).collect();
        assert_eq!(kinds, ["string", "object"]);
    }
}
