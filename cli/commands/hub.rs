//! `katonic hub open`: a link into the Developer Hub.

use crate::failure::{Answer, Failure};
use crate::session::Session;
use clap::{Args, Subcommand};
use contract::admin::CreateHubLink;
use contract::wire::Object;
use serde_json::json;

/// The Developer Hub.
#[derive(Debug, Args)]
pub(crate) struct Hub {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Print a link that signs you in, once, within two minutes
    Open,
}

pub(super) async fn run(session: &Session, hub: Hub) -> Result<Answer, Failure> {
    let Command::Open = hub.command;
    let client = session.client()?;
    let link = client.call::<CreateHubLink>(&Object::new()).await?;
    let url = format!("{}{}", client.url(), link.path);
    session.output.either(&json!({"url": url, "expires_at": link.expires_at}), || url.clone())?;
    session.output.note("The link works once, within two minutes: whoever holds it signs in as you.");
    Ok(Answer::Yes)
}
