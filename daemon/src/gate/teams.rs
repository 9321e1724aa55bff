//! The teams that share a daemon.

use super::{Caller, sql};
use crate::error::{Error, Kind};
use crate::store::{Db, Statement};
use contract::time::Time;

/// The team that an operator means: its own where it names none.
///
/// # Errors
/// If it names one that it may not look after, or that isn't there.
pub(crate) async fn chosen(db: &Db, caller: &Caller, wanted: Option<&str>) -> Result<String, Error> {
    match wanted {
        None => Ok(caller.team.clone()),
        Some(team) if team == caller.team => Ok(team.to_owned()),
        Some(team) if caller.role.sees_every_team() && sql::team_exists(db, team).await? => {
            Ok(team.to_owned())
        }
        Some(team) => Err(Error::not_found("team", team)),
    }
}

/// The team whose things an operator finds by id: none where it finds those of every team.
pub(crate) fn reach(caller: &Caller) -> Option<&str> {
    (!caller.role.sees_every_team()).then_some(caller.team.as_str())
}

/// The teams that an operator looks after.
///
/// # Errors
/// If the store fails.
pub(crate) async fn list(db: &Db, caller: &Caller) -> Result<Vec<String>, Error> {
    match reach(caller) {
        Some(own) => Ok(vec![own.to_owned()]),
        None => all(db).await,
    }
}

/// All teams.
///
/// # Errors
/// If the store fails.
pub(crate) async fn all(db: &Db) -> Result<Vec<String>, Error> {
    sql::teams(db).await
}

/// What makes sure that a team is there.
///
/// # Errors
/// If the operator may not look after it, or its name is none.
pub(crate) fn ensured(caller: &Caller, team: &str) -> Result<Vec<Statement>, Error> {
    if team == caller.team {
        return Ok(Vec::new());
    }
    if !caller.role.sees_every_team() {
        let message = format!("The role {} looks after its own team only.", caller.role.as_str());
        return Err(Error::new(Kind::Forbidden, "not_permitted", message));
    }
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if team.is_empty() || team.len() > 63 || !team.chars().all(is_plain) {
        let message = "A team's id has 1 to 63 lower-case letters, digits and hyphens.";
        return Err(Error::invalid("team", message));
    }
    Ok(vec![sql::insert_team(team, Time::now().0)])
}
