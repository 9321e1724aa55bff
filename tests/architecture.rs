//! The rules of the house, as far as a machine can check them.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Most lines of a file.
const MOST_LINES: usize = 450;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn sources(folder: &str) -> Vec<(PathBuf, String)> {
    let mut files = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                files.push((path.strip_prefix(root()).unwrap().to_owned(), text));
            }
        }
    }
    assert!(!files.is_empty(), "{folder}");
    files
}

fn all() -> Vec<(PathBuf, String)> {
    ["contract/src", "daemon/src", "cli", "docs", "tests"].into_iter().flat_map(sources).collect()
}

/// The code without its tests.
fn code(text: &str) -> &str {
    text.split("#[cfg(test)]\nmod tests").next().unwrap()
}

/// Files that hold a text, but for those under the given places.
fn outside(files: &[(PathBuf, String)], text: &str, places: &[&str]) -> BTreeSet<String> {
    let holds = files.iter().filter(|(_, source)| code(source).contains(text));
    let paths = holds.map(|(path, _)| path.display().to_string());
    paths.filter(|path| !places.iter().any(|place| path.starts_with(place))).collect()
}

#[test]
fn every_file_opens_with_its_purpose_and_fits_in_a_room() {
    for (path, text) in all() {
        assert!(text.starts_with("//! "), "{} doesn't say what it is for", path.display());
        assert!(text.lines().count() <= MOST_LINES, "{} is over {MOST_LINES} lines", path.display());
    }
}

