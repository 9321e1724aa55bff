//! The queries of knowledge. What they need of full text, `fulltext/` says for each engine.

use super::ingest::NewPassage;
use super::{Wanted, fulltext};
use crate::error::{Error, Kind};
use crate::gate::Caller;
use crate::store::{Db, Engine, Row, Statement, StoreError, Value, places};
use contract::id;
use contract::time::Time;
use contract::wire::knowledge::{
    Document, DocumentAccess, DocumentDetail, ListDocumentsQuery, OutlineEntry, Passage, Ranks,
};
use contract::wire::page::{DEFAULT_LIMIT, MAX_LIMIT, Page};
use std::collections::HashMap;

/// A passage that matched.
pub(super) struct Match {
    pub(super) passage: Passage,
    pub(super) matched: usize,
}

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

/// Whether a name is one that filters may have: other fields of the metadata are kept, but not looked for.
fn is_field(name: &str) -> bool {
    !name.is_empty() && name.len() <= 100 && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// A field's value as filters compare it.
fn field_value(value: &serde_json::Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The best passages for a question's words. Words in headings and titles weigh more than in the text.
pub(super) async fn search(
    db: &Db,
    caller: &Caller,
    words: &[String],
    wanted: &Wanted<'_>,
) -> Result<Vec<Match>, Error> {
    let mut params = vec![fulltext::expression(db.engine(), words).into()];
    let mut condition = readable_by(caller, &mut params);
    if let Some(collections) = wanted.collections {
        condition += &within(collections, &mut params);
    }
    for (name, value) in wanted.filters.into_iter().flatten() {
        if !is_field(name) {
            return Err(Error::invalid("filters", format!("`{name}` is not the name of a metadata field.")));
        }
        params.extend([name.into(), field_value(value).into()]);
        condition += &format!(
            " AND EXISTS (SELECT 1 FROM document_fields f
                  WHERE f.document = d.id AND f.name = ?{} AND f.value = ?{})",
            params.len() - 1,
            params.len()
        );
    }
    let sql = format!(
        "WITH {}
         SELECT d.doc_id, d.title, p.section, p.page, d.collection, p.text, (SELECT count(*) FROM matches)
         FROM ranked r JOIN passages p ON p.id = r.id JOIN documents d ON d.id = p.document
         ORDER BY r.rank DESC, r.id LIMIT {}",
        fulltext::ranked(db.engine(), &condition),
        wanted.top_k
    );
    let rows = db.rows(sql, params).await?;
    Ok(rows
        .iter()
        .map(|row| Match { passage: passage(row), matched: row.int(6).try_into().unwrap_or(0) })
        .collect())
}

fn passage(row: &Row) -> Passage {
    Passage {
        doc_id: row.text(0),
        title: row.text(1),
        section: row.optional_text(2),
        page: row.optional_int(3).and_then(|page| page.try_into().ok()),
        collection: row.text(4),
        text: row.text(5),
        score: 0.0,
        ranks: Ranks::default(),
    }
}

/// How many passages a caller may read.
pub(super) async fn readable(db: &Db, caller: &Caller, collections: &[String]) -> Result<u64, Error> {
    let mut params = Vec::new();
    let condition = readable_by(caller, &mut params) + &within(collections, &mut params);
    let sql =
        format!("SELECT CAST(COALESCE(SUM(d.passages), 0) AS BIGINT) FROM documents d WHERE {condition}");
    Ok(db.row(sql, params).await?.map_or(0, |row| row.int(0).try_into().unwrap_or(0)))
}

/// How many of them a word is in.
pub(super) async fn matching(
    db: &Db,
    caller: &Caller,
    collections: &[String],
    word: &str,
) -> Result<u64, Error> {
    let mut params = vec![fulltext::expression(db.engine(), &[word.to_owned()]).into()];
    let condition = readable_by(caller, &mut params) + &within(collections, &mut params);
    let sql = format!("SELECT count(*) FROM {} AND {condition}", fulltext::matching(db.engine()));
    Ok(db.row(sql, params).await?.map_or(0, |row| row.int(0).try_into().unwrap_or(0)))
}

pub(super) async fn replace(
    db: &Db,
    caller: &Caller,
    document: &Document,
    outline: &[OutlineEntry],
    passages: &[NewPassage],
) -> Result<(), Error> {
    let team = &caller.team;
    let key = id::new("row");
    let mut batch = removal(db.engine(), caller, &document.doc_id);
    batch.push(Statement::new(
        "INSERT INTO documents (id, team, doc_id, collection, title, outline, passages, is_public, metadata, created_at,
          added_by) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        vec![
            (&key).into(),
            team.into(),
            (&document.doc_id).into(),
            (&document.collection).into(),
            (&document.title).into(),
            serde_json::to_string(outline)?.into(),
            passages.len().into(),
            document.access.public.into(),
            document.metadata.as_ref().map(serde_json::to_string).transpose()?.into(),
            document.created_at.0.into(),
            (&caller.key_id).into(),
        ],
    ));
    let groups = document.access.groups.iter().map(|group| format!("group:{group}"));
    for reader in groups.chain(document.access.users.iter().map(|user| format!("user:{user}"))) {
        let sql = "INSERT INTO document_readers (team, document, reader) VALUES (?1, ?2, ?3)
                   ON CONFLICT (document, reader) DO NOTHING";
        batch.push(Statement::new(sql, vec![team.into(), (&key).into(), reader.into()]));
    }
    let fields = document.metadata.iter().flatten();
    batch.extend(fields.filter_map(|(name, value)| field(team, &key, name, value)));
    for (number, passage) in passages.iter().enumerate() {
        batch.push(Statement::new(
            "INSERT INTO passages (team, document, number, section, heading, text) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            vec![
                team.into(),
                (&key).into(),
                number.into(),
                passage.section.clone().into(),
                (&passage.heading).into(),
                (&passage.text).into(),
            ],
        ));
    }
    batch.extend(fulltext::index(db.engine(), &key, &document.title, passages));
    batch.push(Statement::new(
        "INSERT INTO collections (team, id, revision) VALUES (?1, ?2, 1)
         ON CONFLICT (team, id) DO UPDATE SET revision = collections.revision + 1",
        vec![team.into(), (&document.collection).into()],
    ));
    db.batch(batch).await.map_err(|error| match error {
        StoreError::Conflict => taken(&document.doc_id),
        other => other.into(),
    })?;
    Ok(())
}

