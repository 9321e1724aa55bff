//! The queries of agents.

use super::{Deployed, canary};
use crate::error::Error;
use crate::gate::Caller;
use crate::store::{Db, Row, Statement, Value, places};
use contract::agent::AgentDefinition;
use contract::time::Time;
use contract::wire::agents::{
    self as wire, AgentDetail, AgentSummary, AgentVersion, ListAgentsQuery, Promotion,
};
use contract::wire::page::{DEFAULT_LIMIT, MAX_LIMIT, Page};
use std::collections::BTreeMap;
use std::sync::Arc;

fn deployed(row: &Row) -> Result<Deployed, Error> {
    Ok(Deployed { version: row.text(0), definition: Arc::new(row.json(1)?) })
}

/// What is live, with the promotion and the percentage of a canary, if one is under way.
pub(super) type Live = (Deployed, Option<(String, u64)>);

/// What is live in an environment.
pub(super) async fn live(db: &Db, team: &str, id: &str, environment: &str) -> Result<Option<Live>, Error> {
    let sql = "SELECT v.version, v.definition, c.promotion_id, c.percent FROM agent_environments e
               JOIN agents a ON a.team = e.team AND a.id = e.agent_id
               JOIN agent_versions v ON v.team = e.team AND v.agent_id = e.agent_id AND v.version = e.version
               LEFT JOIN canaries c ON c.team = e.team AND c.agent_id = e.agent_id AND c.environment = e.environment
               WHERE e.team = ?1 AND e.agent_id = ?2 AND e.environment = ?3 AND a.archived_at IS NULL";
    let row = db.row(sql, vec![team.into(), id.into(), environment.into()]).await?;
    let canary = |row: &Row| Some((row.optional_text(2)?, row.int(3).try_into().unwrap_or(0)));
    row.map(|row| Ok((deployed(&row)?, canary(&row)))).transpose()
}

/// The version of a canary, as long as it is under way.
pub(super) async fn of_canary(db: &Db, promotion: &str) -> Result<Option<Deployed>, Error> {
    let sql = "SELECT v.version, v.definition FROM canaries c
               JOIN agent_versions v ON v.team = c.team AND v.agent_id = c.agent_id AND v.version = c.version
               WHERE c.promotion_id = ?1";
    db.row(sql, vec![promotion.into()]).await?.as_ref().map(deployed).transpose()
}

pub(super) async fn version(db: &Db, team: &str, id: &str, version: &str) -> Result<Option<Deployed>, Error> {
    let sql =
        "SELECT version, definition FROM agent_versions WHERE team = ?1 AND agent_id = ?2 AND version = ?3";
    db.row(sql, vec![team.into(), id.into(), version.into()]).await?.as_ref().map(deployed).transpose()
}

/// The full version for what a caller says: a prefix of at least eight digits, or the one applied last.
///
/// # Errors
/// If there is no such agent or version, or the prefix fits several.
pub(crate) async fn resolve_version(
    db: &Db,
    team: &str,
    id: &str,
    wanted: Option<&str>,
) -> Result<String, Error> {
    let Some(prefix) = wanted else {
        let sql = "SELECT applied_version FROM agents WHERE team = ?1 AND id = ?2";
        let row = db.row(sql, vec![team.into(), id.into()]).await?;
        return row.and_then(|row| row.optional_text(0)).ok_or_else(|| Error::not_found("agent", id));
    };
    if prefix.len() < 8 || !prefix.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Err(Error::invalid("version", "A version is named by at least its first eight hex digits."));
    }
    let sql =
        "SELECT version FROM agent_versions WHERE team = ?1 AND agent_id = ?2 AND version LIKE ?3 LIMIT 2";
    let pattern = format!("{}%", prefix.to_lowercase());
    let rows = db.rows(sql, vec![team.into(), id.into(), pattern.into()]).await?;
    match rows.as_slice() {
        [row] => Ok(row.text(0)),
        [] => Err(Error::not_found("version", prefix)),
        _ => Err(Error::invalid(
            "version",
            format!("Several versions begin with `{prefix}`. Give more digits."),
        )),
    }
}

