//! Copies of the store, made while it is used, in the folder `backups` of the data directory.

use crate::act::Act;
use crate::app::App;
use crate::error::{Error, Kind};
use contract::id;
use contract::time::Time;
use contract::wire::admin::Backup;
use std::fs::{self, DirBuilder, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;
use tokio::task::spawn_blocking;

/// Most copies that are kept: each is as large as the store.
const MOST: usize = 16;

const ENDING: &str = ".db";

/// The file of a copy that is not yet one: it goes unless it becomes one.
struct Draft(PathBuf);

impl Drop for Draft {
    fn drop(&mut self) {
        // Most often it has become one.
        drop(fs::remove_file(&self.0));
    }
}

fn folder(app: &App) -> PathBuf {
    app.config.data().join("backups")
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Result<T, Error> {
    spawn_blocking(work)
        .await
        .map_err(Error::internal)?
        .map_err(|error| Error::internal(format_args!("backups: {error}")))
}

/// The copies that there are, the newest first.
///
/// # Errors
/// If the folder can't be read.
pub(crate) async fn list(app: &App) -> Result<Vec<Backup>, Error> {
    let folder = folder(app);
    blocking(move || read(&folder)).await
}

fn read(folder: &Path) -> io::Result<Vec<Backup>> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut backups = Vec::new();
    for entry in entries {
        let entry = entry?;
        if let Some(id) = entry.file_name().to_str().and_then(|name| name.strip_suffix(ENDING)) {
            backups.push(shown(id, &entry.path())?);
        }
    }
    backups.sort_by(|a, b| b.id.cmp(&a.id));
    Ok(backups)
}

fn shown(id: &str, path: &Path) -> io::Result<Backup> {
    let metadata = fs::metadata(path)?;
    let made = metadata.modified()?.duration_since(UNIX_EPOCH).map_err(io::Error::other)?;
    Ok(Backup {
        object: "backup".into(),
        id: id.to_owned(),
        file: path.display().to_string(),
        bytes: metadata.len(),
        created_at: Time(i64::try_from(made.as_millis()).unwrap_or(i64::MAX)),
    })
}

/// Copies the store as it is now.
///
/// # Errors
/// If there are too many copies, the store is a server's, or the disk fails.
pub(crate) async fn create(app: &App) -> Result<Act<Backup>, Error> {
    let folder = folder(app);
    if list(app).await?.len() >= MOST {
        let message =
            format!("There are {MOST} backups, as many as are kept. Remove one that you have elsewhere.");
        return Err(Error::new(Kind::Conflict, "too_many_backups", message));
    }
    let id = id::new("bak");
    let (draft, path) = (Draft(folder.join(format!("{id}.part"))), folder.join(format!("{id}{ENDING}")));
    let place = draft.0.clone();
    blocking(move || {
        DirBuilder::new().recursive(true).mode(0o700).create(&folder)?;
        // What copies leaves an empty file its mode.
        OpenOptions::new().write(true).create_new(true).mode(0o600).open(place).map(drop)
    })
    .await?;
    app.db.copy_to(&draft.0).await?;
    let copied = draft.0.clone();
    let backup = blocking(move || shown(&id, &copied)).await?;
    let backup = Backup { file: path.display().to_string(), ..backup };
    let act = Act::new(backup.clone(), Vec::new()).changing((), backup);
    Ok(act.then(move || {
        if let Err(error) = fs::rename(&draft.0, &path) {
            tracing::error!(%error, "a backup could not be put in its place");
        }
    }))
}

/// Removes a copy.
///
/// # Errors
/// If there is none of this id.
pub(crate) async fn delete(app: &App, id: &str) -> Result<Act<()>, Error> {
    let found = list(app).await?.into_iter().find(|backup| backup.id == id);
    let backup = found.ok_or_else(|| Error::not_found("backup", id))?;
    let path = PathBuf::from(&backup.file);
    Ok(Act::new((), Vec::new()).changing(backup, ()).then(move || {
        if let Err(error) = fs::remove_file(path) {
            tracing::error!(%error, "a backup could not be removed");
        }
    }))
}
