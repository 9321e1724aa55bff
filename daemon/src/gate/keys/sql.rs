//! The queries of keys.

use crate::error::Error;
use crate::store::{Db, Row, Statement, StoreError, Value, places};
use contract::time::Time;
use contract::wire::admin::{Key, KeySecret, KeyUse};
use std::collections::HashMap;

const COLUMNS: &str =
    "id, name, scopes, team, act_as, role, limits, expires_at, revoked_at, created_at, models, aliases,
    agents, collections, tools, sources";

/// Secrets that are shown of a key: the newest.
const MOST_SECRETS: usize = 10;

/// Most keys of a name, and most names, that are looked at.
const MOST_CALLED: usize = 200;

fn settings(key: &Key) -> Result<Vec<Value>, StoreError> {
    let json =
        |value: Result<String, serde_json::Error>| value.map_err(|e| StoreError::Failed(e.to_string()));
    Ok(vec![
        (&key.name).into(),
        json(serde_json::to_string(&key.scopes))?.into(),
        json(serde_json::to_string(&key.act_as))?.into(),
        (&key.role).into(),
        json(serde_json::to_string(&key.limits))?.into(),
        key.expires_at.map(|at| at.0).into(),
        json(serde_json::to_string(&key.models))?.into(),
        json(serde_json::to_string(&key.aliases))?.into(),
        json(serde_json::to_string(&key.agents))?.into(),
        json(serde_json::to_string(&key.collections))?.into(),
        json(serde_json::to_string(&key.tools))?.into(),
        json(serde_json::to_string(&key.sources))?.into(),
    ])
}

pub(super) async fn insert(db: &Db, key: &Key, hash: &str) -> Result<(), StoreError> {
    let mut params = vec![(&key.id).into(), (&key.team).into(), key.created_at.0.into()];
    params.extend(settings(key)?);
    let row = Statement::new(
        "INSERT INTO keys (id, team, created_at, name, scopes, act_as, role, limits, expires_at, models, aliases,
             agents, collections, tools, sources)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
        params,
    );
    db.batch(vec![row, secret(key, 1, hash, &key.prefix, key.created_at.0)]).await.map(drop)
}

fn secret(key: &Key, generation: i64, hash: &str, prefix: &str, now: i64) -> Statement {
    Statement::new(
        "INSERT INTO key_secrets (hash, key_id, team, generation, prefix, created_at, calls)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0)",
        vec![hash.into(), (&key.id).into(), (&key.team).into(), generation.into(), prefix.into(), now.into()],
    )
}

pub(super) async fn update(db: &Db, key: &Key) -> Result<(), StoreError> {
    let mut params = vec![(&key.id).into()];
    params.extend(settings(key)?);
    let sql = "UPDATE keys SET name = ?2, scopes = ?3, act_as = ?4, role = ?5, limits = ?6, expires_at = ?7,
                   models = ?8, aliases = ?9, agents = ?10, collections = ?11, tools = ?12, sources = ?13
               WHERE id = ?1 AND revoked_at IS NULL";
    db.batch(vec![Statement::new(sql, params).expect(1)]).await.map(drop)
}

/// A secret that replaces those before it.
pub(super) struct NewSecret<'a> {
    pub(super) key: &'a Key,
    pub(super) generation: i64,
    /// The generation of the newest that works, which goes on until its end; 0 where none does.
    pub(super) replaced: i64,
    pub(super) hash: &'a str,
    pub(super) prefix: &'a str,
    pub(super) now: i64,
    /// When the one before it ends.
    pub(super) older_end_at: i64,
}

/// Adds a secret; of those before it, the newest works until its end, and the others end now.
pub(super) async fn add_secret(db: &Db, new: &NewSecret<'_>) -> Result<(), StoreError> {
    let key = || Value::from(&new.key.id);
    let older = Statement::new(
        "UPDATE key_secrets SET revoked_at = ?3
         WHERE key_id = ?1 AND generation < ?2 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > ?3)",
        vec![key(), new.replaced.into(), new.now.into()],
    );
    let newest = Statement::new(
        "UPDATE key_secrets SET expires_at = ?3 WHERE key_id = ?1 AND generation = ?2 AND revoked_at IS NULL",
        vec![key(), new.replaced.into(), new.older_end_at.into()],
    );
    let counts = Statement::new("UPDATE key_secrets SET calls = 0 WHERE key_id = ?1", vec![key()]);
    let secret = secret(new.key, new.generation, new.hash, new.prefix, new.now);
    db.batch(vec![older, newest, counts, secret]).await.map(drop)
}

pub(super) async fn revoke(db: &Db, key: &str, now: i64) -> Result<(), StoreError> {
    let sql = "UPDATE keys SET revoked_at = ?2 WHERE id = ?1 AND revoked_at IS NULL";
    db.execute(sql, vec![key.into(), now.into()]).await.map(drop)
}

