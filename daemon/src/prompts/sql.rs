//! The queries of prompt optimisation.

use super::outcome::{Kept, Outcome};
use super::start::Stored;
use crate::error::Error;
use crate::gate::Caller;
use crate::store::{Db, Row, Statement};
use contract::agent::AgentDefinition;
use contract::time::Time;
use contract::wire::evaluations::RunStatus;
use contract::wire::prompts::Optimisation;
use std::collections::HashMap;

pub(super) fn insert(search: &Stored, status: RunStatus) -> Result<Statement, Error> {
    let sql = "INSERT INTO optimisations (id, team, plan, caller, status, shown, created_at)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    let params = vec![
        (&search.id).into(),
        (&search.caller.team).into(),
        serde_json::to_string(&search.plan)?.into(),
        serde_json::to_string(&search.caller)?.into(),
        status.as_str().into(),
        serde_json::to_string(&search.shown)?.into(),
        search.created_at.0.into(),
    ];
    Ok(Statement::new(sql, params))
}

fn read(row: &Row) -> Result<Stored, Error> {
    Ok(Stored {
        id: row.text(0),
        plan: row.json(1)?,
        caller: row.json(2)?,
        shown: row.json(3)?,
        created_at: Time(row.int(4)),
    })
}

pub(super) async fn by_id(db: &Db, id: &str) -> Result<Option<Stored>, Error> {
    let sql = "SELECT id, plan, caller, shown, created_at FROM optimisations WHERE id = ?1";
    db.row(sql, vec![id.into()]).await?.as_ref().map(read).transpose()
}

/// A search of a team.
///
/// # Errors
/// If there is none.
pub(super) async fn of_team(db: &Db, team: &str, id: &str) -> Result<Stored, Error> {
    let found = by_id(db, id).await?.filter(|search| search.caller.team == team);
    found.ok_or_else(|| Error::not_found("optimisation", id))
}

/// The same, if the caller may talk to its agent.
///
/// # Errors
/// If there is none.
pub(super) async fn within_reach(db: &Db, caller: &Caller, id: &str) -> Result<Stored, Error> {
    let found = of_team(db, &caller.team, id).await?;
    if caller.may_talk_to(&found.plan.agent) { Ok(found) } else { Err(Error::not_found("optimisation", id)) }
}

/// The searches that were under way when the daemon last stopped.
pub(crate) async fn unfinished(db: &Db) -> Result<Vec<String>, Error> {
    let sql = "SELECT id FROM optimisations WHERE status IN ('queued', 'running') ORDER BY id";
    Ok(db.rows(sql, vec![]).await?.iter().map(|row| row.text(0)).collect())
}

/// Keeps how far a search is.
pub(super) async fn show(db: &Db, id: &str, shown: &Optimisation) -> Result<(), Error> {
    db.batch(vec![shown_so(id, shown)?]).await?;
    Ok(())
}

/// Keeps how a search ended, and its answers no longer: only a search that goes on needs them.
pub(super) async fn end(db: &Db, id: &str, shown: &Optimisation) -> Result<(), Error> {
    let forget = Statement::new("DELETE FROM optimisation_calls WHERE optimisation = ?1", vec![id.into()]);
    db.batch(vec![shown_so(id, shown)?, forget]).await?;
    Ok(())
}

fn shown_so(id: &str, shown: &Optimisation) -> Result<Statement, Error> {
    let sql = "UPDATE optimisations SET status = ?2, shown = ?3 WHERE id = ?1";
    let text = serde_json::to_string(shown)?;
    Ok(Statement::new(sql, vec![id.into(), shown.status.as_str().into(), text.into()]))
}

/// Keeps a candidate; the same again changes nothing.
pub(super) async fn insert_candidate(
    db: &Db,
    search: &Stored,
    number: usize,
    definition: &AgentDefinition,
) -> Result<(), Error> {
    let sql =
        "INSERT INTO optimisation_candidates (team, optimisation, number, definition) VALUES (?1, ?2, ?3, ?4)
               ON CONFLICT (optimisation, number) DO NOTHING";
    let definition = serde_json::to_string(definition)?;
    let team = (&search.caller.team).into();
    db.execute(sql, vec![team, (&search.id).into(), number.into(), definition.into()]).await?;
    Ok(())
}

pub(super) async fn candidate(db: &Db, id: &str, number: usize) -> Result<Option<AgentDefinition>, Error> {
    let sql = "SELECT definition FROM optimisation_candidates WHERE optimisation = ?1 AND number = ?2";
    db.row(sql, vec![id.into(), number.into()]).await?.map(|row| row.json(0)).transpose()
}

/// Notes that a call is about to be made.
pub(super) async fn begin_call(db: &Db, search: &Stored, asked: &str) -> Result<(), Error> {
    let sql = "INSERT INTO optimisation_calls (team, optimisation, asked, tries) VALUES (?1, ?2, ?3, 1)
               ON CONFLICT (optimisation, asked) DO UPDATE SET tries = optimisation_calls.tries + 1";
    db.execute(sql, vec![(&search.caller.team).into(), (&search.id).into(), asked.into()]).await?;
    Ok(())
}

/// Keeps how a call ended.
pub(super) async fn end_call(db: &Db, search: &Stored, asked: &str, outcome: &Outcome) -> Result<(), Error> {
    let sql = "UPDATE optimisation_calls SET outcome = ?3 WHERE optimisation = ?1 AND asked = ?2";
    let outcome = serde_json::to_string(outcome)?;
    db.execute(sql, vec![(&search.id).into(), asked.into(), outcome.into()]).await?;
    Ok(())
}

/// What was asked, and how each call ended.
pub(super) async fn calls(db: &Db, id: &str) -> Result<HashMap<String, Kept>, Error> {
    let sql = "SELECT asked, tries, outcome FROM optimisation_calls WHERE optimisation = ?1";
    let kept = |row: &Row| {
        let outcome = row.optional_text(2).map(|text| serde_json::from_str(&text)).transpose()?;
        Ok((row.text(0), Kept { tries: row.int(1).unsigned_abs(), outcome }))
    };
    db.rows(sql, vec![id.into()]).await?.iter().map(kept).collect()
}
