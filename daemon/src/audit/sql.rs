//! The queries of the audit log.

use super::{Entry, Filter};
use crate::error::Error;
use crate::gate::Caller;
use crate::store::{Db, Row, Statement, StoreError, Value, places};
use contract::catalogue::CATALOGUE;
use contract::chain::Link;
use contract::money::Usd;
use contract::time::Time;
use contract::wire::analytics::{AuditRow, Checkpoint, ListAuditQuery};
use contract::wire::page::{DEFAULT_LIMIT, MAX_LIMIT, Page};
use serde::Deserialize;
use serde_json::Map;
use std::sync::Arc;

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

impl Stored {
    /// What its hash covers.
    pub(super) fn link(&self) -> Link<'_> {
        let columns = [&self.team, &self.key_id, &self.user, &self.endpoint, &self.decision];
        Link {
            seq: self.seq,
            at: Time(self.at),
            trace_id: &self.trace_id,
            columns: columns.map(String::as_str),
            entry: &self.body,
        }
    }
}

/// A call as usage counts it.
pub(crate) struct Logged {
    pub(crate) seq: i64,
    pub(crate) at: i64,
    pub(crate) team: String,
    pub(crate) key_id: String,
    pub(crate) user: String,
    pub(crate) endpoint: String,
    pub(crate) agent: Option<String>,
    pub(crate) model: Option<String>,
    pub(crate) outcome: Option<String>,
    pub(crate) status: u16,
    pub(crate) latency_us: u64,
    pub(crate) input_tokens: u64,
    pub(crate) output_tokens: u64,
    pub(crate) cost_nanos: i64,
    pub(crate) is_cached: bool,
}

