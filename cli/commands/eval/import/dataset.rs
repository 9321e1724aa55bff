//! Datasets of Ragas and DeepEval: rows of JSON, JSONL or CSV, each with a question and what is expected.

use super::{Imported, asks, extension, read_text, text, texts};
use crate::failure::Failure;
use contract::suite::{ExpectedCall, ExpectedTools, OneOrMany};
use serde_json::{Map, Value};
use std::collections::HashSet;
use std::path::Path;

/// What a tool calls the fields of its rows; the first that is there counts.
pub(super) struct Names {
    input: &'static [&'static str],
    answer: &'static [&'static str],
    tools: &'static [&'static str],
    id: &'static [&'static str],
    /// Fields that say what expectations can't.
    left: &'static [(&'static str, &'static str)],
}

pub(super) const RAGAS: Names = Names {
    input: &["user_input", "question"],
    answer: &["reference", "ground_truth", "ground_truths", "answer"],
    tools: &["reference_tool_calls"],
    id: &["id"],
    left: &[
        ("reference_contexts", "the texts that should be retrieved: name documents under `citations`"),
        ("retrieved_contexts", "the texts that were retrieved: score recorded answers with `eval score`"),
        ("contexts", "the texts that were retrieved: score recorded answers with `eval score`"),
        ("response", "the answer that was recorded: score it with `eval score`"),
    ],
};

pub(super) const DEEPEVAL: Names = Names {
    input: &["input"],
    answer: &["expected_output", "expectedOutput"],
    tools: &["expected_tools", "expectedTools"],
    id: &["name", "id"],
    left: &[
        ("context", "the ideal context: name documents under `citations`"),
        ("retrieval_context", "the texts that were retrieved: score recorded answers with `eval score`"),
        ("actual_output", "the answer that was recorded: score it with `eval score`"),
        ("turns", "the turns of a conversation"),
    ],
};

pub(super) fn read(file: &Path, names: &Names) -> Result<Imported, Failure> {
    let (mut imported, mut ids) = (Imported::default(), HashSet::new());
    for row in rows(file)? {
        let field = |names: &[&str]| {
            names
                .iter()
                .map(|name| &row[*name])
                .find(|value| is_something(value))
                .cloned()
                .unwrap_or_default()
        };
        for (name, why) in names.left {
            if is_something(&row[*name]) {
                imported.leave(*why);
            }
        }
        let Some(input) = text(&field(names.input)) else {
            imported.leave("a row without a question");
            continue;
        };
        let mut case = asks(input);
        case.expect.answer = match texts(&field(names.answer)) {
            answers if answers.is_empty() => None,
            mut answers if answers.len() == 1 => answers.pop().map(OneOrMany::One),
            answers => Some(OneOrMany::Many(answers)),
        };
        let calls = calls(&field(names.tools));
        if !calls.is_empty() {
            case.expect.tools = Some(ExpectedTools { calls, ..ExpectedTools::default() });
        }
        let id = text(&field(names.id));
        imported.add(id.as_deref(), case, &mut ids);
    }
    Ok(imported)
}

fn is_something(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        _ => true,
    }
}

/// Calls of tools by their names, or with their arguments.
fn calls(value: &Value) -> Vec<ExpectedCall> {
    let call = |call: &Value| {
        let arguments = ["args", "arguments", "input_parameters", "inputParameters"];
        let arguments = arguments.iter().find_map(|name| call[*name].as_object().cloned());
        let name = call.as_str().or_else(|| call["name"].as_str())?;
        Some(ExpectedCall { name: name.to_owned(), arguments })
    };
    value.as_array().into_iter().flatten().filter_map(call).collect()
}

/// The rows of a file: an array, or what holds one (`goldens`, `test_cases`, `samples`), a JSON object a line, or CSV.
pub(super) fn rows(file: &Path) -> Result<Vec<Value>, Failure> {
    let content = read_text(file)?;
    let wrong = |line: usize, why: String| Failure::usage(format!("{}:{line}: {why}", file.display()));
    if extension(file) == "csv" {
        let mut reader = csv::Reader::from_reader(content.as_bytes());
        let rows = reader.deserialize::<Map<String, Value>>().enumerate();
        let rows =
            rows.map(|(at, row)| row.map(Value::Object).map_err(|error| wrong(at + 2, error.to_string())));
        return rows.collect();
    }
    if let Ok(document) = serde_json::from_str::<Value>(&content) {
        let held = ["goldens", "test_cases", "testCases", "samples", "examples"];
        return Ok(match document {
            Value::Array(rows) => rows,
            Value::Object(fields) => {
                match held.iter().find_map(|name| fields.get(*name)?.as_array().cloned()) {
                    Some(rows) => rows,
                    None => vec![Value::Object(fields)],
                }
            }
            _ => Vec::new(),
        });
    }
    let lines = content.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(at, line)| serde_json::from_str(line).map_err(|error| wrong(at + 1, error.to_string())))
        .collect()
}
