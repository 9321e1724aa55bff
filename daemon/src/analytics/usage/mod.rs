//! Usage: what was called, how fast, at what cost, out of roll-ups of the audit log.

mod pieces;
mod rollup;
mod sketch;
mod sql;

pub(crate) use rollup::follow;

use crate::app::App;
use crate::error::{Error, Kind};
use crate::gate::Caller;
use contract::money::Usd;
use contract::time::Time;
use contract::wire::usage::{Bucket, GroupBy, UsageQuery, UsageRow};
use rollup::{Tally, began};
use std::collections::HashMap;

const DAY: i64 = 24 * 60 * 60 * 1000;

/// Most rows of an answer.
const MOST_ROWS: usize = 10_000;

/// The usage that a caller may see.
///
/// # Errors
/// If the range is none, the caller may see its own usage only and asks for more, or the answer is too large.
pub(crate) async fn usage(app: &App, caller: &Caller, query: &UsageQuery) -> Result<Vec<UsageRow>, Error> {
    let to = query.to.unwrap_or_else(|| Time(Time::now().0 + 1)).0;
    let from = began(Bucket::Hour, query.from.map_or(to - 30 * DAY, |from| from.0));
    if from >= to {
        return Err(Error::invalid("from", "`from` must be before `to`."));
    }
    rollup::catch_up(app).await?;
    let view = view(caller, query.group_by)?;
    let pieces = pieces::covering(query.bucket, from, to);
    let wanted = sql::Wanted {
        dimension: view.dimension,
        teams: view.teams.as_deref(),
        name: view.name.as_deref(),
        pieces: &pieces,
    };
    let rows = sql::rows(&app.db, &wanted).await?;
    let (bucket, group_by) = (query.bucket, query.group_by);
    // A year by user is tens of thousands of sketches.
    tokio::task::spawn_blocking(move || summed(&rows, bucket, group_by)).await.map_err(Error::internal)?
}

/// Roll-ups summed by bucket and group.
fn summed(
    rows: &[sql::Rolled],
    bucket: Option<Bucket>,
    group_by: Option<GroupBy>,
) -> Result<Vec<UsageRow>, Error> {
    let mut figures: HashMap<(Option<i64>, Option<&str>), Tally> = HashMap::new();
    // What is taken away was counted among the rest.
    let (added, taken): (Vec<_>, Vec<_>) = rows.iter().partition(|row| !row.is_taken());
    for row in added.into_iter().chain(taken) {
        let group = match group_by {
            None => None,
            Some(GroupBy::Team) => Some(row.team()),
            Some(_) => Some(row.name()),
        };
        let place = bucket.map(|wanted| began(wanted, row.began_at()));
        row.count_in(figures.entry((place, group)).or_default());
    }
    // A group all of whose calls lie outside of the range is none.
    figures.retain(|_, tally| tally.calls > 0);
    if figures.len() > MOST_ROWS {
        let message =
            format!("That makes more than {MOST_ROWS} rows. Ask for a shorter range or larger buckets.");
        return Err(Error::invalid("bucket", message));
    }
    let mut figures: Vec<_> = figures.into_iter().collect();
    figures.sort_unstable_by_key(|(place, _)| *place);
    Ok(figures.into_iter().map(|((bucket, group), tally)| row(bucket, group, &tally)).collect())
}

/// Which roll-ups a caller sees.
struct View {
    dimension: &'static str,
    /// None: those of every team.
    teams: Option<Vec<String>>,
    /// None: all names.
    name: Option<String>,
}

fn view(caller: &Caller, group_by: Option<GroupBy>) -> Result<View, Error> {
    let dimension = match group_by {
        None | Some(GroupBy::Team) => "total",
        Some(GroupBy::Key) => "key",
        Some(GroupBy::Agent) => "agent",
        Some(GroupBy::Model) => "model",
        Some(GroupBy::Provider) => "provider",
        Some(GroupBy::Endpoint) => "endpoint",
        Some(GroupBy::User) => "user",
    };
    if caller.sees_others() {
        let is_everywhere = caller.sees_all() && caller.role.sees_every_team();
        let own = vec![caller.team.clone()];
        return Ok(View { dimension, teams: (!is_everywhere).then_some(own), name: None });
    }
    let (own, name) = match &caller.user {
        Some(user) => ("user", user.clone()),
        None => ("key", caller.key_id.clone()),
    };
    if group_by.is_some() && dimension != own {
        let message = format!(
            "The role {} sees its own usage only, as a whole or grouped by `{own}`.",
            caller.role.as_str()
        );
        return Err(Error::new(Kind::Forbidden, "not_permitted", message));
    }
    Ok(View { dimension: own, teams: Some(vec![caller.team.clone()]), name: Some(name) })
}

fn row(bucket: Option<i64>, group: Option<&str>, tally: &Tally) -> UsageRow {
    let ms = |share: f64| tally.latencies.quantile(share) / 1000.0;
    UsageRow {
        bucket: bucket.map(Time),
        group: group.map(str::to_owned),
        calls: tally.calls,
        errors: tally.errors,
        errors_per_1k: tally.errors as f64 * 1000.0 / tally.calls.max(1) as f64,
        p50_ms: ms(0.50),
        p95_ms: ms(0.95),
        p99_ms: ms(0.99),
        input_tokens: tally.input_tokens,
        output_tokens: tally.output_tokens,
        cost_usd: Usd::from_nanos(tally.cost_nanos),
        blocked: tally.blocked,
        cached: tally.cached,
    }
}

/// Rows as comma-separated values (RFC 4180).
pub(crate) fn csv(rows: &[UsageRow]) -> String {
    let mut text = String::from(
        "bucket,group,calls,errors,errors_per_1k,p50_ms,p95_ms,p99_ms,input_tokens,output_tokens,cost_usd,blocked,\
         cached\r\n",
    );
    for row in rows {
        let bucket = row.bucket.map(|at| at.to_string()).unwrap_or_default();
        let group = quoted(row.group.as_deref().unwrap_or_default());
        text.push_str(&format!(
            "{bucket},{group},{},{},{},{},{},{},{},{},{},{},{}\r\n",
            row.calls,
            row.errors,
            row.errors_per_1k,
            row.p50_ms,
            row.p95_ms,
            row.p99_ms,
            row.input_tokens,
            row.output_tokens,
            row.cost_usd.dollars(),
            row.blocked,
            row.cached,
        ));
    }
    text
}

/// A field that spreadsheets read as text, and never as a formula.
fn quoted(text: &str) -> String {
    let text = if text.starts_with(['=', '+', '-', '@']) { format!("'{text}") } else { text.to_owned() };
    if text.contains(['"', ',', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_that_looks_like_a_formula_is_text() {
        assert_eq!(quoted("=cmd|' /C calc'!A0"), "'=cmd|' /C calc'!A0");
        assert_eq!(quoted("a,\"b\""), "\"a,\"\"b\"\"\"");
    }
}
