//! Work that outlives a call: taken up again when the daemon starts.

use crate::app::App;
use crate::error::Error;
use crate::{analytics, audit, evaluations, flywheel, knowledge, promotions, prompts, tools, webhooks};

/// Takes up what the last daemon left unfinished: runs, each from its last finished case, optimisations likewise, and
/// datasets.
///
/// # Errors
/// If the store can't be read.
pub(crate) async fn resume(app: &App) -> Result<(), Error> {
    for run in evaluations::unfinished(&app.db).await? {
        tracing::info!(run, "run taken up again");
        evaluations::spawn(app.clone(), run);
    }
    for search in prompts::unfinished(&app.db).await? {
        tracing::info!(optimisation = search, "optimisation taken up again");
        prompts::spawn(app.clone(), search);
    }
    promotions::resume(app).await?;
    flywheel::resume(app).await
}

/// Begins what goes on as long as the daemon does.
pub(crate) fn start(app: &App) {
    let stopped = || app.work.draining.clone();
    drop(app.work.spawn(webhooks::run(
        app.books.webhooks.clone(),
        app.config.webhooks.private_network,
        stopped(),
    )));
    drop(app.work.spawn(knowledge::index_outdated(app.clone(), stopped())));
    drop(app.work.spawn(knowledge::read_files(app.clone(), stopped())));
    drop(app.work.spawn(knowledge::embed_passages(app.clone(), stopped())));
    knowledge::follow_sources(app, &app.work.draining);
    tools::Servers::start(app);
    drop(app.work.spawn(evaluations::follow_online(app.clone(), stopped())));
    drop(app.work.spawn(promotions::watch_canaries(app.clone(), stopped())));
    drop(app.work.spawn(analytics::follow_usage(app.clone(), stopped())));
    let (ledger, periods) = (app.books.ledger.clone(), (app.books.clock.clone(), app.retention.clone()));
    drop(app.work.spawn(audit::keep_to_retention(app.db.clone(), ledger, periods, stopped())));
}

/// Stops what is under way; it goes on at the next start.
pub(crate) async fn stop(app: &App) {
    app.runs.stop().await;
    app.confirmations.stop().await;
    app.optimisations.stop().await;
}
