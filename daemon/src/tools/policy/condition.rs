//! Conditions of rules, in the Common Expression Language.

use super::Facts;
use cel::{Context, Program, Value as Cel};
use jiff::Timestamp;
use jiff::tz::Offset;
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

/// Most bytes of a condition.
const MOST_BYTES: usize = 4096;

/// A condition. It sees `tool`, `risk`, `args`, `agent`, `user`, `groups`, `team`, `environment`, and of the time, in UTC,
/// `hour` (0 to 23) and `weekday` (1 to 7, from Monday).
pub(super) struct Condition {
    program: Program,
}

impl fmt::Debug for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Condition")
    }
}

impl<'de> Deserialize<'de> for Condition {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text.len() > MOST_BYTES {
            return Err(serde::de::Error::custom(format!("a condition has {MOST_BYTES} bytes at most")));
        }
        let program = Program::compile(&text).map_err(|error| {
            serde::de::Error::custom(format!("the condition `{text}` can't be read: {error}"))
        })?;
        Ok(Self { program })
    }
}

impl Condition {
    /// Whether it is true of a call.
    ///
    /// # Errors
    /// If it can't be told: such as where an argument is missing that it asks for, or where it is no yes or no.
    pub(super) fn holds(&self, facts: &Facts<'_>) -> Result<bool, String> {
        let at = Timestamp::from_millisecond(facts.at.0).map_err(|error| error.to_string())?;
        let at = Offset::UTC.to_datetime(at);
        let text = |text: &str| Cel::from(text.to_owned());
        let mut context = Context::default();
        let variables = [
            ("tool", text(facts.tool)),
            ("risk", cel(&serde_json::to_value(facts.risk).unwrap_or_default())),
            ("args", map(facts.arguments)),
            ("agent", text(facts.agent.unwrap_or_default())),
            ("user", text(facts.user.unwrap_or_default())),
            ("groups", Cel::List(Arc::new(facts.groups.iter().map(|group| text(group)).collect()))),
            ("team", text(facts.team)),
            ("environment", text(facts.environment)),
            ("hour", Cel::Int(at.hour().into())),
            ("weekday", Cel::Int(at.weekday().to_monday_one_offset().into())),
        ];
        for (name, value) in variables {
            context.add_variable_from_value(name, value);
        }
        match self.program.execute(&context) {
            Ok(Cel::Bool(holds)) => Ok(holds),
            Ok(_) => Err("it is neither true nor false".into()),
            Err(error) => Err(error.to_string()),
        }
    }
}

/// JSON as CEL has it: whole numbers are its `int`, so that they compare with those of a condition.
fn cel(value: &Value) -> Cel {
    match value {
        Value::Null => Cel::Null,
        Value::Bool(flag) => Cel::Bool(*flag),
        Value::Number(number) => match number.as_i64() {
            Some(whole) => Cel::Int(whole),
            None => Cel::Float(number.as_f64().unwrap_or(f64::NAN)),
        },
        Value::String(text) => Cel::from(text.clone()),
        Value::Array(items) => Cel::List(Arc::new(items.iter().map(cel).collect())),
        Value::Object(fields) => map(fields),
    }
}

fn map(fields: &contract::wire::Object) -> Cel {
    let fields: HashMap<String, Cel> =
        fields.iter().map(|(name, value)| (name.clone(), cel(value))).collect();
    Cel::from(fields)
}
