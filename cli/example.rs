//! An example folder: the people, documents, suites and the agent that belong together.

use crate::failure::{Exit, Failure};
use crate::output::Output;
use contract::agent::AgentDefinition;
use contract::check::{Checked, Context, Severity, Source, check_all};
use contract::document::from_markdown;
use contract::suite::SuiteDefinition;
use contract::wire::admin::PutUsersRequest;
use contract::wire::knowledge::AddDocumentRequest;
use ignore::WalkBuilder;
use include_dir::{Dir, DirEntry, include_dir};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Component, Path, PathBuf};

static HR: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/agents-examples/hr");

/// The largest file of an example that is read, in bytes.
const MAX_FILE: u64 = 2 * 1024 * 1024;

/// The texts of a folder, by their path in it.
type Files = BTreeMap<PathBuf, String>;

/// What a sandbox is filled with.
pub(crate) struct Example {
    /// Who asks, and their groups; none where the folder names no users.
    pub(crate) people: Option<PutUsersRequest>,
    /// What the agent may find, each in its collection.
    pub(crate) documents: Vec<AddDocumentRequest>,
    /// The suites.
    pub(crate) suites: Vec<SuiteDefinition>,
    /// The agent.
    pub(crate) agent: AgentDefinition,
}

impl Example {
    /// The one that the binary carries: `agents-examples/hr`.
    ///
    /// # Errors
    /// Only if the binary was built from a damaged one.
    pub(crate) fn embedded(output: &Output) -> Result<Self, Failure> {
        let mut files = Files::new();
        collect(&HR, &mut files);
        Self::of(&files, output)
    }

    /// Reads a folder: `users.yml`, `documents/` and, anywhere in it, one agent and its suites. A document lies in
    /// the agent's first collection, or in the one that its folder under `documents/` is named after.
    ///
    /// # Errors
    /// If a file can't be read, or a definition has problems, which are printed.
    pub(crate) fn read(folder: &Path, output: &Output) -> Result<Self, Failure> {
        let mut files = Files::new();
        for entry in WalkBuilder::new(folder).require_git(false).build() {
            let path = entry.map_err(|error| Failure::usage(error.to_string()))?.into_path();
            let size = fs::metadata(&path).map_err(|error| Failure::file(&path, &error))?;
            if !size.is_file() || size.len() > MAX_FILE {
                continue;
            }
            let bytes = fs::read(&path).map_err(|error| Failure::file(&path, &error))?;
            if let (Ok(text), Ok(name)) = (String::from_utf8(bytes), path.strip_prefix(folder)) {
                files.insert(name.to_owned(), text);
            }
        }
        Self::of(&files, output)
    }

    fn of(files: &Files, output: &Output) -> Result<Self, Failure> {
        let (mut agents, suites) = definitions(files, output)?;
        let (Some(agent), None) = (agents.pop(), agents.pop()) else {
            return Err(damaged("it holds no agent, or more than one"));
        };
        let people = files.get(Path::new("users.yml")).map(|text| serde_yaml::from_str(text));
        let people = people.transpose().map_err(|error| damaged(&format!("users.yml: {error}")))?;
        let collections = agent.spec.knowledge.as_ref().map(|knowledge| knowledge.collections.as_slice());
        let first = collections.and_then(<[String]>::first).map(String::as_str);
        Ok(Self { people, documents: documents(files, first)?, suites, agent })
    }

    /// Whose questions it is made for: the first of its users.
    pub(crate) fn asker(&self) -> Option<&str> {
        self.people.as_ref().and_then(|people| people.users.first()).map(|user| user.email.as_str())
    }
}

fn collect(folder: &Dir<'_>, files: &mut Files) {
    for entry in folder.entries() {
        match entry {
            DirEntry::Dir(folder) => collect(folder, files),
            DirEntry::File(file) => {
                if let Some(text) = file.contents_utf8() {
                    files.insert(file.path().to_owned(), text.to_owned());
                }
            }
        }
    }
}

