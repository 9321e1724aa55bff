//! `katonic agents diff`: what applying a file would change.

use crate::definition::read_sound;
use crate::failure::{Answer, Exit, Failure};
use crate::output::table::version;
use crate::session::Session;
use clap::Args;
use contract::agent::AgentDefinition;
use contract::catalogue::GetAgent;
use contract::check::Checked;
use contract::wire::agents::AgentPath;
use serde_json::json;
use similar::TextDiff;
use std::path::PathBuf;

/// What applying a file would change.
#[derive(Debug, Args)]
pub(super) struct Diff {
    /// The agent's file
    file: PathBuf,
}

pub(super) async fn run(session: &Session, args: Diff) -> Result<Answer, Failure> {
    let Some(Checked::Agent(agent)) = read_sound(std::slice::from_ref(&args.file), &session.output)?.pop()
    else {
        return Err(Failure::usage("`diff` wants an agent, and this is a suite"));
    };
    let path = AgentPath { agent_id: agent.metadata.id.clone() };
    let applied = session.client()?.call::<GetAgent>(&path).await?.definition;
    let (before, after) = (applied.version()?, agent.version()?);
    let [old, new] = [yaml(&applied)?, yaml(&agent)?];
    let is_same = before == after;
    let diff = TextDiff::from_lines(&old, &new);
    let names =
        [format!("applied {}", version(&before)), format!("{} {}", args.file.display(), version(&after))];
    let text = diff.unified_diff().header(&names[0], &names[1]).to_string();
    let value =
        json!({"agent": path.agent_id, "changed": !is_same, "from": before, "to": after, "diff": text});
    session.output.either(&value, || match is_same {
        true => format!("{} is as it was applied ({}).", path.agent_id, version(&after)),
        false => text.trim_end().to_owned(),
    })?;
    Ok(Answer::of(is_same))
}

fn yaml(agent: &AgentDefinition) -> Result<String, Failure> {
    serde_yaml::to_string(agent)
        .map_err(|error| Failure::new(Exit::Unavailable, format!("The definition can't be written: {error}")))
}
