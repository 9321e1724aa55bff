//! `katonic agents schema`: the JSON Schema of a kind, from its model.

use crate::failure::{Answer, Failure};
use crate::session::Session;
use clap::{Args, ValueEnum};
use contract::agent::AgentDefinition;
use contract::suite::SuiteDefinition;
use schemars::schema_for;

/// Prints a schema.
#[derive(Debug, Args)]
pub(super) struct PrintSchema {
    /// The kind
    #[arg(long, value_enum, default_value_t)]
    kind: Kind,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Kind {
    #[default]
    Agent,
    Suite,
}

pub(super) fn run(session: &Session, args: &PrintSchema) -> Result<Answer, Failure> {
    session.output.json(&match args.kind {
        Kind::Agent => schema_for!(AgentDefinition),
        Kind::Suite => schema_for!(SuiteDefinition),
    })?;
    Ok(Answer::Yes)
}