/// What usage reads of a row's entry.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Figures {
    agent: Option<String>,
    model: Option<String>,
    outcome: Option<String>,
    status: u16,
    latency_us: u64,
    cost_nanos: i64,
    usage: Tokens,
    stages: Stages,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Tokens {
    input_tokens: u64,
    output_tokens: u64,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Stages {
    cache: Option<String>,
}

impl Logged {
    /// Whether it was a call of the public API.
    pub(crate) fn is_public(&self) -> bool {
        CATALOGUE.iter().any(|endpoint| endpoint.name == self.endpoint)
    }
}

/// Calls after a row, in the log's order.
///
/// # Errors
/// If the store fails.
pub(crate) async fn logged(db: &Db, seq: i64, limit: usize) -> Result<Vec<Logged>, Error> {
    let read = |row: Stored| {
        let figures: Figures = serde_json::from_str(&row.body).unwrap_or_default();
        Logged {
            seq: row.seq,
            at: row.at,
            team: row.team,
            key_id: row.key_id,
            user: row.user,
            endpoint: row.endpoint,
            agent: figures.agent,
            model: figures.model,
            outcome: figures.outcome,
            status: figures.status,
            latency_us: figures.latency_us,
            input_tokens: figures.usage.input_tokens,
            output_tokens: figures.usage.output_tokens,
            cost_nanos: figures.cost_nanos,
            is_cached: figures.stages.cache.as_deref() == Some("hit"),
        }
    };
    Ok(after(db, seq, limit).await?.into_iter().map(read).collect())
}

pub(super) fn insert_checkpoint(seq: i64, hash: &str, signature: &str, at: Time) -> Statement {
    let sql =
        "INSERT INTO audit_checkpoints (seq, team, hash, signature, created_at) VALUES (?1, '', ?2, ?3, ?4)
               ON CONFLICT (seq) DO NOTHING";
    Statement::new(sql, vec![seq.into(), hash.into(), signature.into(), at.0.into()])
}

/// Checkpoints before a row, the newest first.
pub(super) async fn checkpoints(
    db: &Db,
    public_key: &str,
    before: i64,
    limit: u32,
) -> Result<Vec<Checkpoint>, Error> {
    let sql = "SELECT seq, hash, created_at, signature FROM audit_checkpoints WHERE seq < ?1 ORDER BY seq DESC LIMIT ?2";
    let rows = db.rows(sql, vec![before.into(), limit.into()]).await?;
    let read = |row: &Row| Checkpoint {
        object: "audit.checkpoint".into(),
        seq: row.int(0),
        hash: row.text(1),
        at: Time(row.int(2)),
        signature: row.text(3),
        public_key: public_key.to_owned(),
    };
    Ok(rows.iter().map(read).collect())
}

/// The newest checkpoint all of whose rows are older than a time.
pub(super) async fn cut(db: &Db, older_than: i64) -> Result<Option<i64>, Error> {
    let sql = "SELECT MAX(c.seq) FROM audit_checkpoints c
               WHERE c.seq < COALESCE((SELECT MIN(a.seq) FROM audit a WHERE a.created_at >= ?1),
                                      (SELECT MAX(a.seq) + 1 FROM audit a), 0)
                 AND EXISTS (SELECT 1 FROM audit a WHERE a.seq <= c.seq)";
    Ok(db.row(sql, vec![older_than.into()]).await?.and_then(|row| row.optional_int(0)))
}

/// Removes rows up to a checkpoint, so many at most, with the traces that they lead to; how many rows went.
pub(super) async fn remove(db: &Db, up_to: i64, most: usize) -> Result<usize, Error> {
    let rows = "SELECT seq FROM audit WHERE seq <= ?1 ORDER BY seq LIMIT ?2";
    let params = || vec![Value::from(up_to), most.into()];
    let traces = format!("DELETE FROM traces WHERE audit_seq IN ({rows})");
    let rows = format!("DELETE FROM audit WHERE seq IN ({rows})");
    let removed = db.batch(vec![Statement::new(traces, params()), Statement::new(rows, params())]).await?;
    Ok(removed.last().copied().unwrap_or(0))
}

/// Removes the checkpoints before the one that proves what went.
pub(super) async fn remove_checkpoints(db: &Db, up_to: i64) -> Result<usize, Error> {
    Ok(db.execute("DELETE FROM audit_checkpoints WHERE seq < ?1", vec![up_to.into()]).await?)
}

/// The last row that is older than a time.
pub(super) async fn newest_before(db: &Db, older_than: i64) -> Result<Option<i64>, Error> {
    let sql = "SELECT MAX(seq) FROM audit WHERE created_at < ?1";
    Ok(db.row(sql, vec![older_than.into()]).await?.and_then(|row| row.optional_int(0)))
}

/// Removes the traces of rows up to one, so many at most; how many went.
pub(super) async fn remove_traces(db: &Db, up_to: i64, most: usize) -> Result<usize, Error> {
    let sql = "DELETE FROM traces WHERE audit_seq IN
               (SELECT audit_seq FROM traces WHERE audit_seq <= ?1 ORDER BY audit_seq LIMIT ?2)";
    Ok(db.execute(sql, vec![up_to.into(), most.into()]).await?)
}

macro_rules! columns {
    () => {
        "seq, team, trace_id, key_id, user_email, endpoint, decision, entry, prev, hash, created_at"
    };
}

const COLUMNS: &str = columns!();

const INSERT: &str =
    concat!("INSERT INTO audit (", columns!(), ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)");

pub(super) async fn head(db: &Db) -> Result<Option<(i64, String)>, StoreError> {
    let row = db.row("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1", vec![]).await?;
    Ok(row.map(|row| (row.int(0), row.text(1))))
}

/// The hash of a row.
pub(super) async fn hash(db: &Db, seq: i64) -> Result<Option<String>, StoreError> {
    let row = db.row("SELECT hash FROM audit WHERE seq = ?1", vec![seq.into()]).await?;
    Ok(row.map(|row| row.text(0)))
}

/// Adds a row.
pub(super) fn insert(seq: i64, entry: &Entry, prev: String, hash: String) -> Statement {
    Statement::new(
        INSERT,
        vec![
            seq.into(),
            (&entry.team).into(),
            (&entry.trace_id).into(),
            entry.key_id.clone().into(),
            entry.user.clone().into(),
            entry.endpoint.into(),
            entry.decision.into(),
            Arc::clone(&entry.body).into(),
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
///
/// # Errors
/// If a filter is none, or the store fails.
pub(crate) async fn list(db: &Db, caller: &Caller, query: ListAuditQuery) -> Result<Page<AuditRow>, Error> {
    let limit = query.limit.unwrap_or(DEFAULT_LIMIT).clamp(1, MAX_LIMIT);
    let before = query.after.as_deref().map_or(Ok(i64::MAX), str::parse);
    let before = before.map_err(|_| Error::invalid("after", "Send the `next` of the page before."))?;
    let filter = Filter::of(db, caller, query).await?;
    let rows = visible(db, caller, &filter, "seq <", before, "seq DESC", limit + 1).await?;
    Ok(Page::of(rows, limit, |row| row.seq.to_string()))
}

/// Rows after one that the caller may see, in the log's order; and after which row to look next. `head` is one up to which
/// all are written: what is between the last that was found and it need not be looked at again.
///
/// # Errors
/// If the store fails.
pub(crate) async fn newer(
    db: &Db,
    caller: &Caller,
    filter: &Filter,
    than: i64,
    head: i64,
) -> Result<(Vec<AuditRow>, i64), Error> {
    let rows = visible(db, caller, filter, "seq >", than, "seq", MAX_LIMIT).await?;
    let last = rows.last().map_or(than, |row| row.seq);
    let is_full = rows.len() == MAX_LIMIT as usize;
    Ok((rows, if is_full { last } else { last.max(head) }))
}

/// Whether a caller may see every row.
pub(super) fn sees_whole(caller: &Caller) -> bool {
    caller.sees_all() && caller.role.sees_every_team()
}

async fn visible(
    db: &Db,
    caller: &Caller,
    filter: &Filter,
    side: &str,
    of: i64,
    order: &str,
    limit: u32,
) -> Result<Vec<AuditRow>, Error> {
    let nobodys = if caller.sees_all() { "" } else { &caller.team };
    let teams = match sees_whole(caller) {
        true => "(team IN (?1, ?2) OR team <> '')",
        false => "team IN (?1, ?2)",
    };
    let mut wheres = vec![teams.to_owned(), format!("{side} ?3")];
    let mut params: Vec<Value> = vec![(&caller.team).into(), nobodys.into(), of.into()];
    let own = !caller.sees_others();
    let own_key = (own && caller.user.is_none()).then(|| caller.key_id.clone());
    let filters = [
        ("user_email =", caller.user.clone().filter(|_| own).map(Value::from)),
        ("key_id =", own_key.map(Value::from)),
        ("user_email =", filter.user.clone().map(Value::from)),
        ("team =", filter.team.clone().map(Value::from)),
        ("endpoint =", filter.endpoint.clone().map(Value::from)),
        ("trace_id =", filter.trace_id.clone().map(Value::from)),
        ("decision =", filter.decision.clone().map(Value::from)),
        ("created_at >=", filter.from.map(|at| at.0.into())),
        ("created_at <", filter.to.map(|at| at.0.into())),
    ];
    for (condition, value) in filters.into_iter().filter_map(|(c, value)| value.map(|value| (c, value))) {
        params.push(value);
        wheres.push(format!("{condition} ?{}", params.len()));
    }
    if let Some(keys) = &filter.keys {
        wheres.push(format!("key_id IN ({})", places(params.len() + 1, keys.len())));
        params.extend(keys.iter().map(Value::from));
    }
    let condition = wheres.join(" AND ");
    let sql = format!("SELECT {COLUMNS} FROM audit WHERE {condition} ORDER BY {order} LIMIT {limit}");
    let rows = db.rows(sql, params).await?;
    Ok(rows.iter().map(|row| show(read(row), filter.raw)).collect())
}

fn show(row: Stored, raw: bool) -> AuditRow {
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
        hub_session: text("hub_session"),
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
        entry: raw.then_some(row.body),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gate::fixture::caller;
    use crate::store::fixture::store;

    #[tokio::test]
    async fn what_was_looked_at_is_not_looked_at_again_though_nothing_matched() {
        let (_place, db) = store().await;
        let (caller, filter) = (caller(), Filter::default());
        let row = |seq: i64| {
            let params = vec![seq.into(), seq.to_string().into()];
            let sql =
                "INSERT INTO audit (seq, team, trace_id, endpoint, decision, entry, prev, hash, created_at)
                       VALUES (?1, 'other', ?2, 'Chat', 'allowed', '{}', '', ?2, 0)";
            Statement::new(sql, params)
        };
        db.batch((1..=300).map(row).collect()).await.unwrap();
        let (rows, next) = newer(&db, &caller, &filter, 0, 300).await.unwrap();
        assert_eq!((rows.len(), next), (0, 300));
        db.execute("UPDATE audit SET team = 't', user_email = 'ana@example.org'", vec![]).await.unwrap();
        let (rows, next) = newer(&db, &caller, &filter, 0, 300).await.unwrap();
        assert_eq!((rows.len(), next), (200, 200), "the rest is in the next page");
    }
}
