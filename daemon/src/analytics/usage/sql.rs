//! The queries of usage.

use super::rollup::{Place, Tally};
use super::sketch::Sketch;
use crate::error::Error;
use crate::store::{Db, Row, Statement, Value, places};

const FIGURES: &str = "calls, errors, blocked, cached, input_tokens, output_tokens, cost_nanos, latencies";

/// Up to which row of the audit log usage is rolled up.
pub(super) async fn progress(db: &Db) -> Result<i64, Error> {
    let row = db.row("SELECT seq FROM usage_progress WHERE id = 1", vec![]).await?;
    Ok(row.map_or(0, |row| row.int(0)))
}

/// Moves the progress on, unless somebody else has.
pub(super) fn advance(from: i64, to: i64) -> Statement {
    let sql = "UPDATE usage_progress SET seq = ?2 WHERE id = 1 AND seq = ?1";
    Statement::new(sql, vec![from.into(), to.into()]).expect(1)
}

pub(super) async fn find(db: &Db, place: &Place) -> Result<Option<Tally>, Error> {
    let sql = format!(
        "SELECT {FIGURES} FROM usage_rollups
         WHERE team = ?1 AND dimension = ?2 AND name = ?3 AND span = ?4 AND began_at = ?5"
    );
    Ok(db.row(sql, key(place)).await?.map(|row| read(&row, 0)))
}

fn key(place: &Place) -> Vec<Value> {
    vec![
        (&place.team).into(),
        place.dimension.into(),
        (&place.name).into(),
        place.span.into(),
        place.began_at.into(),
    ]
}

fn read(row: &Row, first: usize) -> Tally {
    let count = |column: usize| u64::try_from(row.int(first + column)).unwrap_or(0);
    let mut latencies = Sketch::default();
    latencies.read(&row.text(first + 7));
    Tally {
        calls: count(0),
        errors: count(1),
        blocked: count(2),
        cached: count(3),
        input_tokens: count(4),
        output_tokens: count(5),
        cost_nanos: row.int(first + 6),
        latencies,
    }
}

pub(super) fn put(place: &Place, tally: &Tally) -> Statement {
    let sql = format!(
        "INSERT INTO usage_rollups (team, dimension, name, span, began_at, {FIGURES})
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
         ON CONFLICT (dimension, span, team, began_at, name) DO UPDATE SET calls = excluded.calls,
             errors = excluded.errors, blocked = excluded.blocked, cached = excluded.cached,
             input_tokens = excluded.input_tokens, output_tokens = excluded.output_tokens,
             cost_nanos = excluded.cost_nanos, latencies = excluded.latencies"
    );
    let count = |count: u64| Value::Int(i64::try_from(count).unwrap_or(i64::MAX));
    let mut params = key(place);
    params.extend([
        count(tally.calls),
        count(tally.errors),
        count(tally.blocked),
        count(tally.cached),
        count(tally.input_tokens),
        count(tally.output_tokens),
        tally.cost_nanos.into(),
        tally.latencies.written().into(),
    ]);
    Statement::new(sql, params)
}

/// What of the roll-ups is asked for.
pub(super) struct Wanted<'a> {
    pub(super) dimension: &'static str,
    /// None: those of every team.
    pub(super) teams: Option<&'a [String]>,
    /// None: all names.
    pub(super) name: Option<&'a str>,
    pub(super) span: &'static str,
    pub(super) from: i64,
    pub(super) to: i64,
}

/// Team, name, beginning and figures of each row, by beginning.
pub(super) async fn rows(db: &Db, wanted: &Wanted<'_>) -> Result<Vec<(String, String, i64, Tally)>, Error> {
    let mut params: Vec<Value> =
        vec![wanted.dimension.into(), wanted.span.into(), wanted.from.into(), wanted.to.into()];
    let mut condition = String::new();
    if let Some(teams) = wanted.teams {
        condition += &format!(" AND team IN ({})", places(params.len() + 1, teams.len()));
        params.extend(teams.iter().map(Value::from));
    }
    if let Some(name) = wanted.name {
        params.push(name.into());
        condition += &format!(" AND name = ?{}", params.len());
    }
    let sql = format!(
        "SELECT team, name, began_at, {FIGURES} FROM usage_rollups
         WHERE dimension = ?1 AND span = ?2 AND began_at >= ?3 AND began_at < ?4{condition} ORDER BY began_at"
    );
    let rows = db.rows(sql, params).await?;
    Ok(rows.iter().map(|row| (row.text(0), row.text(1), row.int(2), read(row, 3))).collect())
}
