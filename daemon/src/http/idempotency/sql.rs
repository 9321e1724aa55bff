//! The queries of idempotency.

use super::Ticket;
use crate::error::Error;
use crate::store::{self, Db, Statement, StoreError};

/// The first call under a key.
pub(super) struct First {
    pub(super) fingerprint: String,
    /// Its answer, encrypted, if it has ended.
    pub(super) answer: Option<(u16, String)>,
}

const MINE: &str = "team = ?1 AND caller = ?2 AND idempotency_key = ?3";

fn place(ticket: &Ticket) -> Vec<store::Value> {
    vec![(&ticket.team).into(), (&ticket.caller).into(), (&ticket.key).into()]
}

pub(super) async fn forget(db: &Db, before: i64) -> Result<(), Error> {
    db.execute("DELETE FROM idempotency WHERE created_at < ?1", vec![before.into()]).await?;
    Ok(())
}

pub(super) async fn forget_unanswered(db: &Db) -> Result<(), Error> {
    db.execute("DELETE FROM idempotency WHERE status IS NULL", vec![]).await?;
    Ok(())
}

/// Whether this call is the first under its key.
pub(super) async fn insert(db: &Db, ticket: &Ticket, fingerprint: &str, now: i64) -> Result<bool, Error> {
    let sql = "INSERT INTO idempotency (team, caller, idempotency_key, fingerprint, created_at)
               VALUES (?1, ?2, ?3, ?4, ?5)";
    let mut params = place(ticket);
    params.extend([fingerprint.into(), now.into()]);
    match db.execute(sql, params).await {
        Ok(_) => Ok(true),
        Err(StoreError::Conflict) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

pub(super) async fn find(db: &Db, ticket: &Ticket) -> Result<Option<First>, Error> {
    let sql = format!("SELECT fingerprint, status, body FROM idempotency WHERE {MINE}");
    let Some(row) = db.row(sql, place(ticket)).await? else { return Ok(None) };
    let status = row.optional_int(1).and_then(|status| u16::try_from(status).ok());
    let answer = status.map(|status| (status, row.text(2)));
    Ok(Some(First { fingerprint: row.text(0), answer }))
}

pub(super) fn keep(ticket: &Ticket, status: u16, sealed: &str) -> Statement {
    let mut params = place(ticket);
    params.extend([i64::from(status).into(), sealed.into()]);
    Statement::new(format!("UPDATE idempotency SET status = ?4, body = ?5 WHERE {MINE}"), params)
}

pub(super) async fn release(db: &Db, ticket: &Ticket) -> Result<(), Error> {
    db.execute(format!("DELETE FROM idempotency WHERE {MINE}"), place(ticket)).await?;
    Ok(())
}
