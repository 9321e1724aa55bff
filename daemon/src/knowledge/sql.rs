//! The queries of documents and their passages. Those of the index are its own.

use super::index::{self, VERSION};
use super::ingest::NewPassage;
use super::words::Language;
use crate::error::{Error, Kind};
use crate::gate::Caller;
use crate::store::{Db, Row, Statement, Value, places};
use contract::time::Time;
use contract::wire::knowledge::{
    Document, DocumentAccess, DocumentDetail, ListDocumentsQuery, OutlineEntry, Passage, Ranks,
};
use contract::wire::page::{DEFAULT_LIMIT, MAX_LIMIT, Page};
use std::collections::HashMap;

/// The condition under which a caller may read a document `d`, with its parameters pushed.
fn readable_by(caller: &Caller, params: &mut Vec<Value>) -> String {
    params.push((&caller.team).into());
    let mut team = format!("d.team = ?{}", params.len());
    if !caller.collections.is_empty() {
        team += &within(&caller.collections, params);
    }
    if caller.sees_all() {
        return team;
    }
    let readers = caller.readers();
    let list = places(params.len() + 1, readers.len());
    params.extend(readers.into_iter().map(Value::from));
    format!(
        "{team} AND (d.is_public = 1 OR EXISTS (SELECT 1 FROM document_readers r
         WHERE r.document = d.id AND r.reader IN ({list})))"
    )
}

fn within(collections: &[String], params: &mut Vec<Value>) -> String {
    let list = places(params.len() + 1, collections.len());
    params.extend(collections.iter().map(Value::from));
    format!(" AND d.collection IN ({list})")
}

/// Passages that a caller may read, by their ids, each with the language that it is indexed in.
pub(super) async fn passages(
    db: &Db,
    caller: &Caller,
    ids: &[i64],
) -> Result<HashMap<i64, (Passage, Option<Language>)>, Error> {
    let mut params = Vec::new();
    let condition = readable_by(caller, &mut params);
    let list = places(params.len() + 1, ids.len());
    params.extend(ids.iter().map(|id| Value::from(*id)));
    let sql = format!(
        "SELECT p.id, d.doc_id, d.title, p.section, p.page, d.collection, p.text, p.language
         FROM passages p JOIN documents d ON d.id = p.document WHERE p.id IN ({list}) AND {condition}"
    );
    let read = |row: &Row| (row.int(0), (passage(row), Language::of_code(row.str(7))));
    Ok(db.rows(sql, params).await?.iter().map(read).collect())
}

fn passage(row: &Row) -> Passage {
    Passage {
        doc_id: row.text(1),
        title: row.text(2),
        section: row.optional_text(3),
        page: row.optional_int(4).and_then(|page| page.try_into().ok()),
        collection: row.text(5),
        text: row.text(6),
        score: 0.0,
        ranks: Ranks::default(),
        highlights: Vec::new(),
    }
}

/// A document as it is stored, where it is about to change.
pub(super) struct Stored {
    /// The key of its rows.
    pub(super) key: String,
    pub(super) team: String,
    pub(super) document: Document,
    pub(super) digest: Option<String>,
    /// Whether the index holds it as this program would.
    pub(super) is_indexed: bool,
}

/// A passage as it is stored, with what it is found by.
pub(super) struct StoredPassage {
    pub(super) id: i64,
    pub(super) heading: String,
    pub(super) text: String,
    pub(super) language: Option<Language>,
}

/// A document that the caller may change.
pub(super) async fn changeable(db: &Db, caller: &Caller, doc_id: &str) -> Result<Option<Stored>, Error> {
    let mut params = vec![Value::from(doc_id)];
    let condition = changeable_by(caller, &mut params);
    let sql = format!("SELECT {COLUMNS} FROM documents d WHERE d.doc_id = ?1 AND {condition}");
    stored(db, &db.rows(sql, params).await?).await
}

