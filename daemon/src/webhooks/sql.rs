//! The queries of webhooks.

use super::shown;
use crate::error::Error;
use crate::store::{Db, Row, Statement};
use contract::time::Time;
use contract::wire::admin::{Delivery, Webhook};
use serde_json::Value;

/// What is due, with where it goes and what signs it.
#[derive(Debug)]
pub(super) struct Due {
    pub(super) delivery: Delivery,
    pub(super) url: String,
    pub(super) sealed: String,
}

const DELIVERY: &str = "d.id, d.webhook_id, d.event, d.body, d.status, d.attempts, d.last_answer, d.next_attempt_at, d.created_at";

/// One row for each webhook of the team that listens to the event.
pub(super) fn tell(id: &str, team: &str, event: &str, body: &Value, now: i64) -> Statement {
    let sql = "INSERT INTO webhook_deliveries
                 (id, team, webhook_id, event, body, status, attempts, next_attempt_at, created_at)
               SELECT CAST(?1 AS TEXT) || '_' || id, team, id, CAST(?3 AS TEXT), CAST(?4 AS TEXT), 'pending', 0,
                      CAST(?5 AS BIGINT), CAST(?5 AS BIGINT)
               FROM webhooks WHERE team = ?2 AND (events = '[]' OR events LIKE '%\"' || CAST(?3 AS TEXT) || '\"%')";
    Statement::new(sql, vec![id.into(), team.into(), event.into(), body.to_string().into(), now.into()])
}

pub(super) async fn list(db: &Db, team: &str) -> Result<Vec<Webhook>, Error> {
    let sql = "SELECT id, team, url, events, created_at FROM webhooks WHERE team = ?1 ORDER BY id";
    let rows = db.rows(sql, vec![team.into()]).await?;
    let read = |row: &Row| {
        Ok(Webhook {
            object: "webhook".into(),
            id: row.text(0),
            team: row.text(1),
            url: shown(&row.text(2)),
            events: row.json(3)?,
            created_at: Time(row.int(4)),
            secret: None,
        })
    };
    rows.iter().map(read).collect()
}

pub(super) fn insert(webhook: &Webhook, sealed: &str) -> Result<Statement, Error> {
    let sql =
        "INSERT INTO webhooks (id, team, url, events, sealed, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    let params = vec![
        (&webhook.id).into(),
        (&webhook.team).into(),
        (&webhook.url).into(),
        serde_json::to_string(&webhook.events)?.into(),
        sealed.into(),
        webhook.created_at.0.into(),
    ];
    Ok(Statement::new(sql, params))
}

pub(super) fn delete(id: &str) -> Statement {
    Statement::new("DELETE FROM webhooks WHERE id = ?1", vec![id.into()]).expect(1)
}

pub(super) async fn deliveries(
    db: &Db,
    webhook: &str,
    before: Option<&str>,
    limit: u32,
) -> Result<Vec<Delivery>, Error> {
    let sql = format!(
        "SELECT {DELIVERY} FROM webhook_deliveries d
         WHERE d.webhook_id = ?1 AND (CAST(?2 AS TEXT) IS NULL OR d.id < ?2) ORDER BY d.id DESC LIMIT {limit}"
    );
    db.rows(sql, vec![webhook.into(), before.into()]).await?.iter().map(read).collect()
}

fn read(row: &Row) -> Result<Delivery, Error> {
    Ok(Delivery {
        object: "webhook.delivery".into(),
        id: row.text(0),
        webhook_id: row.text(1),
        event: row.text(2),
        body: row.json(3)?,
        status: row.text(4),
        attempts: u32::try_from(row.int(5)).unwrap_or(u32::MAX),
        last_answer: row.optional_text(6),
        next_attempt_at: row.optional_int(7).map(Time),
        created_at: Time(row.int(8)),
    })
}

pub(super) async fn delivery(db: &Db, webhook: &str, id: &str) -> Result<Option<Delivery>, Error> {
    let sql = format!("SELECT {DELIVERY} FROM webhook_deliveries d WHERE d.webhook_id = ?1 AND d.id = ?2");
    db.row(sql, vec![webhook.into(), id.into()]).await?.as_ref().map(read).transpose()
}

pub(super) fn resend(webhook: &str, id: &str, now: i64) -> Statement {
    let sql = "UPDATE webhook_deliveries SET status = 'pending', attempts = 0, next_attempt_at = ?3
               WHERE webhook_id = ?1 AND id = ?2";
    Statement::new(sql, vec![webhook.into(), id.into(), now.into()]).expect(1)
}

/// What is due by a time, the longest due first.
pub(super) async fn due(db: &Db, now: i64, limit: u32) -> Result<Vec<Due>, Error> {
    let sql = format!(
        "SELECT {DELIVERY}, w.url, w.sealed FROM webhook_deliveries d JOIN webhooks w ON w.id = d.webhook_id
         WHERE d.status = 'pending' AND d.next_attempt_at <= ?1 ORDER BY d.next_attempt_at LIMIT {limit}"
    );
    let rows = db.rows(sql, vec![now.into()]).await?;
    rows.iter().map(|row| Ok(Due { delivery: read(row)?, url: row.text(9), sealed: row.text(10) })).collect()
}

/// When the next delivery is due.
pub(super) async fn next_due(db: &Db) -> Result<Option<i64>, Error> {
    let sql = "SELECT MIN(next_attempt_at) FROM webhook_deliveries WHERE status = 'pending'";
    Ok(db.row(sql, vec![]).await?.and_then(|row| row.optional_int(0)))
}

/// What came of an attempt.
pub(super) async fn attempted(
    db: &Db,
    id: &str,
    status: &str,
    answer: &str,
    next_attempt_at: Option<i64>,
) -> Result<(), Error> {
    let sql = "UPDATE webhook_deliveries
               SET status = ?2, last_answer = ?3, next_attempt_at = ?4, attempts = attempts + 1 WHERE id = ?1";
    db.execute(sql, vec![id.into(), status.into(), answer.into(), next_attempt_at.into()]).await?;
    Ok(())
}
