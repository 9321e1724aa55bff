//! The queries of the gate.

use super::authenticate::Holder;
use super::rate::Past;
use super::role::Role;
use super::{Caller, source};
use crate::error::Error;
use crate::store::{Db, Row, Statement, Value};
use contract::id;
use contract::time::Time;
use contract::wire::admin::{Directory, Group, Operator, PutUser, User};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

pub(super) async fn key_by_hash(db: &Db, hash: &str) -> Result<Option<Holder>, Error> {
    key(db, "s.hash = ?1", vec![hash.into()]).await
}

/// What stands behind a secret of a key, by its generation.
pub(super) async fn key_by_id(db: &Db, id: &str, generation: i64) -> Result<Option<Holder>, Error> {
    key(db, "s.key_id = ?1 AND s.generation = ?2", vec![id.into(), generation.into()]).await
}

async fn key(db: &Db, which: &str, params: Vec<Value>) -> Result<Option<Holder>, Error> {
    let sql = format!(
        "SELECT k.id, k.team, k.name, k.scopes, k.act_as, k.role, k.limits, k.models, k.aliases, k.agents,
             k.collections, k.tools, k.sources, k.expires_at, k.revoked_at, s.generation, s.prefix,
             s.revoked_at, s.expires_at, s.hash
         FROM key_secrets s JOIN keys k ON k.id = s.key_id WHERE {which}"
    );
    let Some(row) = db.row(sql, params).await? else { return Ok(None) };
    let caller = Caller {
        key_id: row.text(0),
        team: row.text(1),
        key_name: row.text(2),
        scopes: row.json(3)?,
        act_as: row.json(4)?,
        role: Role::parse(&row.text(5)).unwrap_or(Role::Viewer),
        limits: row.json(6)?,
        models: row.json(7)?,
        aliases: row.json(8)?,
        agents: row.json(9)?,
        collections: row.json(10)?,
        tools: row.json(11)?,
        generation: row.int(15),
        key_prefix: row.text(16),
        operator: false,
        user: None,
        groups: Vec::new(),
        hub_session: None,
    };
    let sources: Vec<String> = row.json(12)?;
    Ok(Some(Holder {
        hash: row.text(19),
        caller: Arc::new(caller),
        sources: sources.iter().filter_map(|text| source::parse(text)).collect(),
        is_revoked: row.optional_int(14).is_some() || row.optional_int(17).is_some(),
        expires_at: row.optional_int(13),
        replaced_at: row.optional_int(18),
    }))
}

/// The calls of a key since a time that counted under its limits, the oldest first: those that its rate let pass.
pub(super) async fn recent_calls(db: &Db, key: &str, since: i64) -> Result<Vec<Past>, Error> {
    const STEP: usize = 1000;
    let sql = format!(
        "SELECT created_at, seq, entry FROM audit
         WHERE key_id = ?1 AND created_at > ?2 AND (created_at < ?3 OR (created_at = ?3 AND seq < ?4))
         ORDER BY created_at DESC, seq DESC LIMIT {STEP}"
    );
    let (mut past, mut at, mut seq) = (Vec::new(), i64::MAX, i64::MAX);
    loop {
        let rows = db.rows(sql.clone(), vec![key.into(), since.into(), at.into(), seq.into()]).await?;
        for row in &rows {
            (at, seq) = (row.int(0), row.int(1));
            let entry: serde_json::Value = row.json(2)?;
            if entry.pointer("/stages/rate").is_some_and(|decision| decision == "pass") {
                let count = |name: &str| entry.pointer(name).and_then(serde_json::Value::as_u64).unwrap_or(0);
                let tokens = count("/usage/input_tokens") + count("/usage/output_tokens");
                past.push(Past { at, tokens });
            }
        }
        if rows.len() < STEP {
            past.reverse();
            return Ok(past);
        }
    }
}

pub(super) async fn operator_by_hash(db: &Db, hash: &str) -> Result<Option<Holder>, Error> {
    operator(db, "hash", hash).await
}

pub(super) async fn operator_by_id(db: &Db, id: &str) -> Result<Option<Holder>, Error> {
    operator(db, "id", id).await
}

