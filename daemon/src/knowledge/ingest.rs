//! A document comes in: checked, cut into passages, stored and indexed with its access list. It goes the same way.

use super::formats::{self, Content};
use super::index::{self, Draft, Entry, Removed, VERSION};
use super::sql::{self, Stored, StoredPassage};
use super::structure;
use super::words::{self, Language};
use crate::act::Act;
use crate::app::App;
use crate::error::Error;
use crate::gate::Caller;
use crate::gate::identity::canonical;
use crate::store::{Db, Statement};
use contract::id;
use contract::time::Time;
use contract::version::hex;
use contract::wire::knowledge::{AddDocumentRequest, Document, DocumentAccess, OutlineEntry};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::mem;
use std::sync::Arc;
use tokio::sync::OwnedMutexGuard;
use tokio::task::spawn_blocking;
use tokio_util::sync::CancellationToken;

/// What a word of a title or of a heading counts, beside one of the text.
const HEADING: u32 = 2;

/// Documents of more passages are taken out of the terms after the new ones are found, and not with them.
const LARGE: usize = 500;

/// A passage on its way into the store.
pub(super) struct NewPassage {
    pub(super) section: Option<String>,
    pub(super) heading: String,
    pub(super) page: Option<u32>,
    pub(super) text: String,
    pub(super) language: Option<Language>,
}

/// A document ready to be stored.
pub(super) struct Prepared {
    document: Document,
    outline: Vec<OutlineEntry>,
    passages: Vec<NewPassage>,
    entries: Vec<Entry>,
    /// What its passages were made of: while that stays, so do they.
    digest: String,
}

/// Adds a document, or replaces the one of the same id. Where only the access list or the metadata are others, its
/// passages stay as they are.
///
/// # Errors
/// If an id or an address is malformed, the text is empty, or the store fails.
pub(super) async fn add(
    app: &App,
    caller: &Caller,
    request: AddDocumentRequest,
) -> Result<Act<Document>, Error> {
    checked(caller, &request)?;
    let prepared = spawn_blocking(move || prepare(request)).await.map_err(Error::internal)??;
    stored(app, caller, prepared).await
}

/// The same of a document that was read from a file; `hash` is of the file's bytes.
///
/// # Errors
/// As [`add`].
pub(super) async fn add_read(
    app: &App,
    caller: &Caller,
    request: AddDocumentRequest,
    content: Content,
    hash: String,
) -> Result<Act<Document>, Error> {
    checked(caller, &request)?;
    let ready = move || prepare_read(request, content, hash);
    let prepared = spawn_blocking(ready).await.map_err(Error::internal)??;
    stored(app, caller, prepared).await
}

/// Stores what is prepared; then its passages may be embedded.
async fn stored(app: &App, caller: &Caller, prepared: Prepared) -> Result<Act<Document>, Error> {
    let act = store(&app.db, caller, prepared, one_at_a_time(app).await).await?;
    let embedding = Arc::clone(&app.embedding);
    Ok(act.then(move || embedding.notify_one()))
}

/// The right to change the index, until what changes it is stored.
async fn one_at_a_time(app: &App) -> OwnedMutexGuard<()> {
    Arc::clone(&app.indexing).lock_owned().await
}

/// Who may read what is added, if the caller may add it.
///
/// # Errors
/// If an id or an address is malformed, or the collection is none of the caller's.
pub(super) fn checked(caller: &Caller, request: &AddDocumentRequest) -> Result<DocumentAccess, Error> {
    check(request)?;
    if !caller.may_read(&request.collection) {
        return Err(Error::not_found("collection", &request.collection));
    }
    access(request)
}

