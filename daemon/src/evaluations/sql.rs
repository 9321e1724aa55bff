//! The queries of evaluations.

use super::start::Stored;
use crate::error::Error;
use crate::store::{Db, Row, Statement, Value};
use contract::suite::SuiteDefinition;
use contract::time::Time;
use contract::wire::evaluations::{CaseResult, ListRunsQuery, Run, SuiteSummary};
use contract::wire::page::{DEFAULT_LIMIT, ListQuery, MAX_LIMIT, Page};
use std::collections::HashSet;

/// A suite at a version.
pub(crate) async fn suite_version(
    db: &Db,
    team: &str,
    id: &str,
    version: &str,
) -> Result<Option<SuiteDefinition>, Error> {
    let sql = "SELECT definition FROM suite_versions WHERE team = ?1 AND suite_id = ?2 AND version = ?3";
    db.row(sql, vec![team.into(), id.into(), version.into()]).await?.map(|row| row.json(0)).transpose()
}

/// The version of a suite that counts now, with its definition.
pub(crate) async fn current_suite(
    db: &Db,
    team: &str,
    id: &str,
) -> Result<Option<(String, SuiteDefinition)>, Error> {
    let sql = "SELECT v.version, v.definition FROM suites s
               JOIN suite_versions v ON v.team = s.team AND v.suite_id = s.id AND v.version = s.current_version
               WHERE s.team = ?1 AND s.id = ?2";
    let row = db.row(sql, vec![team.into(), id.into()]).await?;
    row.map(|row| Ok((row.text(0), row.json(1)?))).transpose()
}

/// What the current suites of a team ask: of the newest 50, up to so many inputs.
pub(crate) async fn inputs(db: &Db, team: &str, most: usize) -> Result<Vec<String>, Error> {
    let sql = "SELECT v.definition FROM suites s
               JOIN suite_versions v ON v.team = s.team AND v.suite_id = s.id AND v.version = s.current_version
               WHERE s.team = ?1 ORDER BY v.created_at DESC, s.id LIMIT 50";
    let mut inputs = Vec::new();
    for row in db.rows(sql, vec![team.into()]).await? {
        let suite: SuiteDefinition = row.json(0)?;
        inputs.extend(suite.spec.cases.into_iter().map(|case| case.input).take(most - inputs.len()));
    }
    Ok(inputs)
}

/// Fails a batch unless a suite's current version is still this one.
pub(crate) fn suite_is_still(team: &str, id: &str, version: &str) -> Statement {
    let sql = "UPDATE suites SET current_version = ?3 WHERE team = ?1 AND id = ?2 AND current_version = ?3";
    Statement::new(sql, vec![team.into(), id.into(), version.into()]).expect(1)
}

pub(super) fn put_suite(team: &str, suite: &SuiteDefinition, version: &str) -> Result<Vec<Statement>, Error> {
    let id = &suite.metadata.id;
    let store = Statement::new(
        "INSERT INTO suite_versions (team, suite_id, version, definition, cases, created_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (team, suite_id, version) DO NOTHING",
        vec![
            team.into(),
            id.into(),
            version.into(),
            serde_json::to_string(suite)?.into(),
            suite.spec.cases.len().into(),
            Time::now().0.into(),
        ],
    );
    let point = Statement::new(
        "INSERT INTO suites (team, id, current_version) VALUES (?1, ?2, ?3)
         ON CONFLICT (team, id) DO UPDATE SET current_version = excluded.current_version",
        vec![team.into(), id.into(), version.into()],
    );
    Ok(vec![store, point])
}