async fn operator(db: &Db, column: &str, value: &str) -> Result<Option<Holder>, Error> {
    let sql = format!(
        "SELECT id, team, name, role, expires_at, revoked_at, hash FROM operator_tokens WHERE {column} = ?1"
    );
    let row = db.row(sql, vec![value.into()]).await?;
    Ok(row.map(|row| Holder {
        hash: row.text(6),
        caller: Arc::new(Caller {
            key_prefix: format!("operator {}", row.text(2)),
            role: Role::parse(&row.text(3)).unwrap_or(Role::Viewer),
            operator: true,
            ..Caller::itself(&row.text(1), row.text(0), &row.text(2), vec!["*".into()])
        }),
        sources: Vec::new(),
        is_revoked: row.optional_int(5).is_some(),
        expires_at: row.optional_int(4),
        replaced_at: None,
    }))
}

pub(super) fn insert_operator(operator: &Operator, hash: &str) -> Statement {
    let sql = "INSERT INTO operator_tokens (id, team, name, role, hash, expires_at, created_at)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    let params = vec![
        (&operator.id).into(),
        (&operator.team).into(),
        (&operator.name).into(),
        (&operator.role).into(),
        hash.into(),
        operator.expires_at.map(|at| at.0).into(),
        operator.created_at.0.into(),
    ];
    Statement::new(sql, params)
}

const OPERATOR: &str =
    "SELECT id, name, role, team, expires_at, revoked_at, created_at FROM operator_tokens WHERE";

pub(super) async fn operators(db: &Db, team: &str) -> Result<Vec<Operator>, Error> {
    let rows = db.rows(format!("{OPERATOR} team = ?1 ORDER BY id DESC"), vec![team.into()]).await?;
    let now = Time::now().0;
    Ok(rows.iter().map(|row| read_operator(row, now)).collect())
}

/// A token by its id, of one team or of any.
pub(super) async fn operator_token(db: &Db, team: Option<&str>, id: &str) -> Result<Option<Operator>, Error> {
    let sql = format!("{OPERATOR} id = ?1 AND team = COALESCE(CAST(?2 AS TEXT), team)");
    let row = db.row(sql, vec![id.into(), team.map(str::to_owned).into()]).await?;
    Ok(row.map(|row| read_operator(&row, Time::now().0)))
}

fn read_operator(row: &Row, now: i64) -> Operator {
    let expires_at = row.optional_int(4);
    let status = match () {
        () if row.optional_int(5).is_some() => "revoked",
        () if expires_at.is_some_and(|at| at <= now) => "expired",
        () => "active",
    };
    Operator {
        object: "operator".into(),
        id: row.text(0),
        name: row.text(1),
        role: row.text(2),
        team: row.text(3),
        status: status.into(),
        expires_at: expires_at.map(Time),
        created_at: Time(row.int(6)),
        secret: None,
    }
}

pub(super) fn revoke_operator(id: &str, now: i64) -> Statement {
    let sql = "UPDATE operator_tokens SET revoked_at = ?2 WHERE id = ?1 AND revoked_at IS NULL";
    Statement::new(sql, vec![id.into(), now.into()])
}

/// What makes a batch conflict where a caller may no longer do what the gate let them: their token, key or secret was
/// revoked, the key holds something else, or who acts has another role or none.
pub(super) fn unchanged(caller: &Caller) -> Vec<Statement> {
    let none = |sql: &'static str, params| Statement::new(sql, params).expect(0);
    let id = || Value::from(&caller.key_id);
    let list = |list: &[String]| Value::from(serde_json::json!(list).to_string());
    let mut statements = Vec::new();
    if caller.operator {
        let sql = "UPDATE operator_tokens SET role = role WHERE id = ?1 AND revoked_at IS NOT NULL";
        statements.push(none(sql, vec![id()]));
    } else {
        let sql = "UPDATE keys SET role = role
                   WHERE id = ?1 AND (revoked_at IS NOT NULL OR scopes <> ?2 OR act_as <> ?3)";
        statements.push(none(sql, vec![id(), list(&caller.scopes), list(&caller.act_as)]));
        let sql = "UPDATE key_secrets SET hash = hash
                   WHERE key_id = ?1 AND generation = ?2 AND revoked_at IS NOT NULL";
        statements.push(none(sql, vec![id(), caller.generation.into()]));
    }
    let role = Value::from(caller.role.as_str());
    match &caller.user {
        Some(user) => {
            let sql = "UPDATE users SET role = role
                       WHERE team = ?1 AND email = ?2 AND (role <> ?3 OR is_active = 0)";
            statements.push(none(sql, vec![(&caller.team).into(), user.into(), role]));
        }
        // A token's role is never changed.
        None if caller.operator => {}
        None => {
            let sql = "UPDATE keys SET role = role WHERE id = ?1 AND role <> ?2";
            statements.push(none(sql, vec![id(), role]));
        }
    }
    statements
}