fn insert_version(
    caller: &Caller,
    definition: &AgentDefinition,
    version: &str,
    origin: &str,
) -> Result<Statement, Error> {
    let sql =
        "INSERT INTO agent_versions (team, agent_id, version, definition, origin, created_by, created_at)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (team, agent_id, version)
               DO UPDATE SET origin = CASE WHEN agent_versions.origin = 'evaluation' THEN excluded.origin ELSE agent_versions.origin END";
    let params = vec![
        (&caller.team).into(),
        (&definition.metadata.id).into(),
        version.into(),
        serde_json::to_string(definition)?.into(),
        origin.into(),
        caller.name().into(),
        Time::now().0.into(),
    ];
    Ok(Statement::new(sql, params))
}

/// The version that was applied last, if any, and whether the agent is archived; none, where there is no such agent.
pub(super) async fn applied(db: &Db, team: &str, id: &str) -> Result<Option<(Option<String>, bool)>, Error> {
    let sql = "SELECT applied_version, archived_at FROM agents WHERE team = ?1 AND id = ?2";
    let row = db.row(sql, vec![team.into(), id.into()]).await?;
    Ok(row.map(|row| (row.optional_text(0), row.optional_int(1).is_some())))
}

pub(super) fn apply(
    caller: &Caller,
    definition: &AgentDefinition,
    version: &str,
    origin: &str,
) -> Result<Vec<Statement>, Error> {
    let agent = Statement::new(
        "INSERT INTO agents (team, id, applied_version, created_at) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (team, id) DO UPDATE SET applied_version = excluded.applied_version, archived_at = NULL",
        vec![(&caller.team).into(), (&definition.metadata.id).into(), version.into(), Time::now().0.into()],
    );
    Ok(vec![agent, insert_version(caller, definition, version, origin)?])
}

pub(super) fn keep(caller: &Caller, definition: &AgentDefinition, version: &str) -> Result<Statement, Error> {
    insert_version(caller, definition, version, "evaluation")
}

/// Whether a version was applied, and not only evaluated, and its agent isn't archived.
pub(crate) async fn may_go_live(db: &Db, team: &str, id: &str, version: &str) -> Result<bool, Error> {
    let sql = "SELECT 1 FROM agent_versions v JOIN agents a ON a.team = v.team AND a.id = v.agent_id
               WHERE v.team = ?1 AND v.agent_id = ?2 AND v.version = ?3 AND v.origin <> 'evaluation'
               AND a.archived_at IS NULL";
    Ok(db.row(sql, vec![team.into(), id.into(), version.into()]).await?.is_some())
}

pub(super) fn archive(team: &str, id: &str) -> Statement {
    let sql = "UPDATE agents SET archived_at = COALESCE(archived_at, ?3) WHERE team = ?1 AND id = ?2";
    Statement::new(sql, vec![team.into(), id.into(), Time::now().0.into()]).expect(1)
}

/// The version live in an environment, if any.
pub(crate) async fn environment(
    db: &Db,
    team: &str,
    id: &str,
    environment: &str,
) -> Result<Option<String>, Error> {
    let sql = "SELECT version FROM agent_environments WHERE team = ?1 AND agent_id = ?2 AND environment = ?3";
    let row = db.row(sql, vec![team.into(), id.into(), environment.into()]).await?;
    Ok(row.map(|row| row.text(0)))
}

/// Moves an environment's pointer, if it still points where it was seen to.
pub(crate) fn move_environment(team: &str, promotion: &Promotion, agent: &str) -> Statement {
    let mut params: Vec<Value> = vec![
        team.into(),
        agent.into(),
        (&promotion.environment).into(),
        (&promotion.to).into(),
        promotion.at.0.into(),
    ];
    match &promotion.from {
        None => {
            let sql = "INSERT INTO agent_environments (team, agent_id, environment, version, promoted_at)
                       VALUES (?1, ?2, ?3, ?4, ?5)";
            Statement::new(sql, params)
        }
        Some(from) => {
            params.push(from.into());
            let sql = "UPDATE agent_environments SET version = ?4, promoted_at = ?5
                       WHERE team = ?1 AND agent_id = ?2 AND environment = ?3 AND version = ?6";
            Statement::new(sql, params).expect(1)
        }
    }
}