/// Stores what is prepared, by who may change the index.
pub(super) async fn store(
    db: &Db,
    caller: &Caller,
    prepared: Prepared,
    turn: OwnedMutexGuard<()>,
) -> Result<Act<Document>, Error> {
    let doc_id = &prepared.document.doc_id;
    let stored = sql::changeable(db, caller, doc_id).await?;
    if stored.is_none() {
        sql::check_free(db, caller, doc_id).await?;
    }
    match stored {
        Some(stored) if is_same(&stored, &prepared) => change(db, stored, prepared, turn).await,
        stored => replace(db, caller, stored, prepared, turn).await,
    }
}

/// Removes a document and every passage of it; none, where there is none that the caller may change.
///
/// # Errors
/// If the store fails.
pub(super) async fn delete(app: &App, caller: &Caller, doc_id: &str) -> Result<Option<Act<()>>, Error> {
    remove(&app.db, caller, doc_id, one_at_a_time(app).await).await
}

/// The same by who may change the index.
pub(super) async fn remove(
    db: &Db,
    caller: &Caller,
    doc_id: &str,
    turn: OwnedMutexGuard<()>,
) -> Result<Option<Act<()>>, Error> {
    let Some(stored) = sql::changeable(db, caller, doc_id).await? else { return Ok(None) };
    let removed = removed(db, &stored).await?;
    let mut draft = Draft::new(db, &stored.team);
    let held = draft.hide(removed, &sets(&stored.document)).await?;
    draft.purge(&held).await?;
    let rows = vec![sql::remove(&stored.key), sql::revise(&stored.team, &stored.document.collection)];
    let statements = draft.statements(rows).await?;
    Ok(Some(Act::new((), statements).changing(noted(&stored.document), ()).holding(turn)))
}

/// What the audit log holds of a document: what it is in, and who may read it.
pub(super) fn noted(document: &Document) -> Value {
    json!({"doc_id": document.doc_id, "collection": document.collection, "access": document.access})
}

/// Indexes the documents that an older program stored, one after the other, until all are or the daemon stops.
pub(crate) async fn index_outdated(app: App, stopped: CancellationToken) {
    let run = async {
        sql::forget_old_index(&app.db).await?;
        while !stopped.is_cancelled() {
            let _one_at_a_time = app.indexing.lock().await;
            if !index_next(&app.db).await? {
                break;
            }
        }
        Ok::<_, Error>(())
    };
    if let Err(error) = run.await {
        tracing::error!(cause = error.cause.as_deref().unwrap_or_default(), "documents can't be indexed");
    }
}

/// Indexes a document that an older program stored; whether there was one.
pub(super) async fn index_next(db: &Db) -> Result<bool, Error> {
    let Some(stored) = sql::outdated(db).await? else { return Ok(false) };
    let passages = sql::passages_of(db, &stored.key).await?;
    let title = stored.document.title.clone();
    let index = move || {
        let all = passages.iter().map(|passage| passage.text.as_str()).collect::<Vec<_>>().join("\n");
        let language = Language::of_text(&all);
        let entry = |passage: &StoredPassage| {
            let own = passage_language(&passage.text, language);
            entry(&title, &passage.heading, &passage.text, own)
        };
        passages.iter().map(|passage| (passage.id, entry(passage))).unzip()
    };
    let (ids, entries): (Vec<i64>, Vec<Entry>) = spawn_blocking(index).await.map_err(Error::internal)?;
    let languages: Vec<Option<Language>> = entries.iter().map(|entry| entry.language).collect();
    let mut draft = Draft::new(db, &stored.team);
    let new = draft.add(&stored.document.collection, entries, &sets(&stored.document)).await?;
    let moved = ids.into_iter().zip(new).zip(languages);
    let mut rows: Vec<Statement> =
        moved.map(|((old, new), language)| sql::renumber(old, new, language)).collect();
    rows.push(sql::indexed_by(&stored.key, VERSION));
    draft.write(rows).await?;
    Ok(true)
}

/// Checks a request, and makes ready what it asks to be stored.
pub(super) fn prepare(mut request: AddDocumentRequest) -> Result<Prepared, Error> {
    let text = mem::take(&mut request.text);
    let hash = hex(Sha256::digest(&text).as_slice());
    prepare_read(request, formats::read_markdown(text), hash)
}