pub(super) async fn teams(db: &Db) -> Result<Vec<String>, Error> {
    Ok(db.rows("SELECT id FROM teams ORDER BY id", vec![]).await?.iter().map(|row| row.text(0)).collect())
}

pub(super) async fn team_exists(db: &Db, team: &str) -> Result<bool, Error> {
    Ok(db.row("SELECT 1 FROM teams WHERE id = ?1", vec![team.into()]).await?.is_some())
}

pub(super) fn insert_team(team: &str, now: i64) -> Statement {
    let sql = "INSERT INTO teams (id, created_at) VALUES (?1, ?2) ON CONFLICT (id) DO NOTHING";
    Statement::new(sql, vec![team.into(), now.into()])
}

/// A user as the gate knows them.
#[derive(Debug)]
pub(crate) struct Member {
    pub(super) role: Role,
    pub(super) groups: Vec<String>,
    pub(super) is_active: bool,
}

pub(super) async fn member(db: &Db, team: &str, email: &str) -> Result<Option<Member>, Error> {
    let sql = "SELECT u.role, u.is_active, m.group_name FROM users u
               LEFT JOIN group_members m ON m.team = u.team AND m.email = u.email
               WHERE u.team = ?1 AND u.email = ?2 ORDER BY m.group_name";
    let rows = db.rows(sql, vec![team.into(), email.into()]).await?;
    let Some(first) = rows.first() else { return Ok(None) };
    Ok(Some(Member {
        role: Role::parse(&first.text(0)).unwrap_or(Role::Viewer),
        groups: rows.iter().filter_map(|row| row.optional_text(2)).collect(),
        is_active: first.flag(1),
    }))
}

/// How often each user of a team was changed.
pub(super) async fn revisions(db: &Db, team: &str) -> Result<HashMap<String, i64>, Error> {
    let sql = "SELECT email, revision FROM users WHERE team = ?1 AND deleted_at IS NULL";
    let rows = db.rows(sql, vec![team.into()]).await?;
    Ok(rows.iter().map(|row| (row.text(0), row.int(1))).collect())
}

/// Adds users, or changes what is named of those there are, who were changed so often; and adds groups. A conflict where
/// somebody else changed one of the users meanwhile, or added one.
pub(super) fn put_directory(
    team: &str,
    groups: &[String],
    users: &[PutUser],
    mut revisions: HashMap<String, i64>,
) -> Vec<Statement> {
    let now = Time::now().0;
    let group = |name: &String| {
        let sql = "INSERT INTO groups (team, name, id, created_at, updated_at) VALUES (?1, ?2, ?3, ?4, ?4)
                   ON CONFLICT (team, name) DO NOTHING";
        Statement::new(sql, vec![team.into(), name.into(), id::new("grp").into(), now.into()])
    };
    let mut batch: Vec<Statement> = groups.iter().map(group).collect();
    let mut seen = HashSet::new();
    for user in users {
        // Who is named twice was changed by nobody else in between.
        let is_first = seen.insert(&user.email);
        let revision = is_first.then(|| revisions.remove(&user.email).unwrap_or(-1));
        batch.push(put_user(team, user, revision, now));
        let Some(groups) = &user.groups else { continue };
        let leave = "DELETE FROM group_members WHERE team = ?1 AND email = ?2";
        batch.push(Statement::new(leave, vec![team.into(), (&user.email).into()]));
        for name in groups {
            batch.push(group(name));
            let join = "INSERT INTO group_members (team, email, group_name) VALUES (?1, ?2, ?3)";
            batch.push(Statement::new(join, vec![team.into(), (&user.email).into(), name.into()]));
        }
    }
    batch
}

