//! An agent's file is changed to another version: only what differs, so that comments and layout of the rest stay.

use crate::definition::{read_beside, read_bounded, replace};
use crate::failure::{Exit, Failure};
use crate::yaml::{find, indent, shifted};
use contract::agent::AgentDefinition;
use contract::check::{Checked, Context, Source, check};
use contract::wire::prompts::AppliedOptimisation;
use serde_json::{Value, json};
use std::path::Path;

/// Changes a file from the version that was searched from to the one that was applied.
///
/// # Errors
/// If it can't be read or written, is another version, or what comes out is: then it stays as it is.
pub(super) fn write(file: &Path, applied: &AppliedOptimisation) -> Result<(), Failure> {
    let bytes = read_bounded(file).map_err(|error| Failure::file(file, &error))?;
    let name = file.display().to_string();
    let stays = || {
        let message = format!("{name} can't be changed to that version, and stays as it is");
        Failure::new(Exit::No, message).hint(
            "It must be the version that was searched from, in block style. The version itself is applied: take the \
             diff above.",
        )
    };
    let text = String::from_utf8(bytes).map_err(|_| stays())?;
    let is = |agent: &AgentDefinition, version: &str| agent.version().is_ok_and(|own| own == version);
    let before = parsed(&name, &text).ok_or_else(stays)?;
    if is(&before, &applied.version) {
        return Ok(());
    }
    // What others changed in it would be undone.
    if !is(&before, &applied.from) {
        return Err(stays());
    }
    let changed = rewritten(&text, &before, &applied.definition).ok_or_else(stays)?;
    if !parsed(&name, &changed).is_some_and(|agent| is(&agent, &applied.version)) {
        return Err(stays());
    }
    replace(file, &changed).map_err(|error| Failure::file(file, &error))
}

fn parsed(name: &str, text: &str) -> Option<AgentDefinition> {
    let context = Context { read: Some(&read_beside), ..Context::default() };
    match check(&Source::new(name, text), &context).0 {
        Some(Checked::Agent(agent)) => Some(agent),
        _ => None,
    }
}

/// The text with what differs in place of what was; none where the text is not in block style.
fn rewritten(text: &str, before: &AgentDefinition, after: &AgentDefinition) -> Option<String> {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let (was, is) = (&before.spec, &after.spec);
    let top_k = |agent: &AgentDefinition| agent.spec.knowledge.as_ref().map(|knowledge| knowledge.top_k);
    let changes = [
        (was.model != is.model, vec!["spec", "model"], json!(is.model)),
        (was.instructions != is.instructions, vec!["spec", "instructions"], json!(is.instructions)),
        (was.examples != is.examples, vec!["spec", "examples"], json!(is.examples)),
        (top_k(before) != top_k(after), vec!["spec", "knowledge", "top_k"], json!(top_k(after))),
    ];
    for (differs, path, value) in changes {
        if differs {
            put(&mut lines, &path, &value)?;
        }
    }
    Some(lines.join("\n") + "\n")
}

/// Puts a value in the place of a field's, or at its parent's end.
fn put(lines: &mut Vec<String>, path: &[&str], value: &Value) -> Option<()> {
    let (field, parents) = path.split_last()?;
    let parent = find(lines, parents)?;
    let indent = lines[parent.start + 1..parent.end].iter().find_map(|line| indent(line))?;
    let file = (*field == "instructions").then_some("instructions_file");
    let place = [Some(*field), file].into_iter().flatten().find_map(|name| {
        let mut path = parents.to_vec();
        path.push(name);
        find(lines, &path)
    });
    let place = place.unwrap_or(parent.end..parent.end);
    let is_none = value.is_null() || value.as_array().is_some_and(Vec::is_empty);
    let block = if is_none { Vec::new() } else { block(field, value, indent)? };
    lines.splice(place, block);
    Some(())
}

/// The lines of a field, so far to the right.
fn block(field: &str, value: &Value, indent: usize) -> Option<Vec<String>> {
    let yaml = serde_yaml::to_string(&json!({ field: value })).ok()?;
    Some(shifted(&yaml, indent))
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::agent::Example;

    const FILE: &str = "# Ours\napiVersion: katonic/v1\nkind: Agent\nmetadata: {id: hr-desk, owner: a@example.org}\nspec:\n  \
        model: balanced   # a tier\n  # What it is told\n  instructions: |\n    Be kind.\n\n    Cite.\n  examples:\n  - user: A?\n    \
        assistant: B.\n\n  # What it knows\n  knowledge:\n    collections: [hr]\n    top_k: 6\n  tools:\n    - knowledge_search\n";

    fn changed(file: &str, change: impl Fn(&mut AgentDefinition)) -> (String, bool) {
        let before = parsed("hr.yml", file).unwrap();
        let mut after = before.clone();
        change(&mut after);
        let text = rewritten(file, &before, &after).unwrap();
        let is_it = parsed("hr.yml", &text) == Some(after);
        (text, is_it)
    }

    #[test]
    fn only_what_differs_is_changed_and_comments_stay() {
        let (text, is_it) = changed(FILE, |agent| {
            agent.spec.instructions = Some("Be brief.\nCite: always.\n".into());
            agent.spec.knowledge.as_mut().unwrap().top_k = 4;
        });
        assert!(is_it, "{text}");
        let expected = FILE
            .replace("    Be kind.\n\n    Cite.\n", "    Be brief.\n    Cite: always.\n")
            .replace("top_k: 6", "top_k: 4");
        assert_eq!(text, expected);
    }

    #[test]
    fn examples_come_and_go() {
        let shot = Example { user: "Who: \"we\"?".into(), assistant: "We [1].\nAll.".into() };
        let (text, is_it) = changed(FILE, |agent| agent.spec.examples = vec![shot.clone(), shot.clone()]);
        assert!(is_it && text.contains("# What it knows"), "{text}");
        let (text, is_it) = changed(FILE, |agent| agent.spec.examples = Vec::new());
        assert!(is_it && !text.contains("examples"), "{text}");
        let (text, is_it) = changed(&text, |agent| agent.spec.examples = vec![shot.clone()]);
        assert!(is_it, "{text}");
    }

    #[test]
    fn what_is_not_in_block_style_stays() {
        let file = "apiVersion: katonic/v1\nkind: Agent\nmetadata: {id: hr-desk, owner: a@example.org}\nspec: {model: fast, \
            instructions: Hi}\n";
        let before = parsed("hr.yml", file).unwrap();
        let mut after = before.clone();
        after.spec.instructions = Some("Ho".into());
        assert_eq!(rewritten(file, &before, &after), None);
    }
}
