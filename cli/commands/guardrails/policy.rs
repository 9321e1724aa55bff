//! `katonic guardrails policy`: shown, tried on calls that were made, set and reset.

use crate::failure::{Answer, Failure};
use crate::output::table::table;
use crate::session::Session;
use clap::{Args, Subcommand};
use contract::admin::{GetRailPolicy, PutRailPolicy, ResetRailPolicy, TryRailPolicy};
use contract::agent::Guardrails;
use contract::wire::Object;
use contract::wire::admin::{
    PutRailPolicyRequest, RailDecisions, RailPolicy, RailPolicyTrial, TryRailPolicyRequest,
};
use serde_json::json;
use std::path::{Path, PathBuf};

/// The policy of rails.
#[derive(Debug, Args)]
pub(super) struct Policy {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Show it, with what each rail does by default and at least
    Show,
    /// Say what a policy would have done with the newest calls, as far as their texts are kept; exit 1 if it would block any
    Try {
        /// A YAML file like `guardrails:` of an agent
        file: PathBuf,
        /// On how many calls: 1 to 20,000; 1,000 by default
        #[arg(long, value_parser = clap::value_parser!(u32).range(1..=20_000))]
        last: Option<u32>,
        /// Only of this agent
        #[arg(long)]
        agent: Option<String>,
    },
    /// Set it, from the next call on; it only tightens
    Set {
        /// A YAML file like `guardrails:` of an agent
        file: PathBuf,
    },
    /// Go back to the settings of agents and of the configuration alone
    Reset,
}

pub(super) async fn run(session: &Session, policy: Policy) -> Result<Answer, Failure> {
    let client = session.client()?;
    match policy.command {
        Command::Show => shown(session, &client.call::<GetRailPolicy>(&Object::new()).await?),
        Command::Try { file, last, agent } => {
            let request = TryRailPolicyRequest { guardrails: read(&file)?, last, agent };
            let trial = client.call::<TryRailPolicy>(&request).await?;
            session.output.either(&trial, || describe(&trial))?;
            Ok(Answer::of(trial.would_block == 0))
        }
        Command::Set { file } => {
            let request = PutRailPolicyRequest { guardrails: read(&file)? };
            shown(session, &client.call::<PutRailPolicy>(&request).await?)
        }
        Command::Reset => {
            client.call::<ResetRailPolicy>(&Object::new()).await?;
            let text = "Only the settings of agents and of the configuration hold now.";
            session.output.either(&json!({"reset": true}), || text.to_owned())?;
            Ok(Answer::Yes)
        }
    }
}

/// The settings of a file: alone, or under `guardrails` as an agent has them.
fn read(file: &Path) -> Result<Guardrails, Failure> {
    let text = std::fs::read_to_string(file).map_err(|error| Failure::file(file, &error))?;
    let unreadable = |error: serde_yaml::Error| Failure::usage(format!("{}: {error}", file.display()));
    let value: serde_json::Value = serde_yaml::from_str(&text).map_err(unreadable)?;
    let settings = value.get("guardrails").cloned().unwrap_or(value);
    serde_json::from_value(settings).map_err(|error| Failure::usage(format!("{}: {error}", file.display())))
}

fn shown(session: &Session, policy: &RailPolicy) -> Result<Answer, Failure> {
    session.output.either(policy, || {
        let rows = policy.rails.iter().map(|rail| {
            let own = policy.guardrails.of(&rail.name);
            let set = |action: Option<contract::agent::RailAction>| {
                action.map_or_else(String::new, |action| action.name().to_owned())
            };
            [
                rail.name.clone(),
                format!("{} (at least {})", rail.input.name(), rail.input_floor.name()),
                set(own.and_then(|own| own.input)),
                format!("{} (at least {})", rail.output.name(), rail.output_floor.name()),
                set(own.and_then(|own| own.output)),
            ]
        });
        table(["rail", "in, by default", "set", "out, by default", "set"], rows)
    })?;
    Ok(Answer::Yes)
}

fn describe(trial: &RailPolicyTrial) -> String {
    let decided = |decisions: &RailDecisions| {
        let RailDecisions { pass, redact, warn, block } = decisions;
        format!("{pass} pass, {redact} redact, {warn} warn, {block} block")
    };
    let rows = trial.changes.iter().map(|change| {
        [change.rail.clone(), change.phase.clone(), decided(&change.before), decided(&change.after)]
    });
    let told = format!("Would have blocked {} more of {} calls.", trial.would_block, trial.calls);
    let examples = match trial.examples.as_slice() {
        [] => String::new(),
        traces => format!("\nDecided otherwise, the newest: {}", traces.join(" ")),
    };
    let changes = match trial.changes.as_slice() {
        [] => String::new(),
        _ => format!("{}\n\n", table(["rail", "phase", "now", "then"], rows)),
    };
    format!("{changes}{told}{examples}\n{}", trial.notes.join("\n"))
}
