//! The queries of online evaluation.

use crate::error::Error;
use crate::store::{Db, Statement};
use contract::time::Time;
use std::collections::{BTreeMap, BTreeSet};

/// An answer's scores.
pub(super) struct Scored {
    pub(super) scores: BTreeMap<String, f64>,
    pub(super) at: Time,
}

/// How many answers of an agent were scored since a time.
pub(super) async fn count(db: &Db, team: &str, agent: &str, since: i64) -> Result<u64, Error> {
    let sql = "SELECT count(*) FROM online_scores WHERE team = ?1 AND agent_id = ?2 AND created_at >= ?3";
    let row = db.row(sql, vec![team.into(), agent.into(), since.into()]).await?;
    Ok(row.and_then(|row| u64::try_from(row.int(0)).ok()).unwrap_or(0))
}

/// Keeps an answer's scores.
pub(super) async fn insert(
    db: &Db,
    team: &str,
    agent: &str,
    (version, trace_id): (&str, &str),
    scores: &BTreeMap<String, f64>,
    now: i64,
) -> Result<(), Error> {
    let sql = "INSERT INTO online_scores (trace_id, team, agent_id, version, scores, created_at)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (trace_id) DO NOTHING";
    let scores = serde_json::to_string(scores)?;
    let params = vec![trace_id.into(), team.into(), agent.into(), version.into(), scores.into(), now.into()];
    db.execute(sql, params).await?;
    Ok(())
}

/// The newest scores of an agent since a time, the newest first.
pub(super) async fn newest(
    db: &Db,
    team: &str,
    agent: &str,
    since: i64,
    most: usize,
) -> Result<Vec<Scored>, Error> {
    let sql = format!(
        "SELECT scores, created_at FROM online_scores WHERE team = ?1 AND agent_id = ?2 AND created_at >= ?3
         ORDER BY created_at DESC, trace_id DESC LIMIT {most}"
    );
    let rows = db.rows(sql, vec![team.into(), agent.into(), since.into()]).await?;
    rows.iter().map(|row| Ok(Scored { scores: row.json(0)?, at: Time(row.int(1)) })).collect()
}

/// Removes what is older than is ever looked at.
pub(super) async fn prune(db: &Db, before: i64) -> Result<(), Error> {
    db.execute("DELETE FROM online_scores WHERE created_at < ?1", vec![before.into()]).await?;
    Ok(())
}

/// The figures of an agent whose drift was told.
pub(super) async fn told(db: &Db, team: &str, agent: &str) -> Result<BTreeSet<String>, Error> {
    let sql = "SELECT figure FROM online_drift WHERE team = ?1 AND agent_id = ?2";
    let rows = db.rows(sql, vec![team.into(), agent.into()]).await?;
    Ok(rows.iter().map(|row| row.text(0)).collect())
}

/// Notes that the drift of a figure is told: once.
pub(super) fn tell(team: &str, agent: &str, figure: &str, now: i64) -> Statement {
    let sql = "INSERT INTO online_drift (team, agent_id, figure, told_at) VALUES (?1, ?2, ?3, ?4)
               ON CONFLICT (team, agent_id, figure) DO NOTHING";
    Statement::new(sql, vec![team.into(), agent.into(), figure.into(), now.into()]).expect(1)
}

/// Forgets that a figure drifted.
pub(super) async fn recovered(db: &Db, team: &str, agent: &str, figure: &str) -> Result<(), Error> {
    let sql = "DELETE FROM online_drift WHERE team = ?1 AND agent_id = ?2 AND figure = ?3";
    db.execute(sql, vec![team.into(), agent.into(), figure.into()]).await?;
    Ok(())
}
