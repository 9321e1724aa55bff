//! The queries of keys.

use super::record::{Record, Secret};
use crate::error::Error;
use crate::store::{Db, Row, Statement, Value, places};
use contract::time::Time;
use contract::wire::admin::{Key, KeyUse};
use std::collections::HashMap;

const COLUMNS: &str =
    "id, name, scopes, team, act_as, role, limits, expires_at, revoked_at, created_at, models, aliases,
    agents, collections, tools, sources, revision";

/// Most keys of a name, and most names, that are looked at.
const MOST_CALLED: usize = 200;

fn settings(key: &Key) -> Result<Vec<Value>, Error> {
    Ok(vec![
        (&key.name).into(),
        serde_json::to_string(&key.scopes)?.into(),
        serde_json::to_string(&key.act_as)?.into(),
        (&key.role).into(),
        serde_json::to_string(&key.limits)?.into(),
        key.expires_at.map(|at| at.0).into(),
        serde_json::to_string(&key.models)?.into(),
        serde_json::to_string(&key.aliases)?.into(),
        serde_json::to_string(&key.agents)?.into(),
        serde_json::to_string(&key.collections)?.into(),
        serde_json::to_string(&key.tools)?.into(),
        serde_json::to_string(&key.sources)?.into(),
    ])
}

/// Whether a live key of a team has a name.
pub(super) async fn is_taken(db: &Db, team: &str, name: &str) -> Result<bool, Error> {
    let sql = "SELECT 1 FROM keys WHERE team = ?1 AND name = ?2 AND revoked_at IS NULL";
    Ok(db.row(sql, vec![team.into(), name.into()]).await?.is_some())
}

pub(super) fn insert(key: &Key, hash: &str) -> Result<Vec<Statement>, Error> {
    let mut params = vec![(&key.id).into(), (&key.team).into(), key.created_at.0.into()];
    params.extend(settings(key)?);
    let row = Statement::new(
        "INSERT INTO keys (id, team, created_at, name, scopes, act_as, role, limits, expires_at, models, aliases,
             agents, collections, tools, sources)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
        params,
    );
    let first = Secret {
        prefix: key.prefix.clone(),
        generation: 1,
        expires_at: None,
        revoked_at: None,
        last_used_at: None,
        calls: 0,
    };
    Ok(vec![row, add_secret(key, &first, hash, key.created_at.0)])
}

/// Adds a secret to a key.
pub(super) fn add_secret(key: &Key, secret: &Secret, hash: &str, now: i64) -> Statement {
    let sql = "INSERT INTO key_secrets (hash, key_id, team, generation, prefix, created_at, calls)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0)";
    let params = vec![
        hash.into(),
        (&key.id).into(),
        (&key.team).into(),
        secret.generation.into(),
        (&secret.prefix).into(),
        now.into(),
    ];
    Statement::new(sql, params)
}

/// Makes of a key as it was read what it shall be, its settings and the ends of the secrets that it had; a conflict where
/// it is no longer as it was read.
pub(super) fn change(before: &Record, after: &Record) -> Result<Vec<Statement>, Error> {
    let mut params = vec![(&before.key.id).into()];
    params.extend(settings(&after.key)?);
    params.extend([after.revoked_at.into(), before.revision.into()]);
    let sql = "UPDATE keys SET name = ?2, scopes = ?3, act_as = ?4, role = ?5, limits = ?6, expires_at = ?7,
                   models = ?8, aliases = ?9, agents = ?10, collections = ?11, tools = ?12, sources = ?13,
                   revoked_at = ?14, revision = revision + 1
               WHERE id = ?1 AND revision = ?15";
    let mut batch = vec![Statement::new(sql, params).expect(1)];
    for secret in &after.secrets {
        let Some(was) = before.secrets.iter().find(|was| was.generation == secret.generation) else {
            continue;
        };
        if (was.expires_at, was.revoked_at) != (secret.expires_at, secret.revoked_at) {
            let sql = "UPDATE key_secrets SET expires_at = ?3, revoked_at = ?4 WHERE key_id = ?1 AND generation = ?2";
            let (key, generation) = ((&before.key.id).into(), secret.generation.into());
            let params = vec![key, generation, secret.expires_at.into(), secret.revoked_at.into()];
            batch.push(Statement::new(sql, params));
        }
    }
    Ok(batch)
}

/// Begins to count anew how often each secret of a key is used.
pub(super) fn count_anew(key: &str) -> Statement {
    Statement::new("UPDATE key_secrets SET calls = 0 WHERE key_id = ?1", vec![key.into()])
}

