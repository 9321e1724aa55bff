//! promptfoo's configurations: `prompts`, `tests` with `vars` and `assert`, `defaultTest`. Its assertions are those of its
//! reference, "Assertions & metrics".

use super::dataset::rows;
use super::{Imported, asks, document, extension, text, texts};
use crate::failure::Failure;
use contract::suite::{Budget, Case, Fact, OneOrMany};
use serde_json::{Map, Value, json};
use std::collections::HashSet;
use std::path::Path;

/// Most cases that lists of variables make of one test.
const MOST_COMBINATIONS: usize = 1000;

pub(super) fn read(file: &Path) -> Result<Imported, Failure> {
    let config = document(file)?;
    let (mut imported, mut ids) = (Imported::default(), HashSet::new());
    let prompts = prompts(&config["prompts"], file, &mut imported);
    let shared = &config["defaultTest"];
    if config.get("scenarios").is_some() {
        imported.leave("the scenarios: their tests are to stand under `tests`");
    }
    if shared.is_string() {
        imported.leave("what a file says of every test (`defaultTest`)");
    }
    for test in tests(&config["tests"], file)? {
        let mut vars = shared["vars"].as_object().cloned().unwrap_or_default();
        vars.extend(test["vars"].as_object().cloned().unwrap_or_default());
        let asserted: Vec<&Value> =
            [shared, &test].into_iter().flat_map(|from| from["assert"].as_array()).flatten().collect();
        if ["provider", "options", "threshold", "assertScoringFunction"]
            .iter()
            .any(|of| test.get(*of).is_some())
        {
            imported.leave("the options and the threshold of a test");
        }
        let combinations = combinations(&vars);
        let is_many = combinations.len() > 1;
        for vars in combinations {
            let Some(input) = input(prompts.as_deref(), &vars) else {
                imported.leave("a test without a variable or a prompt to ask");
                continue;
            };
            let mut case = asks(input);
            let filled = |value: &Value| filled(value, &vars);
            asserted.iter().for_each(|assert| expect(&mut case, assert, &filled, &mut imported));
            case.tags = texts(&test["metadata"]["tags"]);
            let described = test["description"].as_str();
            case.group = described.filter(|_| is_many).map(super::slug);
            let named = described.map_or_else(|| case.input.clone(), str::to_owned);
            imported.add(Some(&named), case, &mut ids);
        }
    }
    Ok(imported)
}

/// The first prompt, as far as it is text.
fn prompts(prompts: &Value, file: &Path, imported: &mut Imported) -> Option<String> {
    let all: Vec<&Value> = match prompts {
        Value::Array(all) => all.iter().collect(),
        Value::Null => Vec::new(),
        one => vec![one],
    };
    if all.len() > 1 {
        imported.leave("the prompts after the first: an agent has instructions of its own");
    }
    let first = all.first()?;
    let raw = first.as_str().or_else(|| first["raw"].as_str())?;
    match raw.strip_prefix("file://") {
        None => Some(raw.to_owned()),
        Some(named) => {
            let found = super::read_text(&file.parent().unwrap_or_else(|| Path::new(".")).join(named));
            if found.is_err() {
                imported.leave(format!("the prompt of {named}, which can't be read"));
            }
            found.ok()
        }
    }
}

/// The tests: a list, or the files that it names.
fn tests(tests: &Value, file: &Path) -> Result<Vec<Value>, Failure> {
    let beside = |named: &str| {
        let named = named.strip_prefix("file://").unwrap_or(named);
        file.parent().unwrap_or_else(|| Path::new(".")).join(named)
    };
    match tests {
        Value::String(named) => from_file(&beside(named)),
        Value::Array(items) => {
            let mut all = Vec::new();
            for item in items {
                match item.as_str() {
                    Some(named) => all.extend(from_file(&beside(named))?),
                    None => all.push(item.clone()),
                }
            }
            Ok(all)
        }
        _ => Ok(Vec::new()),
    }
}

