//! The queries of files that wait to be read. While one waits, its document's row says so; when it was read, the row and
//! what waits of it are replaced in one transaction.

use crate::error::Error;
use crate::gate::Caller;
use crate::knowledge::sql::{changeable_by, check_free, readers};
use crate::store::{Db, Row, Statement, Value};
use contract::id;
use contract::wire::knowledge::{AddDocumentRequest, Document, OutlineEntry};
use std::collections::HashSet;

/// A file that waits.
pub(super) struct File {
    /// Its id, and its name on the disk.
    pub(super) id: String,
    /// Who brought it.
    pub(super) caller: Caller,
    /// What was said of it.
    pub(super) request: AddDocumentRequest,
    /// The title, where it tells none itself.
    pub(super) title: String,
    /// The ending of its name.
    pub(super) ending: String,
    /// The SHA-256 of its bytes.
    pub(super) hash: String,
}

/// What puts a file at the end of the queue, in place of one that waits for the same document; and whose id that is.
///
/// # Errors
/// If the document is one that the caller may not change, or the store fails.
pub(super) async fn insert(
    db: &Db,
    document: &Document,
    file: &File,
) -> Result<(Vec<Statement>, Option<String>), Error> {
    let team = &file.caller.team;
    check_free(db, &file.caller, &document.doc_id).await?;
    let waits = "SELECT i.id FROM ingests i JOIN documents d ON d.id = i.document WHERE d.team = ?1 AND d.doc_id = ?2";
    let before = db.row(waits, vec![team.into(), (&document.doc_id).into()]).await?;
    let mut batch = placeholder(document, file)?;
    let mut of = vec![Value::from(team), (&document.doc_id).into()];
    let condition = changeable_by(&file.caller, &mut of);
    let forget = format!(
        "DELETE FROM ingests WHERE document IN (
           SELECT d.id FROM documents d WHERE d.team = ?1 AND d.doc_id = ?2 AND {condition})"
    );
    batch.push(Statement::new(forget, of));
    let mut params = vec![
        Value::from(&file.id),
        team.into(),
        (&document.doc_id).into(),
        serde_json::to_string(&file.caller)?.into(),
        serde_json::to_string(&file.request)?.into(),
        (&file.title).into(),
        (&file.ending).into(),
        (&file.hash).into(),
        document.created_at.0.into(),
    ];
    let condition = changeable_by(&file.caller, &mut params);
    let insert = format!(
        "INSERT INTO ingests (id, team, document, caller, request, title, ending, hash, created_at)
         SELECT CAST(?1 AS TEXT), d.team, d.id, CAST(?4 AS TEXT), CAST(?5 AS TEXT), CAST(?6 AS TEXT), CAST(?7 AS TEXT),
           CAST(?8 AS TEXT), CAST(?9 AS BIGINT)
         FROM documents d WHERE d.team = ?2 AND d.doc_id = ?3 AND {condition}"
    );
    batch.push(Statement::new(insert, params).expect(1));
    Ok((batch, before.map(|row| row.text(0))))
}

/// The row of a document that is not there as yet; one that is there is marked as waiting, and stays what it is.
fn placeholder(document: &Document, file: &File) -> Result<Vec<Statement>, Error> {
    let (team, key) = (&file.caller.team, id::new("row"));
    let mut params = vec![Value::from(team), (&document.doc_id).into()];
    let condition = changeable_by(&file.caller, &mut params);
    let waits = format!(
        "UPDATE documents SET status = 'queued', reason = NULL WHERE id IN (
           SELECT d.id FROM documents d WHERE d.team = ?1 AND d.doc_id = ?2 AND {condition})"
    );
    let insert = "INSERT INTO documents (id, team, doc_id, collection, title, outline, passages, is_public, metadata,
          created_at, added_by, status, content_hash)
        VALUES (?1, ?2, ?3, ?4, ?5, '[]', 0, ?6, ?7, ?8, ?9, 'queued', ?10) ON CONFLICT (team, doc_id) DO NOTHING";
    let row = vec![
        (&key).into(),
        team.into(),
        (&document.doc_id).into(),
        (&document.collection).into(),
        (&document.title).into(),
        document.access.public.into(),
        document.metadata.as_ref().map(serde_json::to_string).transpose()?.into(),
        document.created_at.0.into(),
        (&file.caller.key_id).into(),
        (&file.hash).into(),
    ];
    let mut batch = vec![Statement::new(waits, params), Statement::new(insert, row)];
    for reader in readers(&document.access) {
        let sql = "INSERT INTO document_readers (team, document, reader)
                   SELECT d.team, d.id, CAST(?2 AS TEXT) FROM documents d WHERE d.id = ?1
                   ON CONFLICT (document, reader) DO NOTHING";
        batch.push(Statement::new(sql, vec![(&key).into(), reader.into()]));
    }
    Ok(batch)
}

