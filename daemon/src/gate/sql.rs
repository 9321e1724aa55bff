//! The queries of the gate.

use super::Caller;
use super::role::Role;
use crate::error::Error;
use crate::store::{Db, Row, Statement, StoreError, Value};
use contract::id;
use contract::time::Time;
use contract::wire::admin::{Directory, Key, KeyLimits, KeySecret, User};
use std::collections::BTreeMap;

/// A key found by the hash of its secret.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) caller: Caller,
    pub(super) revoked: bool,
    pub(super) expires_at: Option<i64>,
}

pub(super) async fn key_by_hash(db: &Db, hash: &str) -> Result<Option<Found>, Error> {
    let sql = "SELECT k.id, k.team, k.name, k.scopes, k.act_as, k.role, k.limits, k.expires_at,
                      k.revoked_at, s.generation, s.prefix, s.revoked_at, k.models, k.aliases
               FROM key_secrets s JOIN keys k ON k.id = s.key_id WHERE s.hash = ?1";
    let Some(row) = db.row(sql, vec![hash.into()]).await? else { return Ok(None) };
    let caller = Caller {
        key_id: row.text(0),
        team: row.text(1),
        key_name: row.text(2),
        scopes: row.json(3)?,
        act_as: row.json(4)?,
        role: Role::parse(&row.text(5)).unwrap_or(Role::Viewer),
        limits: row.json(6)?,
        models: row.json(12)?,
        aliases: row.json(13)?,
        generation: row.int(9),
        key_prefix: row.text(10),
        operator: false,
        user: None,
        groups: Vec::new(),
    };
    let revoked = row.optional_int(8).is_some() || row.optional_int(11).is_some();
    Ok(Some(Found { caller, revoked, expires_at: row.optional_int(7) }))
}

pub(super) async fn operator(db: &Db, hash: &str) -> Result<Option<Caller>, Error> {
    let sql = "SELECT id, team, name FROM operator_tokens WHERE hash = ?1";
    let row = db.row(sql, vec![hash.into()]).await?;
    Ok(row.map(|row| Caller {
        key_id: row.text(0),
        team: row.text(1),
        key_prefix: format!("operator {}", row.text(2)),
        key_name: row.text(2),
        scopes: vec!["*".into()],
        act_as: Vec::new(),
        role: Role::Operator,
        limits: KeyLimits::default(),
        models: Vec::new(),
        aliases: BTreeMap::new(),
        generation: 1,
        operator: true,
        user: None,
        groups: Vec::new(),
    }))
}

pub(super) async fn operator_exists(db: &Db, id: &str) -> Result<bool, Error> {
    Ok(db.row("SELECT 1 FROM operator_tokens WHERE id = ?1", vec![id.into()]).await?.is_some())
}

pub(super) async fn insert_operator(db: &Db, team: &str, name: &str, hash: &str) -> Result<(), StoreError> {
    let sql = "INSERT INTO operator_tokens (id, team, name, hash, created_at) VALUES (?1, ?2, ?3, ?4, ?5)";
    let params = vec![id::new("opr").into(), team.into(), name.into(), hash.into(), Time::now().0.into()];
    db.execute(sql, params).await.map(drop)
}

pub(super) async fn insert_key(db: &Db, key: &Key, hash: &str) -> Result<(), StoreError> {
    let json =
        |value: Result<String, _>| value.map_err(|e: serde_json::Error| StoreError::Failed(e.to_string()));
    let row = Statement::new(
        "INSERT INTO keys (id, team, name, scopes, act_as, role, limits, expires_at, created_at, models, aliases)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        vec![
            (&key.id).into(),
            (&key.team).into(),
            (&key.name).into(),
            json(serde_json::to_string(&key.scopes))?.into(),
            json(serde_json::to_string(&key.act_as))?.into(),
            (&key.role).into(),
            json(serde_json::to_string(&key.limits))?.into(),
            key.expires_at.map(|at| at.0).into(),
            key.created_at.0.into(),
            json(serde_json::to_string(&key.models))?.into(),
            json(serde_json::to_string(&key.aliases))?.into(),
        ],
    );
    let secret = Statement::new(
        "INSERT INTO key_secrets (hash, key_id, team, generation, prefix, created_at)
         VALUES (?1, ?2, ?3, 1, ?4, ?5)",
        vec![
            hash.into(),
            (&key.id).into(),
            (&key.team).into(),
            (&key.prefix).into(),
            key.created_at.0.into(),
        ],
    );
    db.batch(vec![row, secret]).await.map(drop)
}

pub(super) async fn keys(db: &Db, team: &str) -> Result<Vec<Key>, Error> {
    let sql = "SELECT k.id, k.name, k.scopes, k.team, k.act_as, k.role, k.limits, k.expires_at, k.revoked_at,
                      k.last_used_at, k.created_at, s.prefix, k.models, k.aliases
               FROM keys k JOIN key_secrets s ON s.key_id = k.id AND s.generation = 1
               WHERE k.team = ?1 ORDER BY k.id DESC";
    db.rows(sql, vec![team.into()]).await?.iter().map(read_key).collect()
}