pub(super) async fn suites(db: &Db, team: &str, query: &ListQuery) -> Result<Page<SuiteSummary>, Error> {
    let limit = query.limit.unwrap_or(DEFAULT_LIMIT).clamp(1, MAX_LIMIT);
    let sql = format!(
        "SELECT s.id, v.version, v.cases, v.created_at,
                (SELECT count(*) FROM suite_versions n WHERE n.team = s.team AND n.suite_id = s.id)
         FROM suites s
         JOIN suite_versions v ON v.team = s.team AND v.suite_id = s.id AND v.version = s.current_version
         WHERE s.team = ?1 AND s.id > ?2 ORDER BY s.id LIMIT {}",
        limit + 1
    );
    let rows = db.rows(sql, vec![team.into(), query.after.clone().unwrap_or_default().into()]).await?;
    let suite = |row: &Row| SuiteSummary {
        object: "suite".into(),
        id: row.text(0),
        version: row.text(1),
        cases: row.int(2).try_into().unwrap_or(0),
        created_at: Time(row.int(3)),
        versions: row.int(4).try_into().unwrap_or(0),
    };
    Ok(Page::of(rows.iter().map(suite).collect(), limit, |suite| suite.id.clone()))
}

pub(super) fn insert_run(run: &Stored) -> Result<Statement, Error> {
    let sql = "INSERT INTO runs (id, team, agent_id, agent_version, suite_id, suite_version, basis, plan, caller, status,
               complete, cases, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)";
    let params = vec![
        (&run.id).into(),
        (&run.caller.team).into(),
        (&run.agent).into(),
        (&run.agent_version).into(),
        (&run.suite).into(),
        (&run.suite_version).into(),
        (&run.basis).into(),
        serde_json::to_string(&run.plan)?.into(),
        serde_json::to_string(&run.caller)?.into(),
        run.status.as_str().into(),
        run.complete.into(),
        run.plan.cases.len().into(),
        run.created_at.0.into(),
    ];
    Ok(Statement::new(sql, params))
}

const COLUMNS: &str =
    "id, agent_id, agent_version, suite_id, suite_version, basis, plan, caller, status, complete,
    created_at, finished_at, summary";

fn read(row: &Row) -> Result<Stored, Error> {
    Ok(Stored {
        id: row.text(0),
        agent: row.text(1),
        agent_version: row.text(2),
        suite: row.text(3),
        suite_version: row.text(4),
        basis: row.text(5),
        plan: row.json(6)?,
        caller: row.json(7)?,
        status: serde_json::from_value(row.text(8).into())?,
        complete: row.flag(9),
        created_at: Time(row.int(10)),
        finished_at: row.optional_int(11).map(Time),
        summary: row.optional_text(12).map(|text| serde_json::from_str(&text)).transpose()?,
    })
}

pub(super) async fn run_by_id(db: &Db, id: &str) -> Result<Option<Stored>, Error> {
    let row = db.row(format!("SELECT {COLUMNS} FROM runs WHERE id = ?1"), vec![id.into()]).await?;
    row.as_ref().map(read).transpose()
}

/// A page of a team's runs, the newest first.
pub(super) async fn runs(db: &Db, team: &str, query: &ListRunsQuery) -> Result<Page<Stored>, Error> {
    let limit = query.page.limit.unwrap_or(DEFAULT_LIMIT).clamp(1, MAX_LIMIT);
    let mut wheres = vec!["team = ?1".to_owned(), "id < ?2".to_owned()];
    let mut params: Vec<Value> =
        vec![team.into(), query.page.after.clone().unwrap_or_else(|| "s".into()).into()];
    let filters = [
        ("agent_id", query.agent.clone()),
        ("suite_id", query.suite.clone()),
        ("agent_version", query.version.clone()),
        ("status", query.status.map(|status| status.as_str().to_owned())),
    ];
    for (column, value) in
        filters.into_iter().filter_map(|(column, value)| value.map(|value| (column, value)))
    {
        params.push(value.into());
        wheres.push(format!("{column} = ?{}", params.len()));
    }
    let condition = wheres.join(" AND ");
    let sql = format!("SELECT {COLUMNS} FROM runs WHERE {condition} ORDER BY id DESC LIMIT {}", limit + 1);
    let rows = db.rows(sql, params).await?.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    Ok(Page::of(rows, limit, |run| run.id.clone()))
}

/// The newest finished, complete run of exactly this agent version on this suite.
pub(super) async fn newest_run(
    db: &Db,
    team: &str,
    agent: &str,
    version: &str,
    suite: &str,
) -> Result<Option<Stored>, Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM runs WHERE team = ?1 AND agent_id = ?2 AND agent_version = ?3 AND suite_id = ?4
         AND status = 'finished' AND complete = 1 ORDER BY id DESC LIMIT 1"
    );
    let params = vec![team.into(), agent.into(), version.into(), suite.into()];
    db.row(sql, params).await?.as_ref().map(read).transpose()
}

