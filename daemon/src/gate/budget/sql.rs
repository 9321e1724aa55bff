//! The queries of budgets.

use crate::error::Error;
use crate::store::{Db, Row, Statement};
use contract::money::Usd;
use contract::time::Time;
use contract::wire::admin::{Budget, Period};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::collections::HashMap;

/// All budgets, each with how often an act changed it.
pub(super) async fn all(db: &Db) -> Result<Vec<(Budget, i64)>, Error> {
    let sql = "SELECT id, team, name, subject, subject_id, period, limit_nanos, mode, unpriced, ends_at, created_at,
                      revision
               FROM budgets ORDER BY id";
    db.rows(sql, vec![]).await?.iter().map(|row| Ok((read(row)?, row.int(11)))).collect()
}

fn read(row: &Row) -> Result<Budget, Error> {
    Ok(Budget {
        object: "budget".into(),
        id: row.text(0),
        team: row.text(1),
        name: row.text(2),
        subject: word(row, 3)?,
        subject_id: row.optional_text(4),
        period: word::<Period>(row, 5)?,
        limit_usd: Usd::from_nanos(row.int(6)),
        mode: word(row, 7)?,
        unpriced: word(row, 8)?,
        spent_usd: Usd::ZERO,
        held_usd: Usd::ZERO,
        period_began_at: None,
        period_ends_at: None,
        ends_at: row.optional_int(9).map(Time),
        created_at: Time(row.int(10)),
    })
}

/// What was spent of each budget in its newest periods that something was spent in: when each began, and how much.
pub(super) async fn spending(db: &Db, periods: usize) -> Result<HashMap<String, Vec<(i64, i64)>>, Error> {
    let sql = "SELECT budget_id, period_began_at, spent_nanos FROM
                 (SELECT budget_id, period_began_at, spent_nanos,
                         row_number() OVER (PARTITION BY budget_id ORDER BY period_began_at DESC) AS place
                  FROM budget_spending) newest
               WHERE place <= ?1";
    let mut spending: HashMap<String, Vec<(i64, i64)>> = HashMap::new();
    for row in db.rows(sql, vec![periods.into()]).await? {
        spending.entry(row.text(0)).or_default().push((row.int(1), row.int(2)));
    }
    Ok(spending)
}

fn word<T: DeserializeOwned>(row: &Row, column: usize) -> Result<T, Error> {
    Ok(serde_json::from_value(Value::String(row.text(column)))?)
}

/// An enum as the word that the wire has for it.
pub(super) fn spelt(value: impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(Value::String(word)) => word,
        _ => String::new(),
    }
}

pub(super) fn insert(budget: &Budget) -> Statement {
    let sql = "INSERT INTO budgets
                 (id, team, name, subject, subject_id, period, limit_nanos, mode, unpriced, ends_at, created_at)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";
    let params = vec![
        (&budget.id).into(),
        (&budget.team).into(),
        (&budget.name).into(),
        spelt(budget.subject).into(),
        budget.subject_id.clone().into(),
        spelt(budget.period).into(),
        budget.limit_usd.nanos().into(),
        spelt(budget.mode).into(),
        spelt(budget.unpriced).into(),
        budget.ends_at.map(|at| at.0).into(),
        budget.created_at.0.into(),
    ];
    Statement::new(sql, params)
}

/// Changes a budget that was changed so often; a conflict where somebody else did meanwhile.
pub(super) fn update(budget: &Budget, revision: i64) -> Statement {
    let sql = "UPDATE budgets SET name = ?3, limit_nanos = ?4, mode = ?5, unpriced = ?6, ends_at = ?7,
                   revision = revision + 1
               WHERE team = ?1 AND id = ?2 AND revision = ?8";
    let params = vec![
        (&budget.team).into(),
        (&budget.id).into(),
        (&budget.name).into(),
        budget.limit_usd.nanos().into(),
        spelt(budget.mode).into(),
        spelt(budget.unpriced).into(),
        budget.ends_at.map(|at| at.0).into(),
        revision.into(),
    ];
    Statement::new(sql, params).expect(1)
}

pub(super) fn delete(team: &str, id: &str) -> Statement {
    let sql = "DELETE FROM budgets WHERE team = ?1 AND id = ?2";
    Statement::new(sql, vec![team.into(), id.into()]).expect(1)
}

/// Adds to what was spent in a period; nothing, where the budget was removed meanwhile.
pub(super) fn spend(budget: &str, team: &str, period_began_at: i64, nanos: i64) -> Statement {
    let sql = "INSERT INTO budget_spending (budget_id, team, period_began_at, spent_nanos)
               SELECT id, CAST(?2 AS TEXT), CAST(?3 AS BIGINT), CAST(?4 AS BIGINT) FROM budgets WHERE id = ?1
               ON CONFLICT (budget_id, period_began_at)
               DO UPDATE SET spent_nanos = budget_spending.spent_nanos + excluded.spent_nanos";
    Statement::new(sql, vec![budget.into(), team.into(), period_began_at.into(), nanos.into()])
}
