//! Work that outlives a call: taken up again when the daemon starts.

use crate::app::App;
use crate::error::Error;
use crate::evaluations;

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

/// Stops what is under way; it goes on at the next start.
pub(crate) async fn stop(app: &App) {
    app.runs.stop().await;
}