/// A document that waited as it is now, for whoever brought it, who may be none of its readers.
pub(super) async fn state(db: &Db, team: &str, document: &Document) -> Result<Option<Document>, Error> {
    let sql = "SELECT status, reason, title, pages, passages, outline FROM documents WHERE team = ?1 AND doc_id = ?2";
    let Some(row) = db.row(sql, vec![team.into(), (&document.doc_id).into()]).await? else { return Ok(None) };
    let number = |column| row.optional_int(column).and_then(|number| number.try_into().ok());
    let outline: Vec<OutlineEntry> = row.json(5)?;
    Ok(Some(Document {
        status: row.text(0),
        reason: row.optional_text(1),
        title: row.text(2),
        pages: number(3),
        passages: number(4),
        sections: u32::try_from(outline.len()).ok(),
        ..document.clone()
    }))
}

/// The file that came first, of another team than the last one's if there is one.
pub(super) async fn next(db: &Db, last_team: &str) -> Result<Option<File>, Error> {
    let sql = "SELECT id, caller, request, title, ending, hash FROM ingests
               ORDER BY CASE WHEN team = ?1 THEN 1 ELSE 0 END, id LIMIT 1";
    db.row(sql, vec![last_team.into()]).await?.as_ref().map(file).transpose()
}

fn file(row: &Row) -> Result<File, Error> {
    Ok(File {
        id: row.text(0),
        caller: row.json(1)?,
        request: row.json(2)?,
        title: row.text(3),
        ending: row.text(4),
        hash: row.text(5),
    })
}

/// The ids of all that wait.
pub(super) async fn ids(db: &Db) -> Result<HashSet<String>, Error> {
    let rows = db.rows("SELECT id FROM ingests", vec![]).await?;
    Ok(rows.iter().map(|row| row.text(0)).collect())
}

/// Whether a file still waits.
pub(super) async fn is_waiting(db: &Db, id: &str) -> Result<bool, Error> {
    Ok(db.row("SELECT 1 FROM ingests WHERE id = ?1", vec![id.into()]).await?.is_some())
}

/// Notes that a document is what its file holds.
pub(super) fn done(file: &File, note: Option<&str>) -> [Statement; 2] {
    let doc_id = file.request.doc_id.as_deref();
    let sql = "UPDATE documents SET status = 'ready', reason = ?3, content_hash = ?4 WHERE team = ?1 AND doc_id = ?2";
    let params = vec![(&file.caller.team).into(), doc_id.into(), note.into(), (&file.hash).into()];
    let forget = Statement::new("DELETE FROM ingests WHERE id = ?1", vec![(&file.id).into()]);
    [Statement::new(sql, params), forget]
}

/// Notes why a file can't be read; what its document was before, it stays.
pub(super) async fn refuse(db: &Db, id: &str, reason: &str) -> Result<(), Error> {
    let sql = "UPDATE documents SET status = 'refused', reason = ?2
               WHERE id IN (SELECT i.document FROM ingests i WHERE i.id = ?1)";
    let forget = Statement::new("DELETE FROM ingests WHERE id = ?1", vec![id.into()]);
    db.batch(vec![Statement::new(sql, vec![id.into(), reason.into()]), forget]).await?;
    Ok(())
}