/// The same of a document that was read from a file.
fn prepare_read(request: AddDocumentRequest, content: Content, hash: String) -> Result<Prepared, Error> {
    check(&request)?;
    let access = access(&request)?;
    let sections = structure::sections(&content);
    let outline: Vec<OutlineEntry> = sections
        .iter()
        .map(|section| OutlineEntry {
            section: section.number.clone(),
            title: section.heading.clone(),
            page: section.page,
        })
        .collect();
    let language = Language::of_text(&content.text);
    let passages: Vec<NewPassage> = sections
        .iter()
        .flat_map(|section| section.passages.iter().map(move |passage| (section, passage)))
        .map(|(section, passage)| (section, passage.page, &content.text[passage.range.clone()]))
        .map(|(section, page, text)| NewPassage {
            section: section.label(),
            heading: section.heading.clone(),
            page,
            language: passage_language(text, language),
            text: text.to_owned(),
        })
        .collect();
    if passages.is_empty() {
        return Err(Error::invalid("text", "The document has no text."));
    }
    let doc_id = request.doc_id.unwrap_or_else(|| id::new("doc"));
    let title = request.title.or(content.title).unwrap_or_else(|| doc_id.clone());
    let entries = passages.iter().map(|p| entry(&title, &p.heading, &p.text, p.language)).collect();
    let digest = digest(&[&request.collection, &title, &content.text]);
    let document = Document {
        object: "document".into(),
        title,
        doc_id,
        collection: request.collection,
        status: "ready".into(),
        reason: content.note,
        pages: content.pages,
        sections: u32::try_from(outline.len()).ok(),
        passages: u32::try_from(passages.len()).ok(),
        access,
        content_hash: Some(hash),
        embedded_by: None,
        metadata: request.metadata,
        created_at: Time::now(),
    };
    Ok(Prepared { document, outline, passages, entries, digest })
}

/// A long passage's own language; a short one is taken to be in its document's.
fn passage_language(text: &str, document: Option<Language>) -> Option<Language> {
    if text.chars().nth(400).is_some() { Language::of_text(text) } else { document }
}

fn entry(title: &str, heading: &str, text: &str, language: Option<Language>) -> Entry {
    Entry { terms: words::counted(&[(title, HEADING), (heading, HEADING), (text, 1)], language), language }
}

