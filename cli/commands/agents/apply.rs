//! `katonic agents apply`: definitions, with all that they name, go to the daemon.

use crate::client::Client;
use crate::definition::read_sound;
use crate::failure::{Answer, Failure};
use crate::output::table::{table, version};
use crate::session::Session;
use clap::Args;
use contract::agent::AgentDefinition;
use contract::catalogue::{ApplyAgent, PutSuite};
use contract::check::Checked;
use contract::suite::SuiteDefinition;
use contract::wire::agents::{AppliedAgent, ApplyAgentRequest};
use contract::wire::evaluations::{AppliedSuite, PutSuiteRequest};
use serde_json::{Value, json};
use std::path::PathBuf;

/// Stores agents and suites.
#[derive(Debug, Args)]
pub(super) struct Apply {
    /// Files of agents or suites
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Only check, here and at the daemon
    #[arg(long)]
    dry_run: bool,
}

pub(super) async fn run(session: &Session, args: &Apply) -> Result<Answer, Failure> {
    apply(session, &args.files, args.dry_run).await
}

/// Stores the definitions of files: suites first, since agents name them.
///
/// # Errors
/// If a file has problems, or the daemon refuses.
pub(in crate::commands) async fn apply(
    session: &Session,
    files: &[PathBuf],
    dry_run: bool,
) -> Result<Answer, Failure> {
    let mut definitions = read_sound(files, &session.output)?;
    definitions.sort_by_key(|definition| matches!(definition, Checked::Agent(_)));
    let client = session.client()?;
    let mut applied: Vec<Value> = Vec::new();
    for definition in &definitions {
        applied.push(match definition {
            Checked::Suite(suite) => serde_json::to_value(put_suite(&client, suite, dry_run).await?)?,
            Checked::Agent(agent) => serde_json::to_value(put_agent(&client, agent, dry_run).await?)?,
        });
    }
    let output = &session.output;
    match applied.as_slice() {
        [one] => output.either(one, || rows(&applied, dry_run))?,
        many => output.either(&json!({"object": "list", "data": many}), || rows(many, dry_run))?,
    }
    Ok(Answer::Yes)
}

async fn put_suite(client: &Client, suite: &SuiteDefinition, dry_run: bool) -> Result<AppliedSuite, Failure> {
    let suite_id = suite.metadata.id.clone();
    let definition = serde_json::to_string(suite)?;
    client.call::<PutSuite>(&PutSuiteRequest { suite_id, definition, dry_run }).await
}

async fn put_agent(client: &Client, agent: &AgentDefinition, dry_run: bool) -> Result<AppliedAgent, Failure> {
    let definition = serde_json::to_string(agent)?;
    client.call::<ApplyAgent>(&ApplyAgentRequest { definition, dry_run }).await
}

fn rows(applied: &[Value], dry_run: bool) -> String {
    let rows = applied.iter().map(|one| {
        let field = |name: &str| one.get(name).and_then(Value::as_str).unwrap_or_default();
        let is_new = one.get("new").and_then(Value::as_bool).unwrap_or_default();
        let state = match (is_new, dry_run) {
            (true, true) => "would be new",
            (true, false) => "new",
            (false, _) => "unchanged",
        };
        [field("object").to_owned(), field("id").to_owned(), version(field("version")), state.to_owned()]
    });
    table(["kind", "id", "version", ""], rows)
}
