//! The queries of budgets.

use crate::error::Error;
use crate::store::{Db, Row, Statement, StoreError};
use contract::money::Usd;
use contract::time::Time;
use contract::wire::admin::{Budget, Period};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

const COLUMNS: &str =
    "b.id, b.team, b.name, b.subject, b.subject_id, b.period, b.limit_nanos, b.mode, b.unpriced,
    b.ends_at, b.created_at, s.period_began_at, s.spent_nanos";

/// A budget, and what was spent in its newest period that something was spent in.
pub(super) struct Stored {
    pub(super) budget: Budget,
    pub(super) period_began_at: i64,
    pub(super) spent_nanos: i64,
}

pub(super) async fn all(db: &Db) -> Result<Vec<Stored>, Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM budgets b LEFT JOIN budget_spending s ON s.budget_id = b.id AND s.period_began_at =
            (SELECT MAX(n.period_began_at) FROM budget_spending n WHERE n.budget_id = b.id)
         ORDER BY b.id"
    );
    db.rows(sql, vec![]).await?.iter().map(read).collect()
}

fn read(row: &Row) -> Result<Stored, Error> {
    Ok(Stored {
        budget: Budget {
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
        },
        period_began_at: row.int(11),
        spent_nanos: row.int(12),
    })
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

pub(super) async fn insert(db: &Db, budget: &Budget) -> Result<(), StoreError> {
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
    db.execute(sql, params).await.map(drop)
}

pub(super) async fn update(db: &Db, budget: &Budget) -> Result<(), StoreError> {
    let sql = "UPDATE budgets SET name = ?3, limit_nanos = ?4, mode = ?5, unpriced = ?6, ends_at = ?7
               WHERE team = ?1 AND id = ?2";
    let params = vec![
        (&budget.team).into(),
        (&budget.id).into(),
        (&budget.name).into(),
        budget.limit_usd.nanos().into(),
        spelt(budget.mode).into(),
        spelt(budget.unpriced).into(),
        budget.ends_at.map(|at| at.0).into(),
    ];
    db.execute(sql, params).await.map(drop)
}

pub(super) async fn delete(db: &Db, team: &str, id: &str) -> Result<(), StoreError> {
    db.execute("DELETE FROM budgets WHERE team = ?1 AND id = ?2", vec![team.into(), id.into()])
        .await
        .map(drop)
}

/// Adds to what was spent in a period; nothing, where the budget was removed meanwhile.
pub(super) fn spend(budget: &str, team: &str, period_began_at: i64, nanos: i64) -> Statement {
    let sql = "INSERT INTO budget_spending (budget_id, team, period_began_at, spent_nanos)
               SELECT id, CAST(?2 AS TEXT), CAST(?3 AS BIGINT), CAST(?4 AS BIGINT) FROM budgets WHERE id = ?1
               ON CONFLICT (budget_id, period_began_at)
               DO UPDATE SET spent_nanos = budget_spending.spent_nanos + excluded.spent_nanos";
    Statement::new(sql, vec![budget.into(), team.into(), period_began_at.into(), nanos.into()])
}
