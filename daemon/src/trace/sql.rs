//! The queries of traces.

use crate::error::Error;
use crate::gate::Caller;
use crate::store::{Db, Statement};
use contract::time::Time;
use contract::wire::analytics::Trace;
use serde_json::Value;
use std::sync::Arc;

/// Adds the trace of a row of the audit log, which says whose it is.
pub(crate) fn insert(seq: i64, team: &str, body: Arc<str>) -> Statement {
    let sql = "INSERT INTO traces (audit_seq, team, body) VALUES (?1, ?2, ?3)";
    Statement::new(sql, vec![seq.into(), team.into(), body.into()])
}

/// A trace that the caller may see: of the acting user, else of its own key, or of anybody where its role is to look.
pub(crate) async fn find(db: &Db, caller: &Caller, id: &str) -> Result<Option<Trace>, Error> {
    let sql = "SELECT a.team, a.user_email, t.body, a.seq, a.created_at
               FROM audit a JOIN traces t ON t.audit_seq = a.seq
               WHERE a.trace_id = ?1 AND a.team = ?2
                 AND (?3 = 1 OR a.user_email = ?4 OR (?4 IS NULL AND a.key_id = ?5))";
    let params = vec![
        id.into(),
        (&caller.team).into(),
        caller.sees_others().into(),
        caller.user.clone().into(),
        (&caller.key_id).into(),
    ];
    let Some(row) = db.row(sql, params).await? else { return Ok(None) };
    let mut body: serde_json::Map<String, Value> = row.json(2)?;
    // How many passages somebody may not read is nothing that this somebody may know.
    let searches = body.get_mut("retrieval").and_then(Value::as_array_mut).into_iter().flatten();
    for search in searches.filter_map(Value::as_object_mut).filter(|_| !caller.sees_others()) {
        search.remove("filtered");
    }
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
        content: Some(take("content")).filter(|content| !content.is_null()),
        audit_seq: row.optional_int(3),
        feedback: Vec::new(),
        created_at: Time(row.int(4)),
    }))
}
