//! The queries of traces.

use crate::error::Error;
use crate::gate::Caller;
use crate::store::{Db, Statement};
use contract::time::Time;
use contract::wire::analytics::Trace;
use serde_json::Value;

pub(crate) fn insert(
    id: &str,
    team: &str,
    user: Option<&str>,
    body: &Value,
    seq: i64,
    at: Time,
) -> Statement {
    Statement::new(
        "INSERT INTO traces (id, team, user_email, body, audit_seq, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        vec![id.into(), team.into(), user.into(), body.to_string().into(), seq.into(), at.0.into()],
    )
}

/// A trace of the caller's team; of the acting user only, where the call acts for one.
pub(crate) async fn find(db: &Db, caller: &Caller, id: &str) -> Result<Option<Trace>, Error> {
    let sql = "SELECT team, user_email, body, audit_seq, created_at FROM traces
               WHERE id = ?1 AND team = ?2 AND (?3 IS NULL OR user_email = ?3)";
    let params = vec![id.into(), (&caller.team).into(), caller.user.clone().into()];
    let Some(row) = db.row(sql, params).await? else { return Ok(None) };
    let mut body: serde_json::Map<String, Value> = row.json(2)?;
    let mut take = |name: &str| body.remove(name).unwrap_or_default();
    let text = |value: Value| value.as_str().map(str::to_owned);
    Ok(Some(Trace {
        object: "trace".into(),
        trace_id: id.to_owned(),
        status: text(take("status")).unwrap_or_default(),
        request: take("request"),
        key: text(take("key")),
        user: row.optional_text(1),
        team: row.text(0),
        spans: serde_json::from_value(take("spans"))?,
        policy: take("policy"),
        retrieval: take("retrieval"),
        tools: take("tools"),
        guardrails: take("guardrails"),
        model: text(take("model")),
        usage: take("usage"),
        audit_seq: row.optional_int(3),
        feedback: Vec::new(),
        created_at: Time(row.int(4)),
    }))
}
