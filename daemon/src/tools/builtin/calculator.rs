//! `calculator`: exact arithmetic.

use super::super::{Bringing, Done, Tool, Wanted};
use super::arithmetic;
use futures::FutureExt;
use serde_json::{Value, json};

pub(super) struct Calculator;

impl Tool for Calculator {
    fn name(&self) -> &str {
        "calculator"
    }

    fn description(&self) -> &str {
        "Works out an arithmetic expression exactly, in decimals of up to 28 digits: + - * / % ^, parentheses, abs, ceil, floor, max, min, round(value, places), sum."
    }

    fn parameters(&self) -> Value {
        json!({
            "type": "object",
            "properties": {
                "expression": {"type": "string", "minLength": 1, "maxLength": 1000, "description": "Such as (1250.50 * 12) / 0.95"},
            },
            "required": ["expression"],
            "additionalProperties": false,
        })
    }

    fn call<'a>(&'a self, wanted: Wanted<'a>) -> Bringing<'a> {
        let value = arithmetic::evaluate(wanted.text("expression"));
        let done = value.map(|value| Done::new(json!({"value": value.to_string()})));
        async { done }.boxed()
    }
}
