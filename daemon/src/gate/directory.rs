//! The users of a team, their roles and groups.

use super::identity::canonical;
use super::role::Role;
use super::{Caller, sql};
use crate::error::{Error, Kind};
use crate::store::Db;
use contract::wire::admin::{Directory, Group, UpdateUserRequest, User};
use contract::wire::page::{DEFAULT_LIMIT, ListQuery, Page};

/// All users and groups of a team.
///
/// # Errors
/// If the store fails.
pub(crate) async fn list(db: &Db, team: &str) -> Result<Directory, Error> {
    sql::directory(db, team).await
}

/// A page of the groups of a team, by name.
///
/// # Errors
/// If the store fails.
pub(crate) async fn groups(db: &Db, team: &str, page: &ListQuery) -> Result<Page<Group>, Error> {
    let limit = page.limit.unwrap_or(DEFAULT_LIMIT);
    let rows = sql::groups(db, team, page.after.as_deref().unwrap_or_default(), limit + 1).await?;
    Ok(Page::of(rows, limit, |group| group.name.clone()))
}

/// Gives ids to users and groups that were made before they had any.
///
/// # Errors
/// If the store fails.
pub(crate) async fn give_ids(db: &Db) -> Result<(), Error> {
    sql::give_ids(db).await
}

/// Whether somebody may give a role, and so change who has it.
///
/// # Errors
/// If the role may do what theirs may not.
pub(crate) fn check_may_give(by: &Caller, role: Role) -> Result<(), Error> {
    if by.role.may_give(role) {
        return Ok(());
    }
    let message = format!("The role {} may not give the role {}.", by.role.as_str(), role.as_str());
    Err(Error::new(Kind::Forbidden, "not_permitted", message))
}

/// Adds or replaces users, each with exactly the groups given.
///
/// # Errors
/// If an address or a role is wrong, or the operator may not give a role.
pub(crate) async fn put(db: &Db, by: &Caller, team: &str, mut wanted: Directory) -> Result<Directory, Error> {
    for user in &mut wanted.users {
        check(by, user)?;
    }
    sql::put_directory(db, team, &wanted).await?;
    sql::directory(db, team).await
}

/// Changes a user.
///
/// # Errors
/// If there is no such user, or a role is wrong.
pub(crate) async fn update(
    db: &Db,
    by: &Caller,
    team: &str,
    change: UpdateUserRequest,
) -> Result<User, Error> {
    let email = canonical(&change.email)?;
    let users = sql::directory(db, team).await?.users;
    let user = users.into_iter().find(|user| user.email == email);
    let user = user.ok_or_else(|| Error::not_found("user", &email))?;
    let mut user = User {
        name: change.name.or(user.name),
        role: change.role.unwrap_or(user.role),
        groups: change.groups.unwrap_or(user.groups),
        active: change.active.unwrap_or(user.active),
        email,
    };
    check(by, &mut user)?;
    let changed = Directory { users: vec![user.clone()], ..Directory::default() };
    sql::put_directory(db, team, &changed).await?;
    Ok(user)
}

fn check(by: &Caller, user: &mut User) -> Result<(), Error> {
    user.email = canonical(&user.email)
        .map_err(|_| Error::invalid("users.email", format!("`{}` is not an e-mail address.", user.email)))?;
    let role = Role::parse(&user.role).ok_or_else(|| Role::unknown("users.role", &user.role))?;
    check_may_give(by, role)?;
    user.groups.sort();
    user.groups.dedup();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::fixture::store;

    #[tokio::test]
    async fn who_was_there_before_ids_were_is_given_one_that_stays() {
        let (_place, db) = store().await;
        let old = "INSERT INTO users (team, email, role) VALUES ('default', 'a@example.org', 'member')";
        db.execute(old, vec![]).await.unwrap();
        db.execute("INSERT INTO groups (team, name) VALUES ('default', 'hr')", vec![]).await.unwrap();
        give_ids(&db).await.unwrap();
        let id = async |sql: &'static str| db.row(sql, vec![]).await.unwrap().unwrap().text(0);
        let (user, group) = (id("SELECT id FROM users").await, id("SELECT id FROM groups").await);
        assert!(user.starts_with("usr_") && group.starts_with("grp_"), "{user} {group}");
        give_ids(&db).await.unwrap();
        assert_eq!(id("SELECT id FROM users").await, user);
    }
}
