//! Files that become documents: taken in at once, read one after the other, in the order they came, a team after another.
//! What is waiting is in the store and on the disk, and outlives the daemon.

mod queue;
mod sql;

pub(crate) use queue::run;

use super::formats::{self, Reader};
use super::ingest;
use crate::act::Act;
use crate::app::App;
use crate::error::Error;
use crate::gate::Caller;
use crate::uploads::Upload;
use contract::id;
use contract::time::Time;
use contract::wire::knowledge::{AddDocumentRequest, Document};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, Notify, OwnedMutexGuard, watch};
use tokio::task::spawn_blocking;
use tokio::time::timeout;

/// Most bytes of Markdown or plain text that are read by the daemon itself, in the call that brings them: what is nested
/// to do harm takes over a hundred times its size in memory.
const MOST_AT_ONCE: u64 = 64 << 10;

/// How long a call waits for its text's turn to be read.
const PATIENCE: Duration = Duration::from_secs(30);

/// Who takes files in, and who reads them.
#[derive(Debug)]
pub(crate) struct Files {
    reader: Reader,
    /// Told when a file came in.
    came: Notify,
    /// Changes whenever one was read.
    read: watch::Sender<()>,
    /// Held while documents are taken in, stored or removed, so that what comes last is what stays.
    turn: Arc<Mutex<()>>,
}

impl Files {
    /// Read by this program.
    pub(crate) fn new(program: PathBuf) -> Self {
        Self {
            reader: Reader::new(program),
            came: Notify::new(),
            read: watch::Sender::new(()),
            turn: Arc::default(),
        }
    }
}

/// Changes whenever a file was read.
pub(super) fn watch(app: &App) -> watch::Receiver<()> {
    app.files.read.subscribe()
}

/// Takes a file in. Short texts are read at once; all else is queued.
///
/// # Errors
/// As [`ingest::add`], and if the disk fails.
pub(crate) async fn add(
    app: &App,
    caller: &Caller,
    request: AddDocumentRequest,
    upload: &Upload,
) -> Result<Act<Document>, Error> {
    if upload.size <= MOST_AT_ONCE && matches!(upload.ending().as_str(), "md" | "markdown" | "txt") {
        let bytes = upload.bytes().await?;
        if let Some(content) = spawn_blocking(|| formats::read_plain(bytes)).await.map_err(Error::internal)? {
            let request = completed(request, &content, &stem(upload));
            let turn = turn(app).await;
            let act = ingest::add_read(app, caller, request, content, upload.hash.clone()).await?;
            return Ok(act.holding(turn));
        }
    }
    queue(app, caller, request, upload).await
}

/// A document that was queued, once it was read, or as it is when the client waits no longer.
///
/// # Errors
/// If the store fails.
pub(crate) fn read(
    app: &App,
    team: &str,
    document: Document,
    wait: Duration,
) -> impl Future<Output = Result<Document, Error>> + use<> {
    let (mut read, app, team) = (watch(app), app.clone(), team.to_owned());
    async move {
        let ended = async {
            loop {
                read.changed().await.map_err(Error::internal)?;
                match sql::state(&app.db, &team, &document).await? {
                    Some(document) if document.status == "queued" => {}
                    Some(document) => return Ok(document),
                    None => return Ok(document.clone()),
                }
            }
        };
        timeout(wait, ended).await.unwrap_or_else(|_| Ok(document.clone()))
    }
}

async fn turn(app: &App) -> OwnedMutexGuard<()> {
    Arc::clone(&app.files.turn).lock_owned().await
}

/// Adds a document of which the text is given.
///
/// # Errors
/// As [`ingest::add`].
pub(crate) async fn add_text(
    app: &App,
    caller: &Caller,
    mut request: AddDocumentRequest,
) -> Result<Act<Document>, Error> {
    if request.text.len() as u64 <= MOST_AT_ONCE {
        let turn = turn(app).await;
        return Ok(ingest::add(app, caller, request).await?.holding(turn));
    }
    ingest::checked(caller, &request)?;
    let mut incoming = app.uploads.begin().await?;
    incoming.write(std::mem::take(&mut request.text).as_bytes()).await?;
    let upload = incoming.finish(String::new()).await?;
    let read = app.files.reader.read_within(PATIENCE, upload.open().await?, formats::GIVEN).await?;
    let content =
        read.map_err(|refusal| Error::invalid("text", format!("The text is refused: {refusal}.")))?;
    let turn = turn(app).await;
    Ok(ingest::add_read(app, caller, request, content, upload.hash.clone()).await?.holding(turn))
}

/// Removes a document, also one that is waiting; none, where there is none that the caller may change.
///
/// # Errors
/// If the store fails.
pub(crate) async fn delete(app: &App, caller: &Caller, doc_id: &str) -> Result<Option<Act<()>>, Error> {
    let turn = turn(app).await;
    Ok(ingest::delete(app, caller, doc_id).await?.map(|act| act.holding(turn)))
}

/// Puts a file at the end of the queue; a document of the same id stays what it is until this one is read.
async fn queue(
    app: &App,
    caller: &Caller,
    request: AddDocumentRequest,
    upload: &Upload,
) -> Result<Act<Document>, Error> {
    let access = ingest::checked(caller, &request)?;
    let doc_id = request.doc_id.clone().unwrap_or_else(|| id::new("doc"));
    let document = Document {
        object: "document".into(),
        title: request.title.clone().unwrap_or_else(|| stem(upload)),
        doc_id: doc_id.clone(),
        collection: request.collection.clone(),
        status: "queued".into(),
        reason: None,
        pages: None,
        sections: None,
        passages: None,
        access,
        content_hash: Some(upload.hash.clone()),
        embedded_by: None,
        metadata: request.metadata.clone(),
        created_at: Time::now(),
    };
    let file = sql::File {
        id: id::new("ing"),
        caller: caller.clone(),
        request: AddDocumentRequest { doc_id: Some(doc_id), ..request },
        title: document.title.clone(),
        ending: upload.ending(),
        hash: upload.hash.clone(),
    };
    let turn = turn(app).await;
    let (statements, before) = sql::insert(&app.db, &document, &file).await?;
    let kept = app.uploads.keep(upload, &file.id).await?;
    let (app, after) = (app.clone(), ingest::noted(&document));
    let act = Act::new(document, statements).changing((), after).holding(turn);
    Ok(act.then(move || {
        kept.stay();
        if let Some(before) = before {
            app.uploads.forget(&before);
        }
        app.files.came.notify_one();
    }))
}

/// A request with the title that its file tells, where it has none itself; else that is the file's name.
fn completed(request: AddDocumentRequest, content: &formats::Content, name: &str) -> AddDocumentRequest {
    let title = request.title.or_else(|| content.title.clone()).or_else(|| Some(name.to_owned()));
    AddDocumentRequest { title: title.filter(|title| !title.is_empty()), ..request }
}

/// A file's name without its ending.
fn stem(upload: &Upload) -> String {
    upload.name.rsplit_once('.').map_or(upload.name.as_str(), |(stem, _)| stem).trim().to_owned()
}