/// A document that the index doesn't hold as this program would; one of a newer program is forgotten before.
pub(super) async fn outdated(db: &Db) -> Result<Option<Stored>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM documents d WHERE d.indexed < ?1 LIMIT 1");
    stored(db, &db.rows(sql, vec![VERSION.into()]).await?).await
}

async fn stored(db: &Db, rows: &[Row]) -> Result<Option<Stored>, Error> {
    let Some(row) = rows.first() else { return Ok(None) };
    let detail = with_readers(db, rows).await?.pop();
    Ok(detail.map(|detail| Stored {
        key: row.text(8),
        team: row.text(9),
        document: detail.document,
        digest: row.optional_text(10),
        is_indexed: row.int(11) == VERSION,
    }))
}

/// The passages of a document, in their order.
pub(super) async fn passages_of(db: &Db, key: &str) -> Result<Vec<StoredPassage>, Error> {
    let sql = "SELECT id, heading, text, language FROM passages WHERE document = ?1 ORDER BY number";
    let rows = db.rows(sql, vec![key.into()]).await?;
    let read = |row: &Row| StoredPassage {
        id: row.int(0),
        heading: row.text(1),
        text: row.text(2),
        language: Language::of_code(row.str(3)),
    };
    Ok(rows.iter().map(read).collect())
}

/// A document's row and those of its readers.
pub(super) fn insert(
    caller: &Caller,
    key: &str,
    document: &Document,
    outline: &[OutlineEntry],
    digest: &str,
) -> Result<Vec<Statement>, Error> {
    let mut batch = vec![Statement::new(
        "INSERT INTO documents (id, team, doc_id, collection, title, outline, passages, is_public, metadata, created_at,
          added_by, digest, indexed, reason, pages, content_hash)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)",
        vec![
            key.into(),
            (&caller.team).into(),
            (&document.doc_id).into(),
            (&document.collection).into(),
            (&document.title).into(),
            serde_json::to_string(outline)?.into(),
            document.passages.into(),
            document.access.public.into(),
            document.metadata.as_ref().map(serde_json::to_string).transpose()?.into(),
            document.created_at.0.into(),
            (&caller.key_id).into(),
            digest.into(),
            VERSION.into(),
            document.reason.clone().into(),
            document.pages.into(),
            document.content_hash.clone().into(),
        ],
    )];
    batch.extend(insert_readers(&caller.team, key, &document.access));
    Ok(batch)
}

fn insert_readers(team: &str, key: &str, access: &DocumentAccess) -> Vec<Statement> {
    let insert = |reader: String| {
        let sql = "INSERT INTO document_readers (team, document, reader) VALUES (?1, ?2, ?3)
                   ON CONFLICT (document, reader) DO NOTHING";
        Statement::new(sql, vec![team.into(), key.into(), reader.into()])
    };
    readers(access).into_iter().map(insert).collect()
}

/// What is in the access list, as callers are compared with it.
pub(super) fn readers(access: &DocumentAccess) -> Vec<String> {
    let groups = access.groups.iter().map(|group| format!("group:{group}"));
    groups.chain(access.users.iter().map(|user| format!("user:{user}"))).collect()
}

/// Gives a document another access list, and other metadata.
pub(super) fn change(stored: &Stored, document: &Document) -> Result<Vec<Statement>, Error> {
    let key = &stored.key;
    let mut batch = vec![
        Statement::new(
            "UPDATE documents SET is_public = ?2, metadata = ?3, status = 'ready', reason = ?4, pages = ?5,
               content_hash = ?6 WHERE id = ?1",
            vec![
                key.into(),
                document.access.public.into(),
                document.metadata.as_ref().map(serde_json::to_string).transpose()?.into(),
                document.reason.clone().into(),
                document.pages.into(),
                document.content_hash.clone().into(),
            ],
        )
        .expect(1),
        Statement::new("DELETE FROM document_readers WHERE document = ?1", vec![key.into()]),
    ];
    batch.extend(insert_readers(&stored.team, key, &document.access));
    Ok(batch)
}

