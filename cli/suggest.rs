//! What a command that does not exist was meant to be.

use crate::failure::Failure;
use crate::manual::tree;
use clap::Command;
use clap::error::{ContextKind, ContextValue, Error, ErrorKind};

/// Words that other programs have for what some of our commands do.
const OTHERS: [(&str, &[&str]); 12] = [
    ("add", &["create", "add"]),
    ("ask", &["chat"]),
    ("delete", &["delete", "remove", "revoke", "archive"]),
    ("deploy", &["promote"]),
    ("describe", &["show", "get"]),
    ("lint", &["validate"]),
    ("ls", &["list"]),
    ("new", &["create", "init"]),
    ("rm", &["remove", "delete", "revoke", "archive"]),
    ("rollback", &["promote"]),
    ("serve", &["start"]),
    ("test", &["run", "test"]),
];

/// Most commands that are named.
const MOST: usize = 3;

/// For a command that does not exist: what it may have been, in the words of all other failures.
pub(crate) fn instead(error: &Error, words: impl Iterator<Item = String>) -> Option<Failure> {
    if error.kind() != ErrorKind::InvalidSubcommand {
        return None;
    }
    let Some(ContextValue::String(wrong)) = error.get(ContextKind::InvalidSubcommand) else { return None };
    let tree = tree();
    let place = place(&tree, words, wrong);
    let meant = meant(&tree, &place, wrong, &alike(error));
    let whole = named(&place);
    let failure = Failure::usage(format!("There is no command `{whole} {wrong}`."));
    Some(match meant.as_slice() {
        [] => failure.hint(format!("`{whole} --help` lists what there is.")),
        [one] => failure.hint(format!("Did you mean `{one}`?")),
        [some @ .., last] => failure.hint(format!("Did you mean `{}` or `{last}`?", some.join("`, `"))),
    })
}

/// The names of the commands before the wrong word.
fn place(tree: &Command, words: impl Iterator<Item = String>, wrong: &str) -> Vec<String> {
    let (mut at, mut names) = (tree, Vec::new());
    for word in words.take_while(|word| word != wrong) {
        if let Some(next) = at.find_subcommand(&word) {
            names.push(word);
            at = next;
        }
    }
    names
}

/// What the parser finds similar in the same place, the most similar first.
fn alike(error: &Error) -> Vec<String> {
    match error.get(ContextKind::SuggestedSubcommand) {
        Some(ContextValue::Strings(names)) => names.iter().rev().take(1).cloned().collect(),
        Some(ContextValue::String(name)) => vec![name.clone()],
        _ => Vec::new(),
    }
}

/// The same word, or another program's for it, in this place, else at any; else what is similar here.
fn meant(tree: &Command, place: &[String], wrong: &str, alike: &[String]) -> Vec<String> {
    let others = OTHERS.iter().filter(|(other, _)| *other == wrong);
    let words: Vec<&str> = others.flat_map(|(_, ours)| ours.iter().copied()).chain([wrong]).collect();
    let mut all = Vec::new();
    paths(tree, &[], &mut all);
    let same = all.into_iter().filter(|path| path.last().is_some_and(|last| words.contains(&last.as_str())));
    let (here, elsewhere): (Vec<_>, Vec<_>) =
        same.partition(|path| path.split_last().is_some_and(|(_, before)| before == place));
    // Behind a noun, only its own commands are of use.
    let found = if here.is_empty() && place.is_empty() { elsewhere } else { here };
    match found.is_empty() {
        true => alike.iter().map(|name| named(&[place, std::slice::from_ref(name)].concat())).collect(),
        false => found.iter().take(MOST).map(|path| named(path)).collect(),
    }
}

fn paths(command: &Command, path: &[String], all: &mut Vec<Vec<String>>) {
    for inner in command.get_subcommands().filter(|one| !one.is_hide_set()) {
        let path = [path, &[inner.get_name().to_owned()]].concat();
        all.push(path.clone());
        paths(inner, &path, all);
    }
}

fn named(path: &[String]) -> String {
    [&["katonic".to_owned()], path].concat().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(line: &str) -> String {
        let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        let error = tree().try_get_matches_from(&words).unwrap_err();
        instead(&error, words.into_iter().skip(1)).unwrap().hint.unwrap()
    }

    #[test]
    fn a_wrong_command_names_the_right_one() {
        assert_eq!(said("katonic keyz list"), "Did you mean `katonic keys`?");
        assert_eq!(said("katonic keys crate"), "Did you mean `katonic keys create`?");
        assert_eq!(said("katonic promote"), "Did you mean `katonic agents promote`?");
        assert_eq!(said("katonic --json agents ls"), "Did you mean `katonic agents list`?");
        assert_eq!(said("katonic keys delete web"), "Did you mean `katonic keys revoke`?");
        assert_eq!(said("katonic deploy hr"), "Did you mean `katonic agents promote`?");
        assert_eq!(said("katonic keys xyzzy"), "`katonic keys --help` lists what there is.");
    }
}
