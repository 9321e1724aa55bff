//! The tree of commands as people are shown it: in groups, with examples, and with what may stand behind each name.

use crate::args::{Cli, EVERYWHERE};
use crate::completion;
use crate::output::STRONG;
use clap::error::ErrorKind;
use clap::{Arg, ArgMatches, Command, CommandFactory, FromArgMatches, Parser};
use std::env;
use std::ffi::OsString;

/// A command line each; it is shown by the command that it runs. Tests parse them all.
const EXAMPLES: &str = include_str!("examples.txt");

/// What the first page lists, in the order of a newcomer's way.
const GROUPS: [(&str, &[&str]); 7] = [
    ("Begin", &["sandbox", "login", "logout", "context", "doctor"]),
    ("Build and release agents", &["agents", "eval", "guardrails", "prompts", "flywheel"]),
    ("Ask", &["chat", "search", "sessions", "feedback"]),
    ("Give agents knowledge and tools", &["documents", "sources", "tools", "approvals", "mcp"]),
    ("See what happened", &["trace", "usage", "logs", "audit"]),
    (
        "Govern",
        &[
            "keys",
            "teams",
            "users",
            "operators",
            "budgets",
            "webhooks",
            "models",
            "tiers",
            "providers",
            "hub",
        ],
    ),
    ("Run katonic itself", &["daemon", "completions", "openapi", "schema", "version", "self"]),
];

/// The command line as it was given.
///
/// # Errors
/// If it is none, or asks for help.
pub(crate) fn parse() -> Result<Cli, clap::Error> {
    match Cli::try_parse() {
        // Examples and all are for who reads a page: every other start is faster without them.
        Err(error) if error.kind() != ErrorKind::DisplayVersion => parse_with_pages(env::args_os()),
        parsed => parsed,
    }
}

fn parse_with_pages(words: impl IntoIterator<Item = OsString>) -> Result<Cli, clap::Error> {
    let mut tree = tree();
    let mut matches: ArgMatches = tree.try_get_matches_from_mut(words)?;
    Cli::from_arg_matches_mut(&mut matches).map_err(|error| error.format(&mut tree))
}

/// The whole tree.
pub(crate) fn tree() -> Command {
    let tree = bare();
    let help = first_page(&tree);
    tree.override_help(help)
}

/// The same with a first page as all others.
pub(crate) fn bare() -> Command {
    let mut tree = completion::attached(Cli::command());
    for line in EXAMPLES.lines() {
        let path = path(&tree, line);
        tree = with_example(tree, &path, line);
    }
    tree
}

/// The names that lead from the top to the command that a line runs.
pub(crate) fn path(tree: &Command, line: &str) -> Vec<String> {
    let (mut at, mut names) = (tree, Vec::new());
    for word in line.split_whitespace().skip(1) {
        let Some(next) = at.find_subcommand(word) else { break };
        names.push(word.to_owned());
        at = next;
    }
    names
}

fn with_example(command: Command, path: &[String], line: &str) -> Command {
    let Some((first, rest)) = path.split_first() else {
        let text = match command.get_after_help() {
            Some(before) => format!("{}\n  {line}", before.ansi()),
            None => format!("{STRONG}Examples:{STRONG:#}\n  {line}"),
        };
        return command.after_help(text);
    };
    command.mut_subcommand(first, |inner| with_example(inner, rest, line))
}

fn first_page(tree: &Command) -> String {
    let about = tree.get_about().map(ToString::to_string).unwrap_or_default();
    let mut page = format!("{about}\n\n{STRONG}Usage:{STRONG:#} katonic [OPTIONS] <COMMAND>\n");
    for (title, names) in GROUPS {
        page.push_str(&format!("\n{STRONG}{title}:{STRONG:#}\n"));
        for command in names.iter().filter_map(|name| tree.find_subcommand(name)) {
            let about = command.get_about().map(ToString::to_string).unwrap_or_default();
            page.push_str(&format!("  {STRONG}{:<13}{STRONG:#}{about}\n", command.get_name()));
        }
    }
    page.push_str(&format!("\n{STRONG}{EVERYWHERE}:{STRONG:#}\n"));
    let everywhere = tree.get_arguments().filter(|arg| arg.is_global_set());
    for (option, about) in everywhere.map(option).chain([
        ("-h, --help".to_owned(), "What a command does, with examples".to_owned()),
        ("-V, --version".to_owned(), "Print the version".to_owned()),
    ]) {
        page.push_str(&format!("  {STRONG}{option:<18}{STRONG:#}{about}\n"));
    }
    page.push_str("\nAlone, `katonic` says what there is on this machine, and what to do next.\n");
    page
}

fn option(arg: &Arg) -> (String, String) {
    let name = arg.get_long().unwrap_or_default();
    let value = arg.get_value_names().filter(|_| arg.get_action().takes_values());
    let value = value.map_or_else(String::new, |names| format!(" <{}>", names.join(" ")));
    (format!("--{name}{value}"), arg.get_help().map(ToString::to_string).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn leaves(command: &Command, path: &[String], all: &mut BTreeSet<Vec<String>>) {
        let inner: Vec<&Command> = command.get_subcommands().filter(|one| !one.is_hide_set()).collect();
        if inner.is_empty() {
            all.insert(path.to_vec());
        }
        for one in inner {
            leaves(one, &[path, &[one.get_name().to_owned()]].concat(), all);
        }
    }

    #[test]
    fn the_tree_of_commands_is_sound() {
        tree().debug_assert();
    }

    #[test]
    fn every_command_has_an_example_and_every_example_is_a_command() {
        let mut without = BTreeSet::new();
        leaves(&tree(), &[], &mut without);
        for line in EXAMPLES.lines() {
            let command = line.split(" > ").next().unwrap().split(" < ").next().unwrap();
            let words = shell_words(command).into_iter().map(OsString::from);
            assert!(
                parse_with_pages(words).is_ok(),
                "{line}: {}",
                parse_with_pages(shell_words(command).into_iter().map(OsString::from)).err().unwrap()
            );
            without.remove(&path(&tree(), line));
        }
        assert!(without.is_empty(), "without an example: {without:?}");
    }

    #[test]
    fn every_command_stands_in_one_group_and_the_first_page_fits() {
        let tree = tree();
        let grouped: Vec<&str> = GROUPS.iter().flat_map(|(_, names)| names.iter().copied()).collect();
        let shown: BTreeSet<&str> =
            tree.get_subcommands().filter(|one| !one.is_hide_set()).map(Command::get_name).collect();
        assert_eq!(grouped.iter().copied().collect::<BTreeSet<_>>(), shown);
        assert_eq!(grouped.len(), shown.len());
        let page = anstream::adapter::strip_str(&first_page(&tree)).to_string();
        assert_eq!(page.lines().filter(|line| line.chars().count() > 80).collect::<Vec<_>>(), [""; 0]);
    }

    /// The words of a line, of which single quotes hold some together.
    fn shell_words(line: &str) -> Vec<String> {
        let mut words = Vec::new();
        for (at, part) in line.split('\'').enumerate() {
            match at % 2 {
                0 => words.extend(part.split_whitespace().map(str::to_owned)),
                _ => words.push(part.to_owned()),
            }
        }
        words
    }
}
