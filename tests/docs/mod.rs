//! The documentation is true: every fenced block of every page is run, validated or parsed, or says why not.

mod blocks;
mod page;
mod shell;
mod site;

use crate::cli::Home;
use page::Page;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/src")
}

/// The pages that people wrote, each run by a test of its own.
macro_rules! written {
    ($($name:ident $path:literal),+ $(,)?) => {
        const WRITTEN: &[&str] = &[$($path),+];

        $(#[test]
        fn $name() {
            println!("{}", Page::new(&folder(), $path).check());
        })+
    };
}

written! {
    index "index.md",
    hello "guides/hello.md",
    openai "guides/openai.md",
    clients "guides/clients.md",
    ci "guides/ci.md",
    keys "guides/keys.md",
    permissions "guides/permissions.md",
    knowledge "guides/knowledge.md",
    evaluations "guides/evaluations.md",
    guardrails "guides/guardrails.md",
    tools "guides/tools.md",
    flywheel "guides/flywheel.md",
    documents "guides/documents.md",
    providers "guides/providers.md",
    operate "guides/operate.md",
    scale "guides/scale.md",
    hub "guides/hub.md",
    errors "guides/errors.md",
    security "security/model.md",
    threats "security/threats.md",
    figures "figures.md",
}

#[test]
fn the_reference_is_true_too() {
    for path in paths().into_iter().filter(|path| path.starts_with("reference/")) {
        println!("{}", Page::new(&folder(), &path).check());
    }
}

/// All pages, by their paths.
fn paths() -> BTreeSet<String> {
    let (mut paths, mut folders) = (BTreeSet::new(), vec![folder()]);
    while let Some(at) = folders.pop() {
        for path in fs::read_dir(&at).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else {
                paths.insert(path.strip_prefix(folder()).unwrap().display().to_string());
            }
        }
    }
    paths
}

#[test]
fn every_page_is_listed_and_run() {
    let summary = fs::read_to_string(folder().join("SUMMARY.md")).unwrap();
    let mut pages = paths();
    assert!(pages.remove("SUMMARY.md"));
    let unlisted: Vec<_> = pages.iter().filter(|path| !summary.contains(&format!("({path})"))).collect();
    assert!(unlisted.is_empty(), "{unlisted:?}");
    let unrun: Vec<_> = pages
        .iter()
        .filter(|path| !path.starts_with("reference/") && !WRITTEN.contains(&path.as_str()))
        .collect();
    assert!(unrun.is_empty(), "{unrun:?}");
}

#[test]
fn the_reference_stands_as_the_program_makes_it() {
    let home = Home::new();
    let made = home.folder.path().join("made");
    fs::create_dir(&made).unwrap();
    fs::copy(folder().join("SUMMARY.md"), made.join("SUMMARY.md")).unwrap();
    home.katonic(&["docs", "--out", made.to_str().unwrap()]).expect(0);
    let files = |at: &Path| {
        let (mut files, mut folders) = (Vec::new(), vec![at.join("reference")]);
        files.push(("SUMMARY.md".to_owned(), fs::read_to_string(at.join("SUMMARY.md")).unwrap()));
        while let Some(folder) = folders.pop() {
            for path in fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()) {
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let name = path.strip_prefix(at).unwrap().display().to_string();
                    files.push((name, fs::read_to_string(&path).unwrap()));
                }
            }
        }
        files.sort();
        files
    };
    let (made, kept) = (files(&made), files(&folder()));
    let names = |files: &[(String, String)]| files.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
    assert_eq!(names(&made), names(&kept), "run: katonic docs --out docs/src");
    for ((name, made), (_, kept)) in made.iter().zip(&kept) {
        assert!(made == kept, "{name} differs; run: katonic docs --out docs/src");
    }
}

#[test]
fn every_code_of_an_error_is_explained() {
    let page = fs::read_to_string(folder().join("guides/errors.md")).unwrap();
    let pattern = regex::Regex::new(r#"Kind::\w+,\s*"([a-z_]+)""#).unwrap();
    let mut codes = BTreeSet::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("daemon/src")];
    while let Some(at) = folders.pop() {
        for path in fs::read_dir(&at).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                codes.extend(pattern.captures_iter(&text).map(|found| found[1].to_owned()));
            }
        }
    }
    assert!(codes.len() > 40, "{codes:?}");
    let missing: Vec<_> = codes.iter().filter(|code| !page.contains(&format!("`{code}`"))).collect();
    assert!(missing.is_empty(), "{missing:?}");
}
