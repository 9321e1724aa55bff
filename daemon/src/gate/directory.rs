//! The users of a team, their roles and groups.

use super::identity::canonical;
use super::role::Role;
use super::{Caller, sql};
use crate::act::Act;
use crate::error::Error;
use crate::store::Db;
use contract::wire::admin::{Directory, Group, PutUser, PutUsersRequest, UpdateUserRequest, User};
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

/// Adds users, or changes those there are.
///
/// # Errors
/// If an address or a role is wrong, or somebody stands above the operator, before or after.
pub(crate) async fn put(
    db: &Db,
    by: &Caller,
    team: &str,
    wanted: PutUsersRequest,
) -> Result<Act<Directory>, Error> {
    // Read first: what changes after it is noticed.
    let revisions = sql::revisions(db, team).await?;
    let before = sql::directory(db, team).await?;
    let users = wanted.users.into_iter().map(|user| checked(by, &before.users, user));
    let users = users.collect::<Result<Vec<_>, Error>>()?;
    let statements = sql::put_directory(team, &wanted.groups, &users, revisions);
    let after = with(before.clone(), wanted.groups, users);
    Ok(Act::new(after.clone(), statements).changing(before, after))
}

/// A directory after users and groups were put into it.
fn with(mut directory: Directory, groups: Vec<String>, users: Vec<PutUser>) -> Directory {
    directory.groups.extend(groups);
    for PutUser { email, name, role, groups, active } in users {
        let there = directory.users.iter().position(|user| user.email == email);
        let before = there.map(|place| directory.users.swap_remove(place));
        let before = before.unwrap_or_else(|| User {
            email: email.clone(),
            name: None,
            role: Role::Member.as_str().into(),
            active: true,
            groups: Vec::new(),
        });
        directory.groups.extend(groups.iter().flatten().cloned());
        directory.users.push(User {
            email,
            name: name.or(before.name),
            role: role.unwrap_or(before.role),
            active: active.unwrap_or(before.active),
            groups: groups.unwrap_or(before.groups),
        });
    }
    directory.users.sort_by(|a, b| a.email.cmp(&b.email));
    directory.groups.sort();
    directory.groups.dedup();
    directory
}

/// Changes a user.
///
/// # Errors
/// If there is no such user, a role is wrong, or they stand above the operator, before or after.
pub(crate) async fn update(
    db: &Db,
    by: &Caller,
    team: &str,
    change: UpdateUserRequest,
) -> Result<Act<User>, Error> {
    let change = change.user;
    let email = canonical(&change.email)?;
    let revisions = sql::revisions(db, team).await?;
    let known = sql::directory(db, team).await?;
    let before = known.users.iter().find(|user| user.email == email).cloned();
    let before = before.ok_or_else(|| Error::not_found("user", &email))?;
    let change = checked(by, &known.users, change)?;
    let statements = sql::put_directory(team, &[], std::slice::from_ref(&change), revisions);
    let after = with(known, Vec::new(), vec![change]).users.into_iter().find(|user| user.email == email);
    let after = after.ok_or_else(|| Error::not_found("user", &email))?;
    Ok(Act::new(after.clone(), statements).changing(before, after))
}

/// A user as they are stored, if the operator may change who they are into who they are to be.
fn checked(by: &Caller, known: &[User], mut user: PutUser) -> Result<PutUser, Error> {
    user.email = canonical(&user.email)
        .map_err(|_| Error::invalid("users.email", format!("`{}` is not an e-mail address.", user.email)))?;
    let before = known.iter().find(|known| known.email == user.email).map(|known| &known.role);
    for name in before.into_iter().chain(&user.role) {
        let role = Role::parse(name).ok_or_else(|| Role::unknown("users.role", name))?;
        let named = |error: Error| Error { message: format!("{}: {}", user.email, error.message), ..error };
        by.role.check_reaches(role).map_err(named)?;
    }
    if let Some(groups) = &mut user.groups {
        groups.sort();
        groups.dedup();
    }
    Ok(user)
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
