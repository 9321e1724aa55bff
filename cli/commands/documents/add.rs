//! `katonic documents add`: files and folders, of which only what changed is sent.

use super::documents;
use super::files::{Item, find};
use crate::client::Client;
use crate::failure::{Answer, Exit, Failure};
use crate::output::counted;
use crate::output::progress::Bar;
use crate::output::table::table;
use crate::session::Session;
use clap::Args;
use contract::catalogue::{AddDocument, GetDocument, ListDocuments};
use contract::version::hex;
use contract::wire::knowledge::{AddDocumentRequest, Document, DocumentPath, ListDocumentsQuery};
use contract::wire::page::{ListQuery, MAX_LIMIT};
use futures::{StreamExt, stream};
use reqwest::multipart::Part;
use serde::Serialize;
use serde_json::json;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read};
use std::mem;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::fs;
use tokio::task::spawn_blocking;
use tokio::time::sleep;

/// Files on their way at the same time: while one is read, others come in.
const AT_ONCE: usize = 4;

/// Seconds that a call waits for its file to be read.
const PATIENCE: u32 = 60;

/// How long to look away from a file that is still waiting.
const AGAIN: Duration = Duration::from_secs(1);

/// Longer texts, in bytes, are sent as files.
const MOST_TEXT: usize = 1 << 20;

/// Documents of more than so many are not listed for people, but those that were refused.
const MOST_LISTED: usize = 50;

#[derive(Debug, Default, Args)]
pub(crate) struct Add {
    /// Files, or folders of them: .md .txt .html .pdf .docx .pptx .xlsx .csv .tsv .eml
    #[arg(required_unless_present = "jsonl")]
    pub(super) paths: Vec<PathBuf>,
    /// A file with a document a line, as {"doc_id", "title", "text", "groups"}
    #[arg(long, value_name = "FILE")]
    pub(super) jsonl: Option<PathBuf>,
    /// The collection they belong to
    #[arg(long)]
    pub(super) collection: String,
    /// The groups that may read them, instead of front matter's and of .katonic-access.yml's
    #[arg(long, value_delimiter = ',')]
    pub(super) groups: Option<Vec<String>>,
    /// The people who may read them, likewise
    #[arg(long, value_name = "EMAILS", value_delimiter = ',')]
    pub(super) users: Option<Vec<String>>,
    /// Everyone may read them
    #[arg(long)]
    pub(super) public: bool,
}

impl Add {
    /// Whether the flags say who may read.
    pub(super) fn says_who_may_read(&self) -> bool {
        self.groups.is_some() || self.users.is_some() || self.public
    }

    /// Puts what the flags say in place of what was said before.
    pub(super) fn readers(&self, request: &mut AddDocumentRequest) {
        if let Some(groups) = &self.groups {
            request.groups.clone_from(groups);
        }
        if let Some(users) = &self.users {
            request.users.clone_from(users);
        }
        request.public |= self.public;
    }
}

/// What became of one.
#[derive(Debug, Serialize)]
struct Outcome {
    file: String,
    /// `added`, `unchanged`, `refused`.
    outcome: &'static str,
    /// Why it was refused, or what of it could not be read.
    reason: Option<String>,
    #[serde(flatten)]
    document: Option<Document>,
}

pub(super) async fn add(session: &Session, args: &Add) -> Result<Answer, Failure> {
    let (items, unusable) = find(args)?;
    let client = session.client()?;
    session.if_interrupted("What came before this is added; run the same again to go on.");
    let known = known(&client, &args.collection).await?;
    let refused = |(file, reason)| Outcome { file, outcome: "refused", reason: Some(reason), document: None };
    let mut outcomes: Vec<Outcome> = unusable.into_iter().map(refused).collect();
    let (bar, all) = (Bar::new(&session.output), items.len() as u64);
    let sends = items.into_iter().map(|item| send(&client, item, &known));
    let mut sends = stream::iter(sends).buffered(AT_ONCE);
    let mut done = 0;
    while let Some(outcome) = sends.next().await {
        let outcome = outcome?;
        done += 1;
        bar.set(done, all, outcome.file.clone());
        outcomes.push(outcome);
    }
    drop(bar);
    let count = |outcome| outcomes.iter().filter(|one| one.outcome == outcome).count();
    let (added, unchanged, refused) = (count("added"), count("unchanged"), count("refused"));
    let answer = json!({"object": "list", "data": outcomes, "added": added, "unchanged": unchanged, "refused": refused});
    session.output.either(&answer, || shown(&outcomes, [added, unchanged, refused]))?;
    Ok(Answer::of(refused == 0))
}

