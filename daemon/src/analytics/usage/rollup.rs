//! The audit log, rolled up: a row an hour, day and month for each group. The log is the truth; this follows it, and
//! notes how far it has come in the same transaction, so that both agree after any crash.

use super::sketch::Sketch;
use super::sql;
use crate::app::App;
use crate::audit::{self, Logged};
use crate::error::Error;
use crate::gate::budget::period;
use contract::wire::admin::Period;
use contract::wire::usage::Bucket;
use std::collections::HashMap;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Rows of the log that are read at once.
const STEP: usize = 1000;

/// How often the log is followed, where nobody asks.
const EVERY: Duration = Duration::from_secs(30);

/// Whose figures a row has.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Place {
    pub(super) team: String,
    pub(super) dimension: &'static str,
    pub(super) name: String,
    pub(super) span: &'static str,
    pub(super) began_at: i64,
}

/// The figures of a row.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Tally {
    pub(super) calls: u64,
    pub(super) errors: u64,
    pub(super) blocked: u64,
    pub(super) cached: u64,
    pub(super) input_tokens: u64,
    pub(super) output_tokens: u64,
    pub(super) cost_nanos: i64,
    pub(super) latencies: Sketch,
}

impl Tally {
    fn count(&mut self, call: &Logged) {
        let is_blocked = call.outcome.as_deref() == Some("blocked");
        // 499 is a client that left (nginx's convention).
        let is_error = call.status >= 400 && call.status != 499 && !is_blocked;
        self.calls += 1;
        self.errors += u64::from(is_error);
        self.blocked += u64::from(is_blocked);
        self.cached += u64::from(call.is_cached);
        self.input_tokens += call.input_tokens;
        self.output_tokens += call.output_tokens;
        self.cost_nanos = self.cost_nanos.saturating_add(call.cost_nanos);
        self.latencies.add(call.latency_us as f64);
    }

    /// Adds the figures of another.
    pub(super) fn merge(&mut self, other: &Self) {
        self.calls += other.calls;
        self.errors += other.errors;
        self.blocked += other.blocked;
        self.cached += other.cached;
        self.input_tokens += other.input_tokens;
        self.output_tokens += other.output_tokens;
        self.cost_nanos = self.cost_nanos.saturating_add(other.cost_nanos);
        self.latencies.merge(&other.latencies);
    }

    /// Takes the figures of another away, which were counted here.
    pub(super) fn take(&mut self, other: &Self) {
        let take = |from: &mut u64, count: u64| *from = from.saturating_sub(count);
        take(&mut self.calls, other.calls);
        take(&mut self.errors, other.errors);
        take(&mut self.blocked, other.blocked);
        take(&mut self.cached, other.cached);
        take(&mut self.input_tokens, other.input_tokens);
        take(&mut self.output_tokens, other.output_tokens);
        self.cost_nanos = self.cost_nanos.saturating_sub(other.cost_nanos);
        self.latencies.take(&other.latencies);
    }
}

/// When the bucket that holds a time began.
pub(super) fn began(bucket: Bucket, at: i64) -> i64 {
    const HOUR: i64 = 60 * 60 * 1000;
    match bucket {
        Bucket::Hour => at.div_euclid(HOUR) * HOUR,
        Bucket::Day => period::began(Period::Day, at),
        Bucket::Month => period::began(Period::Month, at),
    }
}

/// A bucket as the store has it.
pub(super) fn span(bucket: Bucket) -> &'static str {
    match bucket {
        Bucket::Hour => "hour",
        Bucket::Day => "day",
        Bucket::Month => "month",
    }
}

/// The calls, a row for each group. Calls that agree in all are counted together first, as most do.
fn tallies(calls: &[Logged]) -> HashMap<Place, Tally> {
    let mut alike: HashMap<(i64, &str, Groups<'_>), Tally> = HashMap::new();
    for call in calls.iter().filter(|call| call.is_public()) {
        let place = (began(Bucket::Hour, call.at), call.team.as_str(), groups(call));
        alike.entry(place).or_default().count(call);
    }
    let mut tallies: HashMap<Place, Tally> = HashMap::new();
    for ((hour, team, groups), tally) in alike {
        for bucket in [Bucket::Hour, Bucket::Day, Bucket::Month] {
            for (dimension, name) in groups {
                let place = Place {
                    team: team.to_owned(),
                    dimension,
                    name: name.to_owned(),
                    span: span(bucket),
                    began_at: began(bucket, hour),
                };
                tallies.entry(place).or_default().merge(&tally);
            }
        }
    }
    tallies
}

/// Under which name a call is counted, by dimension.
type Groups<'a> = [(&'static str, &'a str); 7];

fn groups(call: &Logged) -> Groups<'_> {
    let model = call.model.as_deref().unwrap_or_default();
    [
        ("total", ""),
        ("key", &call.key_id),
        ("agent", call.agent.as_deref().unwrap_or_default()),
        ("model", model),
        ("provider", model.split_once('/').map_or("", |(provider, _)| provider)),
        ("endpoint", &call.endpoint),
        ("user", &call.user),
    ]
}

/// Follows the log to its end.
///
/// # Errors
/// If the store fails.
pub(super) async fn catch_up(app: &App) -> Result<(), Error> {
    let _one_at_a_time = app.rolling_up.lock().await;
    loop {
        let from = sql::progress(&app.db).await?;
        let calls = audit::logged(&app.db, from, STEP).await?;
        let Some(last) = calls.last().map(|call| call.seq) else { return Ok(()) };
        let mut batch = vec![sql::advance(from, last)];
        for (place, mut tally) in tallies(&calls) {
            if let Some(before) = sql::find(&app.db, &place).await? {
                tally.merge(&before);
            }
            batch.push(sql::put(&place, &tally));
        }
        app.db.batch(batch).await?;
    }
}

/// Follows the log until the daemon stops, so that a question finds little left to do.
pub(crate) async fn follow(app: App, stopped: CancellationToken) {
    loop {
        tokio::select! {
            () = stopped.cancelled() => return,
            () = tokio::time::sleep(EVERY) => {}
        }
        if let Err(error) = catch_up(&app).await {
            tracing::error!(%error, "usage can't be rolled up");
        }
    }
}
