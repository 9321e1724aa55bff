//! `katonic openapi`: the documents of the APIs, made without a daemon.

use crate::failure::{Answer, Exit, Failure};
use crate::session::Session;
use clap::{Args, ValueEnum};
use contract::admin;
use contract::catalogue::CATALOGUE;
use contract::openapi::document;

/// Prints the document.
#[derive(Debug, Args)]
pub(crate) struct Openapi {
    /// How to write it
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// That of the admin API instead
    #[arg(long)]
    admin: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    #[default]
    Json,
    Yaml,
}

pub(super) fn run(session: &Session, args: &Openapi) -> Result<Answer, Failure> {
    let (title, catalogue) = match args.admin {
        true => ("Katonic admin API", admin::CATALOGUE),
        false => ("Katonic public API", CATALOGUE),
    };
    let document = document(title, catalogue, env!("CARGO_PKG_VERSION"));
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
