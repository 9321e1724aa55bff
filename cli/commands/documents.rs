//! `katonic documents`: what agents know.

use crate::args::PageArgs;
use crate::failure::{Answer, Failure};
use crate::output::table::{or_dash, table};
use crate::session::Session;
use clap::{Args, Subcommand};
use contract::catalogue::{AddDocument, DeleteDocument, GetDocument, ListDocuments};
use contract::document::from_markdown;
use contract::id::is_document_id;
use contract::wire::knowledge::{
    AddDocumentRequest, Document, DocumentAccess, DocumentDetail, DocumentPath, ListDocumentsQuery,
};
use ignore::WalkBuilder;
use serde_json::json;
use std::fs;
use std::path::{Path, PathBuf};

/// Documents.
#[derive(Debug, Args)]
pub(crate) struct Documents {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Add Markdown or plain text; front matter may name id, title and readers
    Add(Add),
    /// List documents
    List(List),
    /// Show a document with its outline
    Get {
        /// The document's id
        doc_id: String,
    },
    /// Remove a document and every passage of it
    Remove {
        /// The document's id
        doc_id: String,
    },
}

#[derive(Debug, Args)]
struct Add {
    /// Files, or folders of .md and .txt files
    #[arg(required = true)]
    paths: Vec<PathBuf>,
    /// The collection they belong to
    #[arg(long)]
    collection: String,
    /// The groups that may read them, instead of the front matter's
    #[arg(long, value_delimiter = ',')]
    groups: Option<Vec<String>>,
    /// The people who may read them, instead of the front matter's
    #[arg(long, value_name = "EMAILS", value_delimiter = ',')]
    users: Option<Vec<String>>,
    /// Everyone may read them
    #[arg(long)]
    public: bool,
}

#[derive(Debug, Args)]
struct List {
    #[command(flatten)]
    page: PageArgs,
    /// Only this collection
    #[arg(long)]
    collection: Option<String>,
}

pub(super) async fn run(session: &Session, documents: Documents) -> Result<Answer, Failure> {
    match documents.command {
        Command::Add(args) => add(session, &args).await,
        Command::List(args) => list(session, args).await,
        Command::Get { doc_id } => get(session, doc_id).await,
        Command::Remove { doc_id } => remove(session, doc_id).await,
    }
}

async fn add(session: &Session, args: &Add) -> Result<Answer, Failure> {
    let files = find(&args.paths)?;
    let requests: Vec<AddDocumentRequest> =
        files.iter().map(|file| request(file, args)).collect::<Result<_, _>>()?;
    let client = session.client()?;
    let mut added = Vec::new();
    for request in requests {
        session.if_interrupted("The documents before this one are added; run the same again to go on.");
        added.push(client.call::<AddDocument>(&request).await?);
    }
    session.output.either(&json!({"object": "list", "data": added}), || documents(&added))?;
    Ok(Answer::of(added.iter().all(|document| document.status != "refused")))
}

fn find(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    for path in paths {
        if !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        for entry in WalkBuilder::new(path).require_git(false).sort_by_file_name(Ord::cmp).build() {
            let entry = entry.map_err(|error| Failure::usage(error.to_string()))?;
            let is_text =
                entry.path().extension().is_some_and(|extension| extension == "md" || extension == "txt");
            if is_text && entry.path().is_file() {
                files.push(entry.into_path());
            }
        }
    }
    if files.is_empty() {
        return Err(
            Failure::usage("There are no .md or .txt files there").hint("Name files, or another folder.")
        );
    }
    Ok(files)
}

/// A file as a document: its name is the id where the front matter gives none, so that adding it again replaces it.
fn request(file: &Path, args: &Add) -> Result<AddDocumentRequest, Failure> {
    let text = fs::read_to_string(file).map_err(|error| Failure::file(file, &error))?;
    let mut request = from_markdown(&text, &args.collection)
        .map_err(|error| Failure::usage(format!("{}: {error}", file.display())))?;
    let stem = file.file_stem().map(|stem| stem.to_string_lossy().into_owned());
    request.doc_id = request.doc_id.or(stem.filter(|stem| is_document_id(stem)));
    if let Some(groups) = &args.groups {
        request.groups.clone_from(groups);
    }
    if let Some(users) = &args.users {
        request.users.clone_from(users);
    }
    request.public |= args.public;
    Ok(request)
}

async fn list(session: &Session, args: List) -> Result<Answer, Failure> {
    let query = ListDocumentsQuery { page: args.page.into(), collection: args.collection, status: None };
    let page = session.client()?.call::<ListDocuments>(&query).await?;
    session.output.either(&page, || documents(&page.data))?;
    session.output.more(page.next.as_deref());
    Ok(Answer::Yes)
}

fn documents(documents: &[Document]) -> String {
    let rows = documents.iter().map(|document| {
        [
            document.doc_id.clone(),
            document.title.clone(),
            document.collection.clone(),
            document.reason.clone().unwrap_or_else(|| document.status.clone()),
            or_dash(document.passages),
            readers(&document.access),
        ]
    });
    table(["document", "title", "collection", "status", "passages", "readers"], rows)
}

fn readers(access: &DocumentAccess) -> String {
    if access.public {
        return "everyone".to_owned();
    }
    let all: Vec<&str> = access.groups.iter().chain(&access.users).map(String::as_str).collect();
    if all.is_empty() { "nobody".to_owned() } else { all.join(" ") }
}

async fn get(session: &Session, doc_id: String) -> Result<Answer, Failure> {
    let found = session.client()?.call::<GetDocument>(&DocumentPath { doc_id }).await?;
    session.output.either(&found, || describe(&found))?;
    Ok(Answer::Yes)
}

fn describe(found: &DocumentDetail) -> String {
    let rows = found
        .outline
        .iter()
        .map(|entry| [or_dash(entry.section.as_ref()), entry.title.clone(), or_dash(entry.page)]);
    format!(
        "{}\n\n{}",
        documents(std::slice::from_ref(&found.document)),
        table(["section", "title", "page"], rows)
    )
}

async fn remove(session: &Session, doc_id: String) -> Result<Answer, Failure> {
    session.client()?.call::<DeleteDocument>(&DocumentPath { doc_id: doc_id.clone() }).await?;
    session.output.either(&json!({"doc_id": doc_id, "removed": true}), || format!("{doc_id} is removed."))?;
    Ok(Answer::Yes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_stand_over_the_front_matter_and_the_file_names_the_document() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("HR-1.md");
        fs::write(&file, "---\ntitle: Leave\ngroups: [employees]\n---\nTen days.\n").unwrap();
        let mut args = Add {
            paths: vec![folder.path().to_owned()],
            collection: "hr".into(),
            groups: None,
            users: None,
            public: false,
        };
        assert_eq!(find(&args.paths).unwrap(), std::slice::from_ref(&file));
        let plain = request(&file, &args).unwrap();
        assert_eq!(
            (plain.doc_id.as_deref(), plain.groups.as_slice()),
            (Some("HR-1"), &["employees".to_owned()][..])
        );
        args.groups = Some(vec!["contractors".into()]);
        assert_eq!(request(&file, &args).unwrap().groups, ["contractors"]);
    }
}
