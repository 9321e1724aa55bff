//! The users of a team, their roles and groups.

use super::identity::canonical;
use super::role::Role;
use super::sql;
use crate::error::Error;
use crate::store::Db;
use contract::wire::admin::Directory;

/// All users and groups of a team.
///
/// # Errors
/// If the store fails.
pub(crate) async fn list(db: &Db, team: &str) -> Result<Directory, Error> {
    sql::directory(db, team).await
}

/// Adds or replaces users, each with exactly the groups given.
///
/// # Errors
/// If an address or a role is wrong.
pub(crate) async fn put(db: &Db, team: &str, mut directory: Directory) -> Result<Directory, Error> {
    for user in &mut directory.users {
        user.email = canonical(&user.email).map_err(|_| {
            Error::invalid("users.email", format!("`{}` is not an e-mail address.", user.email))
        })?;
        if Role::parse(&user.role).is_none() {
            let message =
                format!("There is no role `{}`. The roles are {}.", user.role, Role::names().join(", "));
            return Err(Error::invalid("users.role", message));
        }
        user.groups.sort();
        user.groups.dedup();
    }
    sql::put_directory(db, team, &directory).await?;
    sql::directory(db, team).await
}
