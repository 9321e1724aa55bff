//! The queries of users.

use super::Record;
use crate::error::Error;
use crate::gate::role::Role;
use crate::scim::sql::{CHUNK, Which, move_reader};
use crate::store::{Db, Row, Statement, places};
use std::collections::HashMap;

const COLUMNS: &str =
    "u.id, u.email, u.name, u.role, u.is_active, u.external_id, u.profile, u.revision, u.created_at,
    u.updated_at";

pub(super) async fn find(db: &Db, team: &str, which: &Which<'_>) -> Result<Vec<Record>, Error> {
    let mut params = vec![team.into()];
    let clause = which.clause("u", &mut params);
    let sql = format!("SELECT {COLUMNS} FROM users u WHERE u.team = ?1 AND u.deleted_at IS NULL{clause}");
    let rows = db.rows(sql, params).await?;
    let mut users = rows.iter().map(read).collect::<Result<Vec<_>, Error>>()?;
    for chunk in users.chunks_mut(CHUNK) {
        let emails = chunk.iter().map(|user| (&user.email).into());
        let params = std::iter::once(team.into()).chain(emails).collect();
        let sql = format!(
            "SELECT m.email, g.id, g.name FROM group_members m
             JOIN groups g ON g.team = m.team AND g.name = m.group_name
             WHERE m.team = ?1 AND m.email IN ({}) ORDER BY g.name",
            places(2, chunk.len())
        );
        let mut groups: HashMap<String, Vec<(String, String)>> = HashMap::new();
        for row in db.rows(sql, params).await? {
            groups.entry(row.text(0)).or_default().push((row.text(1), row.text(2)));
        }
        for user in chunk {
            user.groups = groups.remove(&user.email).unwrap_or_default();
        }
    }
    Ok(users)
}

fn read(row: &Row) -> Result<Record, Error> {
    Ok(Record {
        id: row.text(0),
        email: row.text(1),
        name: row.optional_text(2),
        role: Role::parse(&row.text(3)).unwrap_or(Role::Viewer),
        is_active: row.flag(4),
        external_id: row.optional_text(5),
        profile: row.json(6)?,
        revision: row.int(7),
        created_at: row.int(8),
        updated_at: row.int(9),
        groups: Vec::new(),
    })
}

pub(super) async fn count(db: &Db, team: &str) -> Result<u64, Error> {
    let sql = "SELECT COUNT(*) FROM users WHERE team = ?1 AND deleted_at IS NULL";
    Ok(db.row(sql, vec![team.into()]).await?.map_or(0, |row| row.int(0).unsigned_abs()))
}

/// Adds a user; a conflict where somebody has the address.
pub(super) fn insert(team: &str, user: &Record) -> Result<Statement, Error> {
    let sql = "INSERT INTO users (team, id, email, name, role, is_active, external_id, profile, created_at, updated_at)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?9)
               ON CONFLICT (team, email) DO UPDATE SET id = excluded.id, name = excluded.name, role = excluded.role,
                   is_active = excluded.is_active, external_id = excluded.external_id, profile = excluded.profile,
                   created_at = excluded.created_at, updated_at = excluded.updated_at,
                   revision = users.revision + 1, deleted_at = NULL
               WHERE users.deleted_at IS NOT NULL";
    let params = vec![
        team.into(),
        (&user.id).into(),
        (&user.email).into(),
        user.name.clone().into(),
        user.role.as_str().into(),
        user.is_active.into(),
        user.external_id.clone().into(),
        serde_json::to_string(&user.profile)?.into(),
        user.created_at.into(),
    ];
    Ok(Statement::new(sql, params).expect(1))
}

/// Changes a user as they were read. Under another address they keep their groups, what they may read, their
/// conversations and budgets; no call acts for the old one any longer.
pub(super) fn update(team: &str, before: &Record, user: &Record) -> Result<Vec<Statement>, Error> {
    let mut batch = Vec::new();
    let is_renamed = before.email != user.email;
    if is_renamed {
        let sql = "DELETE FROM users WHERE team = ?1 AND email = ?2 AND deleted_at IS NOT NULL";
        batch.push(Statement::new(sql, vec![team.into(), (&user.email).into()]));
    }
    let sql =
        "UPDATE users SET email = ?4, name = ?5, role = ?6, is_active = ?7, external_id = ?8, profile = ?9,
                   updated_at = ?10, revision = revision + 1
               WHERE team = ?1 AND id = ?2 AND revision = ?3 AND deleted_at IS NULL";
    let params = vec![
        team.into(),
        (&before.id).into(),
        before.revision.into(),
        (&user.email).into(),
        user.name.clone().into(),
        user.role.as_str().into(),
        user.is_active.into(),
        user.external_id.clone().into(),
        serde_json::to_string(&user.profile)?.into(),
        user.updated_at.into(),
    ];
    batch.push(Statement::new(sql, params).expect(1));
    if is_renamed {
        batch.extend(readdressed(team, &before.email, &user.email, user.updated_at));
    }
    Ok(batch)
}

fn readdressed(team: &str, from: &str, to: &str, now: i64) -> Vec<Statement> {
    let bury = "INSERT INTO users (team, id, email, role, is_active, deleted_at) VALUES (?1, ?2, ?3, 'member', 0, ?4)";
    let bury =
        Statement::new(bury, vec![team.into(), contract::id::new("usr").into(), from.into(), now.into()]);
    let moved = [
        "UPDATE group_members SET email = ?3 WHERE team = ?1 AND email = ?2",
        "UPDATE sessions SET user_email = ?3 WHERE team = ?1 AND user_email = ?2",
        "UPDATE responses SET user_email = ?3 WHERE team = ?1 AND user_email = ?2",
        "UPDATE budgets SET subject_id = ?3 WHERE team = ?1 AND subject_id = ?2 AND subject = 'user'",
    ];
    let moved = moved.map(|sql| Statement::new(sql, vec![team.into(), from.into(), to.into()]));
    let readers = move_reader(team, &format!("user:{from}"), &format!("user:{to}"));
    std::iter::once(bury).chain(moved).chain(readers).collect()
}

/// Removes a user as they were read: what is known of them goes, and the address stays closed.
pub(super) fn remove(team: &str, user: &Record, now: i64) -> Vec<Statement> {
    let bury =
        "UPDATE users SET is_active = 0, deleted_at = ?4, name = NULL, external_id = NULL, profile = '{}',
                    revision = revision + 1
                WHERE team = ?1 AND id = ?2 AND revision = ?3 AND deleted_at IS NULL";
    let params = vec![team.into(), (&user.id).into(), user.revision.into(), now.into()];
    let leave = "DELETE FROM group_members WHERE team = ?1 AND email = ?2";
    let leave = Statement::new(leave, vec![team.into(), (&user.email).into()]);
    vec![Statement::new(bury, params).expect(1), leave]
}
