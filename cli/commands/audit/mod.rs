//! `katonic audit`: the log listed, verified, exported.

mod export;
mod new_key;
mod retention;
mod verify;

use crate::args::PageArgs;
use crate::failure::{Answer, Failure};
use crate::output::counted;
use crate::output::table::{or_dash, table};
use crate::session::Session;
use clap::{Args, Subcommand};
use contract::catalogue::ListAudit;
use contract::time::Time;
use contract::wire::analytics::{AuditPage, AuditRow, Chain, ListAuditQuery};
use contract::wire::page::ListQuery;

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
    /// Verify the whole log, or an exported one; exit 1 where something was changed, removed or reordered
    Verify(verify::Verify),
    /// Write the log as JSONL, with its signed checkpoints, so that it can be verified elsewhere
    Export(export::Export),
    /// Sign the log with a new key from now on, while no daemon of this home runs; the log says so
    NewKey(new_key::NewKey),
    /// Show or say how long rows and traces are kept
    Retention(retention::Retention),
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
    /// Only of this key, by its name, id or secret as it is shown
    #[arg(long, value_name = "KEY")]
    key: Option<String>,
    /// Only of this user
    #[arg(long, value_name = "EMAIL")]
    user: Option<String>,
    /// Only of this team
    #[arg(long)]
    team: Option<String>,
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

pub(super) fn time(text: &str) -> Result<Time, String> {
    let at: jiff::Timestamp = text.parse().map_err(|_| "write it as 2026-01-31T00:00:00Z".to_owned())?;
    Ok(Time(at.as_millisecond()))
}

pub(super) async fn run(session: &Session, audit: Audit) -> Result<Answer, Failure> {
    match audit.command {
        Command::List(args) => list(session, args).await,
        Command::Verify(args) => verify::run(session, args).await,
        Command::Export(args) => export::run(session, args).await,
        Command::NewKey(args) => new_key::run(session, args).await,
        Command::Retention(args) => retention::run(session, args).await,
    }
}

async fn list(session: &Session, list: List) -> Result<Answer, Failure> {
    let ListQuery { limit, after } = list.page.into();
    let query = ListAuditQuery {
        limit,
        after,
        from: list.from,
        to: list.to,
        key: list.key,
        user: list.user,
        team: list.team,
        endpoint: list.endpoint,
        trace_id: list.trace,
        decision: list.decision,
        verify: list.verify,
        raw: false,
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
    session.output.note(&described(chain));
    chain.ok
}

/// What a walk along the chain found, in words.
fn described(chain: &Chain) -> String {
    let rows = counted(usize::try_from(chain.checked).unwrap_or(usize::MAX), "row");
    let signed = counted(usize::try_from(chain.checkpoints).unwrap_or(usize::MAX), "signed checkpoint");
    let unsigned = chain.keys.iter().find(|key| key.before.is_none());
    let reason = chain.reason.as_deref().unwrap_or("it does not fit");
    match (chain.ok, chain.first_break, chain.losses.first()) {
        (true, ..) => format!("The chain holds over {rows} and {signed}, by the key {}.", chain.public_key),
        (_, Some(row), _) => format!("The chain is broken at row {row}: {reason}."),
        (_, _, Some(loss)) => format!(
            "The chain holds over {rows}, but its end was lost or changed while no daemon ran: as row {} says, row {} \
             had been written last, and row {} was found.",
            loss.row, loss.written, loss.found
        ),
        (..) if let Some(key) = unsigned => format!(
            "The chain holds over {rows}, but row {} begins the key {} that none before it signed, as that was lost.",
            key.row, key.after
        ),
        (..) => format!("The log can't be trusted: {reason}."),
    }
}
