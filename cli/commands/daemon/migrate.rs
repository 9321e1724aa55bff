//! `katonic daemon migrate`: the store's file becomes a PostgreSQL database.

use super::configuration;
use crate::failure::{Answer, Exit, Failure};
use crate::output::progress::Bar;
use crate::secret::from_standard_input;
use crate::session::Session;
use ::daemon::{Database, MoveProgress, NoDatabase, ServeError, move_store};
use clap::{Args, ValueEnum};
use contract::wire::analytics::Chain;
use schemars::JsonSchema;
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use std::collections::BTreeMap;
use tokio::sync::watch;
use tokio::task::spawn_blocking;

#[derive(Debug, Args)]
pub(super) struct Migrate {
    /// Where the store is now
    #[arg(long, value_enum, default_value_t)]
    from: From,
    /// The database that it moves to: a URL as KATONIC_DATABASE has it, or - to read one from standard input
    #[arg(long, value_name = "URL")]
    to: SecretString,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum From {
    /// A file of this home
    #[default]
    Sqlite,
}

/// A store that was moved.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Moved {
    /// The rows of each table.
    tables: BTreeMap<String, u64>,
    /// All rows.
    rows: u64,
    /// The audit log, as it verifies in its new place.
    audit: Chain,
}

pub(super) async fn run(session: &Session, args: Migrate) -> Result<Answer, Failure> {
    let From::Sqlite = args.from;
    let config = configuration(session)?;
    let url = match args.to.expose_secret() {
        "-" => from_standard_input("The database's URL").await?,
        _ => args.to,
    };
    let to: Database = url.expose_secret().parse().map_err(|error: NoDatabase| {
        Failure::usage(format!("--to: {error}"))
            .hint("In a shell, put the URL in quotes, or send it to `--to -`.")
    })?;
    session.if_interrupted("What was copied stays: the same command goes on from there.");
    let (tell, mut told) = watch::channel(None);
    let moving =
        spawn_blocking(move || move_store(&config, &to, |progress| drop(tell.send_replace(Some(progress)))));
    let bar = Bar::new(&session.output);
    while told.changed().await.is_ok() {
        if let Some(MoveProgress { table, done, of, is_checked }) = told.borrow_and_update().clone() {
            let what = if is_checked { "compared" } else { "copied" };
            bar.set(done, of, format!("{table} {what}"));
        }
    }
    drop(bar);
    let moved = moving.await.map_err(|error| Failure::new(Exit::Unavailable, error.to_string()))?;
    let moved = moved.map_err(|error: ServeError| Failure::new(Exit::Unavailable, error.to_string()))?;
    let rows = moved.tables.values().sum();
    let moved = Moved { tables: moved.tables, rows, audit: moved.audit };
    session.output.either(&moved, || {
        format!(
            "{} rows of {} tables are in the database, each as it was; {} audit rows verify there.",
            moved.rows,
            moved.tables.len(),
            moved.audit.checked
        )
    })?;
    session
        .output
        .note("Now set `database` in katonic.toml, or KATONIC_DATABASE, to its URL, and start the daemon.");
    session.output.note(
        "Its home stays: the keys that it encrypts and signs with are files there, and so are uploads.",
    );
    Ok(Answer::of(moved.audit.ok))
}
