//! The master key in the system's keyring, and the way there from its file: at no step is it in neither place.

use super::MasterKey;
use crate::ServeError;
use ::keyring::{Entry, Error};
use contract::version::{hex, unhex};
use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// The name that the keyring shows.
const SERVICE: &str = "katonic";

/// Says that the key is in the keyring, so that a daemon that doesn't look there makes no other one in its place.
const NOTE: &str = "master-key.in-keyring";

/// The key of a data directory: out of the keyring, moved there out of its file, or made anew at the first start.
///
/// # Errors
/// If there is no keyring, or it no longer holds the key.
pub(crate) fn open(data: &Path, file: &Path) -> Result<MasterKey, ServeError> {
    let account = fs::canonicalize(data).unwrap_or_else(|_| data.to_owned()).display().to_string();
    let entry = Entry::new(SERVICE, &account).map_err(|error| unavailable(&error))?;
    key(&entry, file, &note(data)).map(MasterKey::new)
}

/// Whether a data directory's key was moved to the keyring.
pub(crate) fn holds(data: &Path) -> bool {
    note(data).exists()
}

fn note(data: &Path) -> PathBuf {
    data.join(NOTE)
}

fn key(entry: &Entry, file: &Path, note: &Path) -> Result<[u8; 32], ServeError> {
    let filed = read(file).map_err(|error| ServeError::Io(file.display().to_string(), error))?;
    let key = match (kept(entry)?, filed) {
        (Some(kept), Some(filed)) if kept != filed => {
            let file = file.display();
            return Err(failed(&format!(
                "the keyring holds one key and {file} another: keep the one that opens the stored secrets"
            )));
        }
        (Some(kept), _) => kept,
        (None, None) if note.exists() => {
            return Err(failed(
                "the keyring no longer holds the key that the stored secrets are sealed with: unlock or restore it",
            ));
        }
        (None, filed) => put(entry, filed.unwrap_or_else(rand::random))?,
    };
    write(note).map_err(|error| ServeError::Io(note.display().to_string(), error))?;
    if filed.is_some() {
        fs::remove_file(file).map_err(|error| ServeError::Io(file.display().to_string(), error))?;
    }
    Ok(key)
}

fn kept(entry: &Entry) -> Result<Option<[u8; 32]>, ServeError> {
    match entry.get_password() {
        Ok(text) => {
            let bytes = unhex(text.trim()).and_then(|bytes| bytes.try_into().ok());
            bytes.map(Some).ok_or_else(|| failed("what the keyring holds is no key of 64 hex digits"))
        }
        Err(Error::NoEntry) => Ok(None),
        Err(error) => Err(unavailable(&error)),
    }
}

/// Puts a key there, and looks whether it is.
fn put(entry: &Entry, key: [u8; 32]) -> Result<[u8; 32], ServeError> {
    entry.set_password(&hex(&key)).map_err(|error| unavailable(&error))?;
    match kept(entry)? {
        Some(kept) if kept == key => Ok(key),
        _ => Err(failed("the keyring did not keep the key")),
    }
}

fn read(file: &Path) -> io::Result<Option<[u8; 32]>> {
    match fs::read(file) {
        Ok(bytes) => bytes.try_into().map(Some).map_err(|_| ErrorKind::InvalidData.into()),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn write(note: &Path) -> io::Result<()> {
    let mut file = OpenOptions::new().create(true).truncate(true).write(true).mode(0o600).open(note)?;
    file.write_all(b"The master key of this folder is in the system's keyring.\n")?;
    file.sync_all()
}

fn unavailable(error: &Error) -> ServeError {
    failed(&format!(
        "there is no keyring that can be used ({error}): start one, or leave the key in its file"
    ))
}

fn failed(what: &str) -> ServeError {
    ServeError::Failed(format!("master_key.keyring: {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use keyring_core::api::CredentialStoreApi;
    use keyring_core::mock::{Cred, Store};
    use secrecy::ExposeSecret;
    use tempfile::TempDir;

    /// An entry of a keyring that lives as long as the test.
    fn entry() -> Entry {
        Entry { inner: Store::new().unwrap().build(SERVICE, "data", None).unwrap() }
    }

    fn places(home: &TempDir) -> (PathBuf, PathBuf) {
        (home.path().join("master-key"), note(home.path()))
    }

    #[test]
    fn a_files_key_is_moved_and_opens_what_was_sealed_before() {
        let (home, entry) = (tempfile::tempdir().unwrap(), entry());
        let (file, note) = places(&home);
        fs::write(&file, [7; 32]).unwrap();
        let sealed = MasterKey::new([7; 32]).seal("here", "sk-secret").unwrap();
        for _ in 0..2 {
            let master = MasterKey::new(key(&entry, &file, &note).unwrap());
            assert_eq!(master.open("here", &sealed).unwrap().expose_secret(), "sk-secret");
            assert!(!file.exists() && holds(home.path()));
        }
        assert!(!fs::read_to_string(&note).unwrap().contains(&hex(&[7; 32])));
        // As if the daemon had died before the file was gone.
        fs::write(&file, [7; 32]).unwrap();
        assert_eq!(key(&entry, &file, &note).unwrap(), [7; 32]);
        assert!(!file.exists());
    }

    #[test]
    fn a_keyring_that_fails_leaves_the_file_where_it_is() {
        let (home, entry) = (tempfile::tempdir().unwrap(), entry());
        let (file, note) = places(&home);
        fs::write(&file, [7; 32]).unwrap();
        let credential = entry.inner.as_any().downcast_ref::<Cred>().unwrap();
        credential.set_error(Error::NoStorageAccess("locked".into()));
        assert!(key(&entry, &file, &note).is_err());
        assert!(file.exists() && !note.exists());
    }

    #[test]
    fn no_key_is_made_in_place_of_one_that_is_lost_or_differs() {
        let (home, entry) = (tempfile::tempdir().unwrap(), entry());
        let (file, note) = places(&home);
        let made = key(&entry, &file, &note).unwrap();
        assert_eq!(key(&entry, &file, &note).unwrap(), made);
        fs::write(&file, [7; 32]).unwrap();
        assert!(key(&entry, &file, &note).unwrap_err().to_string().contains("another"));
        assert!(file.exists());
        fs::remove_file(&file).unwrap();
        entry.delete_credential().unwrap();
        assert!(key(&entry, &file, &note).unwrap_err().to_string().contains("no longer"));
    }
}
