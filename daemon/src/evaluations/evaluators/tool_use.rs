//! tool_use: the right tools, rightly called?

use super::matching::greatest_total;
use super::text::f1;
use super::{Answer, Question, Reading, Score, ToolCall};
use contract::suite::ExpectedCall;
use serde_json::Value;

/// F1 by maximum-weight matching of calls; a pair weighs the share of arguments that agree over all that
/// either names, and nothing where the tools differ. Times the longest common subsequence's share of the
/// expected calls where order counts. A forbidden call is 0; none expected and none made is 1. A case that
/// only forbids tools judges no other call; one that says nothing of tools is not applicable.
pub(super) fn score(question: &Question<'_>, answer: &Answer, _: &Reading) -> Score {
    let Some(expected) = &question.case.expect.tools else { return Score::NotApplicable };
    let made = &answer.tool_calls;
    if made.iter().any(|call| expected.forbidden.contains(&call.name)) {
        return Score::Value(0.0);
    }
    if expected.calls.is_empty() {
        let all_allowed = made.is_empty() || !expected.forbidden.is_empty();
        return Score::Value(if all_allowed { 1.0 } else { 0.0 });
    }
    if made.is_empty() {
        return Score::Value(0.0);
    }
    let weights: Vec<Vec<f64>> = expected
        .calls
        .iter()
        .map(|wanted| made.iter().map(|call| agreement(wanted, call)).collect())
        .collect();
    let total = greatest_total(&weights);
    let (wanted, made) = (expected.calls.len() as f64, made.len() as f64);
    let in_order = if expected.ordered { longest_in_order(&weights) as f64 / wanted } else { 1.0 };
    Score::Value(f1(total / made, total / wanted) * in_order)
}

/// How far a call is the expected one, 0 to 1. Without expected arguments any will do.
fn agreement(wanted: &ExpectedCall, call: &ToolCall) -> f64 {
    if wanted.name != call.name {
        return 0.0;
    }
    let Some(arguments) = &wanted.arguments else { return 1.0 };
    let given = |name: &str| call.arguments.get(name);
    let agreeing =
        arguments.iter().filter(|(name, value)| given(name).is_some_and(|g| allows(value, g))).count();
    let missing = arguments.keys().filter(|name| given(name).is_none()).count();
    let all = match &call.arguments {
        Value::Object(fields) => fields.len() + missing,
        Value::Null => missing,
        _ => missing + 1,
    };
    if all == 0 { 1.0 } else { agreeing as f64 / all as f64 }
}

/// Whether a value is the expected one, or one of a list of allowed ones (as in BFCL, Patil et al. 2024).
fn allows(wanted: &Value, given: &Value) -> bool {
    same(wanted, given)
        || wanted.as_array().is_some_and(|allowed| allowed.iter().any(|value| same(value, given)))
}

/// Equality as of canonical JSON (RFC 8785): 1 is 1.0, and the order of fields doesn't count.
fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(a), Value::Number(b)) => a == b || a.as_f64().is_some_and(|a| Some(a) == b.as_f64()),
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(name, a)| b.get(name).is_some_and(|b| same(a, b)))
        }
        (one, other) => one == other,
    }
}

/// The longest common subsequence of expected calls and calls made, two being common where they agree at all.
fn longest_in_order(weights: &[Vec<f64>]) -> usize {
    let columns = weights.first().map_or(0, Vec::len);
    let mut lengths = vec![0_usize; columns + 1];
    for row in weights {
        let mut diagonal = 0;
        let mut left = 0;
        for (length, weight) in lengths.iter_mut().skip(1).zip(row) {
            let above = *length;
            *length = if *weight > 0.0 { diagonal + 1 } else { above.max(left) };
            (diagonal, left) = (above, *length);
        }
    }
    lengths.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::tests::{answer, value};
    use super::super::{Answer, ToolCall};
    use serde_json::{Value, json};

    fn scored(expected: Value, calls: &[(&str, Value)]) -> f64 {
        let made = calls
            .iter()
            .map(|(name, arguments)| ToolCall { name: (*name).to_owned(), arguments: arguments.clone() });
        value(
            "tool_use",
            &json!({"tools": expected}),
            &Answer { tool_calls: made.collect(), ..answer("Done.") },
        )
    }

    #[test]
    fn one_of_two_expected_calls_is_two_thirds() {
        let f1 = scored(json!({"calls": [{"name": "a"}, {"name": "b"}]}), &[("a", json!({}))]);
        assert!((f1 - 2.0 / 3.0).abs() < 1e-6);
    }

    #[test]
    fn arguments_agree_by_value_and_by_lists_of_allowed_values() {
        let expected =
            json!({"calls": [{"name": "search", "arguments": {"query": ["leave", "holiday"], "limit": 5}}]});
        assert!(
            (scored(expected.clone(), &[("search", json!({"limit": 5.0, "query": "holiday"}))]) - 1.0).abs()
                < 1e-6
        );
        assert!((scored(expected.clone(), &[("search", json!({"query": "holiday"}))]) - 0.5).abs() < 1e-6);
        let extra = json!({"query": "leave", "limit": 5, "page": 2});
        assert!((scored(expected, &[("search", extra)]) - 2.0 / 3.0).abs() < 1e-6);
        let list = json!({"calls": [{"name": "sum", "arguments": {"of": [1, 2]}}]});
        assert!((scored(list, &[("sum", json!({"of": [1, 2]}))]) - 1.0).abs() < 1e-6);
    }

    #[test]
    fn order_counts_where_it_is_asked_for() {
        let calls = [("b", json!({})), ("a", json!({}))];
        let names = json!([{"name": "a"}, {"name": "b"}]);
        assert!((scored(json!({"calls": names, "ordered": true}), &calls) - 0.5).abs() < 1e-6);
        assert!((scored(json!({"calls": names}), &calls) - 1.0).abs() < 1e-6);
    }

    #[test]
    fn a_forbidden_call_is_zero_and_none_of_none_is_one() {
        let calls = [("search", json!({})), ("create_ticket", json!({}))];
        assert!(
            scored(json!({"calls": [{"name": "search"}], "forbidden": ["create_ticket"]}), &calls).abs()
                < 1e-6
        );
        assert!((scored(json!({"forbidden": ["delete"]}), &calls) - 1.0).abs() < 1e-6);
        assert!((scored(json!({}), &[]) - 1.0).abs() < 1e-6);
        assert!(scored(json!({}), &calls).abs() < 1e-6);
    }
}
