//! Which files a path stands for: itself, a folder's definitions, or a pattern's.

use crate::definition::{Asked, check_files, read_bounded, read_sound};
use crate::failure::Failure;
use crate::output::Output;
use contract::check::Checked;
use contract::suite::SuiteDefinition;
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use ignore::overrides::OverrideBuilder;
use ignore::{Walk, WalkBuilder};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// What a definition begins with; other YAML in a folder is none of ours.
const MARK: &str = "apiVersion: katonic/";

/// The files that paths stand for, in order, each once. What a repository leaves out is left out of folders and
/// patterns; a file that is named is meant.
///
/// # Errors
/// If a path isn't there, or nothing is found at all.
pub(super) fn find(paths: &[PathBuf], exclude: Option<(&Path, &[String])>) -> Result<Vec<PathBuf>, Failure> {
    let mut files = BTreeSet::new();
    let excluded = excluded(exclude)?;
    for path in paths {
        if path.is_dir() {
            collect(walker(path).build(), &excluded, &mut files)?;
        } else if path.exists() || !is_pattern(path) {
            // Whether it can be read shows when it is.
            files.insert(path.clone());
        } else {
            collect(matching(path)?, &excluded, &mut files)?;
        }
    }
    if files.is_empty() {
        let paths: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
        return Err(Failure::usage(format!("There is no agent or suite in {}", paths.join(", ")))
            .hint(format!("A definition is a .yml or .yaml file with a line that begins `{MARK}`.")));
    }
    Ok(files.into_iter().collect())
}

/// The suite that a file holds; or, of all below this folder, the one with an id.
///
/// # Errors
/// If there is no such suite, or it has problems.
pub(in crate::commands) fn find_suite(named: &str, output: &Output) -> Result<SuiteDefinition, Failure> {
    let path = PathBuf::from(named);
    let files = if path.is_file() { vec![path] } else { find(&[PathBuf::from(".")], None)? };
    for file in files {
        let verdict = check_files(std::slice::from_ref(&file), Asked::default())?;
        let is_named = named == file.as_os_str();
        if let Some(Some(Checked::Suite(suite))) = verdict.definitions.first()
            && (is_named || suite.metadata.id == named)
        {
            return match read_sound(std::slice::from_ref(&file), output)?.pop() {
                Some(Checked::Suite(suite)) => Ok(suite),
                _ => Err(Failure::usage(format!("{} is no suite", file.display()))),
            };
        }
        if is_named {
            read_sound(&[file], output)?;
            return Err(Failure::usage(format!("{named} is no suite")));
        }
    }
    Err(Failure::usage(format!("There is no suite `{named}` below this folder")).hint("Name its file."))
}

/// Patterns of files to leave out, as in a `.gitignore` of a folder.
fn excluded(exclude: Option<(&Path, &[String])>) -> Result<Option<Gitignore>, Failure> {
    let Some((root, patterns)) = exclude.filter(|(_, patterns)| !patterns.is_empty()) else {
        return Ok(None);
    };
    let mut builder = GitignoreBuilder::new(root);
    for pattern in patterns {
        let wrong = |error: ignore::Error| Failure::usage(format!("`{pattern}` is no pattern: {error}"));
        builder.add_line(None, pattern).map_err(wrong)?;
    }
    builder.build().map(Some).map_err(|error| Failure::usage(error.to_string()))
}

fn is_excluded(file: &Path, excluded: &Option<Gitignore>) -> bool {
    let Some(excluded) = excluded else { return false };
    let path = std::path::absolute(file).unwrap_or_else(|_| file.to_owned());
    path.starts_with(excluded.path()) && excluded.matched_path_or_any_parents(&path, false).is_ignore()
}

fn walker(folder: &Path) -> WalkBuilder {
    let mut walker = WalkBuilder::new(folder);
    walker.require_git(false);
    walker
}

fn is_pattern(path: &Path) -> bool {
    path.to_string_lossy().contains(['*', '?', '[', '{'])
}

/// What matches a pattern, below the last folder before its first wildcard.
fn matching(pattern: &Path) -> Result<Walk, Failure> {
    let fixed: PathBuf = pattern.components().take_while(|part| !is_pattern(Path::new(part))).collect();
    let wild = pattern.strip_prefix(&fixed).unwrap_or(pattern);
    let base = if fixed.as_os_str().is_empty() { PathBuf::from(".") } else { fixed };
    let wrong =
        |error: ignore::Error| Failure::usage(format!("`{}` is no pattern: {error}", pattern.display()));
    let mut only = OverrideBuilder::new(&base);
    only.add(&format!("/{}", wild.display())).map_err(wrong)?;
    Ok(walker(&base).overrides(only.build().map_err(wrong)?).build())
}

fn collect(walk: Walk, excluded: &Option<Gitignore>, files: &mut BTreeSet<PathBuf>) -> Result<(), Failure> {
    for entry in walk {
        let path = entry.map_err(|error| Failure::usage(error.to_string()))?.into_path();
        let is_yaml = path.extension().is_some_and(|extension| extension == "yml" || extension == "yaml");
        if is_yaml && path.is_file() && !is_excluded(&path, excluded) && is_definition(&path)? {
            files.insert(path.strip_prefix("./").map(Path::to_owned).unwrap_or(path));
        }
    }
    Ok(())
}

fn is_definition(path: &Path) -> Result<bool, Failure> {
    let bytes = read_bounded(path).map_err(|error| Failure::file(path, &error))?;
    Ok(bytes.split(|byte| *byte == b'\n').any(|line| line.starts_with(MARK.as_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn names(root: &Path, path: &str) -> Vec<String> {
        let found = find(&[root.join(path)], None).unwrap_or_default();
        found.iter().map(|file| file.strip_prefix(root).unwrap().display().to_string()).collect()
    }

    #[test]
    fn folders_and_patterns_give_definitions_and_nothing_else() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        fs::create_dir_all(root.join("agents/more")).unwrap();
        fs::create_dir_all(root.join("build")).unwrap();
        let agent = "apiVersion: katonic/v1\nkind: Agent\n";
        for file in ["agents/hr.yml", "agents/more/it.yaml", "agents/notes.md", "build/old.yml"] {
            fs::write(root.join(file), agent).unwrap();
        }
        fs::write(root.join("agents/users.yml"), "users: []\n").unwrap();
        fs::write(root.join(".gitignore"), "build\n").unwrap();
        assert_eq!(names(root, ""), ["agents/hr.yml", "agents/more/it.yaml"]);
        assert_eq!(names(root, "agents/*.yml"), ["agents/hr.yml"]);
        assert_eq!(names(root, "**/*.yaml"), ["agents/more/it.yaml"]);
        assert_eq!(names(root, "agents/users.yml"), ["agents/users.yml"]);
        let exclude = ["more/".to_owned()];
        let left = find(&[root.to_owned()], Some((root, &exclude))).unwrap();
        assert_eq!(left, [root.join("agents/hr.yml")]);
        assert!(find(&[root.join("build/*.nothing")], None).is_err());
    }
}