/// Records a promotion that was asked for.
pub(crate) fn promotion(team: &str, agent: &str, promotion: &Promotion) -> Result<Statement, Error> {
    let sql = "INSERT INTO promotions (id, team, agent_id, environment, from_version, to_version, run_id, status, gate,
               reason, requested_by, created_at, canary) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)";
    let params = vec![
        (&promotion.promotion_id).into(),
        team.into(),
        agent.into(),
        (&promotion.environment).into(),
        promotion.from.clone().into(),
        (&promotion.to).into(),
        promotion.run_id.clone().into(),
        (&promotion.status).into(),
        serde_json::to_string(&promotion.gate)?.into(),
        promotion.reason.clone().into(),
        (&promotion.by).into(),
        promotion.at.0.into(),
        promotion.canary.and_then(|percent| i64::try_from(percent).ok()).into(),
    ];
    Ok(Statement::new(sql, params))
}

/// Ends the wait of a promotion: once.
pub(crate) fn decide_promotion(promotion: &Promotion) -> Result<Statement, Error> {
    let sql = "UPDATE promotions SET status = ?2, gate = ?3 WHERE id = ?1 AND status = 'pending'";
    let gate = serde_json::to_string(&promotion.gate)?;
    let params = vec![(&promotion.promotion_id).into(), (&promotion.status).into(), gate.into()];
    Ok(Statement::new(sql, params).expect(1))
}

/// A page of the agents that a caller's key may talk to, by id.
pub(crate) async fn list(
    db: &Db,
    caller: &Caller,
    query: &ListAgentsQuery,
) -> Result<Page<AgentSummary>, Error> {
    let (team, after) = (caller.team.as_str(), query.page.after.clone().unwrap_or_default());
    let mut params: Vec<Value> = vec![team.into(), after.into(), query.environment.clone().into()];
    let allowed = match caller.agents.as_slice() {
        [] => String::new(),
        agents => {
            let list = places(params.len() + 1, agents.len());
            params.extend(agents.iter().map(Value::from));
            format!("AND a.id IN ({list})")
        }
    };
    let limit = query.page.limit.unwrap_or(DEFAULT_LIMIT).clamp(1, MAX_LIMIT);
    let sql = format!(
        "SELECT a.id, v.definition, a.archived_at, a.created_at,
                (SELECT count(*) FROM agent_versions n WHERE n.team = a.team AND n.agent_id = a.id)
         FROM agents a
         JOIN agent_versions v ON v.team = a.team AND v.agent_id = a.id AND v.version = a.applied_version
         WHERE a.team = ?1 AND a.id > ?2 {allowed} AND (CAST(?3 AS TEXT) IS NULL OR EXISTS (SELECT 1 FROM agent_environments e
               WHERE e.team = a.team AND e.agent_id = a.id AND e.environment = ?3))
         ORDER BY a.id LIMIT {}",
        limit + 1
    );
    let rows = db.rows(sql, params).await?;
    let mut agents = Vec::with_capacity(rows.len());
    for row in &rows {
        let definition: AgentDefinition = row.json(1)?;
        agents.push(AgentSummary {
            object: "agent".into(),
            environments: environments(db, team, &row.text(0)).await?,
            id: row.text(0),
            name: definition.metadata.name,
            owner: definition.metadata.owner,
            labels: definition.metadata.labels,
            versions: row.int(4).try_into().unwrap_or(0),
            archived: row.optional_int(2).is_some(),
            created_at: Time(row.int(3)),
        });
    }
    Ok(Page::of(agents, limit, |agent| agent.id.clone()))
}