fn read_key(row: &Row) -> Result<Key, Error> {
    let expires_at = row.optional_int(7).map(Time);
    let status = match (row.optional_int(8), expires_at) {
        (Some(_), _) => "revoked",
        (None, Some(at)) if at <= Time::now() => "expired",
        _ => "active",
    };
    let last_used_at = row.optional_int(9).map(Time);
    Ok(Key {
        object: "key".into(),
        id: row.text(0),
        name: row.text(1),
        prefix: row.text(11),
        status: status.into(),
        scopes: row.json(2)?,
        team: row.text(3),
        act_as: row.json(4)?,
        role: row.text(5),
        limits: row.json(6)?,
        models: row.json(12)?,
        aliases: row.json(13)?,
        expires_at,
        last_used_at,
        created_at: Time(row.int(10)),
        secrets: vec![KeySecret { prefix: row.text(11), status: status.into(), expires_at, last_used_at }],
        secret: None,
    })
}

pub(super) async fn revoke_key(db: &Db, key: &str, now: i64) -> Result<(), StoreError> {
    let sql = "UPDATE keys SET revoked_at = ?2 WHERE id = ?1 AND revoked_at IS NULL";
    db.execute(sql, vec![key.into(), now.into()]).await.map(drop)
}

/// Notes when a key was last used.
pub(super) fn touch(key: &str, at: i64) -> Statement {
    let sql = "UPDATE keys SET last_used_at = ?2 WHERE id = ?1 AND COALESCE(last_used_at, 0) < ?2";
    Statement::new(sql, vec![key.into(), at.into()])
}

pub(super) async fn user(db: &Db, team: &str, email: &str) -> Result<Option<(Role, Vec<String>)>, Error> {
    let sql = "SELECT u.role, m.group_name FROM users u
               LEFT JOIN group_members m ON m.team = u.team AND m.email = u.email
               WHERE u.team = ?1 AND u.email = ?2 ORDER BY m.group_name";
    let rows = db.rows(sql, vec![team.into(), email.into()]).await?;
    let Some(first) = rows.first() else { return Ok(None) };
    let role = Role::parse(&first.text(0)).unwrap_or(Role::Viewer);
    Ok(Some((role, rows.iter().filter_map(|row| row.optional_text(1)).collect())))
}

/// Adds or replaces users with their groups.
pub(super) async fn put_directory(db: &Db, team: &str, directory: &Directory) -> Result<(), StoreError> {
    let group = |name: &String| {
        let sql = "INSERT INTO groups (team, name) VALUES (?1, ?2) ON CONFLICT (team, name) DO NOTHING";
        Statement::new(sql, vec![team.into(), name.into()])
    };
    let mut batch: Vec<Statement> = directory.groups.iter().map(group).collect();
    for user in &directory.users {
        batch.push(Statement::new(
            "INSERT INTO users (team, email, name, role) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (team, email) DO UPDATE SET name = excluded.name, role = excluded.role",
            vec![team.into(), (&user.email).into(), user.name.clone().into(), (&user.role).into()],
        ));
        let leave = "DELETE FROM group_members WHERE team = ?1 AND email = ?2";
        batch.push(Statement::new(leave, vec![team.into(), (&user.email).into()]));
        for name in &user.groups {
            batch.push(group(name));
            let join = "INSERT INTO group_members (team, email, group_name) VALUES (?1, ?2, ?3)";
            batch.push(Statement::new(join, vec![team.into(), (&user.email).into(), name.into()]));
        }
    }
    db.batch(batch).await.map(drop)
}

/// All users and groups of a team.
pub(super) async fn directory(db: &Db, team: &str) -> Result<Directory, Error> {
    let params = || vec![Value::from(team)];
    let groups = db.rows("SELECT name FROM groups WHERE team = ?1 ORDER BY name", params()).await?;
    let sql = "SELECT u.email, u.name, u.role, m.group_name FROM users u
               LEFT JOIN group_members m ON m.team = u.team AND m.email = u.email
               WHERE u.team = ?1 ORDER BY u.email, m.group_name";
    let mut users: Vec<User> = Vec::new();
    for row in db.rows(sql, params()).await? {
        let email = row.text(0);
        if users.last().is_none_or(|user| user.email != email) {
            users.push(User { email, name: row.optional_text(1), role: row.text(2), groups: Vec::new() });
        }
        if let (Some(user), Some(group)) = (users.last_mut(), row.optional_text(3)) {
            user.groups.push(group);
        }
    }
    Ok(Directory { groups: groups.iter().map(|row| row.text(0)).collect(), users })
}