/// Notes how often, and when last, a secret was used.
pub(crate) fn used(key: &str, generation: i64, calls: i64, at: i64) -> Statement {
    let sql = "UPDATE key_secrets SET calls = calls + ?3,
                   last_used_at = CASE WHEN COALESCE(last_used_at, 0) < ?4 THEN ?4 ELSE last_used_at END
               WHERE key_id = ?1 AND generation = ?2";
    Statement::new(sql, vec![key.into(), generation.into(), calls.into(), at.into()])
}

pub(super) async fn page(
    db: &Db,
    team: &str,
    before: Option<&str>,
    limit: u32,
) -> Result<Vec<Record>, Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM keys WHERE team = ?1 AND (CAST(?2 AS TEXT) IS NULL OR id < ?2)
         ORDER BY id DESC LIMIT {limit}"
    );
    let rows = db.rows(sql, vec![team.into(), before.into()]).await?;
    with_secrets(db, rows).await
}

/// A key by its id, or by the name of a live one; of one team or of any.
pub(super) async fn find(db: &Db, team: Option<&str>, name: &str) -> Result<Option<Record>, Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM keys WHERE (id = ?2 AND (CAST(?1 AS TEXT) IS NULL OR team = ?1))
             OR (team = ?1 AND name = ?2 AND revoked_at IS NULL)
         ORDER BY CASE WHEN id = ?2 THEN 0 ELSE 1 END LIMIT 1"
    );
    let rows = db.rows(sql, vec![team.into(), name.into()]).await?;
    Ok(with_secrets(db, rows).await?.pop())
}

const OF_TEAM: &str = "(CAST(?1 AS TEXT) IS NULL OR team = ?1) AND (CAST(?2 AS TEXT) IS NULL OR id = ?2)";

/// The ids of keys and operators' tokens of an id or name, or of a secret as it is shown; of one team and one id, or any.
pub(super) async fn called(
    db: &Db,
    team: Option<&str>,
    own: Option<&str>,
    name: &str,
) -> Result<Vec<String>, Error> {
    let sql = format!(
        "SELECT id FROM keys WHERE {OF_TEAM}
             AND (id = ?3 OR name = ?3 OR id IN (SELECT key_id FROM key_secrets WHERE prefix = ?3))
         UNION SELECT id FROM operator_tokens WHERE {OF_TEAM} AND (id = ?3 OR name = ?3) LIMIT {MOST_CALLED}"
    );
    let rows = db.rows(sql, vec![team.into(), own.into(), name.into()]).await?;
    Ok(rows.iter().map(|row| row.text(0)).collect())
}

/// The names of live keys, the newest first.
pub(super) async fn names(db: &Db, team: Option<&str>, own: Option<&str>) -> Result<Vec<String>, Error> {
    let sql = format!(
        "SELECT name FROM keys WHERE {OF_TEAM} AND revoked_at IS NULL ORDER BY id DESC LIMIT {MOST_CALLED}"
    );
    let rows = db.rows(sql, vec![team.into(), own.into()]).await?;
    Ok(rows.iter().map(|row| row.text(0)).collect())
}

async fn with_secrets(db: &Db, rows: Vec<Row>) -> Result<Vec<Record>, Error> {
    let ids: Vec<Value> = rows.iter().map(|row| row.text(0).into()).collect();
    let sql = format!(
        "SELECT key_id, prefix, generation, expires_at, revoked_at, last_used_at, calls FROM key_secrets
         WHERE key_id IN ({}) ORDER BY key_id, generation DESC",
        places(1, ids.len())
    );
    let mut secrets: HashMap<String, Vec<Secret>> = HashMap::new();
    for row in db.rows(sql, ids).await? {
        let secret = Secret {
            prefix: row.text(1),
            generation: row.int(2),
            expires_at: row.optional_int(3),
            revoked_at: row.optional_int(4),
            last_used_at: row.optional_int(5),
            calls: row.int(6),
        };
        secrets.entry(row.text(0)).or_default().push(secret);
    }
    rows.iter().map(|row| read(row, secrets.remove(&row.text(0)).unwrap_or_default())).collect()
}

fn read(row: &Row, secrets: Vec<Secret>) -> Result<Record, Error> {
    let key = Key {
        object: "key".into(),
        id: row.text(0),
        name: row.text(1),
        prefix: String::new(),
        status: String::new(),
        scopes: row.json(2)?,
        team: row.text(3),
        act_as: row.json(4)?,
        role: row.text(5),
        limits: row.json(6)?,
        used: KeyUse::default(),
        models: row.json(10)?,
        aliases: row.json(11)?,
        agents: row.json(12)?,
        collections: row.json(13)?,
        tools: row.json(14)?,
        sources: row.json(15)?,
        expires_at: row.optional_int(7).map(Time),
        last_used_at: None,
        created_at: Time(row.int(9)),
        secrets: Vec::new(),
        secret: None,
    };
    Ok(Record { key, revoked_at: row.optional_int(8), secrets, revision: row.int(16) })
}