/// Stores a field of a document's metadata, if filters may look for it.
fn field(team: &str, document: &str, name: &str, value: &serde_json::Value) -> Option<Statement> {
    let sql = "INSERT INTO document_fields (team, document, name, value) VALUES (?1, ?2, ?3, ?4)";
    let params = || vec![team.into(), document.into(), name.into(), field_value(value).into()];
    (is_field(name) && !value.is_null()).then(|| Statement::new(sql, params()))
}

fn taken(doc_id: &str) -> Error {
    let message = format!("The id `{doc_id}` can't be used. Choose another one, or none.");
    Error::new(Kind::Conflict, "id_taken", message)
}

/// The condition under which a caller may change a document `d`: who may read it, and the key that added it.
fn changeable_by(caller: &Caller, params: &mut Vec<Value>) -> String {
    let readable = readable_by(caller, params);
    params.push(caller.user.is_none().then(|| caller.key_id.clone()).into());
    format!("(({readable}) OR d.added_by = ?{})", params.len())
}

/// Takes away a document that the caller may change, its passages and their words; the collection it leaves is at a
/// new revision. The last statement changes one row, or none where there is no such document.
fn removal(engine: Engine, caller: &Caller, doc_id: &str) -> Vec<Statement> {
    let mut params = vec![Value::from(&caller.team), doc_id.into()];
    let condition = changeable_by(caller, &mut params);
    let mine = format!("documents d WHERE d.team = ?1 AND d.doc_id = ?2 AND {condition}");
    let statement = |sql: String| Statement::new(sql, params.clone());
    let mut batch = vec![statement(format!(
        "UPDATE collections SET revision = revision + 1 WHERE team = ?1 AND id IN (SELECT d.collection FROM {mine})"
    ))];
    let passages = format!("SELECT p.id FROM passages p WHERE p.document IN (SELECT d.id FROM {mine})");
    batch.extend(fulltext::forget(engine, &passages).map(statement));
    batch.push(statement(format!("DELETE FROM documents WHERE id IN (SELECT d.id FROM {mine})")));
    batch
}

const COLUMNS: &str =
    "d.doc_id, d.title, d.collection, d.outline, d.passages, d.is_public, d.metadata, d.created_at, d.id";

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
    params.push(query.page.after.clone().unwrap_or_default().into());
    let after = params.len();
    let sql = format!(
        "SELECT {COLUMNS} FROM documents d WHERE {condition} AND d.doc_id > ?{after} ORDER BY d.doc_id LIMIT {}",
        limit + 1
    );
    let rows = db.rows(sql, params).await?;
    let mut documents: Vec<Document> =
        with_readers(db, &rows).await?.into_iter().map(|detail| detail.document).collect();
    documents.retain(|document| query.status.as_deref().is_none_or(|status| status == document.status));
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
        status: "ready".into(),
        reason: None,
        pages: None,
        sections: u32::try_from(outline.len()).ok(),
        passages: u32::try_from(row.int(4)).ok(),
        access: DocumentAccess { groups: named("group:"), users: named("user:"), public: row.flag(5) },
        metadata: row.optional_text(6).map(|text| serde_json::from_str(&text)).transpose()?,
        created_at: Time(row.int(7)),
    };
    Ok(DocumentDetail { document, outline })
}

/// Removes a document and every passage of it; whether there was one that the caller may change.
pub(crate) async fn delete(db: &Db, caller: &Caller, doc_id: &str) -> Result<bool, Error> {
    let changed = db.batch(removal(db.engine(), caller, doc_id)).await?;
    Ok(changed.last().is_some_and(|rows| *rows > 0))
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