fn definitions(
    files: &Files,
    output: &Output,
) -> Result<(Vec<AgentDefinition>, Vec<SuiteDefinition>), Failure> {
    let is_yaml = |path: &Path| path.extension().is_some_and(|end| end == "yml" || end == "yaml");
    let sources: Vec<Source> = files
        .iter()
        .filter(|(path, text)| {
            is_yaml(path) && text.lines().any(|line| line.starts_with("apiVersion: katonic/"))
        })
        .map(|(path, text)| Source::new(&path.display().to_string(), text))
        .collect();
    let read = |file: &str, named: &str| {
        let path = beside(Path::new(file), named);
        files.get(&path).cloned().ok_or_else(|| "there is no such file".to_owned())
    };
    let (mut agents, mut suites) = (Vec::new(), Vec::new());
    for verdict in check_all(&sources, &Context { read: Some(&read), ..Context::default() }) {
        output.problems(&verdict.findings);
        match verdict.checked {
            _ if verdict.findings.iter().any(|finding| finding.severity == Severity::Error) => {
                return Err(damaged("a definition has errors"));
            }
            Some(Checked::Agent(agent)) => agents.push(agent),
            Some(Checked::Suite(suite)) => suites.push(suite),
            None => {}
        }
    }
    Ok((agents, suites))
}

/// The path of a file that another one names, without leaving the folder.
fn beside(file: &Path, named: &str) -> PathBuf {
    let mut path = file.parent().map(Path::to_owned).unwrap_or_default();
    for part in Path::new(named).components() {
        match part {
            Component::Normal(name) => path.push(name),
            Component::ParentDir => {
                path.pop();
            }
            Component::CurDir | Component::RootDir | Component::Prefix(_) => {}
        }
    }
    path
}

fn documents(files: &Files, first: Option<&str>) -> Result<Vec<AddDocumentRequest>, Failure> {
    let mut documents = Vec::new();
    for (path, text) in files {
        let Ok(inside) = path.strip_prefix("documents") else { continue };
        if inside.extension().is_none_or(|end| end != "md") {
            continue;
        }
        let folder = inside.parent().and_then(Path::to_str).filter(|folder| !folder.is_empty());
        let collection = folder.or(first).ok_or_else(|| damaged("its agent reads no collection"))?;
        let document = from_markdown(text, collection);
        documents.push(document.map_err(|error| damaged(&format!("{}: {error}", path.display())))?);
    }
    Ok(documents)
}

fn damaged(why: &str) -> Failure {
    Failure::new(Exit::Usage, format!("The example can't be used: {why}"))
        .hint("It is laid out like agents-examples/hr: users.yml, documents/, one agent, and its suites.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::Options;
    use crate::environment::Environment;

    fn output() -> Output {
        Output::new(&Options::default(), &Environment::with(&[]))
    }

    #[test]
    fn the_embedded_example_is_whole() {
        let example = Example::embedded(&output()).unwrap();
        assert_eq!(example.agent.metadata.id, "hr-assistant");
        assert_eq!(example.agent.suite(), Some(example.suites[0].metadata.id.as_str()));
        assert_eq!(example.asker(), Some("sarah@example.org"));
        assert!(example.documents.len() >= 8);
        assert!(example.documents.iter().all(|document| document.collection == "hr-policies"));
    }

    #[test]
    fn a_folder_names_its_collections_and_what_is_named_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let put = |path: &str, text: &str| {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        let agent = "apiVersion: katonic/v1\nkind: Agent\nmetadata: {id: it-desk}\nspec:\n  model: fast\n  \
                     instructions_file: ./it.md\n  knowledge: {collections: [manuals]}\n";
        put("it.yml", agent);
        put("it.md", "Be brief.");
        put("documents/one.md", "# One\n");
        put("documents/tickets/two.md", "# Two\n");
        let example = Example::read(folder.path(), &output()).unwrap();
        assert_eq!(example.agent.spec.instructions.as_deref(), Some("Be brief."));
        let collections: Vec<_> =
            example.documents.iter().map(|document| document.collection.as_str()).collect();
        assert_eq!(collections, ["manuals", "tickets"]);
        put("two.yml", &agent.replace("it-desk", "it-two"));
        assert!(Example::read(folder.path(), &output()).is_err());
    }
}
