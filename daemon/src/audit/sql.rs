//! The queries of the audit log.

use super::Entry;
use crate::error::Error;
use crate::gate::Caller;
use crate::store::{Db, Row, Statement, Value};
use contract::money::Usd;
use contract::time::Time;
use contract::wire::analytics::{AuditRow, ListAuditQuery};
use contract::wire::page::{DEFAULT_LIMIT, MAX_LIMIT, Page};
use serde_json::Map;

/// A row as it is verified.
pub(super) struct Stored {
    pub(super) seq: i64,
    pub(super) team: String,
    pub(super) trace_id: String,
    pub(super) key_id: String,
    pub(super) user: String,
    pub(super) endpoint: String,
    pub(super) decision: String,
    pub(super) body: String,
    pub(super) prev: String,
    pub(super) hash: String,
    pub(super) at: i64,
}

const COLUMNS: &str =
    "seq, team, trace_id, key_id, user_email, endpoint, decision, entry, prev, hash, created_at";

pub(super) async fn head(db: &Db) -> Result<Option<(i64, String)>, Error> {
    let row = db.row("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1", vec![]).await?;
    Ok(row.map(|row| (row.int(0), row.text(1))))
}

pub(super) fn insert(seq: i64, entry: &Entry, prev: &str, hash: &str) -> Statement {
    Statement::new(
        format!("INSERT INTO audit ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"),
        vec![
            seq.into(),
            (&entry.team).into(),
            (&entry.trace_id).into(),
            entry.key_id.clone().into(),
            entry.user.clone().into(),
            entry.endpoint.into(),
            entry.decision.into(),
            (&entry.body).into(),
            prev.into(),
            hash.into(),
            entry.at.0.into(),
        ],
    )
}

pub(super) async fn after(db: &Db, seq: i64, limit: usize) -> Result<Vec<Stored>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM audit WHERE seq > ?1 ORDER BY seq LIMIT ?2");
    Ok(db.rows(sql, vec![seq.into(), limit.into()]).await?.iter().map(read).collect())
}

fn read(row: &Row) -> Stored {
    Stored {
        seq: row.int(0),
        team: row.text(1),
        trace_id: row.text(2),
        key_id: row.text(3),
        user: row.text(4),
        endpoint: row.text(5),
        decision: row.text(6),
        body: row.text(7),
        prev: row.text(8),
        hash: row.text(9),
        at: row.int(10),
    }
}

/// A page of the rows that the caller may see, the newest first: of the acting user, else of its own key, or of anybody
/// where its role is to look. Rows of calls that no key opened belong to no team; operators see them.
pub(crate) async fn list(db: &Db, caller: &Caller, query: &ListAuditQuery) -> Result<Page<AuditRow>, Error> {
    let limit = query.page.limit.unwrap_or(DEFAULT_LIMIT).clamp(1, MAX_LIMIT);
    let before = query.page.after.as_deref().map_or(Ok(i64::MAX), str::parse);
    let before = before.map_err(|_| Error::invalid("after", "Send the `next` of the page before."))?;
    let nobodys = if caller.sees_all() { "" } else { &caller.team };
    let mut wheres = vec!["team IN (?1, ?2)".to_owned(), "seq < ?3".to_owned()];
    let mut params: Vec<Value> = vec![(&caller.team).into(), nobodys.into(), before.into()];
    let own = !caller.sees_others();
    let own_key = (own && caller.user.is_none()).then(|| caller.key_id.clone());
    let filters = [
        ("user_email =", caller.user.clone().filter(|_| own).map(Value::from)),
        ("key_id =", own_key.map(Value::from)),
        ("user_email =", query.user.clone().map(Value::from)),
        ("key_id =", query.key.clone().map(Value::from)),
        ("endpoint =", query.endpoint.clone().map(Value::from)),
        ("trace_id =", query.trace_id.clone().map(Value::from)),
        ("decision =", query.decision.clone().map(Value::from)),
        ("created_at >=", query.from.map(|at| at.0.into())),
        ("created_at <", query.to.map(|at| at.0.into())),
    ];
    for (condition, value) in filters.into_iter().filter_map(|(c, value)| value.map(|value| (c, value))) {
        params.push(value);
        wheres.push(format!("{condition} ?{}", params.len()));
    }
    let condition = wheres.join(" AND ");
    let sql = format!("SELECT {COLUMNS} FROM audit WHERE {condition} ORDER BY seq DESC LIMIT {}", limit + 1);
    let rows = db.rows(sql, params).await?;
    let rows = rows.iter().map(|row| show(read(row))).collect();
    Ok(Page::of(rows, limit, |row| row.seq.to_string()))
}

fn show(row: Stored) -> AuditRow {
    let mut body: Map<String, serde_json::Value> = serde_json::from_str(&row.body).unwrap_or_default();
    let optional = |text: String| Some(text).filter(|text| !text.is_empty());
    let number = |name: &str| body.get(name).and_then(serde_json::Value::as_f64).unwrap_or_default();
    let text = |name: &str| body.get(name).and_then(serde_json::Value::as_str).map(str::to_owned);
    AuditRow {
        object: "audit.row".into(),
        seq: row.seq,
        at: Time(row.at),
        trace_id: row.trace_id,
        key_id: optional(row.key_id),
        key_generation: body.get("key_generation").and_then(serde_json::Value::as_i64),
        user: optional(row.user),
        team: optional(row.team),
        endpoint: row.endpoint,
        decision: row.decision,
        model: text("model"),
        cost_usd: Usd::from_nanos(number("cost_nanos") as i64),
        guardrails: text("guardrails"),
        status: number("status") as u16,
        latency_ms: number("latency_us") / 1000.0,
        usage: body.remove("usage").unwrap_or_default(),
        stages: body.remove("stages").unwrap_or_default(),
        change: body.remove("change"),
        hash: row.hash,
        prev: row.prev,
    }
}
