//! OpenAI evals: a sample a line, `input` as messages or text, `ideal` as one answer or several.

use super::dataset::rows;
use super::{Imported, asks, texts};
use crate::failure::Failure;
use contract::suite::OneOrMany;
use serde_json::Value;
use std::collections::HashSet;
use std::path::Path;

pub(super) fn read(file: &Path) -> Result<Imported, Failure> {
    let (mut imported, mut ids) = (Imported::default(), HashSet::new());
    for row in rows(file)? {
        let Some(input) = question(&row["input"], &mut imported) else {
            imported.leave("a sample without a user's message");
            continue;
        };
        let mut case = asks(input);
        case.expect.answer = match texts(&row["ideal"]) {
            answers if answers.is_empty() => None,
            mut answers if answers.len() == 1 => answers.pop().map(OneOrMany::One),
            answers => Some(OneOrMany::Many(answers)),
        };
        imported.add(row["id"].as_str(), case, &mut ids);
    }
    Ok(imported)
}

/// What the user says last.
fn question(input: &Value, imported: &mut Imported) -> Option<String> {
    let Value::Array(messages) = input else { return input.as_str().map(str::to_owned) };
    let place = messages.iter().rposition(|message| message["role"] == "user")?;
    let before = messages.get(..place).unwrap_or_default();
    if before.iter().any(|message| message["role"] == "system") {
        imported.leave("the system's message: an agent has instructions of its own");
    }
    if before.iter().any(|message| message["role"] != "system") {
        imported.leave("turns before the last question");
    }
    messages.get(place)?["content"].as_str().map(str::to_owned)
}
