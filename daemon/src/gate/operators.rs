//! Operators' tokens: what opens the admin API.

use super::authenticate::{Holder, Pepper};
use super::role::Role;
use super::{Caller, sql, teams};
use crate::act::Act;
use crate::error::Error;
use crate::store::{Db, Statement};
use contract::id;
use contract::key::{Kind as SecretKind, Secret};
use contract::time::Time;
use contract::wire::admin::{CreateOperatorRequest, Operator};

/// The team of a daemon that has only one.
pub(crate) const DEFAULT_TEAM: &str = "default";

/// The act that creates an operator's token, at the machine itself.
///
/// # Errors
/// If there are no random bytes to be had.
pub(crate) fn issue(pepper: &Pepper, name: &str) -> Result<Act<Secret>, Error> {
    let request = CreateOperatorRequest {
        name: name.into(),
        role: Role::Operator.as_str().into(),
        team: None,
        expires_at: None,
    };
    let (operator, secret, insert) = insert(pepper, DEFAULT_TEAM, request)?;
    Ok(Act::new(secret, vec![insert]).changing((), operator))
}

/// Creates an operator's token; the answer holds it, this once.
///
/// # Errors
/// If there is no such role, or the creator may not give it.
pub(crate) fn create(
    pepper: &Pepper,
    creator: &Caller,
    team: &str,
    request: CreateOperatorRequest,
) -> Result<Act<Operator>, Error> {
    let role = Role::parse(&request.role).ok_or_else(|| Role::unknown("role", &request.role))?;
    creator.role.check_reaches(role)?;
    if request.name.is_empty() || request.name.len() > 100 {
        return Err(Error::invalid("name", "A token's name has 1 to 100 characters."));
    }
    let (operator, secret, insert) = insert(pepper, team, request)?;
    let shown = Operator { secret: Some(secret.expose().to_owned()), ..operator.clone() };
    Ok(Act::new(shown, vec![insert]).changing((), operator))
}

fn insert(
    pepper: &Pepper,
    team: &str,
    request: CreateOperatorRequest,
) -> Result<(Operator, Secret, Statement), Error> {
    let secret = Secret::generate(SecretKind::Operator).map_err(Error::internal)?;
    let operator = Operator {
        object: "operator".into(),
        id: id::new("opr"),
        name: request.name,
        role: request.role,
        team: team.to_owned(),
        status: "active".into(),
        expires_at: request.expires_at,
        created_at: Time::now(),
        secret: None,
    };
    let insert = sql::insert_operator(&operator, &pepper.hash(secret.expose()));
    Ok((operator, secret, insert))
}

/// The tokens of a team, the newest first.
///
/// # Errors
/// If the store fails.
pub(crate) async fn list(db: &Db, team: &str) -> Result<Vec<Operator>, Error> {
    sql::operators(db, team).await
}

/// Ends a token at once.
///
/// # Errors
/// If there is none in a team that the revoker looks after, or its role stands above theirs.
pub(crate) async fn revoke(db: &Db, by: &Caller, id: &str) -> Result<Act<()>, Error> {
    let found = sql::operator_token(db, teams::reach(by), id).await?;
    let operator = found.ok_or_else(|| Error::not_found("operator", id))?;
    by.role.check_reaches(Role::parse(&operator.role).unwrap_or(Role::Viewer))?;
    Ok(Act::new((), vec![sql::revoke_operator(id, Time::now().0)]).changing(operator, ()))
}

pub(super) async fn by_hash(db: &Db, hash: &str) -> Result<Option<Holder>, Error> {
    sql::operator_by_hash(db, hash).await
}

pub(super) async fn by_id(db: &Db, id: &str) -> Result<Option<Holder>, Error> {
    sql::operator_by_id(db, id).await
}
