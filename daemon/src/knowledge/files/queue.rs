//! Reads the files that are waiting, one at a time, as long as the daemon runs.

use super::{completed, sql};
use crate::app::App;
use crate::audit::READ_FILE;
use crate::error::{Error, Kind};
use crate::knowledge::formats::{Content, Refusal};
use crate::knowledge::ingest;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

/// How long to look away where the store fails, or no process can be started.
const TROUBLE: Duration = Duration::from_secs(5);

/// Reads what is waiting until the daemon stops; what it is reading then it reads again at the next start.
pub(crate) async fn run(app: App, stopped: CancellationToken) {
    let mut last_team = String::new();
    if let Err(error) = forget_left_over(&app).await {
        tracing::error!(%error, "files that were left over can't be removed");
    }
    loop {
        let came = app.files.came.notified();
        let step = async {
            match next(&app, &mut last_team).await {
                Ok(true) => {}
                Ok(false) => came.await,
                Err(error) => {
                    tracing::error!(%error, "files can't be read");
                    sleep(TROUBLE).await;
                }
            }
        };
        tokio::select! {
            () = stopped.cancelled() => return,
            () = step => {}
        }
    }
}

async fn forget_left_over(app: &App) -> Result<(), Error> {
    // Nobody takes a file in meanwhile.
    let _turn = app.files.turn.lock().await;
    app.uploads.keep_only(&sql::ids(&app.db).await?).await;
    Ok(())
}

/// Reads the next file; whether there was one.
async fn next(app: &App, last_team: &mut String) -> Result<bool, Error> {
    let Some(file) = sql::next(&app.db, last_team).await? else { return Ok(false) };
    last_team.clone_from(&file.caller.team);
    let opened = app.uploads.open_kept(&file.id).await;
    let read = match opened {
        Ok(opened) => app.files.reader.read(opened, &file.ending).await?,
        Err(error) => {
            tracing::error!(file = file.id, %error, "a file is gone");
            Err(Refusal::Broken("the daemon lost the file; add it again".into()))
        }
    };
    let ended = end(app, &file, read).await;
    app.uploads.remove(&file.id).await;
    app.files.read.send_replace(());
    ended.map(|()| true)
}

/// Stores what was read, or why it was not; nothing, where somebody removed or replaced the document meanwhile.
async fn end(app: &App, file: &sql::File, read: Result<Content, Refusal>) -> Result<(), Error> {
    let _turn = app.files.turn.lock().await;
    if !sql::is_waiting(&app.db, &file.id).await? {
        return Ok(());
    }
    match read {
        Ok(content) => {
            let request = completed(file.request.clone(), &content, &file.title);
            let note = content.note.clone();
            let added = async {
                let mut act =
                    ingest::add_read(app, &file.caller, request, content, file.hash.clone()).await?;
                act.statements.extend(sql::done(file, note.as_deref()));
                let by = Arc::new(file.caller.clone());
                Ok::<_, Error>(app.books.own_act(READ_FILE, &by, act).await?)
            };
            match added.await {
                Ok(_) => Ok(()),
                Err(error) if error.kind == Kind::Unavailable => Err(error),
                // Such as that it has become somebody else's to change. It would fail each time.
                Err(error) => {
                    tracing::error!(file = file.id, %error, "a file can't be stored");
                    sql::refuse(&app.db, &file.id, &error.message).await
                }
            }
        }
        Err(refusal) => {
            tracing::info!(file = file.id, %refusal, "a file is refused");
            sql::refuse(&app.db, &file.id, &refusal.to_string()).await
        }
    }
}
