//! The files that people write: agents, suites, a repository's rules, each from its JSON Schema.

use super::Page;
use super::markdown::{escaped, fields, types};
use crate::commands::agents::{Kind, schema};

pub(super) fn pages() -> Vec<Page> {
    let all = [
        ("agent", "Agent YAML", Kind::Agent, "agents-examples/hr/hr.yml"),
        ("suite", "Suite YAML", Kind::Suite, "agents-examples/on-call/suites/on-call-eval-v1.yml"),
        ("repository", "A repository's katonic.toml", Kind::Repository, "katonic.toml"),
    ];
    all.into_iter().map(|(path, title, kind, example)| page(path, title, kind, example)).collect()
}

fn page(path: &str, title: &str, kind: Kind, example: &str) -> Page {
    let schema = schema(kind).to_value();
    let doc = escaped(schema["description"].as_str().unwrap_or_default());
    let mut text = format!(
        "# {title}\n\n{doc} The JSON Schema, for editors, is what `katonic agents schema --kind {path}` prints; `{example}` \
         of the repository is an example.\n\n{}",
        fields(&schema).unwrap_or_default()
    );
    if let Some(definitions) = schema["$defs"].as_object() {
        text.push_str("\n## Types\n");
        text.push_str(&types(definitions));
    }
    Page::new(path, title, text)
}