fn from_file(file: &Path) -> Result<Vec<Value>, Failure> {
    match extension(file).as_str() {
        "csv" => Ok(rows(file)?.into_iter().map(of_row).collect()),
        "jsonl" | "json" => rows(file),
        _ => Ok(document(file)?.as_array().cloned().unwrap_or_default()),
    }
}

/// A row of CSV: columns are variables, but for those that begin with two underscores.
fn of_row(row: Value) -> Value {
    let (mut vars, mut asserted, mut test) = (Map::new(), Vec::new(), Map::new());
    for (name, value) in row.as_object().cloned().unwrap_or_default() {
        match name.strip_prefix("__") {
            Some("description") => drop(test.insert("description".into(), value)),
            Some(special) if special.starts_with("expected") => {
                asserted.extend(text(&value).filter(|text| !text.is_empty()).map(|text| of_shorthand(&text)));
            }
            Some(_) => {}
            None => drop(vars.insert(name, value)),
        }
    }
    test.extend([("vars".to_owned(), Value::Object(vars)), ("assert".to_owned(), Value::Array(asserted))]);
    Value::Object(test)
}

/// `type: value` or `type(threshold): value`; what has no type must be equal.
fn of_shorthand(shorthand: &str) -> Value {
    let is_type = |name: &str| !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
    let (name, value) = shorthand.split_once(':').unwrap_or((shorthand, ""));
    let (kind, threshold) = match name.split_once('(') {
        Some((kind, rest)) => (kind, rest.trim_end_matches(')').parse::<f64>().ok()),
        None => (name, None),
    };
    let is_bare = matches!(kind, "is-json" | "is-refusal" | "not-is-refusal");
    if !is_type(kind) || (value.is_empty() && !is_bare) {
        return json!({"type": "equals", "value": shorthand});
    }
    let value = value.trim();
    let many = ["contains-all", "contains-any", "icontains-all", "icontains-any"].contains(&kind);
    let value = match many {
        true => value.split(',').map(|part| json!(part.trim())).collect(),
        false if value.is_empty() => Value::Null,
        false => json!(value),
    };
    json!({"type": kind, "value": value, "threshold": threshold})
}

/// Each choice of values where variables have lists of them.
fn combinations(vars: &Map<String, Value>) -> Vec<Map<String, Value>> {
    let mut all = vec![Map::new()];
    for (name, value) in vars {
        let values = match value {
            Value::Array(values) => values.clone(),
            one => vec![one.clone()],
        };
        let with = |vars: &Map<String, Value>, value: &Value| {
            let mut vars = vars.clone();
            vars.insert(name.clone(), value.clone());
            vars
        };
        let longer = all.iter().flat_map(|vars| values.iter().map(|value| with(vars, value)));
        all = longer.take(MOST_COMBINATIONS).collect();
    }
    all
}

/// What is asked: the one variable of a prompt, as the agent has instructions of its own; else the prompt, filled in.
fn input(prompt: Option<&str>, vars: &Map<String, Value>) -> Option<String> {
    let named = |prompt: &str| vars.keys().filter(|name| is_named(prompt, name)).cloned().collect::<Vec<_>>();
    match prompt {
        Some(prompt) => match named(prompt).as_slice() {
            [] if vars.len() == 1 => vars.values().next().and_then(text),
            [one] => vars.get(one).and_then(text),
            _ => text(&filled(&Value::String(prompt.to_owned()), vars)),
        },
        None if vars.len() == 1 => vars.values().next().and_then(text),
        None => {
            ["question", "input", "query", "prompt"].iter().find_map(|name| vars.get(*name).and_then(text))
        }
    }
}

fn is_named(template: &str, name: &str) -> bool {
    template.contains(&format!("{{{{{name}}}}}")) || template.contains(&format!("{{{{ {name} }}}}"))
}

