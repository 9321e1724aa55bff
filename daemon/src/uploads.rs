//! Files on their way in: on the disk from their first byte, so that memory stays small however many come at once.

use crate::error::Error;
use contract::id;
use contract::version::hex;
use sha2::{Digest, Sha256};
use std::collections::HashSet;
use std::fs::DirBuilder;
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use tokio::fs::{self, File, OpenOptions};
use tokio::io::AsyncWriteExt;

/// The folder of files that came in, and were not yet read.
#[derive(Debug)]
pub(crate) struct Uploads {
    folder: PathBuf,
    /// The files that were there at the start.
    before: Vec<PathBuf>,
}

/// A file that is coming in. It goes when this is dropped.
#[derive(Debug)]
pub(crate) struct Incoming {
    place: Place,
    file: File,
    hash: Sha256,
    size: u64,
}

/// A file that came in whole. It goes when this is dropped, unless it was kept.
#[derive(Debug)]
pub(crate) struct Upload {
    /// Its name, as the client has it.
    pub(crate) name: String,
    /// The SHA-256 of its bytes, in hex.
    pub(crate) hash: String,
    /// Its bytes.
    pub(crate) size: u64,
    place: Place,
}

/// Where a file is as long as nobody keeps it.
#[derive(Debug)]
struct Place(PathBuf);

/// A file that is kept as long as this lives, or for good.
#[derive(Debug)]
pub(crate) struct Kept(Option<Place>);

impl Kept {
    /// Keeps it for good.
    pub(crate) fn stay(mut self) {
        if let Some(held) = self.0.take() {
            std::mem::forget(held);
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // It may have been kept, and so be elsewhere. What is left over goes at the next start.
        drop(std::fs::remove_file(&self.0));
    }
}

impl Uploads {
    /// The folder in a data directory, made private. Blocks.
    ///
    /// # Errors
    /// If it can't be made.
    pub(crate) fn open(data: &Path) -> Result<Self, Error> {
        let folder = data.join("uploads");
        DirBuilder::new().recursive(true).mode(0o700).create(&folder).map_err(failed)?;
        let entries = std::fs::read_dir(&folder).map_err(failed)?;
        let before =
            entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>().map_err(failed)?;
        Ok(Self { folder, before })
    }

    /// Begins a file.
    ///
    /// # Errors
    /// If the disk fails.
    pub(crate) async fn begin(&self) -> Result<Incoming, Error> {
        let place = Place(self.folder.join(id::new("new")));
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&place.0).await;
        Ok(Incoming { file: file.map_err(failed)?, place, hash: Sha256::new(), size: 0 })
    }

    /// Keeps a file under an id, for good once it is said to [stay](Kept::stay), until [`Uploads::remove`].
    ///
    /// # Errors
    /// If the disk fails.
    pub(crate) async fn keep(&self, upload: &Upload, id: &str) -> Result<Kept, Error> {
        let kept = Kept(Some(Place(self.folder.join(id))));
        fs::hard_link(&upload.place.0, self.folder.join(id)).await.map_err(failed)?;
        Ok(kept)
    }

    /// A kept file, opened.
    ///
    /// # Errors
    /// If it can't be.
    pub(crate) async fn open_kept(&self, id: &str) -> Result<std::fs::File, Error> {
        Ok(File::open(self.folder.join(id)).await.map_err(failed)?.into_std().await)
    }

    /// The same at once: it takes no longer than the name of a file.
    pub(crate) fn forget(&self, id: &str) {
        drop(Place(self.folder.join(id)));
    }

    /// Lets a kept file go.
    pub(crate) async fn remove(&self, id: &str) {
        // It may have gone already.
        drop(fs::remove_file(self.folder.join(id)).await);
    }

    /// Lets the files go that were there at the start but for those kept under these ids: the last daemon left them over.
    pub(crate) async fn keep_only(&self, ids: &HashSet<String>) {
        for path in &self.before {
            let name = path.file_name().and_then(|name| name.to_str());
            if !name.is_some_and(|name| ids.contains(name)) {
                // It may have gone already.
                drop(fs::remove_file(path).await);
            }
        }
    }
}

impl Incoming {
    /// Adds bytes.
    ///
    /// # Errors
    /// If the disk fails.
    pub(crate) async fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.hash.update(bytes);
        self.size += bytes.len() as u64;
        self.file.write_all(bytes).await.map_err(failed)
    }

    /// The file, whole and on the disk.
    ///
    /// # Errors
    /// If the disk fails.
    pub(crate) async fn finish(mut self, name: String) -> Result<Upload, Error> {
        self.file.flush().await.map_err(failed)?;
        self.file.sync_all().await.map_err(failed)?;
        let hash = hex(self.hash.finalize().as_slice());
        Ok(Upload { name, hash, size: self.size, place: self.place })
    }
}

impl Upload {
    /// The ending of its name, lower-case.
    pub(crate) fn ending(&self) -> String {
        let ending = Path::new(&self.name).extension().and_then(|ending| ending.to_str());
        ending.unwrap_or_default().to_ascii_lowercase()
    }

    /// Its bytes.
    ///
    /// # Errors
    /// If the disk fails.
    pub(crate) async fn bytes(&self) -> Result<Vec<u8>, Error> {
        fs::read(&self.place.0).await.map_err(failed)
    }

    /// Opens it for reading.
    ///
    /// # Errors
    /// If the disk fails.
    pub(crate) async fn open(&self) -> Result<std::fs::File, Error> {
        Ok(File::open(&self.place.0).await.map_err(failed)?.into_std().await)
    }
}

fn failed(error: io::Error) -> Error {
    Error::internal(format_args!("uploads: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_file_goes_unless_it_is_kept() {
        let data = tempfile::tempdir().unwrap();
        let uploads = Uploads::open(data.path()).unwrap();
        let files = || std::fs::read_dir(data.path().join("uploads")).unwrap().count();
        let mut incoming = uploads.begin().await.unwrap();
        incoming.write(b"ten ").await.unwrap();
        incoming.write(b"days").await.unwrap();
        let upload = incoming.finish("Leave.TXT".into()).await.unwrap();
        assert_eq!(
            (upload.ending().as_str(), upload.size, upload.bytes().await.unwrap()),
            ("txt", 8, b"ten days".to_vec())
        );
        drop(uploads.keep(&upload, "ing_1").await.unwrap());
        assert_eq!(files(), 1, "it was not to stay");
        uploads.keep(&upload, "ing_1").await.unwrap().stay();
        drop(upload);
        drop(uploads.begin().await.unwrap());
        assert_eq!(files(), 1);
        std::fs::write(data.path().join("uploads/new_1"), "cut off").unwrap();
        let next = Uploads::open(data.path()).unwrap();
        let arriving = next.begin().await.unwrap();
        next.keep_only(&HashSet::from(["ing_1".to_owned()])).await;
        assert_eq!(files(), 2, "what comes in meanwhile stays");
        drop(arriving);
        uploads.remove("ing_1").await;
        assert_eq!(files(), 0);
    }
}
