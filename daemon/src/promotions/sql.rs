//! Promotions that wait until cases which broke were asked again.

use super::confirm::Work;
use crate::error::Error;
use crate::store::{Db, Statement};

/// Keeps what a promotion waits for.
pub(super) fn insert(team: &str, promotion: &str, work: &Work, now: i64) -> Result<Statement, Error> {
    let sql = "INSERT INTO confirmations (promotion, team, work, created_at) VALUES (?1, ?2, ?3, ?4)";
    let work = serde_json::to_string(work)?;
    Ok(Statement::new(sql, vec![promotion.into(), team.into(), work.into(), now.into()]))
}

/// Ends the wait: once.
pub(super) fn end(promotion: &str) -> Statement {
    Statement::new("DELETE FROM confirmations WHERE promotion = ?1", vec![promotion.into()]).expect(1)
}

/// What a promotion waits for, if it does.
pub(super) async fn work(db: &Db, promotion: &str) -> Result<Option<Work>, Error> {
    let row = db.row("SELECT work FROM confirmations WHERE promotion = ?1", vec![promotion.into()]).await?;
    row.map(|row| row.json(0)).transpose()
}

/// The promotions that wait.
pub(super) async fn waiting(db: &Db) -> Result<Vec<String>, Error> {
    let rows = db.rows("SELECT promotion FROM confirmations ORDER BY promotion", vec![]).await?;
    Ok(rows.iter().map(|row| row.text(0)).collect())
}
