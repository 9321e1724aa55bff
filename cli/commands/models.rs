//! `katonic models list`.

use crate::args::PageArgs;
use crate::failure::{Answer, Failure};
use crate::output::table::{or_dash, table};
use crate::session::Session;
use clap::{Args, Subcommand};
use contract::catalogue::ListModels;

/// The models and tiers that the key may use.
#[derive(Debug, Args)]
pub(crate) struct Models {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List models and tiers
    List(PageArgs),
}

pub(super) async fn run(session: &Session, models: Models) -> Result<Answer, Failure> {
    let Command::List(page) = models.command;
    let page = session.client()?.call::<ListModels>(&page.into()).await?;
    session.output.either(&page, || {
        let rows = page.data.iter().map(|model| {
            let price = model.pricing.as_ref().and_then(|pricing| pricing.input_usd_per_mtok);
            let written = model.pricing.as_ref().and_then(|pricing| pricing.output_usd_per_mtok);
            [
                model.id.clone(),
                model.owned_by.clone(),
                or_dash(model.routes_to.as_ref()),
                or_dash(model.context_tokens),
                or_dash(price),
                or_dash(written),
            ]
        });
        table(["model", "run by", "routes to", "context", "$/M in", "$/M out"], rows)
    })?;
    session.output.more(page.next.as_deref());
    Ok(Answer::Yes)
}