/// Ends one secret; another, where one is named, ends no more by itself.
pub(super) async fn revoke_secret(
    db: &Db,
    key: &str,
    generation: i64,
    lives_on: Option<i64>,
    now: i64,
) -> Result<(), StoreError> {
    let mut batch = vec![Statement::new(
        "UPDATE key_secrets SET revoked_at = ?3 WHERE key_id = ?1 AND generation = ?2",
        vec![key.into(), generation.into(), now.into()],
    )];
    batch.extend(lives_on.map(|generation| {
        let sql = "UPDATE key_secrets SET expires_at = NULL WHERE key_id = ?1 AND generation = ?2";
        Statement::new(sql, vec![key.into(), generation.into()])
    }));
    db.batch(batch).await.map(drop)
}

/// Notes how often, and when last, a secret was used.
pub(crate) fn used(key: &str, generation: i64, calls: i64, at: i64) -> Statement {
    let sql = "UPDATE key_secrets SET calls = calls + ?3,
                   last_used_at = CASE WHEN COALESCE(last_used_at, 0) < ?4 THEN ?4 ELSE last_used_at END
               WHERE key_id = ?1 AND generation = ?2";
    Statement::new(sql, vec![key.into(), generation.into(), calls.into(), at.into()])
}

pub(super) async fn page(db: &Db, team: &str, before: Option<&str>, limit: u32) -> Result<Vec<Key>, Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM keys WHERE team = ?1 AND (CAST(?2 AS TEXT) IS NULL OR id < ?2)
         ORDER BY id DESC LIMIT {limit}"
    );
    let rows = db.rows(sql, vec![team.into(), before.into()]).await?;
    with_secrets(db, rows).await
}

/// A key by its id, or by the name of a live one; of one team or of any.
pub(super) async fn find(db: &Db, team: Option<&str>, name: &str) -> Result<Option<Key>, Error> {
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

async fn with_secrets(db: &Db, rows: Vec<Row>) -> Result<Vec<Key>, Error> {
    let ids: Vec<Value> = rows.iter().map(|row| row.text(0).into()).collect();
    let sql = format!(
        "SELECT key_id, prefix, generation, expires_at, revoked_at, last_used_at, calls FROM key_secrets
         WHERE key_id IN ({}) ORDER BY key_id, generation DESC",
        places(1, ids.len())
    );
    let mut secrets: HashMap<String, Vec<Row>> = HashMap::new();
    for row in db.rows(sql, ids).await? {
        secrets.entry(row.text(0)).or_default().push(row);
    }
    let now = Time::now().0;
    rows.iter().map(|row| read(row, secrets.remove(&row.text(0)).unwrap_or_default(), now)).collect()
}

fn read(row: &Row, secrets: Vec<Row>, now: i64) -> Result<Key, Error> {
    let expires_at = row.optional_int(7).map(Time);
    let is_revoked = row.optional_int(8).is_some();
    let is_expired = expires_at.is_some_and(|at| at.0 <= now);
    let calls: i64 = secrets.iter().map(|secret| secret.int(6)).sum();
    let secrets: Vec<KeySecret> = secrets
        .iter()
        .enumerate()
        .take(MOST_SECRETS)
        .map(|(place, secret)| {
            let ends_at = secret.optional_int(3);
            let status = match () {
                () if is_revoked || secret.optional_int(4).is_some() => "revoked",
                () if is_expired || ends_at.is_some_and(|at| at <= now) => "expired",
                () if place == 0 || ends_at.is_none() => "active",
                () => "rotating",
            };
            KeySecret {
                prefix: secret.text(1),
                generation: secret.int(2),
                status: status.into(),
                expires_at: ends_at.map(Time).or(expires_at),
                last_used_at: secret.optional_int(5).map(Time),
                used_percent: if calls == 0 { 0.0 } else { secret.int(6) as f64 * 100.0 / calls as f64 },
            }
        })
        .collect();
    let has = |status: &str| secrets.iter().any(|secret| secret.status == status);
    let status = match () {
        () if is_revoked || !(has("active") || has("rotating") || has("expired")) => "revoked",
        () if is_expired || !(has("active") || has("rotating")) => "expired",
        () if has("rotating") => "rotating",
        () => "active",
    };
    let newest = secrets.iter().find(|secret| secret.status == "active").or(secrets.first());
    Ok(Key {
        object: "key".into(),
        id: row.text(0),
        name: row.text(1),
        prefix: newest.map(|secret| secret.prefix.clone()).unwrap_or_default(),
        status: status.into(),
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
        expires_at,
        last_used_at: secrets.iter().filter_map(|secret| secret.last_used_at).max(),
        created_at: Time(row.int(9)),
        secrets,
        secret: None,
    })
}
