//! `katonic logs tail`: calls as they happen.

use crate::failure::{Answer, Failure};
use crate::output::table::or_dash;
use crate::session::Session;
use clap::{Args, Subcommand};
use contract::admin::TailLogs;
use contract::wire::analytics::{AuditRow, TailLogsQuery};
use futures::StreamExt;

/// The log of calls.
#[derive(Debug, Args)]
pub(crate) struct Logs {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Follow calls as they happen
    Tail(Tail),
}

#[derive(Debug, Args)]
struct Tail {
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
    /// Only of this decision
    #[arg(long, value_parser = ["allowed", "denied"])]
    decision: Option<String>,
}

pub(super) async fn run(session: &Session, logs: Logs) -> Result<Answer, Failure> {
    let Command::Tail(args) = logs.command;
    let query = TailLogsQuery {
        key: args.key,
        user: args.user,
        team: args.team,
        endpoint: args.endpoint,
        decision: args.decision,
        ..TailLogsQuery::default()
    };
    let mut events = session.client()?.stream::<TailLogs>(&query).await?;
    session.output.note("Following calls. Ctrl-C ends it.");
    while let Some(event) = events.next().await {
        let (_, data) = event?;
        if session.output.wants_json() {
            session.output.piece(&format!("{data}\n"))?;
        } else {
            let row: AuditRow = serde_json::from_value(data)?;
            session.output.piece(&format!("{}\n", line(&row)))?;
        }
    }
    Ok(Answer::Yes)
}

fn line(row: &AuditRow) -> String {
    format!(
        "{}  {:>3}  {:<7}  {:<16}  {:>8.1} ms  {}  {}  {}",
        row.at,
        row.status,
        row.decision,
        row.endpoint,
        row.latency_ms,
        or_dash(row.user.as_ref()),
        or_dash(row.model.as_ref()),
        row.trace_id,
    )
}
