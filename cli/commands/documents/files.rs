//! The files that are to be added: which, under which ids, and who may read them.

use super::add::Add;
use crate::failure::Failure;
use contract::access::{RULE_FILE, rule};
use contract::document::{ENDINGS, from_markdown, id_of_path};
use contract::id::is_document_id;
use contract::wire::knowledge::{AddDocumentRequest, DocumentAccess};
use ignore::WalkBuilder;
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::{fs, io};

/// A file that is to be added, or a row of a file of rows.
#[derive(Debug)]
pub(super) struct Item {
    /// What it is called in the results.
    pub(super) name: String,
    /// What is said of it; with its text, where that is sent as it is.
    pub(super) request: AddDocumentRequest,
    /// The file that is sent.
    pub(super) file: Option<PathBuf>,
}

/// Why one can't be added: its name, and the reason.
pub(super) type Unusable = (String, String);

/// Everything under the paths, in order; and what can't be added.
///
/// # Errors
/// If a folder or a rule file can't be read, or there is nothing to add.
pub(super) fn find(args: &Add) -> Result<(Vec<Item>, Vec<Unusable>), Failure> {
    let (mut items, mut unusable) = (Vec::new(), Vec::new());
    let mut rules = Rules::default();
    let (mut ids, mut skipped) = (HashSet::new(), 0);
    for path in &args.paths {
        let is_folder = path.is_dir();
        let root = if is_folder { path.as_path() } else { path.parent().unwrap_or(path) };
        for file in if is_folder { files(path, &mut skipped)? } else { vec![path.clone()] } {
            let name = file.display().to_string();
            match item(&file, root, args, &mut rules)? {
                Ok(item) if !ids.insert(item.request.doc_id.clone()) => {
                    let id = item.request.doc_id.unwrap_or_default();
                    unusable.push((name, format!("another file has its id, `{id}`: call it otherwise")));
                }
                Ok(item) => items.push(item),
                Err(reason) => unusable.push((name, reason)),
            }
        }
    }
    if let Some(rows) = &args.jsonl {
        items.extend(read_rows(rows, args)?);
    }
    if items.is_empty() && unusable.is_empty() {
        let known = ENDINGS.join(", ");
        let found = if skipped > 0 {
            format!("none of the {skipped} files there is one")
        } else {
            "there are no files".into()
        };
        return Err(
            Failure::usage(format!("Nothing can be added: {found}")).hint(format!("What can be: {known}."))
        );
    }
    Ok((items, unusable))
}

/// The files of a folder that may be documents, as far as their names tell.
fn files(folder: &Path, skipped: &mut usize) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    for entry in WalkBuilder::new(folder).require_git(false).sort_by_file_name(Ord::cmp).build() {
        let entry = entry.map_err(|error| Failure::usage(error.to_string()))?;
        if !entry.path().is_file() {
            continue;
        }
        if ENDINGS.contains(&ending(entry.path()).as_str()) {
            files.push(entry.into_path());
        } else {
            *skipped += 1;
        }
    }
    Ok(files)
}

fn ending(file: &Path) -> String {
    file.extension().unwrap_or_default().to_string_lossy().to_ascii_lowercase()
}

/// A file with what its front matter, the flags and the nearest rule file say; or why it can't be added.
fn item(file: &Path, root: &Path, args: &Add, rules: &mut Rules) -> Result<Result<Item, String>, Failure> {
    let read = match read(file, &args.collection) {
        Ok(read) => read,
        Err(reason) => return Ok(Err(reason)),
    };
    let (mut request, sent) = read;
    let relative = file.strip_prefix(root).unwrap_or(file);
    let relative =
        relative.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/");
    request.doc_id = request.doc_id.or_else(|| Some(id_of_path(&relative)));
    let own = !request.groups.is_empty() || !request.users.is_empty() || request.public;
    if args.says_who_may_read() {
        args.readers(&mut request);
    } else if !own && let Some(access) = rules.nearest(file, root)? {
        let DocumentAccess { groups, users, public } = access;
        request = AddDocumentRequest { groups, users, public, ..request };
    }
    if request.doc_id.as_deref().is_some_and(|id| !is_document_id(id)) {
        return Ok(Err("its id has characters that no id has".into()));
    }
    Ok(Ok(Item { name: file.display().to_string(), request, file: sent }))
}

/// A Markdown file is sent as its text, so that its front matter can say what it is; all else as it is.
fn read(file: &Path, collection: &str) -> Result<(AddDocumentRequest, Option<PathBuf>), String> {
    let plain = || AddDocumentRequest { collection: collection.to_owned(), ..AddDocumentRequest::default() };
    if !matches!(ending(file).as_str(), "md" | "markdown" | "txt") {
        return Ok((plain(), Some(file.to_owned())));
    }
    match fs::read_to_string(file) {
        Ok(text) => Ok((from_markdown(&text, collection)?, None)),
        Err(error) if error.kind() == io::ErrorKind::InvalidData => Ok((plain(), Some(file.to_owned()))),
        Err(error) => Err(format!("it can't be read: {error}")),
    }
}