/// The collection's documents by id, as far as the caller may read them.
async fn known(client: &Client, collection: &str) -> Result<HashMap<String, Document>, Failure> {
    let mut known = HashMap::new();
    let mut after = None;
    loop {
        let page = ListQuery { limit: Some(MAX_LIMIT), after };
        let query = ListDocumentsQuery { page, collection: Some(collection.to_owned()), status: None };
        let page = match client.call::<ListDocuments>(&query).await {
            // A key that may only write sends everything.
            Err(failure) if failure.exit == Exit::NotAuthorised => return Ok(known),
            page => page?,
        };
        known.extend(page.data.into_iter().map(|document| (document.doc_id.clone(), document)));
        after = page.next;
        if after.is_none() {
            return Ok(known);
        }
    }
}

/// Sends one, if it is not what the daemon has; a failure that would meet all others too ends everything.
async fn send(client: &Client, item: Item, known: &HashMap<String, Document>) -> Result<Outcome, Failure> {
    let Item { name: file, mut request, file: path } = item;
    let refused =
        |reason| Outcome { file: file.clone(), outcome: "refused", reason: Some(reason), document: None };
    let hash = match hash(path.clone(), request.text.clone()).await {
        Ok(hash) => hash,
        Err(error) => return Ok(refused(format!("it can't be read: {error}"))),
    };
    let same =
        request.doc_id.as_ref().and_then(|id| known.get(id)).filter(|known| is_same(known, &request, &hash));
    if let Some(same) = same {
        return Ok(Outcome { file, outcome: "unchanged", reason: None, document: Some(same.clone()) });
    }
    let sent = match &path {
        Some(path) => client.send_file::<AddDocument>(&request, part(path).await?, PATIENCE).await,
        None if request.text.len() > MOST_TEXT => {
            let part = Part::text(mem::take(&mut request.text)).file_name(file.clone());
            client.send_file::<AddDocument>(&request, part, PATIENCE).await
        }
        None => client.call::<AddDocument>(&request).await,
    };
    let document = match sent {
        Ok(document) => settled(client, document).await?,
        Err(failure) if matches!(failure.exit, Exit::No | Exit::NotFound) => {
            return Ok(refused(failure.message));
        }
        Err(failure) => return Err(failure),
    };
    let outcome = if document.status == "refused" { "refused" } else { "added" };
    Ok(Outcome { file, outcome, reason: document.reason.clone(), document: Some(document) })
}

/// A file, read as it is sent.
async fn part(path: &Path) -> Result<Part, Failure> {
    let failed = |error| Failure::file(path, &error);
    let file = fs::File::open(path).await.map_err(failed)?;
    let length = file.metadata().await.map_err(failed)?.len();
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    Ok(Part::stream_with_length(file, length).file_name(name))
}

async fn hash(file: Option<PathBuf>, text: String) -> io::Result<String> {
    let hash = move || {
        let mut hash = Sha256::new();
        match file {
            Some(file) => {
                let (mut file, mut chunk) = (File::open(file)?, vec![0; 64 << 10]);
                loop {
                    match file.read(&mut chunk)? {
                        0 => break,
                        read => hash.update(&chunk[..read]),
                    }
                }
            }
            None => hash.update(&text),
        }
        Ok(hex(hash.finalize().as_slice()))
    };
    spawn_blocking(hash).await.map_err(io::Error::other)?
}

/// Whether the daemon has a document as it would be after it is sent.
fn is_same(known: &Document, request: &AddDocumentRequest, hash: &str) -> bool {
    let sorted = |list: &[String]| {
        let mut list: Vec<String> = list.iter().map(|name| name.to_lowercase()).collect();
        list.sort_unstable();
        list
    };
    known.status == "ready"
        && known.content_hash.as_deref() == Some(hash)
        && request.title.as_ref().is_none_or(|title| *title == known.title)
        && request.metadata == known.metadata
        && request.public == known.access.public
        && sorted(&request.groups) == sorted(&known.access.groups)
        && sorted(&request.users) == sorted(&known.access.users)
}

/// The document when its file was read.
async fn settled(client: &Client, mut document: Document) -> Result<Document, Failure> {
    while document.status == "queued" {
        sleep(AGAIN).await;
        let path = DocumentPath { doc_id: document.doc_id.clone() };
        document = match client.call::<GetDocument>(&path).await {
            Ok(found) => found.document,
            // A key that may not read what it adds learns no more.
            Err(failure) if matches!(failure.exit, Exit::NotFound | Exit::NotAuthorised) => break,
            Err(failure) => return Err(failure),
        };
    }
    Ok(document)
}

fn shown(outcomes: &[Outcome], [added, unchanged, refused]: [usize; 3]) -> String {
    let mut parts = Vec::new();
    let of = |outcome| outcomes.iter().filter(move |one| one.outcome == outcome);
    let new: Vec<&Document> = of("added").filter_map(|one| one.document.as_ref()).collect();
    if !new.is_empty() && new.len() <= MOST_LISTED {
        parts.push(documents(new));
    }
    if refused > 0 {
        let rows = of("refused").map(|one| [one.file.clone(), one.reason.clone().unwrap_or_default()]);
        parts.push(table(["refused", "reason"], rows));
    }
    parts.push(format!("{} added, {unchanged} unchanged, {refused} refused.", counted(added, "document")));
    parts.join("\n\n")
}