#[test]
fn nothing_lies_about_at_the_top() {
    const TEXTS: [&str; 6] =
        ["README.md", "ARCHITECTURE.md", "SECURITY.md", "CHANGELOG.md", "action.yml", "katonic.toml"];
    const ENDINGS: [&str; 6] = ["md", "yml", "yaml", "jsonl", "json", "html"];
    let files = fs::read_dir(root()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let texts = files.filter(|name| ENDINGS.iter().any(|ending| name.ends_with(&format!(".{ending}"))));
    let strange: Vec<String> =
        texts.filter(|name| !name.starts_with('.') && !TEXTS.contains(&name.as_str())).collect();
    assert_eq!(strange, [] as [&str; 0]);
}

#[test]
fn nothing_is_called_after_having_no_purpose() {
    for (path, _) in all() {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        assert!(
            !["utils", "util", "common", "helpers", "manager", "misc"].contains(&name.as_str()),
            "{}",
            path.display()
        );
    }
}

#[test]
fn only_the_door_knows_http() {
    let daemon = sources("daemon/src");
    assert_eq!(outside(&daemon, "axum", &["daemon/src/http/"]), BTreeSet::new());
    let statuses = outside(&daemon, "StatusCode", &["daemon/src/http/"]);
    assert_eq!(statuses, BTreeSet::new());
}

#[test]
fn sql_stands_in_sql_files_and_the_store() {
    let daemon = sources("daemon/src");
    for statement in ["INSERT INTO ", "UPDATE ", "DELETE FROM ", " FROM "] {
        let elsewhere = outside(&daemon, statement, &["daemon/src/store/"]);
        let elsewhere: Vec<_> = elsewhere.iter().filter(|path| !path.ends_with("sql.rs")).collect();
        assert!(elsewhere.is_empty(), "{statement}: {elsewhere:?}");
    }
    assert_eq!(outside(&daemon, "rusqlite", &["daemon/src/store/"]), BTreeSet::new());
}

#[test]
fn what_is_governed_changes_by_acts_alone() {
    // Beside the ledger, which stores acts with their rows: what calls leave behind, and what the daemon keeps for itself.
    let writers = [
        "daemon/src/act.rs",
        "daemon/src/agents/canary/sql.rs",
        "daemon/src/flywheel/sql.rs",
        "daemon/src/knowledge/embedding/sql.rs",
        "daemon/src/knowledge/files/sql.rs",
        "daemon/src/knowledge/index/write.rs",
        "daemon/src/knowledge/sources/sql.rs",
        "daemon/src/knowledge/sql.rs",
        "daemon/src/store/",
        "daemon/src/audit/",
        "daemon/src/analytics/usage/rollup.rs",
        "daemon/src/completions/responses/sql.rs",
        "daemon/src/evaluations/online/sql.rs",
        "daemon/src/evaluations/sql.rs",
        "daemon/src/gate/operators.rs",
        "daemon/src/gate/sql.rs",
        "daemon/src/http/idempotency/sql.rs",
        "daemon/src/prompts/sql.rs",
        "daemon/src/sessions/sql.rs",
        "daemon/src/webhooks/sql.rs",
    ];
    for text in ["db.batch(", "db.execute("] {
        let elsewhere = outside(&sources("daemon/src"), text, &writers);
        let elsewhere: Vec<_> = elsewhere.iter().filter(|path| !path.ends_with("tests.rs")).collect();
        assert!(elsewhere.is_empty(), "{text}: {elsewhere:?}");
    }
}

#[test]
fn only_the_configuration_reads_the_environment() {
    let daemon = [sources("daemon/src"), sources("contract/src")].concat();
    assert_eq!(outside(&daemon, "env::var", &["daemon/src/config/"]), BTreeSet::new());
}

#[test]
fn the_contract_does_no_input_or_output() {
    for text in ["std::fs", "std::net", "tokio", "reqwest"] {
        assert_eq!(outside(&sources("contract/src"), text, &[]), BTreeSet::new(), "{text}");
    }
}

#[test]
fn only_the_output_room_prints_and_only_main_exits() {
    let cli = sources("cli");
    for text in ["println!", "print!(", "stdout()", "stderr()"] {
        assert_eq!(outside(&cli, text, &["cli/output/"]), BTreeSet::new(), "{text}");
    }
    let exits = outside(&[cli, sources("daemon/src")].concat(), "process::exit", &["cli/main.rs"]);
    assert_eq!(exits, BTreeSet::new());
}

/// Which rooms of the daemon each group may import, beside those that everyone may.
#[test]
fn groups_import_each_other_only_where_the_house_allows() {
    let groups = [
        "agents",
        "analytics",
        "chat",
        "completions",
        "documents",
        "evaluations",
        "flywheel",
        "knowledge",
        "models",
        "promotions",
        "prompts",
        "sessions",
        "tools",
    ];
    let allowed = |group: &str| match group {
        "chat" => vec!["agents", "knowledge", "sessions", "tools"],
        "sessions" => vec!["agents"],
        "completions" => vec!["chat"],
        "documents" => vec!["chat"],
        "models" => vec!["completions"],
        "evaluations" => vec!["agents", "chat", "knowledge"],
        "promotions" => vec!["agents", "evaluations", "tools"],
        "tools" => vec!["agents", "knowledge"],
        "prompts" => vec!["agents", "evaluations", "flywheel"],
        "flywheel" => vec!["evaluations"],
        "analytics" => vec!["flywheel"],
        _ => vec![],
    };
    for group in groups {
        for (path, text) in sources(&format!("daemon/src/{group}")) {
            for other in groups.iter().filter(|other| **other != group && !allowed(group).contains(other)) {
                let imports = code(&text).contains(&format!("crate::{other}"))
                    || code(&text).lines().any(|line| line.trim() == format!("use crate::{other};"));
                assert!(!imports, "{} imports {other}", path.display());
            }
        }
    }
    for lower in ["store", "guardrails", "providers", "gate", "trace", "audit", "webhooks"] {
        for (path, text) in sources(&format!("daemon/src/{lower}")) {
            for group in groups {
                assert!(
                    !code(&text).contains(&format!("crate::{group}")),
                    "{} imports {group}",
                    path.display()
                );
            }
        }
    }
}

#[test]
fn paths_that_the_documents_name_exist() {
    let mut documents: Vec<PathBuf> =
        ["README.md", "ARCHITECTURE.md", "SECURITY.md", "CHANGELOG.md"].map(|name| root().join(name)).into();
    let mut folders = vec![root().join("docs/src")];
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() { folders.push(path) } else { documents.push(path) }
        }
    }
    // The reference is written from the program, and names scopes that look like folders.
    documents.retain(|path| !path.starts_with(root().join("docs/src/reference")));
    assert!(documents.len() > 20, "{documents:?}");
    for document in documents {
        let (text, document) = (fs::read_to_string(&document).unwrap(), document.display());
        let named = text.split('`').skip(1).step_by(2).filter(|code| {
            ["contract/", "daemon/", "cli/", "tests/", "agents-examples/", "completions/", ".ci/", "docs/"]
                .iter()
                .any(|start| code.starts_with(start))
        });
        for path in named {
            assert!(root().join(path).exists(), "{document} names {path}");
        }
    }
}
