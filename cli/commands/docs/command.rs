//! A page for each command of the first level, from the tree that parses them.

use super::Page;
use super::markdown::{cell, escaped, sentence};
use clap::{Arg, Command};

/// The first page, and one for each noun.
pub(super) fn pages(root: &mut Command) -> Vec<Page> {
    root.build();
    let nouns: Vec<&Command> = root.get_subcommands().filter(|noun| is_shown(noun)).collect();
    let mut text = format!("# Command line\n\n{}\n\n", about(root));
    text.push_str("| command | |\n|---|---|\n");
    for noun in &nouns {
        let name = noun.get_name();
        text.push_str(&format!("| [`katonic {name}`]({name}.md) | {} |\n", cell(&about(noun))));
    }
    text.push_str("\n## Options of every command\n\n");
    text.push_str(&table(root.get_arguments().filter(|arg| arg.is_global_set())).unwrap_or_default());
    text.push_str(EXITS);
    let mut pages = vec![Page::new("cli/index", "Command line", text)];
    for noun in nouns {
        let mut text = String::new();
        describe(noun, &mut text, true);
        pages.push(Page::new(
            format!("cli/{}", noun.get_name()),
            format!("katonic {}", noun.get_name()),
            text,
        ));
    }
    pages
}

const EXITS: &str = "
## Exit codes

| code | |
|---|---|
| 0 | done |
| 1 | the answer is no: invalid, regressed, refused by the gate, blocked |
| 2 | wrong usage |
| 3 | not authorised |
| 4 | not found |
| 5 | the daemon can't be reached, or failed |
| 6 | rate limited, or out of budget |
| 130 | interrupted |
";

fn is_shown(command: &Command) -> bool {
    !command.is_hide_set() && command.get_name() != "help"
}

fn about(command: &Command) -> String {
    command.get_long_about().or_else(|| command.get_about()).map(ToString::to_string).unwrap_or_default()
}

fn describe(command: &Command, text: &mut String, is_first: bool) {
    let full = command.get_bin_name().unwrap_or_else(|| command.get_name()).to_owned();
    let level = if is_first { "#" } else { "##" };
    let usage = command.clone().render_usage().to_string();
    let usage = usage.trim_start_matches("Usage:").trim();
    let usage = usage.lines().map(str::trim).collect::<Vec<_>>().join("\n");
    text.push_str(&format!("{level} {full}\n\n{}\n\n```text\n{usage}\n```\n\n", escaped(&about(command))));
    if let Some(table) = table(command.get_arguments().filter(|arg| !arg.is_global_set())) {
        text.push_str(&table);
        text.push('\n');
    }
    if let Some(after) = command.get_after_long_help().or_else(|| command.get_after_help()) {
        text.push_str(&format!("```text\n{}\n```\n\n", after.to_string().trim()));
    }
    for child in command.get_subcommands().filter(|child| is_shown(child)) {
        describe(child, text, false);
    }
}

/// Options and arguments; none where there are none.
fn table<'a>(arguments: impl Iterator<Item = &'a Arg>) -> Option<String> {
    let own =
        arguments.filter(|arg| !arg.is_hide_set() && !matches!(arg.get_id().as_str(), "help" | "version"));
    let rows: String = own.map(row).collect();
    (!rows.is_empty()).then(|| format!("| option | |\n|---|---|\n{rows}"))
}

fn row(arg: &Arg) -> String {
    let help = arg.get_long_help().or_else(|| arg.get_help()).map(ToString::to_string).unwrap_or_default();
    let mut said = cell(&help);
    let values: Vec<String> = arg
        .get_possible_values()
        .iter()
        .filter(|value| !value.is_hide_set())
        .map(|value| match value.get_help() {
            Some(help) => format!("`{}` ({})", value.get_name(), cell(&help.to_string())),
            None => format!("`{}`", value.get_name()),
        })
        .collect();
    if !values.is_empty() && arg.get_action().takes_values() {
        said = format!("{} One of {}.", sentence(&said), values.join(", "));
    }
    let defaults: Vec<String> =
        arg.get_default_values().iter().map(|value| format!("`{}`", value.to_string_lossy())).collect();
    if !defaults.is_empty() && arg.get_action().takes_values() {
        said = format!("{} Default: {}.", sentence(&said), defaults.join(", "));
    }
    format!("| `{}` | {} |\n", arg.to_string().replace('|', "\\|"), said.trim())
}