fn put_user(team: &str, user: &PutUser, revision: Option<i64>, now: i64) -> Statement {
    // Who was removed and comes again is somebody else.
    let sql = "INSERT INTO users (team, email, name, role, is_active, id, created_at, updated_at)
               VALUES (?1, ?2, ?3, COALESCE(CAST(?4 AS TEXT), 'member'), COALESCE(CAST(?5 AS BIGINT), 1), ?6, ?7, ?7)
               ON CONFLICT (team, email)
               DO UPDATE SET
                   name = CASE WHEN users.deleted_at IS NULL THEN COALESCE(CAST(?3 AS TEXT), users.name)
                               ELSE excluded.name END,
                   role = CASE WHEN users.deleted_at IS NULL THEN COALESCE(CAST(?4 AS TEXT), users.role)
                               ELSE excluded.role END,
                   is_active = CASE WHEN users.deleted_at IS NULL THEN COALESCE(CAST(?5 AS BIGINT), users.is_active)
                                    ELSE excluded.is_active END,
                   id = CASE WHEN users.deleted_at IS NULL THEN users.id ELSE excluded.id END,
                   updated_at = excluded.updated_at, revision = users.revision + 1, deleted_at = NULL
               WHERE users.deleted_at IS NOT NULL OR users.revision = COALESCE(CAST(?8 AS BIGINT), users.revision)";
    let params = vec![
        team.into(),
        (&user.email).into(),
        user.name.clone().into(),
        user.role.clone().into(),
        user.active.map(i64::from).into(),
        id::new("usr").into(),
        now.into(),
        revision.into(),
    ];
    Statement::new(sql, params).expect(1)
}

/// All users and groups of a team.
pub(super) async fn directory(db: &Db, team: &str) -> Result<Directory, Error> {
    let params = || vec![Value::from(team)];
    let groups = db.rows("SELECT name FROM groups WHERE team = ?1 ORDER BY name", params()).await?;
    let sql = "SELECT u.email, u.name, u.role, u.is_active, m.group_name FROM users u
               LEFT JOIN group_members m ON m.team = u.team AND m.email = u.email
               WHERE u.team = ?1 AND u.deleted_at IS NULL ORDER BY u.email, m.group_name";
    let mut users: Vec<User> = Vec::new();
    for row in db.rows(sql, params()).await? {
        let email = row.text(0);
        if users.last().is_none_or(|user| user.email != email) {
            let (name, role, active) = (row.optional_text(1), row.text(2), row.flag(3));
            users.push(User { email, name, role, active, groups: Vec::new() });
        }
        if let (Some(user), Some(group)) = (users.last_mut(), row.optional_text(4)) {
            user.groups.push(group);
        }
    }
    Ok(Directory { team: team.to_owned(), groups: groups.iter().map(|row| row.text(0)).collect(), users })
}

/// Groups of a team after one of a name, with how many belong to each.
pub(super) async fn groups(db: &Db, team: &str, after: &str, limit: u32) -> Result<Vec<Group>, Error> {
    let sql = "SELECT g.id, g.name, (SELECT COUNT(*) FROM group_members m WHERE m.team = g.team AND m.group_name = g.name)
               FROM groups g WHERE g.team = ?1 AND g.name > ?2 ORDER BY g.name LIMIT ?3";
    let rows = db.rows(sql, vec![team.into(), after.into(), limit.into()]).await?;
    let read = |row: &Row| Group {
        object: "group".into(),
        id: row.text(0),
        name: row.text(1),
        members: row.int(2).unsigned_abs(),
    };
    Ok(rows.iter().map(read).collect())
}

/// Gives ids to users and groups that have none.
pub(super) async fn give_ids(db: &Db) -> Result<(), Error> {
    const STEP: usize = 500;
    let tables = [
        ("usr", "SELECT team, email FROM users", "UPDATE users SET id = ?3 WHERE team = ?1 AND email = ?2"),
        ("grp", "SELECT team, name FROM groups", "UPDATE groups SET id = ?3 WHERE team = ?1 AND name = ?2"),
    ];
    for (prefix, select, update) in tables {
        loop {
            let rows = db.rows(format!("{select} WHERE id IS NULL LIMIT {STEP}"), vec![]).await?;
            let give = |row: &Row| {
                let params = vec![row.text(0).into(), row.text(1).into(), id::new(prefix).into()];
                Statement::new(format!("{update} AND id IS NULL"), params)
            };
            db.batch(rows.iter().map(give).collect()).await?;
            if rows.len() < STEP {
                break;
            }
        }
    }
    Ok(())
}
