//! A folder of the daemon's machine.

use super::{Entry, Trouble};
use crate::app::App;
use crate::uploads::Upload;
use ignore::WalkBuilder;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use tokio::fs::File;
use tokio::io::AsyncReadExt;
use tokio::task::spawn_blocking;

/// A folder that was listed.
pub(super) struct Folder<'s>(&'s Path);

/// Lists a folder. A file's version changes with its content, whatever its times are set to: its change time does.
pub(super) async fn open(path: &Path) -> Result<(Folder<'_>, Vec<Entry>), Trouble> {
    let root = path.to_owned();
    let list = move || {
        // An empty answer must not stand for a disk that is not there, as all documents would go.
        std::fs::read_dir(&root).map_err(|error| format!("{}: {error}", root.display()))?;
        let mut entries = Vec::new();
        for found in WalkBuilder::new(&root).standard_filters(false).sort_by_file_name(Ord::cmp).build() {
            let found = found.map_err(|error| error.to_string())?;
            let Some(metadata) = found.metadata().ok().filter(std::fs::Metadata::is_file) else { continue };
            let Some(key) = found.path().strip_prefix(&root).ok().and_then(Path::to_str) else { continue };
            let (size, inode) = (metadata.size(), metadata.ino());
            let version = format!("{size}:{inode}:{}.{}", metadata.ctime(), metadata.ctime_nsec());
            entries.push(Entry { key: key.to_owned(), version });
        }
        Ok::<_, Trouble>(entries)
    };
    let entries = spawn_blocking(list).await.map_err(|error| error.to_string())??;
    Ok((Folder(path), entries))
}

impl Folder<'_> {
    pub(super) async fn fetch(&self, app: &App, entry: &Entry) -> Result<Upload, Trouble> {
        let failed = |error: std::io::Error| error.to_string();
        let mut file = File::open(self.0.join(&entry.key)).await.map_err(failed)?;
        let mut incoming = app.uploads.begin().await.map_err(|error| error.message)?;
        let (mut chunk, mut size) = (vec![0; 64 << 10], 0);
        loop {
            let read = file.read(&mut chunk).await.map_err(failed)?;
            if read == 0 {
                return incoming.finish(name(&entry.key)).await.map_err(|error| error.message);
            }
            size += read;
            if size > app.config.max_upload_bytes {
                return Err(format!("it is over the bound of {} bytes", app.config.max_upload_bytes));
            }
            incoming.write(&chunk[..read]).await.map_err(|error| error.message)?;
        }
    }
}

/// The last part of a path.
pub(super) fn name(key: &str) -> String {
    key.rsplit('/').next().unwrap_or(key).to_owned()
}
