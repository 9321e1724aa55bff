//! The calls that a policy of rails is tried on.

use crate::error::Error;
use crate::store::{Db, Row};
use crate::trace::Content;
use serde::Deserialize;

/// Calls that are read at once.
pub(super) const PAGE: u32 = 500;

/// A call of an agent or a model.
pub(super) struct Called {
    pub(super) seq: i64,
    pub(super) trace_id: String,
    /// The agent and its version; none of a model's call.
    pub(super) agent: Option<(String, String)>,
    /// What was asked and answered, where that is kept.
    pub(super) content: Option<Content>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Body {
    request: Request,
    content: Option<Content>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Request {
    agent: Option<String>,
    agent_version: Option<String>,
}

/// The newest calls of a team before one, the newest first.
pub(super) async fn calls(
    db: &Db,
    team: &str,
    agent: Option<&str>,
    before: i64,
    most: u32,
) -> Result<Vec<Called>, Error> {
    let sql = format!(
        "SELECT t.audit_seq, a.trace_id, t.body FROM audit a JOIN traces t ON t.audit_seq = a.seq
         WHERE a.team = ?1 AND a.seq < ?2 AND a.endpoint IN ('Chat', 'ChatCompletions', 'Responses')
         AND (CAST(?3 AS TEXT) IS NULL OR t.body LIKE '%\"agent\":\"' || CAST(?3 AS TEXT) || '\"%')
         ORDER BY a.seq DESC LIMIT {most}"
    );
    let rows = db.rows(sql, vec![team.into(), before.into(), agent.into()]).await?;
    rows.iter().map(read).collect()
}

fn read(row: &Row) -> Result<Called, Error> {
    let Body { request, content } = row.json(2)?;
    Ok(Called {
        seq: row.int(0),
        trace_id: row.text(1),
        agent: request.agent.zip(request.agent_version),
        content,
    })
}
