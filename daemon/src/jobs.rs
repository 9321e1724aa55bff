//! Work that outlives a call: taken up again when the daemon starts.

use crate::app::App;
use crate::error::Error;
use crate::{evaluations, webhooks};

/// Takes up the runs that the last daemon left unfinished, each from its last finished case.
///
/// # Errors
/// If the store can't be read.
pub(crate) async fn resume(app: &App) -> Result<(), Error> {
    for run in evaluations::unfinished(&app.db).await? {
        tracing::info!(run, "run taken up again");
        evaluations::spawn(app.clone(), run);
    }
    Ok(())
}

/// Begins what goes on as long as the daemon does.
pub(crate) fn start(app: &App) {
    drop(app.work.spawn(webhooks::run(app.books.webhooks.clone(), app.work.draining.clone())));
}

/// Stops what is under way; it goes on at the next start.
pub(crate) async fn stop(app: &App) {
    app.runs.stop().await;
}
