//! `katonic sessions`: conversations with agents.

use crate::args::PageArgs;
use crate::failure::{Answer, Failure};
use crate::output::table::{or_dash, table};
use crate::session::Session;
use clap::{Args, Subcommand};
use contract::catalogue::{DeleteSession, GetSession, ListSessions};
use contract::wire::sessions::{DeleteSessionPath, SessionDetail, SessionPath};
use serde_json::json;

/// Conversations.
#[derive(Debug, Args)]
pub(crate) struct Sessions {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List the acting person's conversations
    List(PageArgs),
    /// Show a conversation with its messages
    Show {
        /// The session's id
        session: String,
        #[command(flatten)]
        page: PageArgs,
    },
    /// Delete a conversation and its messages; audit rows stay
    Delete {
        /// The session's id
        session: String,
    },
}

pub(super) async fn run(session: &Session, sessions: Sessions) -> Result<Answer, Failure> {
    let client = session.client_for_person()?;
    match sessions.command {
        Command::List(page) => {
            let page = client.call::<ListSessions>(&page.into()).await?;
            session.output.either(&page, || {
                let rows = page.data.iter().map(|one| {
                    let (messages, created) = (one.messages.to_string(), one.created_at.to_string());
                    [one.id.clone(), one.agent_id.clone(), or_dash(one.title.as_ref()), messages, created]
                });
                table(["session", "agent", "title", "messages", "opened"], rows)
            })?;
            session.output.more(page.next.as_deref());
        }
        Command::Show { session: session_id, page } => {
            let found = client.call::<GetSession>(&SessionPath { session_id, page: page.into() }).await?;
            session.output.either(&found, || conversation(&found))?;
            session.output.more(found.next.as_deref());
        }
        Command::Delete { session: session_id } => {
            let path = DeleteSessionPath { session_id: session_id.clone() };
            client.call::<DeleteSession>(&path).await?;
            let value = json!({"id": session_id, "deleted": true});
            session.output.either(&value, || format!("{session_id} is deleted."))?;
        }
    }
    Ok(Answer::Yes)
}

fn conversation(found: &SessionDetail) -> String {
    let said = found.data.iter().map(|message| {
        let cited: Vec<String> =
            message.citations.iter().map(|cited| format!("\n  [{}] {}", cited.index, cited.doc_id)).collect();
        format!("{}: {}{}\n  trace {}", message.role, message.content, cited.concat(), message.trace_id)
    });
    said.collect::<Vec<_>>().join("\n\n")
}
