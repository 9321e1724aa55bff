//! `katonic agents`: definitions, versions and promotions.

mod apply;
mod diff;
mod find;
mod init;
mod list;
mod promote;
mod schema;
mod validate;

pub(super) use apply::apply;
pub(super) use find::find_suite;
pub(super) use schema::{Kind, schema};
pub(super) use validate::{findings, weight};

use crate::args::PageArgs;
use crate::failure::{Answer, Failure};
use crate::session::Session;
use clap::{Args, Subcommand};
use contract::catalogue::ArchiveAgent;
use contract::wire::agents::AgentPath;
use serde_json::json;

/// Agents.
#[derive(Debug, Args)]
pub(crate) struct Agents {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Check agents and suites offline: every problem, with its place and its mend
    Validate(validate::Validate),
    /// Print the JSON Schema of a kind, for editors
    Schema(schema::PrintSchema),
    /// Write an agent, a suite, a document and a workflow to begin with
    Init(init::Init),
    /// Store agents and suites: the same content is the same version
    Apply(apply::Apply),
    /// List agents
    List(PageArgs),
    /// Show one agent: versions, environments, promotions
    Get {
        /// The agent
        agent: String,
    },
    /// Show what applying a file would change; exit 1 if anything
    Diff(diff::Diff),
    /// Make a version live, through the gate of its environment
    Promote(promote::Promote),
    /// Stop an agent from answering; its history stays
    Archive {
        /// The agent
        agent: String,
    },
}

pub(super) async fn run(session: &Session, agents: Agents) -> Result<Answer, Failure> {
    match agents.command {
        Command::Validate(args) => validate::run(session, &args).await,
        Command::Schema(args) => schema::run(session, &args),
        Command::Init(args) => init::run(session, &args),
        Command::Apply(args) => apply::run(session, &args).await,
        Command::List(page) => list::list(session, page).await,
        Command::Get { agent } => list::get(session, agent).await,
        Command::Diff(args) => diff::run(session, args).await,
        Command::Promote(args) => promote::run(session, args).await,
        Command::Archive { agent } => archive(session, agent).await,
    }
}

async fn archive(session: &Session, agent: String) -> Result<Answer, Failure> {
    session.client()?.call::<ArchiveAgent>(&AgentPath { agent_id: agent.clone() }).await?;
    session.output.either(&json!({"id": agent, "archived": true}), || format!("{agent} is archived."))?;
    Ok(Answer::Yes)
}