pub(super) fn insert_passage(
    team: &str,
    key: &str,
    number: usize,
    id: i64,
    passage: &NewPassage,
) -> Statement {
    Statement::new(
        "INSERT INTO passages (id, team, document, number, section, heading, page, text, language)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        vec![
            id.into(),
            team.into(),
            key.into(),
            number.into(),
            passage.section.clone().into(),
            (&passage.heading).into(),
            passage.page.into(),
            (&passage.text).into(),
            passage.language.map(Language::code).into(),
        ],
    )
}

/// Moves a passage to where the index has it now.
pub(super) fn renumber(passage: i64, to: i64, language: Option<Language>) -> Statement {
    let sql = "UPDATE passages SET id = ?2, language = ?3 WHERE id = ?1";
    Statement::new(sql, vec![passage.into(), to.into(), language.map(Language::code).into()])
}

/// Notes which version of the index holds a document.
pub(super) fn indexed_by(key: &str, version: i64) -> Statement {
    Statement::new("UPDATE documents SET indexed = ?2 WHERE id = ?1", vec![key.into(), version.into()])
}

/// Takes a document away, and its passages with it.
pub(super) fn remove(key: &str) -> Statement {
    Statement::new("DELETE FROM documents WHERE id = ?1", vec![key.into()]).expect(1)
}

/// Brings a collection to a new revision.
pub(super) fn revise(team: &str, collection: &str) -> Statement {
    Statement::new(
        "INSERT INTO collections (team, id, revision) VALUES (?1, ?2, 1)
         ON CONFLICT (team, id) DO UPDATE SET revision = collections.revision + 1",
        vec![team.into(), collection.into()],
    )
}

/// Forgets an index of another version, whose documents are then indexed again.
pub(super) async fn forget_old_index(db: &Db) -> Result<(), Error> {
    let old = "SELECT 1 FROM documents WHERE indexed NOT IN (0, ?1) LIMIT 1";
    if db.row(old, vec![VERSION.into()]).await?.is_none() {
        return Ok(());
    }
    let mut batch = index::forget_all();
    batch.push(Statement::new("UPDATE documents SET indexed = 0, embedded = ''", vec![]));
    db.batch(batch).await?;
    Ok(())
}

/// That no document that the caller may not change has an id.
///
/// # Errors
/// If one has, or the store fails.
pub(super) async fn check_free(db: &Db, caller: &Caller, doc_id: &str) -> Result<(), Error> {
    let mut params = vec![Value::from(&caller.team), doc_id.into()];
    let condition = changeable_by(caller, &mut params);
    let sql = format!(
        "SELECT 1 FROM documents d WHERE d.team = ?1 AND d.doc_id = ?2 AND CASE WHEN {condition} THEN 0 ELSE 1 END = 1"
    );
    if db.row(sql, params).await?.is_none() {
        return Ok(());
    }
    let message = format!("The id `{doc_id}` can't be used. Choose another one, or none.");
    Err(Error::new(Kind::Conflict, "id_taken", message))
}

/// The condition under which a caller may change a document `d`: who may read it, and the key that added it.
pub(super) fn changeable_by(caller: &Caller, params: &mut Vec<Value>) -> String {
    let readable = readable_by(caller, params);
    params.push(caller.user.is_none().then(|| caller.key_id.clone()).into());
    format!("(({readable}) OR d.added_by = ?{})", params.len())
}

const COLUMNS: &str =
    "d.doc_id, d.title, d.collection, d.outline, d.passages, d.is_public, d.metadata, d.created_at, d.id, d.team, d.digest,
     d.indexed, d.status, d.reason, d.pages, d.content_hash, d.embedded";

