//! `katonic audit list`.

use crate::args::PageArgs;
use crate::failure::{Answer, Failure};
use crate::output::table::{or_dash, table};
use crate::session::Session;
use clap::{Args, Subcommand};
use contract::catalogue::ListAudit;
use contract::time::Time;
use contract::wire::analytics::{AuditPage, AuditRow, ListAuditQuery};

/// The audit log.
#[derive(Debug, Args)]
pub(crate) struct Audit {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List rows; with --verify exit 1 where the chain of hashes is broken
    List(List),
}

#[derive(Debug, Args)]
struct List {
    #[command(flatten)]
    page: PageArgs,
    /// From this time on, such as 2026-01-31T00:00:00Z
    #[arg(long, value_name = "TIME", value_parser = time)]
    from: Option<Time>,
    /// Up to this time
    #[arg(long, value_name = "TIME", value_parser = time)]
    to: Option<Time>,
    /// Only of this key's id
    #[arg(long, value_name = "KEY")]
    key: Option<String>,
    /// Only of this user
    #[arg(long, value_name = "EMAIL")]
    user: Option<String>,
    /// Only of this endpoint, such as Chat
    #[arg(long, value_name = "NAME")]
    endpoint: Option<String>,
    /// Only of this call
    #[arg(long, value_name = "TRACE_ID")]
    trace: Option<String>,
    /// Only of this decision
    #[arg(long, value_parser = ["allowed", "denied"])]
    decision: Option<String>,
    /// Also verify the chain of hashes
    #[arg(long)]
    verify: bool,
}

fn time(text: &str) -> Result<Time, String> {
    let at: jiff::Timestamp = text.parse().map_err(|_| "write it as 2026-01-31T00:00:00Z".to_owned())?;
    Ok(Time(at.as_millisecond()))
}

pub(super) async fn run(session: &Session, audit: Audit) -> Result<Answer, Failure> {
    let Command::List(list) = audit.command;
    let query = ListAuditQuery {
        page: list.page.into(),
        from: list.from,
        to: list.to,
        key: list.key,
        user: list.user,
        endpoint: list.endpoint,
        trace_id: list.trace,
        decision: list.decision,
        verify: list.verify,
    };
    let page = session.client()?.call::<ListAudit>(&query).await?;
    session.output.either(&page, || rows(&page.page.data))?;
    session.output.more(page.page.next.as_deref());
    Ok(Answer::of(chain_holds(session, &page)))
}

fn rows(rows: &[AuditRow]) -> String {
    let header = ["seq", "at", "decision", "endpoint", "status", "user", "ms", "trace"];
    let rows = rows.iter().map(|row| {
        [
            row.seq.to_string(),
            row.at.to_string(),
            row.decision.clone(),
            row.endpoint.clone(),
            row.status.to_string(),
            or_dash(row.user.as_ref()),
            format!("{:.1}", row.latency_ms),
            row.trace_id.clone(),
        ]
    });
    table(header, rows)
}

fn chain_holds(session: &Session, page: &AuditPage) -> bool {
    let Some(chain) = &page.chain else { return true };
    let text = match (chain.ok, chain.first_break) {
        (true, _) => format!("The chain holds over {} rows.", chain.checked),
        (false, Some(row)) => format!("The chain is broken at row {row}."),
        (false, None) => "The chain is broken.".to_owned(),
    };
    session.output.note(&text);
    chain.ok
}