/// A value with its variables filled in.
fn filled(value: &Value, vars: &Map<String, Value>) -> Value {
    match value {
        Value::String(template) => {
            let mut text = template.clone();
            for (name, value) in vars {
                let value = super::text(value).unwrap_or_else(|| value.to_string());
                text = text
                    .replace(&format!("{{{{{name}}}}}"), &value)
                    .replace(&format!("{{{{ {name} }}}}"), &value);
            }
            Value::String(text)
        }
        Value::Array(items) => items.iter().map(|item| filled(item, vars)).collect(),
        other => other.clone(),
    }
}

/// Adds an assertion to what a case expects.
fn expect(case: &mut Case, assert: &Value, filled: &dyn Fn(&Value) -> Value, imported: &mut Imported) {
    let kind = assert["type"].as_str().unwrap_or_default();
    if kind == "assert-set" {
        let inside = assert["assert"].as_array().cloned().unwrap_or_default();
        return inside.iter().for_each(|assert| expect(case, assert, filled, imported));
    }
    if ["weight", "transform"].iter().any(|of| assert.get(*of).is_some()) {
        imported.leave("the weight or the transformation of an assertion");
    }
    let value = filled(&assert["value"]);
    let exactly = |text: &str| format!("(?-i:{})", regex::escape(text));
    let any = |texts: Vec<String>| texts.iter().map(|text| regex::escape(text)).collect::<Vec<_>>().join("|");
    let facts: Vec<Fact> = match kind {
        "equals" => match text(&value) {
            Some(equals) => vec![Fact::Equals { equals }],
            None => vec![Fact::JsonSchema { json_schema: Map::from_iter([("const".to_owned(), value)]) }],
        },
        "contains" | "contains-all" => {
            texts(&value).into_iter().map(|contains| Fact::Contains { contains }).collect()
        }
        "icontains" | "icontains-all" => {
            texts(&value).iter().map(|text| Fact::Pattern { regex: regex::escape(text) }).collect()
        }
        "contains-any" => vec![Fact::Pattern { regex: format!("(?-i:{})", any(texts(&value))) }],
        "icontains-any" => vec![Fact::Pattern { regex: any(texts(&value)) }],
        "starts-with" => texts(&value)
            .iter()
            .map(|text| Fact::Pattern { regex: format!(r"\A\s*{}", exactly(text)) })
            .collect(),
        "regex" => {
            texts(&value).iter().map(|text| Fact::Pattern { regex: format!("(?-i:{text})") }).collect()
        }
        "is-json" => {
            vec![Fact::JsonSchema { json_schema: value.as_object().cloned().unwrap_or_default() }]
        }
        _ => return beside_facts(case, kind, assert, &value, imported),
    };
    case.expect.facts.extend(facts);
}

/// Adds what is expected beside facts; or notes that it can't be.
fn beside_facts(case: &mut Case, kind: &str, assert: &Value, value: &Value, imported: &mut Imported) {
    let mut budget = case.budget.unwrap_or(Budget { latency_ms: None, cost_usd: None });
    match kind {
        "not-contains" | "not-icontains" | "not-contains-any" | "not-icontains-any" => {
            case.expect.never.extend(texts(value));
        }
        "similar" | "factuality" | "model-graded-factuality" | "answer" => {
            let mut answers = match case.expect.answer.take() {
                Some(answers) => answers.as_slice().to_vec(),
                None => Vec::new(),
            };
            answers.extend(texts(value));
            case.expect.answer = Some(OneOrMany::Many(answers));
            imported.leave(format!("how `{kind}` compares: the reference is kept, and words are compared"));
        }
        "is-refusal" => case.expect.refusal = Some(true),
        "not-is-refusal" => case.expect.refusal = Some(false),
        "latency" => {
            budget.latency_ms = assert["threshold"].as_f64().map(|ms| ms.max(1.0) as u64);
            case.budget = Some(budget);
        }
        "cost" => {
            budget.cost_usd = assert["threshold"].as_f64();
            case.budget = Some(budget);
        }
        _ => imported.leave(format!("the assertion `{kind}`")),
    }
}
