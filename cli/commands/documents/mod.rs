//! `katonic documents`: what agents know, and documents written as files.

mod add;
mod files;
mod generate;

use crate::args::PageArgs;
use crate::failure::{Answer, Failure};
use crate::output::table::{or_dash, table};
use crate::session::Session;
use clap::{Args, Subcommand};
use contract::catalogue::{DeleteDocument, GetDocument, ListDocuments};
use contract::wire::knowledge::{Document, DocumentAccess, DocumentDetail, DocumentPath, ListDocumentsQuery};
use serde_json::json;

/// Documents.
#[derive(Debug, Args)]
pub(crate) struct Documents {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Add files, or what changed of folders; front matter may name id, title and readers
    Add(add::Add),
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
    /// Write a document: what an agent answers to a prompt, or Markdown, as DOCX, PDF, PPTX, XLSX, HTML or Markdown
    Generate(generate::Generate),
}

#[derive(Debug, Args)]
struct List {
    #[command(flatten)]
    page: PageArgs,
    /// Only this collection
    #[arg(long)]
    collection: Option<String>,
    /// Only of this status: queued, ready or refused
    #[arg(long)]
    status: Option<String>,
}

pub(super) async fn run(session: &Session, documents: Documents) -> Result<Answer, Failure> {
    match documents.command {
        Command::Add(args) => add::add(session, &args).await,
        Command::List(args) => list(session, args).await,
        Command::Get { doc_id } => get(session, doc_id).await,
        Command::Remove { doc_id } => remove(session, doc_id).await,
        Command::Generate(args) => generate::generate(session, args).await,
    }
}

async fn list(session: &Session, args: List) -> Result<Answer, Failure> {
    let query =
        ListDocumentsQuery { page: args.page.into(), collection: args.collection, status: args.status };
    let page = session.client()?.call::<ListDocuments>(&query).await?;
    session.output.either(&page, || documents(&page.data))?;
    session.output.more(page.next.as_deref());
    Ok(Answer::Yes)
}

fn documents<'d>(documents: impl IntoIterator<Item = &'d Document>) -> String {
    let rows = documents.into_iter().map(|document| {
        [
            document.doc_id.clone(),
            document.title.clone(),
            document.collection.clone(),
            status(document),
            or_dash(document.passages),
            readers(&document.access),
        ]
    });
    table(["document", "title", "collection", "status", "passages", "readers"], rows)
}

/// With why it is refused, or what of it could not be read.
fn status(document: &Document) -> String {
    match &document.reason {
        Some(reason) => format!("{} ({reason})", document.status),
        None => document.status.clone(),
    }
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
    format!("{}\n\n{}", documents([&found.document]), table(["section", "title", "page"], rows))
}

async fn remove(session: &Session, doc_id: String) -> Result<Answer, Failure> {
    session.client()?.call::<DeleteDocument>(&DocumentPath { doc_id: doc_id.clone() }).await?;
    session.output.either(&json!({"doc_id": doc_id, "removed": true}), || format!("{doc_id} is removed."))?;
    Ok(Answer::Yes)
}
