//! The queries of usage.

use super::pieces::Piece;
use super::rollup::{Place, Tally, span};
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
    let row = db.row(sql, key(place)).await?;
    Ok(row.map(|row| {
        let mut tally = Tally::default();
        add(&mut tally, &row, 0);
        tally
    }))
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

/// Adds the figures of a row, which begin at a column.
fn add(tally: &mut Tally, row: &Row, first: usize) {
    let count = |column: usize| u64::try_from(row.int(first + column)).unwrap_or(0);
    tally.calls += count(0);
    tally.errors += count(1);
    tally.blocked += count(2);
    tally.cached += count(3);
    tally.input_tokens += count(4);
    tally.output_tokens += count(5);
    tally.cost_nanos = tally.cost_nanos.saturating_add(row.int(first + 6));
    tally.latencies.read(row.str(first + 7));
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
    pub(super) pieces: &'a [Piece],
}

/// A row of the roll-ups.
pub(super) struct Rolled(Row);

impl Rolled {
    pub(super) fn team(&self) -> &str {
        self.0.str(0)
    }

    pub(super) fn name(&self) -> &str {
        self.0.str(1)
    }

    pub(super) fn began_at(&self) -> i64 {
        self.0.int(2)
    }

    /// Whether its figures are taken away from others.
    pub(super) fn is_taken(&self) -> bool {
        self.0.int(11) == 1
    }

    /// Adds its figures to others, or takes them away.
    pub(super) fn count_in(&self, tally: &mut Tally) {
        if self.is_taken() {
            let mut own = Tally::default();
            add(&mut own, &self.0, 3);
            tally.take(&own);
        } else {
            add(tally, &self.0, 3);
        }
    }
}

/// The rows that are asked for, all as they stand at one moment.
pub(super) async fn rows(db: &Db, wanted: &Wanted<'_>) -> Result<Vec<Rolled>, Error> {
    let mut params: Vec<Value> = vec![wanted.dimension.into()];
    let mut condition = String::new();
    if let Some(teams) = wanted.teams {
        condition += &format!(" AND team IN ({})", places(params.len() + 1, teams.len()));
        params.extend(teams.iter().map(Value::from));
    }
    if let Some(name) = wanted.name {
        params.push(name.into());
        condition += &format!(" AND name = ?{}", params.len());
    }
    let mut parts = Vec::new();
    for piece in wanted.pieces {
        let first = params.len() + 1;
        params.extend([span(piece.span).into(), piece.from.into(), piece.to.into()]);
        parts.push(format!(
            "SELECT team, name, began_at, {FIGURES}, CAST({} AS BIGINT) FROM usage_rollups
             WHERE dimension = ?1 AND span = ?{first} AND began_at >= ?{} AND began_at < ?{}{condition}",
            u8::from(piece.is_taken),
            first + 1,
            first + 2,
        ));
    }
    Ok(db.rows(parts.join(" UNION ALL "), params).await?.into_iter().map(Rolled).collect())
}
