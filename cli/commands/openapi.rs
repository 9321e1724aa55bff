//! `katonic openapi`: the document of the public API, made without a daemon.

use crate::failure::{Answer, Exit, Failure};
use crate::session::Session;
use clap::{Args, ValueEnum};
use contract::catalogue::CATALOGUE;
use contract::openapi::document;

/// Prints the document.
#[derive(Debug, Args)]
pub(crate) struct Openapi {
    /// How to write it
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    #[default]
    Json,
    Yaml,
}

pub(super) fn run(session: &Session, args: &Openapi) -> Result<Answer, Failure> {
    let document = document(CATALOGUE, env!("CARGO_PKG_VERSION"));
    match args.format {
        Format::Yaml if !session.output.wants_json() => {
            let text = serde_yaml::to_string(&document).map_err(|error| {
                Failure::new(Exit::Unavailable, format!("The document can't be written: {error}"))
            })?;
            session.output.piece(&text)?;
        }
        Format::Json | Format::Yaml => session.output.json(&document)?,
    }
    Ok(Answer::Yes)
}