fn digest(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The sets of the index that a document's passages belong to: who may find them, and what filters look for.
fn sets(document: &Document) -> Vec<String> {
    let mut sets = vec![index::ALL.to_owned()];
    if document.access.public {
        sets.push(index::PUBLIC.to_owned());
    }
    sets.extend(sql::readers(&document.access));
    sets.extend(document.metadata.iter().flatten().flat_map(|(field, value)| index::sets_of(field, value)));
    sets.sort_unstable();
    sets.dedup();
    sets
}

fn is_same(stored: &Stored, prepared: &Prepared) -> bool {
    stored.is_indexed && stored.digest.as_ref() == Some(&prepared.digest)
}

/// Gives a document another access list and other metadata: the passages stay where they are.
async fn change(
    db: &Db,
    stored: Stored,
    prepared: Prepared,
    turn: OwnedMutexGuard<()>,
) -> Result<Act<Document>, Error> {
    let Document { created_at, embedded_by, .. } = stored.document.clone();
    let document = Document { created_at, embedded_by, ..prepared.document };
    let ids: Vec<i64> = sql::passages_of(db, &stored.key).await?.iter().map(|passage| passage.id).collect();
    let mut draft = Draft::new(db, &stored.team);
    draft.move_between(&ids, &sets(&stored.document), &sets(&document)).await?;
    let mut rows = sql::change(&stored, &document)?;
    rows.push(sql::revise(&stored.team, &document.collection));
    let (statements, after) = (draft.statements(rows).await?, noted(&document));
    Ok(Act::new(document, statements).changing(noted(&stored.document), after).holding(turn))
}

async fn replace(
    db: &Db,
    caller: &Caller,
    stored: Option<Stored>,
    prepared: Prepared,
    turn: OwnedMutexGuard<()>,
) -> Result<Act<Document>, Error> {
    let Prepared { document, outline, passages, entries, digest } = prepared;
    let key = id::new("row");
    let mut rows = Vec::new();
    let mut draft = Draft::new(db, &caller.team);
    let mut held = Vec::new();
    if let Some(stored) = &stored {
        held = draft.hide(removed(db, stored).await?, &sets(&stored.document)).await?;
        rows.push(sql::remove(&stored.key));
        if stored.document.collection != document.collection {
            rows.push(sql::revise(&caller.team, &stored.document.collection));
        }
    }
    let ids = draft.add(&document.collection, entries, &sets(&document)).await?;
    rows.extend(sql::insert(caller, &key, &document, &outline, &digest)?);
    let numbered = ids.into_iter().zip(&passages).enumerate();
    rows.extend(numbered.map(|(n, (id, passage))| sql::insert_passage(&caller.team, &key, n, id, passage)));
    rows.push(sql::revise(&caller.team, &document.collection));
    let later = passages.len() + held.len() > LARGE;
    if !later {
        draft.purge(&held).await?;
    }
    let (statements, after) = (draft.statements(rows).await?, noted(&document));
    let before = stored.map(|stored| noted(&stored.document));
    let act = Act::new(document, statements).changing(before, after);
    if !later {
        return Ok(act.holding(turn));
    }
    let (db, team) = (db.clone(), caller.team.clone());
    Ok(act.then(move || drop(tokio::spawn(purge(db, team, held, turn)))))
}

/// Takes passages that nobody finds any longer out of the terms.
async fn purge(db: Db, team: String, held: Vec<Removed>, _turn: OwnedMutexGuard<()>) {
    let purged = async {
        let mut draft = Draft::new(&db, &team);
        draft.purge(&held).await?;
        draft.write(Vec::new()).await
    };
    if let Err(error) = purged.await {
        tracing::error!(%error, "passages that are gone stay in the index until it is made anew");
    }
}

/// A document's passages, with the terms that they were indexed with.
async fn removed(db: &Db, stored: &Stored) -> Result<Vec<Removed>, Error> {
    if !stored.is_indexed {
        return Ok(Vec::new());
    }
    let passages = sql::passages_of(db, &stored.key).await?;
    let title = stored.document.title.clone();
    let count = move || {
        let one = |passage: StoredPassage| Removed {
            passage: passage.id,
            terms: entry(&title, &passage.heading, &passage.text, passage.language).terms,
        };
        passages.into_iter().map(one).collect()
    };
    spawn_blocking(count).await.map_err(Error::internal)
}

fn check(request: &AddDocumentRequest) -> Result<(), Error> {
    if request.doc_id.as_deref().is_some_and(|id| !id::is_document_id(id)) {
        let message = "A document's id has 1 to 128 letters, digits, dots, dashes and underscores.";
        return Err(Error::invalid("doc_id", message));
    }
    if !id::is_name(&request.collection) {
        let message = "A collection's name has 3 to 63 lower-case letters, digits and dashes.";
        return Err(Error::invalid("collection", message));
    }
    Ok(())
}

fn access(request: &AddDocumentRequest) -> Result<DocumentAccess, Error> {
    let users = request.users.iter().map(|email| {
        canonical(email).map_err(|_| Error::invalid("users", format!("`{email}` is not an e-mail address.")))
    });
    let access = DocumentAccess {
        groups: request.groups.clone(),
        users: users.collect::<Result<_, _>>()?,
        public: request.public,
    };
    if access.groups.is_empty() && access.users.is_empty() && !access.public {
        let message = "Nobody could read this document. Give `groups`, `users`, or `public: true`.";
        return Err(Error::invalid("groups", message));
    }
    Ok(access)
}
