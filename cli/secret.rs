//! The credential store: the system's keyring, or a file that only its owner can read.

use crate::failure::Failure;
use keyring::{Entry, Error};
use rustix::process::{Resource, Rlimit, setrlimit};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize, Serializer};
use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, ErrorKind, IsTerminal, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// The name that the keyring shows.
const SERVICE: &str = "katonic";

/// The secrets of one home.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Secrets {
    /// Opens the admin API.
    #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "exposed")]
    pub(crate) operator_token: Option<SecretString>,
    /// The key that applications ask with.
    #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "exposed")]
    pub(crate) api_key: Option<SecretString>,
    /// The key that pipelines evaluate and promote with.
    #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "exposed")]
    pub(crate) ci_key: Option<SecretString>,
}

/// Storing is the one purpose for which a secret is written out.
fn exposed<S: Serializer>(secret: &Option<SecretString>, serializer: S) -> Result<S::Ok, S::Error> {
    secret.as_ref().map(ExposeSecret::expose_secret).serialize(serializer)
}

/// A secret from standard input: typed unseen at a terminal, or read to its end.
///
/// # Errors
/// If there is none.
pub(crate) async fn from_standard_input(prompt: &str) -> Result<SecretString, Failure> {
    let prompt = format!("{prompt}: ");
    let read = tokio::task::spawn_blocking(move || {
        if io::stdin().is_terminal() {
            return rpassword::prompt_password(prompt);
        }
        io::read_to_string(io::stdin().lock())
    });
    let text = read.await.map_err(io::Error::other).flatten();
    let text = text.map_err(|error| Failure::usage(format!("Standard input can't be read: {error}")))?;
    match text.trim() {
        "" => {
            Err(Failure::usage("There is no key on standard input.")
                .hint("Pipe it in, or type it when asked."))
        }
        key => Ok(SecretString::from(key)),
    }
}

/// Keeps what this process and its children know out of core dumps, and its memory from others of the same user.
pub(crate) fn keep_from_core_dumps() {
    // A system that knows no such bounds has its own.
    setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) }).ok();
    #[cfg(target_os = "linux")]
    rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable).ok();
}

/// Where a home's secrets lie.
pub(crate) struct SecretStore {
    home: PathBuf,
    keyring: bool,
}

/// Where secrets were put.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kept {
    /// Where they belong.
    AsAsked,
    /// In the file, since there is no keyring.
    WithoutKeyring,
}

impl SecretStore {
    /// The store of a home; the keyring serves only the default one, so that two homes stay two worlds.
    pub(crate) fn new(home: &Path, keyring: bool) -> Self {
        Self { home: home.to_owned(), keyring }
    }

    /// The file that serves where there is no keyring.
    pub(crate) fn file(&self) -> PathBuf {
        self.home.join("credentials.json")
    }

    /// Whether the system's keyring serves, or why not; none where it isn't asked to.
    pub(crate) fn keyring_state(&self) -> Option<Result<(), String>> {
        self.keyring.then(|| match Entry::new(SERVICE, "doctor").and_then(|entry| entry.get_password()) {
            Ok(_) | Err(Error::NoEntry) => Ok(()),
            Err(error) => Err(error.to_string()),
        })
    }

    /// The secrets, none if none are kept.
    ///
    /// # Errors
    /// If the file is there and can't be read.
    pub(crate) fn load(&self) -> Result<Secrets, Failure> {
        if let Some(text) = self.entry().and_then(|entry| entry.get_password().ok()) {
            return self.parse(&text);
        }
        match fs::read_to_string(self.file()) {
            Ok(text) => self.parse(&text),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Secrets::default()),
            Err(error) => Err(Failure::file(&self.file(), &error)),
        }
    }

    /// Keeps the secrets.
    ///
    /// # Errors
    /// If neither keyring nor file takes them.
    pub(crate) fn save(&self, secrets: &Secrets) -> Result<Kept, Failure> {
        let text = serde_json::to_string_pretty(secrets)?;
        if self.entry().is_some_and(|entry| entry.set_password(&text).is_ok()) {
            return Ok(Kept::AsAsked);
        }
        write_private(&self.file(), text.as_bytes()).map_err(|error| Failure::file(&self.file(), &error))?;
        Ok(if self.keyring { Kept::WithoutKeyring } else { Kept::AsAsked })
    }

    /// Forgets the secrets.
    ///
    /// # Errors
    /// If they are there and can't be removed.
    pub(crate) fn clear(&self) -> Result<(), Failure> {
        if let Some(entry) = self.entry() {
            match entry.delete_credential() {
                // Without a keyring there is nothing in it.
                Ok(()) | Err(Error::NoEntry | Error::NoStorageAccess(_) | Error::NoDefaultStore) => {}
                Err(error) => {
                    return Err(Failure::usage(format!("The keyring keeps the old secrets: {error}")));
                }
            }
        }
        match fs::remove_file(self.file()) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(Failure::file(&self.file(), &error)),
            _ => Ok(()),
        }
    }

    fn entry(&self) -> Option<Entry> {
        let account = self.home.display().to_string();
        if self.keyring { Entry::new(SERVICE, &account).ok() } else { None }
    }

    fn parse(&self, text: &str) -> Result<Secrets, Failure> {
        serde_json::from_str(text).map_err(|_| {
            Failure::usage(format!("The stored credentials of {} are damaged", self.home.display()))
                .hint("Run `katonic sandbox reset`, or log in again.")
        })
    }
}

/// Makes a folder that only its owner can open.
pub(crate) fn private_folder(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}

/// Writes a file that only its owner can read, whole or not at all.
fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        private_folder(folder)?;
    }
    let draft = path.with_extension("new");
    match fs::remove_file(&draft) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = OpenOptions::new().create_new(true).write(true).mode(0o600).open(&draft)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&draft, path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn the_file_is_for_its_owner_only_and_reads_back() {
        let root = tempfile::tempdir().unwrap();
        let home = root.path().join("home");
        let store = SecretStore::new(&home, false);
        assert!(store.load().unwrap().api_key.is_none());
        let secrets = Secrets { api_key: Some("kapi_test_1".into()), ..Secrets::default() };
        for _ in 0..2 {
            assert_eq!(store.save(&secrets).unwrap(), Kept::AsAsked);
        }
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&store.file()), mode(&home)), (0o600, 0o700));
        let read = store.load().unwrap();
        assert_eq!(read.api_key.unwrap().expose_secret(), "kapi_test_1");
        assert!(read.operator_token.is_none());
        store.clear().unwrap();
        assert!(store.load().unwrap().api_key.is_none());
    }

    #[test]
    fn printing_secrets_does_not_show_them() {
        let secrets = Secrets { ci_key: Some("kapi_test_2".into()), ..Secrets::default() };
        assert!(!format!("{secrets:?}").contains("kapi_test_2"));
    }
}
