//! JSON Schemas that others wrote.

use jsonschema::{PatternOptions, Validator};
use serde_json::Value;

/// What holds values to a schema: in linear time, whatever patterns it has, and without fetching what it refers to.
///
/// # Errors
/// If it is none, and why.
pub(crate) fn compile(schema: &Value) -> Result<Validator, String> {
    let options = jsonschema::options().with_pattern_options(PatternOptions::regex());
    options.build(schema).map_err(|error| error.to_string())
}
