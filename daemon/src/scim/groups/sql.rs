//! The queries of groups.

use super::{Change, Member, Record};
use crate::error::Error;
use crate::gate::role::Role;
use crate::scim::sql::{CHUNK, Which, move_reader, widens_nothing};
use crate::store::{Db, Row, Statement, places};
use std::collections::HashMap;

const COLUMNS: &str = "g.id, g.name, g.external_id, g.created_at, g.updated_at";

const MEMBER: &str = "u.id, u.email, u.role";

/// Groups, with their members where these are wanted.
pub(super) async fn find(
    db: &Db,
    team: &str,
    which: &Which<'_>,
    with_members: bool,
) -> Result<Vec<Record>, Error> {
    let mut params = vec![team.into()];
    let clause = which.clause("g", &mut params);
    let sql = format!("SELECT {COLUMNS} FROM groups g WHERE g.team = ?1{clause}");
    let mut groups: Vec<Record> = db.rows(sql, params).await?.iter().map(read).collect();
    if !with_members {
        return Ok(groups);
    }
    for chunk in groups.chunks_mut(CHUNK) {
        let names = chunk.iter().map(|group| (&group.name).into());
        let params = std::iter::once(team.into()).chain(names).collect();
        let sql = format!(
            "SELECT m.group_name, {MEMBER} FROM group_members m
             JOIN users u ON u.team = m.team AND u.email = m.email AND u.deleted_at IS NULL
             WHERE m.team = ?1 AND m.group_name IN ({}) ORDER BY u.id",
            places(2, chunk.len())
        );
        let mut members: HashMap<String, Vec<Member>> = HashMap::new();
        for row in db.rows(sql, params).await? {
            members.entry(row.text(0)).or_default().push(member(&row, 1));
        }
        for group in chunk {
            group.members = members.remove(&group.name).unwrap_or_default();
        }
    }
    Ok(groups)
}

fn read(row: &Row) -> Record {
    Record {
        id: row.text(0),
        name: row.text(1),
        external_id: row.optional_text(2),
        created_at: row.int(3),
        updated_at: row.int(4),
        members: Vec::new(),
    }
}

pub(super) async fn count(db: &Db, team: &str) -> Result<u64, Error> {
    let sql = "SELECT COUNT(*) FROM groups WHERE team = ?1";
    Ok(db.row(sql, vec![team.into()]).await?.map_or(0, |row| row.int(0).unsigned_abs()))
}

/// Users by their ids; who isn't there isn't among them.
pub(super) async fn members(db: &Db, team: &str, ids: &[String]) -> Result<HashMap<String, Member>, Error> {
    let mut found = HashMap::with_capacity(ids.len());
    for chunk in ids.chunks(CHUNK) {
        let params = std::iter::once(team.into()).chain(chunk.iter().map(Into::into)).collect();
        let sql = format!(
            "SELECT {MEMBER} FROM users u WHERE u.team = ?1 AND u.deleted_at IS NULL AND u.id IN ({})",
            places(2, chunk.len())
        );
        found.extend(db.rows(sql, params).await?.iter().map(|row| (row.text(0), member(row, 0))));
    }
    Ok(found)
}

/// A member, whose columns begin at a place.
fn member(row: &Row, at: usize) -> Member {
    let role = Role::parse(&row.text(at + 2)).unwrap_or(Role::Viewer);
    Member { id: row.text(at), email: row.text(at + 1), role }
}

/// Adds a group with its members; a conflict where there is one of that name.
pub(super) fn insert(team: &str, group: &Record) -> Vec<Statement> {
    let sql = "INSERT INTO groups (team, id, name, external_id, created_at, updated_at)
               VALUES (?1, ?2, ?3, ?4, ?5, ?5)";
    let params = vec![
        team.into(),
        (&group.id).into(),
        (&group.name).into(),
        group.external_id.clone().into(),
        group.created_at.into(),
    ];
    let mut batch = vec![Statement::new(sql, params)];
    batch.extend(group.members.iter().map(|member| join(team, &group.name, &member.id)));
    batch
}

/// Whether a group would read more under another name than under its own.
pub(super) async fn would_widen(db: &Db, team: &str, before: &str, name: &str) -> Result<bool, Error> {
    let sql = format!("SELECT CASE WHEN {} THEN 0 ELSE 1 END", widens_nothing(2));
    let params = vec![team.into(), reader(name).into(), reader(before).into()];
    Ok(db.row(sql, params).await?.is_some_and(|row| row.flag(0)))
}

/// A group among a document's readers.
fn reader(name: &str) -> String {
    format!("group:{name}")
}

/// Changes a group as it was read: what others changed of its members meanwhile stays. Under another name it has the
/// same members, and may read what it could before, and nothing else: a conflict where it would.
pub(super) fn update(team: &str, before: &Record, change: &Change, now: i64) -> Vec<Statement> {
    let mut sql = "UPDATE groups SET name = ?4, external_id = ?5, updated_at = ?6
                   WHERE team = ?1 AND id = ?2 AND name = ?3"
        .to_owned();
    let mut params = vec![
        team.into(),
        (&before.id).into(),
        (&before.name).into(),
        (&change.name).into(),
        change.external_id.clone().into(),
        now.into(),
    ];
    let is_renamed = change.name != before.name;
    if is_renamed {
        sql += &format!(" AND {}", widens_nothing(params.len() + 1));
        params.extend([reader(&change.name).into(), reader(&before.name).into()]);
    }
    let mut batch = vec![Statement::new(sql, params).expect(1)];
    if is_renamed {
        let rename = "UPDATE group_members SET group_name = ?3 WHERE team = ?1 AND group_name = ?2";
        let params = vec![team.into(), (&before.name).into(), (&change.name).into()];
        batch.push(Statement::new(rename, params));
        batch.extend(move_reader(team, &reader(&before.name), &reader(&change.name)));
    }
    batch.extend(change.joining.iter().map(|member| join(team, &change.name, &member.id)));
    for Member { email, .. } in &change.leaving {
        let leave = "DELETE FROM group_members WHERE team = ?1 AND group_name = ?2 AND email = ?3";
        batch.push(Statement::new(leave, vec![team.into(), (&change.name).into(), email.into()]));
    }
    batch
}

/// Puts a user into a group; a conflict where they are there already, or gone.
fn join(team: &str, group: &str, user: &str) -> Statement {
    let sql = "INSERT INTO group_members (team, email, group_name)
               SELECT u.team, u.email, CAST(?2 AS TEXT) FROM users u
               WHERE u.team = ?1 AND u.id = ?3 AND u.deleted_at IS NULL
               ON CONFLICT (team, email, group_name) DO NOTHING";
    Statement::new(sql, vec![team.into(), group.into(), user.into()]).expect(1)
}

pub(super) fn remove(team: &str, group: &Record) -> Vec<Statement> {
    let remove = "DELETE FROM groups WHERE team = ?1 AND id = ?2 AND name = ?3";
    let params = vec![team.into(), (&group.id).into(), (&group.name).into()];
    let empty = "DELETE FROM group_members WHERE team = ?1 AND group_name = ?2";
    let empty = Statement::new(empty, vec![team.into(), (&group.name).into()]);
    vec![Statement::new(remove, params).expect(1), empty]
}
