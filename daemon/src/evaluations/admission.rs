//! A question is a call of the key that its work began with: let in as one, after a wait where the key may not call yet.

use super::asker::Asker;
use crate::app::App;
use crate::call::Context;
use crate::error::{Error, Kind};
use crate::gate::admit::admit_again;
use crate::trace::Recorder;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::sleep;

/// Longest that a question waits, in seconds: as long as the limit of an hour can make it.
const MOST_WAIT: u64 = 60 * 60;

/// How often it is looked whether the time has come, or the key has ended.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// The call of a question, let in. Those of the same work are let in one after the other, so that one asks at a time.
///
/// # Errors
/// If who began the work may no longer make it, or its key may not call for longer than a question waits.
pub(super) async fn admit(app: &App, asker: &Asker) -> Result<Context, Error> {
    let _turn = asker.turn.lock().await;
    let began = app.books.clock.now().0;
    loop {
        let now = app.books.clock.now();
        let recorder = Recorder::open("Chat", now);
        match admit_again(app, &recorder, &asker.began, asker.declaration).await {
            Ok((caller, slot)) => {
                let mut context = Context::new(caller, recorder, app.books.clone(), Vec::new());
                context.slot = slot.map(Arc::new);
                return Ok(context);
            }
            Err(error) if has_time(&error, now.0 - began) => sleep(LOOK_EVERY).await,
            Err(error) => return Err(error),
        }
    }
}

/// Waits until a call that a limit refused may be made again; no other question of the work is let in meanwhile.
pub(super) async fn wait(app: &App, asker: &Asker, seconds: u64) {
    let _turn = asker.turn.lock().await;
    let until = app.books.clock.now().0.saturating_add_unsigned(seconds * 1000);
    while app.books.clock.now().0 < until {
        sleep(LOOK_EVERY).await;
    }
}

/// Whether a refusal ends within the time that is left to a question that has waited for so many milliseconds.
fn has_time(refusal: &Error, waited: i64) -> bool {
    let waited = waited.unsigned_abs() / 1000;
    refusal.kind == Kind::RateLimited && waited + refusal.retry_after.unwrap_or(1) <= MOST_WAIT
}
