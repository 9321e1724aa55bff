//! `katonic sources`: where documents come from by themselves.

use crate::args::TeamPageArgs;
use crate::failure::{Answer, Failure};
use crate::output::table::{or_dash, table};
use crate::session::Session;
use clap::{Args, Subcommand};
use contract::admin::ListSources;
use contract::wire::knowledge::SourceState;

/// Sources of documents.
#[derive(Debug, Args)]
pub(crate) struct Sources {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List the sources of katonic.toml and how they stand; exit 1 if one can't be read
    List(TeamPageArgs),
}

pub(super) async fn run(session: &Session, sources: Sources) -> Result<Answer, Failure> {
    let Command::List(args) = sources.command;
    let page = session.client()?.call::<ListSources>(&args.into()).await?;
    session.output.either(&page, || shown(&page.data))?;
    session.output.more(page.next.as_deref());
    Ok(Answer::of(page.data.iter().all(|source| source.trouble.is_none())))
}

fn shown(sources: &[SourceState]) -> String {
    let rows = sources.iter().map(|source| {
        let trouble = source.trouble.iter().chain(&source.skipped).cloned().collect::<Vec<_>>().join("\n");
        let [name, kind, collection] = [&source.name, &source.kind, &source.collection].map(String::clone);
        [name, kind, collection, source.documents.to_string(), or_dash(source.looked_at), trouble]
    });
    table(["source", "kind", "collection", "documents", "looked at", "trouble"], rows)
}