async fn environments(db: &Db, team: &str, id: &str) -> Result<BTreeMap<String, wire::Live>, Error> {
    let sql =
        "SELECT environment, version, promoted_at FROM agent_environments WHERE team = ?1 AND agent_id = ?2";
    let rows = db.rows(sql, vec![team.into(), id.into()]).await?;
    let mut environments = BTreeMap::new();
    for row in rows {
        let canary = canary::shown(db, team, id, &row.text(0)).await?;
        environments
            .insert(row.text(0), wire::Live { version: row.text(1), promoted_at: Time(row.int(2)), canary });
    }
    Ok(environments)
}

/// One agent with its versions and promotions.
pub(crate) async fn detail(db: &Db, team: &str, id: &str) -> Result<Option<AgentDetail>, Error> {
    let sql = "SELECT v.definition, a.archived_at, a.created_at FROM agents a
               JOIN agent_versions v ON v.team = a.team AND v.agent_id = a.id AND v.version = a.applied_version
               WHERE a.team = ?1 AND a.id = ?2";
    let Some(row) = db.row(sql, vec![team.into(), id.into()]).await? else { return Ok(None) };
    let definition: AgentDefinition = row.json(0)?;
    Ok(Some(AgentDetail {
        object: "agent".into(),
        id: id.to_owned(),
        name: definition.metadata.name.clone(),
        owner: definition.metadata.owner.clone(),
        labels: definition.metadata.labels.clone(),
        definition,
        versions: versions(db, team, id).await?,
        environments: environments(db, team, id).await?,
        promotions: promotions(db, team, id).await?,
        archived: row.optional_int(1).is_some(),
        created_at: Time(row.int(2)),
    }))
}

async fn versions(db: &Db, team: &str, id: &str) -> Result<Vec<AgentVersion>, Error> {
    let sql = "SELECT version, created_at, created_by, origin FROM agent_versions
               WHERE team = ?1 AND agent_id = ?2 ORDER BY created_at DESC LIMIT 200";
    let rows = db.rows(sql, vec![team.into(), id.into()]).await?;
    let version = |row: &Row| AgentVersion {
        version: row.text(0),
        created_at: Time(row.int(1)),
        created_by: row.text(2),
        origin: row.text(3),
    };
    Ok(rows.iter().map(version).collect())
}

macro_rules! promotion_columns {
    () => {
        "SELECT id, environment, from_version, to_version, run_id, status, gate, reason, requested_by, created_at, canary
         FROM promotions "
    };
}

async fn promotions(db: &Db, team: &str, id: &str) -> Result<Vec<Promotion>, Error> {
    let sql = concat!(promotion_columns!(), "WHERE team = ?1 AND agent_id = ?2 ORDER BY id DESC LIMIT 200");
    db.rows(sql, vec![team.into(), id.into()]).await?.iter().map(read_promotion).collect()
}

/// Whether a version was live in an environment before.
pub(crate) async fn was_live(
    db: &Db,
    team: &str,
    agent: &str,
    environment: &str,
    version: &str,
) -> Result<bool, Error> {
    let sql = concat!(
        promotion_columns!(),
        "WHERE team = ?1 AND agent_id = ?2 AND environment = ?3 AND to_version = ?4
         AND status IN ('promoted', 'overridden') LIMIT 1"
    );
    let params = vec![team.into(), agent.into(), environment.into(), version.into()];
    Ok(db.row(sql, params).await?.is_some())
}

/// A promotion of a team.
pub(crate) async fn promotion_by_id(db: &Db, team: &str, id: &str) -> Result<Option<Promotion>, Error> {
    let sql = concat!(promotion_columns!(), "WHERE team = ?1 AND id = ?2");
    db.row(sql, vec![team.into(), id.into()]).await?.as_ref().map(read_promotion).transpose()
}

fn read_promotion(row: &Row) -> Result<Promotion, Error> {
    Ok(Promotion {
        promotion_id: row.text(0),
        environment: row.text(1),
        from: row.optional_text(2),
        to: row.text(3),
        run_id: row.optional_text(4),
        status: row.text(5),
        gate: row.json(6)?,
        reason: row.optional_text(7),
        by: row.text(8),
        at: Time(row.int(9)),
        canary: row.optional_int(10).and_then(|percent| percent.try_into().ok()),
    })
}
