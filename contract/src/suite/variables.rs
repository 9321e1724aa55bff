//! Variables of a case: it is written once, and asked with each of their values.

use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// Most cases that one may stand for.
pub const MOST_CASES: usize = 1000;

/// The cases that a written case stands for: one for each combination of its variables' values, with `{{name}}` replaced in
/// all its texts. Their ids name the values that differ; they stand and fall together, unless they have a group of their own.
#[must_use]
pub fn expand(case: Value) -> Vec<Value> {
    let Value::Object(mut case) = case else { return vec![case] };
    let Some(Value::Object(variables)) = case.remove("vars") else { return vec![case.into()] };
    let differing: BTreeSet<&String> =
        variables.iter().filter(|(_, value)| values(value).len() > 1).map(|(name, _)| name).collect();
    let expanded = all(&variables).into_iter().take(MOST_CASES).map(|combination| {
        let mut one = Value::Object(case.clone());
        fill(&mut one, &combination);
        if !differing.is_empty() {
            name(&mut one, &combination, &differing);
        }
        one
    });
    expanded.collect()
}

/// How many cases a case with such variables stands for.
#[must_use]
pub fn combinations(variables: &Map<String, Value>) -> usize {
    variables.values().map(|value| values(value).len()).fold(1, usize::saturating_mul)
}

/// The names between `{{` and `}}` in a text.
#[must_use]
pub fn placeholders(text: &str) -> Vec<&str> {
    let mut names = Vec::new();
    let mut rest = text;
    while let Some((_, after)) = rest.split_once("{{") {
        let Some((name, after)) = after.split_once("}}") else { break };
        names.push(name.trim());
        rest = after;
    }
    names
}

fn values(value: &Value) -> &[Value] {
    match value {
        Value::Array(values) => values,
        one => std::slice::from_ref(one),
    }
}

type Combination = Vec<(String, String)>;

fn all(variables: &Map<String, Value>) -> Vec<Combination> {
    let mut all = vec![Combination::new()];
    for (name, value) in variables {
        let longer = |before: &Combination| {
            let with = |value: &Value| {
                let written = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                before.iter().cloned().chain([(name.clone(), written)]).collect()
            };
            values(value).iter().map(with).collect::<Vec<Combination>>()
        };
        all = all.iter().flat_map(longer).take(MOST_CASES).collect();
    }
    all
}

fn fill(value: &mut Value, combination: &Combination) {
    match value {
        Value::String(text) if text.contains("{{") => *text = filled(text, combination),
        Value::Array(items) => items.iter_mut().for_each(|item| fill(item, combination)),
        Value::Object(fields) => fields.values_mut().for_each(|field| fill(field, combination)),
        _ => {}
    }
}

/// A text with the values in place of their names; what no variable is named like stays.
fn filled(text: &str, combination: &Combination) -> String {
    let mut whole = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        whole.push_str(before);
        let found = after.split_once("}}").and_then(|(name, after)| {
            let (_, value) = combination.iter().find(|(known, _)| known == name.trim())?;
            Some((value, after))
        });
        match found {
            Some((value, after)) => {
                whole.push_str(value);
                rest = after;
            }
            None => {
                whole.push_str("{{");
                rest = after;
            }
        }
    }
    whole + rest
}

fn name(case: &mut Value, combination: &Combination, differing: &BTreeSet<&String>) {
    let Some(fields) = case.as_object_mut() else { return };
    let told = combination.iter().filter(|(name, _)| differing.contains(name));
    let told: Vec<String> = told.map(|(name, value)| format!("{name}={value}")).collect();
    let Some(id) = fields.get("id").and_then(Value::as_str).map(str::to_owned) else { return };
    fields.entry("group").or_insert_with(|| id.as_str().into());
    fields.insert("id".into(), format!("{id}[{}]", told.join(",")).into());
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_case_is_asked_with_each_combination_of_its_variables() {
        let case = json!({
            "id": "leave", "input": "How much {{ kind }} leave in {{country}}? {{other}}",
            "vars": {"kind": ["sick", "annual"], "country": "Spain"}, "expect": {"facts": ["{{kind}}"]},
        });
        let cases = expand(case);
        assert_eq!(
            cases[1],
            json!({
                "id": "leave[kind=annual]", "group": "leave", "input": "How much annual leave in Spain? {{other}}",
                "expect": {"facts": ["annual"]},
            })
        );
        assert_eq!(cases.len(), 2);
        assert_eq!(placeholders("{{a}} {{ b }} {{c"), ["a", "b"]);
    }

    #[test]
    fn values_are_no_placeholders_and_a_case_without_variables_is_itself() {
        let one = expand(json!({"id": "a", "input": "{{x}}", "vars": {"x": "{{y}}", "y": 2}}));
        assert_eq!(one, [json!({"id": "a", "input": "{{y}}"})]);
        assert_eq!(expand(json!({"id": "a", "input": "{{x}}"})), [json!({"id": "a", "input": "{{x}}"})]);
    }
}
