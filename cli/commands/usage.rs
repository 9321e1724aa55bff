//! `katonic usage`: what was called, how fast, at what cost.

use crate::failure::{Answer, Failure};
use crate::output::table::{or_dash, table};
use crate::session::Session;
use clap::{Args, ValueEnum};
use contract::catalogue::GetUsage;
use contract::duration::Span;
use contract::time::Time;
use contract::wire::usage::{Bucket, Format, GroupBy, UsageQuery, UsageRow};

/// What was called, how fast, at what cost.
#[derive(Debug, Args)]
pub(crate) struct Usage {
    /// Since how long ago, such as 24h or 30d
    #[arg(long, value_name = "DURATION", default_value = "30d")]
    since: Span,
    /// By what to tell it apart
    #[arg(long, value_enum, value_name = "WHAT")]
    by: Option<By>,
    /// In buckets of time
    #[arg(long, value_enum, value_name = "SPAN")]
    bucket: Option<Per>,
    /// Comma-separated values, for spreadsheets
    #[arg(long)]
    csv: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum By {
    Key,
    Team,
    Agent,
    Model,
    Provider,
    Endpoint,
    User,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Per {
    Hour,
    Day,
    Month,
}

pub(super) async fn run(session: &Session, args: Usage) -> Result<Answer, Failure> {
    let group_by = args.by.map(|by| match by {
        By::Key => GroupBy::Key,
        By::Team => GroupBy::Team,
        By::Agent => GroupBy::Agent,
        By::Model => GroupBy::Model,
        By::Provider => GroupBy::Provider,
        By::Endpoint => GroupBy::Endpoint,
        By::User => GroupBy::User,
    });
    let bucket = args.bucket.map(|bucket| match bucket {
        Per::Hour => Bucket::Hour,
        Per::Day => Bucket::Day,
        Per::Month => Bucket::Month,
    });
    let from = Some(Time(Time::now().0.saturating_sub(args.since.millis())));
    let query = UsageQuery { from, to: None, group_by, bucket, format: Format::Json };
    let client = session.client()?;
    if args.csv {
        let query = UsageQuery { format: Format::Csv, ..query };
        session.output.piece(&client.text::<GetUsage>(&query).await?)?;
        return Ok(Answer::Yes);
    }
    let page = client.call::<GetUsage>(&query).await?;
    session.output.either(&page, || rows(&page.data))?;
    Ok(Answer::Yes)
}

fn rows(rows: &[UsageRow]) -> String {
    let header = [
        "from", "group", "calls", "errors", "blocked", "cached", "p50 ms", "p95 ms", "p99 ms", "tokens",
        "USD",
    ];
    let rows = rows.iter().map(|row| {
        [
            or_dash(row.bucket),
            or_dash(row.group.as_ref().filter(|group| !group.is_empty())),
            row.calls.to_string(),
            row.errors.to_string(),
            row.blocked.to_string(),
            row.cached.to_string(),
            format!("{:.1}", row.p50_ms),
            format!("{:.1}", row.p95_ms),
            format!("{:.1}", row.p99_ms),
            (row.input_tokens + row.output_tokens).to_string(),
            format!("{:.6}", row.cost_usd.dollars()),
        ]
    });
    table(header, rows)
}
