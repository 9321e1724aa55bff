//! What OpenAI's reference defines, as far as the daemon reads it or writes it itself: the form of bodies that are passed on
//! as they came. None refuses a field that isn't named here.

mod completions;
mod embeddings;
mod responses;

pub use completions::*;
pub use embeddings::*;
pub use responses::*;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

/// A function that a model may call.
#[derive(Debug, JsonSchema)]
#[schemars(extend("additionalProperties" = true))]
pub struct FunctionDefinition {
    /// Its name.
    #[schemars(example = &"get_weather")]
    pub name: String,
    /// What it does, in words that the model reads.
    pub description: Option<String>,
    /// The JSON Schema of its arguments.
    pub parameters: Option<super::Object>,
    /// Whether the model must keep to that schema.
    pub strict: Option<bool>,
}

/// A text, or a list of something. Beside `oneOf` and `anyOf`, of which generators make clients that don't compile or lose
/// the list, this says the same by what is left out.
pub(crate) fn text_or_list_of<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    let item = generator.subschema_for::<T>();
    json_schema!({
        "not": {"type": ["object", "number", "boolean", "null"]},
        "if": {"type": "array", "items": {}},
        "then": {"items": item},
    })
}

/// The same, or nothing.
fn text_or_list_or_null_of<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    let item = generator.subschema_for::<T>();
    json_schema!({
        "not": {"type": ["object", "number", "boolean"]},
        "if": {"type": "array", "items": {}},
        "then": {"items": item},
    })
}

/// A word such as `auto`, or an object that says more.
fn word_or_object(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"not": {"type": ["array", "number", "boolean"], "items": {}}})
}
