//! Assertions among the facts of a case: exact ones, where facts are found in some form.

use super::figures::{figures, holds as stands};
use crate::schema;
use contract::suite::Fact;
use regex::RegexBuilder;
use serde_json::Value;

/// Bytes of the largest compiled pattern.
const PATTERN_SIZE: usize = 1 << 20;

/// Whether an assertion holds of an answer; a fact that is none is not for here, and holds of nothing.
///
/// # Errors
/// If it can't be decided: the pattern or the schema is none.
pub(super) fn holds(fact: &Fact, answer: &str) -> Result<bool, String> {
    Ok(match fact {
        Fact::Text(_) | Fact::AnyOf(_) => false,
        Fact::Pattern { regex } => RegexBuilder::new(regex)
            .case_insensitive(true)
            .size_limit(PATTERN_SIZE)
            .build()
            .map_err(|cause| format!("the fact's pattern `{regex}` is no regex: {cause}"))?
            .is_match(answer),
        Fact::Equals { equals } => answer.trim() == equals.trim(),
        Fact::Contains { contains } => answer.contains(contains),
        Fact::JsonSchema { json_schema } => is_of_form(answer, &Value::Object(json_schema.clone()))?,
        Fact::Number { number, tolerance } => {
            let numbers = figures(answer);
            let mut numbers =
                numbers.iter().filter_map(|figure| figure.trim_end_matches('%').parse::<f64>().ok());
            // What is written in decimals is no exact double: the last bits of a difference say nothing.
            numbers.any(|said| (said - number).abs() <= tolerance + number.abs() * f64::EPSILON * 4.0)
        }
        Fact::Date { date } => stands(&figures(answer), date),
    })
}

fn is_of_form(answer: &str, wanted: &Value) -> Result<bool, String> {
    let form = schema::compile(wanted).map_err(|cause| format!("the fact's JSON Schema is none: {cause}"))?;
    let value: Result<Value, _> = serde_json::from_str(unfenced(answer));
    Ok(value.is_ok_and(|value| form.is_valid(&value)))
}

/// What stands within a fence of Markdown code, if the whole text is one (CommonMark, section 4.5).
fn unfenced(text: &str) -> &str {
    let text = text.trim();
    let inside = text.strip_prefix("```").and_then(|rest| rest.strip_suffix("```"));
    let body = inside.and_then(|inside| inside.split_once('\n')).map(|(_, body)| body);
    body.map_or(text, str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check(fact: Value, answer: &str) -> bool {
        holds(&serde_json::from_value(fact).unwrap(), answer).unwrap()
    }

    #[test]
    fn each_assertion_holds_of_what_it_says_and_of_nothing_else() {
        let form = json!({"json_schema": {"type": "object", "required": ["days"], "properties": {"days": {"type": "integer"}}}});
        for (fact, holds_of, fails_of) in [
            (json!({"equals": "Ten."}), " Ten.\n", "ten."),
            (json!({"contains": "Up to"}), "Up to three.", "up to three."),
            (form.clone(), r#"{"days": 3}"#, r#"{"days": "3"}"#),
            (form, "```json\n{\"days\": 3}\n```", "days: 3"),
            (json!({"number": 12.5, "tolerance": 0.1}), "It is 12.42 in all.", "It is 12.3."),
            (json!({"number": 1250}), "That makes 1,250 euros.", "That makes 1,251."),
            (json!({"number": 12}), "By 12 percent", "By 120 percent"),
            (json!({"date": "2025-03-31"}), "It expires on 31 March 2025.", "It expires on 30 March 2025."),
        ] {
            assert!(check(fact.clone(), holds_of), "{fact} of {holds_of}");
            assert!(!check(fact.clone(), fails_of), "{fact} of {fails_of}");
        }
        let wrong = holds(&serde_json::from_value(json!({"json_schema": {"type": "thing"}})).unwrap(), "{}");
        assert!(wrong.unwrap_err().contains("JSON Schema"));
    }
}
