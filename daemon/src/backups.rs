//! Copies of the store, made while it is used, in the folder `backups` of the data directory.

use crate::act::Act;
use crate::app::App;
use crate::config::Config;
use crate::error::{Error, Kind};
use contract::id;
use contract::time::Time;
use contract::wire::admin::Backup;
use std::fs::{self, DirBuilder, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::UNIX_EPOCH;
use tokio::task::spawn_blocking;

/// Most copies that are kept: each is as large as the store.
const MOST: usize = 16;

const ENDING: &str = ".db";

/// That of a file which is not a copy yet, or no longer.
const DRAFT: &str = "part";

/// The file of a copy that is not yet one, or no longer: it goes unless it becomes one.
struct Draft(PathBuf);

impl Drop for Draft {
    fn drop(&mut self) {
        // Most often it has become one.
        drop(fs::remove_file(&self.0));
    }
}

/// Removes what a daemon that died left of copies.
///
/// # Errors
/// If the folder can't be read, or a file not be removed.
pub(crate) async fn remove_drafts(config: &Config) -> Result<(), Error> {
    let folder = config.data().join("backups");
    blocking(move || {
        for path in files(&folder)? {
            if path.extension().is_some_and(|ending| ending == DRAFT) {
                fs::remove_file(path)?;
            }
        }
        Ok(())
    })
    .await
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

fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    match fs::read_dir(folder) {
        Ok(entries) => entries.map(|entry| Ok(entry?.path())).collect(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

fn read(folder: &Path) -> io::Result<Vec<Backup>> {
    let mut backups = Vec::new();
    for path in files(folder)? {
        let name = path.file_name().and_then(|name| name.to_str());
        let Some(id) = name.and_then(|name| name.strip_suffix(ENDING)) else { continue };
        match shown(id, &path) {
            Ok(backup) => backups.push(backup),
            // It was removed meanwhile.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
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
/// If there are too many copies, one is being made, the store is a server's, or the disk fails.
pub(crate) async fn create(app: &App) -> Result<Act<Backup>, Error> {
    let Ok(turn) = Arc::clone(&app.copying).try_lock_owned() else {
        let message = "A backup is being made. Try again when it is done.";
        return Err(Error::new(Kind::Conflict, "backup_under_way", message));
    };
    let folder = folder(app);
    if list(app).await?.len() >= MOST {
        let message =
            format!("There are {MOST} backups, as many as are kept. Remove one that you have elsewhere.");
        return Err(Error::new(Kind::Conflict, "too_many_backups", message));
    }
    let id = id::new("bak");
    let (draft, path) = (Draft(folder.join(format!("{id}.{DRAFT}"))), folder.join(format!("{id}{ENDING}")));
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
    Ok(act
        .then(move || {
            if let Err(error) = fs::rename(&draft.0, &path) {
                tracing::error!(%error, "a backup could not be put in its place");
            }
        })
        .holding(turn))
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
        let gone = Draft(path.with_extension(DRAFT));
        match fs::rename(path, &gone.0) {
            // To free a large file takes long, and the log waits for what is done here.
            Ok(()) => drop(spawn_blocking(move || drop(gone))),
            Err(error) => tracing::error!(%error, "a backup could not be removed"),
        }
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::home;

    #[tokio::test]
    async fn one_copy_is_made_at_a_time_and_what_is_left_of_others_goes() {
        let place = tempfile::tempdir().unwrap();
        let config = Config::load_with(place.path(), |_| None).unwrap();
        let home = home::read(&config).unwrap().open(&config).await.unwrap();
        let folder = config.data().join("backups");
        fs::create_dir(&folder).unwrap();
        let draft = folder.join("bak_1.part");
        fs::write(&draft, "half").unwrap();
        let app = App::new(config, &home).await.unwrap();
        assert!(!draft.exists());
        let first = create(&app).await.unwrap();
        assert_eq!(create(&app).await.err().unwrap().kind, Kind::Conflict);
        first.store(&app.db).await.unwrap();
        drop(create(&app).await.unwrap());
        // As a file that goes while the folder is read.
        std::os::unix::fs::symlink(folder.join("nowhere"), folder.join("bak_2.db")).unwrap();
        assert_eq!(list(&app).await.unwrap().len(), 1);
    }
}