/// A page of the documents that a caller may read, by id.
pub(crate) async fn list(
    db: &Db,
    caller: &Caller,
    query: &ListDocumentsQuery,
) -> Result<Page<Document>, Error> {
    let limit = query.page.limit.unwrap_or(DEFAULT_LIMIT).clamp(1, MAX_LIMIT);
    let mut params = Vec::new();
    let mut condition = readable_by(caller, &mut params);
    if let Some(collection) = &query.collection {
        condition += &within(std::slice::from_ref(collection), &mut params);
    }
    if let Some(status) = &query.status {
        params.push(status.into());
        condition += &format!(" AND d.status = ?{}", params.len());
    }
    params.push(query.page.after.clone().unwrap_or_default().into());
    let after = params.len();
    let sql = format!(
        "SELECT {COLUMNS} FROM documents d WHERE {condition} AND d.doc_id > ?{after} ORDER BY d.doc_id LIMIT {}",
        limit + 1
    );
    let rows = db.rows(sql, params).await?;
    let documents = with_readers(db, &rows).await?.into_iter().map(|detail| detail.document).collect();
    Ok(Page::of(documents, limit, |document| document.doc_id.clone()))
}

/// A document, if the caller may read it.
pub(crate) async fn find(db: &Db, caller: &Caller, doc_id: &str) -> Result<Option<DocumentDetail>, Error> {
    let mut params = vec![Value::from(doc_id)];
    let condition = readable_by(caller, &mut params);
    let sql = format!("SELECT {COLUMNS} FROM documents d WHERE d.doc_id = ?1 AND {condition}");
    Ok(with_readers(db, &db.rows(sql, params).await?).await?.pop())
}

async fn with_readers(db: &Db, rows: &[Row]) -> Result<Vec<DocumentDetail>, Error> {
    let sql = format!(
        "SELECT document, reader FROM document_readers WHERE document IN ({}) ORDER BY document, reader",
        places(1, rows.len())
    );
    let mut readers: HashMap<String, Vec<String>> = HashMap::new();
    for row in db.rows(sql, rows.iter().map(|row| row.text(8).into()).collect()).await? {
        readers.entry(row.text(0)).or_default().push(row.text(1));
    }
    rows.iter().map(|row| read(row, &readers.remove(&row.text(8)).unwrap_or_default())).collect()
}

fn read(row: &Row, readers: &[String]) -> Result<DocumentDetail, Error> {
    let outline: Vec<OutlineEntry> = row.json(3)?;
    let named = |kind| readers.iter().filter_map(|r| r.strip_prefix(kind)).map(str::to_owned).collect();
    let document = Document {
        object: "document".into(),
        doc_id: row.text(0),
        title: row.text(1),
        collection: row.text(2),
        status: row.text(12),
        reason: row.optional_text(13),
        pages: row.optional_int(14).and_then(|pages| pages.try_into().ok()),
        sections: u32::try_from(outline.len()).ok(),
        passages: u32::try_from(row.int(4)).ok(),
        access: DocumentAccess { groups: named("group:"), users: named("user:"), public: row.flag(5) },
        content_hash: row.optional_text(15),
        embedded_by: Some(row.text(16)).filter(|model| !model.is_empty()),
        metadata: row.optional_text(6).map(|text| serde_json::from_str(&text)).transpose()?,
        created_at: Time(row.int(7)),
    };
    Ok(DocumentDetail { document, outline })
}

/// The revisions of collections: they change with every document that comes, changes or goes.
pub(crate) async fn collection_revisions(
    db: &Db,
    team: &str,
    collections: &[String],
) -> Result<Vec<String>, Error> {
    let mut params = vec![Value::from(team)];
    let list = places(2, collections.len());
    params.extend(collections.iter().map(Value::from));
    let sql = format!("SELECT id, revision FROM collections WHERE team = ?1 AND id IN ({list}) ORDER BY id");
    let rows = db.rows(sql, params).await?;
    Ok(rows.iter().map(|row| format!("{}@{}", row.text(0), row.int(1))).collect())
}
