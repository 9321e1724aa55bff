//! `katonic agents schema`: the JSON Schema of a kind, from its model.

use crate::failure::{Answer, Failure};
use crate::session::Session;
use clap::{Args, ValueEnum};
use contract::agent::AgentDefinition;
use contract::check::{Policy, ReportDocument};
use contract::suite::SuiteDefinition;
use schemars::{Schema, schema_for};

/// Prints a schema.
#[derive(Debug, Args)]
pub(super) struct PrintSchema {
    /// The kind
    #[arg(long, value_enum, default_value_t)]
    kind: Kind,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(in crate::commands) enum Kind {
    /// An agent
    #[default]
    Agent,
    /// A suite of cases
    Suite,
    /// The rules of a repository: katonic.toml
    Repository,
    /// What `agents validate --format json` prints
    Report,
}

/// The schema of a kind.
pub(in crate::commands) fn schema(kind: Kind) -> Schema {
    match kind {
        Kind::Agent => schema_for!(AgentDefinition),
        Kind::Suite => schema_for!(SuiteDefinition),
        Kind::Repository => schema_for!(Policy),
        Kind::Report => schema_for!(ReportDocument),
    }
}

pub(super) fn run(session: &Session, args: &PrintSchema) -> Result<Answer, Failure> {
    session.output.json(&schema(args.kind))?;
    Ok(Answer::Yes)
}
