//! The log's last row, kept outside the store: who can rewrite the store alone can't make the daemon sign it.

use crate::store::Stored;
use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;
use std::sync::Arc;
use tokio::task::spawn_blocking;

/// Number and hash of a row.
pub(crate) type Head = (i64, String);

/// The file that the last row is written to after each commit. It is written in place, as one line that is always
/// equally long; it isn't synced, so after a power loss it may be older than the store.
#[derive(Clone, Debug)]
pub(crate) struct HeadFile(Arc<File>);

impl HeadFile {
    /// Opens it, or makes it; what it says, none where it is new. Blocks.
    ///
    /// # Errors
    /// If it can't be read and written, or is not such a file.
    pub(crate) fn open(path: &Path) -> io::Result<(Self, Option<Head>)> {
        let mut options = OpenOptions::new();
        let mut file = options.read(true).write(true).create(true).truncate(false).mode(0o600).open(path)?;
        let mut line = String::new();
        (&mut file).take(128).read_to_string(&mut line)?;
        let head = match line.as_str() {
            "" => None,
            line => Some(read(line).ok_or_else(|| io::Error::other("it is not the end of an audit log"))?),
        };
        Ok((Self(Arc::new(file)), head))
    }

    /// Writes the last row down.
    pub(super) async fn write(&self, seq: i64, hash: &str) -> io::Result<()> {
        spawn_blocking(self.writing(seq, hash)).await?
    }

    /// What writes the last row down. It blocks.
    fn writing(&self, seq: i64, hash: &str) -> impl FnOnce() -> io::Result<()> + use<> {
        let (file, line) = (Arc::clone(&self.0), format!("{seq:020} {hash}\n"));
        move || file.write_all_at(line.as_bytes(), 0)
    }

    /// What notes the last row once it is stored. It blocks.
    pub(super) fn noting(&self, seq: i64, hash: &str) -> Stored {
        let write = self.writing(seq, hash);
        Box::new(move || {
            if let Err(error) = write() {
                tracing::error!(%error, "the end of the audit log could not be noted outside the store");
            }
        })
    }
}

fn read(line: &str) -> Option<Head> {
    let (seq, hash) = line.strip_suffix('\n')?.split_once(' ')?;
    Some((seq.parse().ok()?, hash.to_owned())).filter(|_| hash.len() == 64)
}
