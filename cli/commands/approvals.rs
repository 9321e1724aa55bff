//! `katonic approvals`: calls of tools that people decide on.

use crate::args::PageArgs;
use crate::failure::{Answer, Failure};
use crate::output::table::table;
use crate::session::Session;
use clap::{Args, Subcommand, ValueEnum};
use contract::admin::{ApproveToolCall, DenyToolCall, ListApprovals};
use contract::wire::admin::{Approval, ApprovalStatus, ApproveRequest, DenyRequest, ListApprovalsQuery};
use serde_json::Value;

/// Calls of tools that wait for a person.
#[derive(Debug, Args)]
pub(crate) struct Approvals {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List calls, the newest first
    List {
        /// Only those that stand so
        #[arg(long, value_enum)]
        status: Option<Status>,
        /// Of another team than your own
        #[arg(long)]
        team: Option<String>,
        #[command(flatten)]
        page: PageArgs,
    },
    /// Let a call through, once
    Approve {
        /// The approval's id
        id: String,
        /// Why
        #[arg(long)]
        reason: Option<String>,
    },
    /// Let a call not through
    Deny {
        /// The approval's id
        id: String,
        /// Why: who asked is told
        #[arg(long)]
        reason: String,
    },
}

/// How an approval stands.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Status {
    /// It waits for a person
    Pending,
    /// The call may be made, once
    Approved,
    /// It may not
    Denied,
    /// The call was made
    Used,
    /// Nobody decided in time
    Expired,
}

impl From<Status> for ApprovalStatus {
    fn from(status: Status) -> Self {
        match status {
            Status::Pending => Self::Pending,
            Status::Approved => Self::Approved,
            Status::Denied => Self::Denied,
            Status::Used => Self::Used,
            Status::Expired => Self::Expired,
        }
    }
}

pub(super) async fn run(session: &Session, approvals: Approvals) -> Result<Answer, Failure> {
    let client = session.client()?;
    match approvals.command {
        Command::List { status, team, page } => {
            let query = ListApprovalsQuery { page: page.into(), team, status: status.map(Into::into) };
            let page = client.call::<ListApprovals>(&query).await?;
            session.output.either(&page, || shown(&page.data))?;
            session.output.more(page.next.as_deref());
        }
        Command::Approve { id, reason } => {
            let request = ApproveRequest { approval_id: id, reason };
            let approval = client.call::<ApproveToolCall>(&request).await?;
            session.output.either(&approval, || format!("{} is approved.", approval.id))?;
        }
        Command::Deny { id, reason } => {
            let approval = client.call::<DenyToolCall>(&DenyRequest { approval_id: id, reason }).await?;
            session.output.either(&approval, || format!("{} is denied.", approval.id))?;
        }
    }
    Ok(Answer::Yes)
}

fn shown(approvals: &[Approval]) -> String {
    let rows = approvals.iter().map(|approval| {
        let who = match &approval.agent {
            Some(agent) => format!("{agent} for {}", approval.asked_by),
            None => approval.asked_by.clone(),
        };
        let arguments = Value::Object(approval.arguments.clone()).to_string();
        let status = approval.status.as_str().to_owned();
        [approval.id.clone(), status, approval.tool.clone(), arguments, who, approval.expires_at.to_string()]
    });
    table(["id", "status", "tool", "arguments", "asked by", "expires"], rows)
}
