//! The queries of vectors.

use crate::store::{Db, Row, Statement, StoreError, Value, places};

/// The signs of a block of a segment's slots.
pub(super) struct Block {
    pub(super) segment: i64,
    /// Its number in the segment.
    pub(super) number: usize,
    pub(super) signs: Vec<u8>,
}

/// The blocks of segments that a model's vectors have.
pub(super) async fn blocks(db: &Db, segments: &[i64], model: &str) -> Result<Vec<Block>, StoreError> {
    let list = places(2, segments.len());
    let sql =
        format!("SELECT segment, block, signs FROM vector_signs WHERE model = ?1 AND segment IN ({list})");
    let segments = segments.iter().map(|segment| Value::from(*segment));
    let rows = db.rows(sql, std::iter::once(Value::from(model)).chain(segments).collect()).await?;
    let read = |row: Row| Block {
        segment: row.int(0),
        number: row.int(1).try_into().unwrap_or(0),
        signs: row.into_bytes(2),
    };
    Ok(rows.into_iter().map(read).collect())
}

/// A block of a model's signs.
pub(super) async fn block(db: &Db, segment: i64, number: usize, model: &str) -> Result<Vec<u8>, StoreError> {
    let sql = "SELECT signs FROM vector_signs WHERE segment = ?1 AND block = ?2 AND model = ?3";
    let row = db.row(sql, vec![segment.into(), number.into(), model.into()]).await?;
    Ok(row.map(|row| row.into_bytes(0)).unwrap_or_default())
}

/// Sets a block, in place of another model's too, as long as its segment is there.
pub(super) fn put_block(block: Block, model: &str) -> Statement {
    Statement::new(
        "INSERT INTO vector_signs (segment, block, model, signs) SELECT s.id, ?2, ?3, ?4 FROM segments s WHERE s.id = ?1
         ON CONFLICT (segment, block) DO UPDATE SET model = excluded.model, signs = excluded.signs",
        vec![block.segment.into(), block.number.into(), model.into(), block.signs.into()],
    )
}

/// The vectors of passages, as far as a model made them.
pub(super) async fn vectors(
    db: &Db,
    passages: &[i64],
    model: &str,
) -> Result<Vec<(i64, Vec<u8>)>, StoreError> {
    let list = places(2, passages.len());
    let sql = format!("SELECT passage, vector FROM passage_vectors WHERE model = ?1 AND passage IN ({list})");
    let passages = passages.iter().map(|passage| Value::from(*passage));
    let rows = db.rows(sql, std::iter::once(Value::from(model)).chain(passages).collect()).await?;
    Ok(rows.into_iter().map(|row| (row.int(0), row.into_bytes(1))).collect())
}

/// Sets a passage's vector, if the passage is still there.
pub(super) fn put_vector(passage: i64, model: &str, vector: Vec<u8>) -> Statement {
    Statement::new(
        "INSERT INTO passage_vectors (passage, model, vector) SELECT p.id, ?2, ?3 FROM passages p WHERE p.id = ?1
         ON CONFLICT (passage) DO UPDATE SET model = excluded.model, vector = excluded.vector",
        vec![passage.into(), model.into(), vector.into()],
    )
}