/// The rows of a file: a document each, as JSON.
fn read_rows(file: &Path, args: &Add) -> Result<Vec<Item>, Failure> {
    let text = fs::read_to_string(file).map_err(|error| Failure::file(file, &error))?;
    let rows = text.lines().zip(1..).filter(|(line, _)| !line.trim().is_empty());
    let read = |(line, number): (&str, usize)| {
        let wrong = |error| Failure::usage(format!("{}:{number}: {error}", file.display()));
        let row: serde_json::Value = serde_json::from_str(line).map_err(|error| wrong(error.to_string()))?;
        let mut row = row.as_object().cloned().ok_or_else(|| wrong("it is no object".into()))?;
        row.insert("collection".into(), args.collection.clone().into());
        let row =
            serde_json::from_value(row.into()).map_err(|error: serde_json::Error| wrong(error.to_string()));
        let mut request: AddDocumentRequest = row?;
        if args.says_who_may_read() {
            args.readers(&mut request);
        }
        Ok(Item { name: format!("{}:{number}", file.display()), request, file: None })
    };
    rows.map(read).collect()
}

/// The rule files, each read once.
#[derive(Default)]
struct Rules(HashMap<PathBuf, Option<DocumentAccess>>);

impl Rules {
    /// What the rule file says that is nearest above a file, but not above the root.
    fn nearest(&mut self, file: &Path, root: &Path) -> Result<Option<DocumentAccess>, Failure> {
        for folder in file.ancestors().skip(1) {
            if let Some(access) = self.of(folder)? {
                return Ok(Some(access));
            }
            if folder == root {
                break;
            }
        }
        Ok(None)
    }

    fn of(&mut self, folder: &Path) -> Result<Option<DocumentAccess>, Failure> {
        if let Some(known) = self.0.get(folder) {
            return Ok(known.clone());
        }
        let path = folder.join(RULE_FILE);
        let access = match fs::read_to_string(&path) {
            Ok(text) => {
                let wrong = |error| Failure::usage(format!("{}: {error}", path.display()));
                Some(rule(&text).map_err(wrong)?)
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(Failure::file(&path, &error)),
        };
        self.0.insert(folder.to_owned(), access.clone());
        Ok(access)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        folder
    }

    fn add(folder: &Path) -> Add {
        Add { paths: vec![folder.to_owned()], collection: "hr-policies".into(), ..Add::default() }
    }

    #[test]
    fn readers_come_from_flags_then_front_matter_then_the_nearest_rule() {
        let folder = folder(&[
            (RULE_FILE, "groups: [employees]"),
            ("HR-1.md", "Ten days."),
            ("own.md", "---\ngroups: [board]\n---\nTen days."),
            ("pay/a b.pdf", "%PDF-"),
            ("pay/deep/c.pdf", "%PDF-"),
            ("pay/deep/.katonic-access.yml", "users: [ann@example.org]"),
            ("logo.png", ""),
        ]);
        let mut args = add(folder.path());
        let found = |args: &Add| {
            let (items, unusable) = find(args).unwrap();
            assert_eq!(unusable, []);
            let one = |item: Item| {
                (item.request.doc_id.unwrap(), [item.request.groups, item.request.users].concat().join(" "))
            };
            items.into_iter().map(one).collect::<Vec<_>>()
        };
        let expected = [
            ("HR-1", "employees"),
            ("own", "board"),
            ("pay.a-b.pdf", "employees"),
            ("pay.deep.c.pdf", "ann@example.org"),
        ];
        assert_eq!(found(&args), expected.map(|(id, readers)| (id.to_owned(), readers.to_owned())));
        args.groups = Some(vec!["contractors".into()]);
        assert!(found(&args).iter().all(|(_, readers)| readers == "contractors"));
    }

    #[test]
    fn a_broken_rule_stops_everything_and_a_broken_file_only_itself() {
        let broken = folder(&[(RULE_FILE, "gruops: [employees]"), ("a.md", "Text.")]);
        assert!(find(&add(broken.path())).is_err());
        let mixed = folder(&[
            ("a.md", "---\ngruops: [x]\n---\nText."),
            ("b.md", "Text."),
            ("sub/b.md", ""),
            ("sub.b.md", ""),
        ]);
        let (items, unusable) = find(&add(mixed.path())).unwrap();
        assert_eq!((items.len(), unusable.len()), (2, 2));
        assert!(unusable[1].1.contains("`sub.b`"), "{unusable:?}");
    }
}
