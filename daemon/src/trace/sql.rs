//! The queries of traces.

use crate::error::Error;
use crate::gate::Caller;
use crate::store::{Db, Statement};
use contract::time::Time;
use contract::wire::analytics::Trace;
use serde_json::Value;

/// Whose call a trace is of.
pub(crate) struct Owner<'a> {
    pub(crate) team: &'a str,
    pub(crate) key: Option<&'a str>,
    pub(crate) user: Option<&'a str>,
}

pub(crate) fn insert(id: &str, owner: &Owner<'_>, body: &str, seq: i64, at: Time) -> Statement {
    let sql = "INSERT INTO traces (id, team, key_id, user_email, body, audit_seq, created_at)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    let params = vec![
        id.into(),
        owner.team.into(),
        owner.key.into(),
        owner.user.into(),
        body.into(),
        seq.into(),
        at.0.into(),
    ];
    Statement::new(sql, params)
}

/// A trace that the caller may see: of the acting user, else of its own key, or of anybody where its role is to look.
pub(crate) async fn find(db: &Db, caller: &Caller, id: &str) -> Result<Option<Trace>, Error> {
    let sql = "SELECT team, user_email, body, audit_seq, created_at FROM traces
               WHERE id = ?1 AND team = ?2 AND (?3 = 1 OR user_email = ?4 OR (?4 IS NULL AND key_id = ?5))";
    let params = vec![
        id.into(),
        (&caller.team).into(),
        caller.sees_others().into(),
        caller.user.clone().into(),
        (&caller.key_id).into(),
    ];
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
