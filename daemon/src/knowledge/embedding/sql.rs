//! The queries of passages that wait for their vectors.

use super::super::index::{self, VERSION};
use crate::store::{Db, Row, Statement, StoreError};

/// A passage of a document that waits.
pub(super) struct Waiting {
    pub(super) passage: i64,
    /// The key of its document, and its place there.
    pub(super) place: (String, i64),
    pub(super) title: String,
    pub(super) heading: String,
    pub(super) text: String,
    /// Its vector, where only its place in the index is new.
    pub(super) vector: Option<Vec<u8>>,
}

/// Has the documents wait again that have another model's vectors.
pub(super) async fn wait_again(db: &Db, team: &str, model: &str) -> Result<(), StoreError> {
    let sql = "UPDATE documents SET embedded = '' WHERE team = ?1 AND embedded NOT IN ('', ?2)";
    db.batch(vec![Statement::new(sql, vec![team.into(), model.into()])]).await.map(drop)
}

/// The passages that come after a place, of a team's documents that wait for a model's vectors.
pub(super) async fn waiting(
    db: &Db,
    team: &str,
    model: &str,
    (document, number): &(String, i64),
    most: usize,
) -> Result<Vec<Waiting>, StoreError> {
    let sql = format!(
        "SELECT p.id, d.id, p.number, d.title, p.heading, p.text, v.model, v.vector
         FROM documents d JOIN passages p ON p.document = d.id
         LEFT JOIN passage_vectors v ON v.passage = p.id AND v.model = ?2
         WHERE d.team = ?1 AND d.embedded = '' AND d.indexed = ?3 AND d.id >= ?4 AND (d.id > ?4 OR p.number > ?5)
         ORDER BY d.id, p.number LIMIT {most}"
    );
    let params = vec![team.into(), model.into(), VERSION.into(), document.into(), (*number).into()];
    let read = |row: &Row| Waiting {
        passage: row.int(0),
        place: (row.text(1), row.int(2)),
        title: row.text(3),
        heading: row.text(4),
        text: row.text(5),
        vector: row.optional_text(6).map(|_| row.bytes(7).to_vec()),
    };
    Ok(db.rows(sql, params).await?.iter().map(read).collect())
}

/// Stores the vectors that a model made of passages, and notes which documents have all of theirs.
pub(super) async fn store(db: &Db, model: &str, batch: Vec<Waiting>) -> Result<(), StoreError> {
    let mut documents: Vec<String> = batch.iter().map(|one| one.place.0.clone()).collect();
    documents.dedup();
    let vectors = batch.into_iter().filter_map(|one| Some((one.passage, one.vector?))).collect();
    let mut statements = index::put_vectors(db, model, vectors).await?;
    statements.extend(documents.iter().map(|document| has_vectors(document, model)));
    db.batch(statements).await.map(drop)
}

/// Notes that a document has a model's vectors, if each of its passages has.
fn has_vectors(document: &str, model: &str) -> Statement {
    Statement::new(
        "UPDATE documents SET embedded = ?2 WHERE id = ?1 AND NOT EXISTS (
           SELECT 1 FROM passages p LEFT JOIN passage_vectors v ON v.passage = p.id AND v.model = ?2
           WHERE p.document = ?1 AND v.passage IS NULL)",
        vec![document.into(), model.into()],
    )
}