/// The runs that were under way when the daemon last stopped.
pub(crate) async fn unfinished(db: &Db) -> Result<Vec<String>, Error> {
    let sql = "SELECT id FROM runs WHERE status IN ('queued', 'running') ORDER BY id";
    Ok(db.rows(sql, vec![]).await?.iter().map(|row| row.text(0)).collect())
}

/// Notes that a run is worked on, unless it was cancelled.
pub(super) async fn set_running(db: &Db, id: &str) -> Result<(), Error> {
    let sql = "UPDATE runs SET status = 'running' WHERE id = ?1 AND status = 'queued'";
    db.execute(sql, vec![id.into()]).await?;
    Ok(())
}

/// Cancels a run that is not over.
pub(super) fn cancel_run(id: &str) -> Statement {
    let sql = "UPDATE runs SET status = 'cancelled', finished_at = ?2 WHERE id = ?1 AND status IN ('queued', 'running')";
    Statement::new(sql, vec![id.into(), Time::now().0.into()]).expect(1)
}

pub(super) async fn is_cancelled(db: &Db, id: &str) -> Result<bool, Error> {
    let sql = "SELECT 1 FROM runs WHERE id = ?1 AND status = 'cancelled'";
    Ok(db.row(sql, vec![id.into()]).await?.is_some())
}

pub(super) async fn end_run(db: &Db, run: &Stored, figures: &Run) -> Result<(), Error> {
    let sql = "UPDATE runs SET status = ?2, finished_at = ?3, summary = ?4 WHERE id = ?1";
    let summary = serde_json::to_string(figures)?;
    let at = run.finished_at.map(|at| at.0);
    db.execute(sql, vec![(&run.id).into(), run.status.as_str().into(), at.into(), summary.into()]).await?;
    Ok(())
}

/// Stores a case's end; the second of the same case and repeat changes nothing.
pub(super) async fn insert_case(
    db: &Db,
    run: &Stored,
    position: usize,
    repeat: u32,
    result: &CaseResult,
    answer_key: Option<String>,
) -> Result<(), Error> {
    let sql = "INSERT INTO run_cases (team, run_id, case_id, repeat, position, result, answer_key)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
               ON CONFLICT (run_id, case_id, repeat) DO NOTHING";
    let params = vec![
        (&run.caller.team).into(),
        (&run.id).into(),
        (&result.case_id).into(),
        repeat.into(),
        position.into(),
        serde_json::to_string(result)?.into(),
        answer_key.into(),
    ];
    db.execute(sql, params).await?;
    Ok(())
}

/// The newest result of a team's runs whose answer depended on the same, and when its run began.
pub(super) async fn case_by_answer(
    db: &Db,
    team: &str,
    answer_key: &str,
) -> Result<Option<(CaseResult, Time)>, Error> {
    let sql = "SELECT c.result, r.created_at FROM run_cases c JOIN runs r ON r.id = c.run_id
               WHERE c.team = ?1 AND c.answer_key = ?2 ORDER BY c.run_id DESC LIMIT 1";
    let row = db.row(sql, vec![team.into(), answer_key.into()]).await?;
    row.map(|row| Ok((row.json(0)?, Time(row.int(1))))).transpose()
}

pub(super) async fn done(db: &Db, run: &str) -> Result<HashSet<(String, u32)>, Error> {
    let rows = db.rows("SELECT case_id, repeat FROM run_cases WHERE run_id = ?1", vec![run.into()]).await?;
    Ok(rows.iter().map(|row| (row.text(0), row.int(1).try_into().unwrap_or(0))).collect())
}

pub(super) async fn cases(db: &Db, run: &str) -> Result<Vec<CaseResult>, Error> {
    let sql = "SELECT result FROM run_cases WHERE run_id = ?1 ORDER BY position, repeat";
    db.rows(sql, vec![run.into()]).await?.into_iter().map(|row| row.json(0)).collect()
}
