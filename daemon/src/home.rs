//! The data directory: made private, locked, and opened.

use crate::ServeError;
use crate::audit::{AuditKey, Head, HeadFile};
use crate::config::{Config, Database};
use crate::gate::authenticate::Pepper;
use crate::master::{MasterKey, keyring};
use crate::store::{Db, StoreError};
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// An open data directory; the lock holds as long as this lives.
pub(crate) struct Home {
    pub(crate) db: Db,
    pub(crate) pepper: Pepper,
    pub(crate) master: MasterKey,
    pub(crate) audit_key: AuditKey,
    /// The last row of the audit log that a daemon of this directory wrote, and where it is written down.
    pub(crate) audit_head: (HeadFile, Option<Head>),
    _lock: File,
}

/// What the data directory holds beside the store, for this process alone.
pub(crate) struct Kept {
    data: PathBuf,
    lock: File,
    pepper: Pepper,
    master: MasterKey,
    audit_key: AuditKey,
    audit_head: (HeadFile, Option<Head>),
}

/// Locks and reads the data directory of a configuration. Blocks.
///
/// # Errors
/// If another process holds it, or it can't be read and written.
pub(crate) fn read(config: &Config) -> Result<Kept, ServeError> {
    let data = config.data();
    let failed = |error| ServeError::Io(data.display().to_string(), error);
    fs::DirBuilder::new().recursive(true).mode(0o700).create(&data).map_err(failed)?;
    let lock = lock(&data)?;
    let pepper = Pepper::new(secret(&data.join("pepper")).map_err(failed)?);
    let master = master(config, &data)?;
    let audit_key = AuditKey::new(secret(&data.join("audit-key")).map_err(failed)?);
    let head = data.join("audit-head");
    let audit_head =
        HeadFile::open(&head).map_err(|error| ServeError::Io(head.display().to_string(), error))?;
    Ok(Kept { data, lock, pepper, master, audit_key, audit_head })
}

impl Kept {
    /// Opens the store of the configuration.
    ///
    /// # Errors
    /// If it can't be opened, or another daemon writes there.
    pub(crate) async fn open(self, config: &Config) -> Result<Home, ServeError> {
        let opened = Db::open(&config.database, &self.data, config.audit.durability).await;
        let db = opened.map_err(|error| match error {
            StoreError::Locked(place) => ServeError::Locked(place),
            StoreError::Unavailable(cause) | StoreError::Failed(cause) => match config.database {
                Database::Postgres(_) => ServeError::Failed(cause),
                Database::Sqlite => ServeError::Failed(format!("{}: {cause}", self.data.display())),
            },
            StoreError::Conflict => ServeError::Failed("the store is inconsistent".into()),
        })?;
        let Self { lock, pepper, master, audit_key, audit_head, .. } = self;
        Ok(Home { db, pepper, master, audit_key, audit_head, _lock: lock })
    }
}

/// The master key, from where the configuration says that it is.
fn master(config: &Config, data: &Path) -> Result<MasterKey, ServeError> {
    let (settings, file) = (&config.master_key, data.join("master-key"));
    match (settings.command.as_slice(), settings.keyring) {
        ([], true) => keyring::open(data, &file),
        ([], false) if keyring::holds(data) && !file.exists() => {
            let what = "its key is in the system's keyring: set keyring = true under [master_key]";
            Err(ServeError::Failed(format!("{}: {what}", data.display())))
        }
        ([], false) => {
            let bytes = secret(&file).map_err(|error| ServeError::Io(file.display().to_string(), error))?;
            Ok(MasterKey::new(bytes))
        }
        ([program, arguments @ ..], false) => printed(program, arguments),
        (_, true) => Err(ServeError::Failed("master_key: set `command` or `keyring`, not both".into())),
    }
}

fn lock(data: &Path) -> Result<File, ServeError> {
    let path = data.join("lock");
    let failed = |error| ServeError::Io(path.display().to_string(), error);
    let file = OpenOptions::new().create(true).append(true).mode(0o600).open(&path).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(ServeError::Locked(data.display().to_string())),
        Err(TryLockError::Error(error)) => Err(failed(error)),
    }
}

/// 32 secret bytes, such as those that key the hashes of secrets: read, or made at the first start. Made whole or not at
/// all, as a crash in between must not lock everybody out.
fn secret(path: &Path) -> io::Result<[u8; 32]> {
    let mut bytes = [0; 32];
    match File::open(path) {
        Ok(mut file) => file.read_exact(&mut bytes)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            bytes = rand::random();
            let new = path.with_extension("new");
            let mut file =
                OpenOptions::new().create(true).truncate(true).write(true).mode(0o600).open(&new)?;
            file.write_all(&bytes)?;
            file.sync_all()?;
            fs::rename(new, path)?;
        }
        Err(error) => return Err(error),
    }
    Ok(bytes)
}

/// The master key as a command prints it.
fn printed(program: &str, arguments: &[String]) -> Result<MasterKey, ServeError> {
    let wrong = |what: &str| ServeError::Failed(format!("master_key.command: {program} {what}"));
    let output = Command::new(program).args(arguments).stderr(Stdio::inherit()).output();
    let output = output.map_err(|error| wrong(&format!("can't be run: {error}")))?;
    if !output.status.success() {
        return Err(wrong("failed"));
    }
    let text = std::str::from_utf8(&output.stdout).unwrap_or_default().trim();
    let bytes = contract::version::unhex(text).and_then(|bytes| bytes.try_into().ok());
    bytes.map(MasterKey::new).ok_or_else(|| wrong("must print 64 hex digits"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_daemons_cannot_share_a_data_directory() {
        let home = tempfile::tempdir().unwrap();
        let config = Config::load_with(home.path(), |_| None).unwrap();
        let first = read(&config).unwrap();
        assert!(matches!(read(&config), Err(ServeError::Locked(_))));
        drop(first);
        assert!(read(&config).is_ok());
    }

    #[test]
    fn a_key_in_the_keyring_is_not_made_anew_in_a_file() {
        let home = tempfile::tempdir().unwrap();
        let data = home.path().join("data");
        fs::create_dir(&data).unwrap();
        fs::write(data.join("master-key.in-keyring"), "").unwrap();
        let config = Config::load_with(home.path(), |_| None).unwrap();
        let error = read(&config).err().unwrap().to_string();
        assert!(error.contains("keyring = true") && !data.join("master-key").exists(), "{error}");
        fs::write(home.path().join("katonic.toml"), "[master_key]\ncommand = [\"k\"]\nkeyring = true\n")
            .unwrap();
        let config = Config::load_with(home.path(), |_| None).unwrap();
        assert!(read(&config).err().unwrap().to_string().contains("not both"));
    }
}
