//! The data directory: made private, locked, and opened.

mod fit;

use crate::audit::{self, AuditKey, Head, HeadFile};
use crate::config::{Config, Database};
use crate::gate::authenticate::Pepper;
use crate::master::{MasterKey, keyring};
use crate::store::{Db, Engine, StoreError};
use crate::{ServeError, failed};
use contract::wire::analytics::NewKey;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tokio::task::spawn_blocking;

/// The file of the key that signs the audit log, and that of one which is being begun.
const AUDIT_KEY: &str = "audit-key";
const NEXT_AUDIT_KEY: &str = "audit-key.next";

/// An open data directory; the lock holds as long as this lives.
pub(crate) struct Home {
    pub(crate) db: Db,
    pub(crate) pepper: Pepper,
    pub(crate) master: MasterKey,
    pub(crate) audit_key: AuditKey,
    /// The last row of the audit log that a daemon of this directory wrote, and where it is written down.
    pub(crate) audit_head: (HeadFile, Option<Head>),
    pub(crate) lock: File,
}

/// What the data directory holds beside the store, for this process alone.
pub(crate) struct Kept {
    data: PathBuf,
    lock: File,
    pepper: Pepper,
    master: MasterKey,
    /// None where there is no file of it.
    audit_key: Option<AuditKey>,
    /// One that was being begun when the program died.
    next_audit_key: Option<AuditKey>,
    audit_head: (HeadFile, Option<Head>),
}

/// What is to be done where the log has rows, and its key is gone.
const LOST_KEY: &str = "the audit log has rows, and the audit-key that signs them is missing: restore it from a backup; \
                        if it is lost for good, `katonic audit new-key --lost` begins a new one, and the log says so";

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
    let key = |name| stored(&data.join(name)).map(|bytes| bytes.map(AuditKey::new)).map_err(failed);
    let (audit_key, next_audit_key) = (key(AUDIT_KEY)?, key(NEXT_AUDIT_KEY)?);
    let head = data.join("audit-head");
    let audit_head =
        HeadFile::open(&head).map_err(|error| ServeError::Io(head.display().to_string(), error))?;
    Ok(Kept { data, lock, pepper, master, audit_key, next_audit_key, audit_head })
}

impl Kept {
    /// Opens the store of the configuration.
    ///
    /// # Errors
    /// If it can't be opened, another daemon writes there, or it belongs to another directory.
    pub(crate) async fn open(mut self, config: &Config) -> Result<Home, ServeError> {
        let db = self.store(config).await?;
        let audit_key = match self.audit_key.take() {
            Some(key) => key,
            None if audit::is_empty(&db).await.map_err(failed)? => {
                let made = self.file(AUDIT_KEY, secret).await?;
                AuditKey::new(made)
            }
            None => return Err(self.wrong(LOST_KEY)),
        };
        // A file of the home comes and goes with its keys; a server's database does not.
        if db.engine() == Engine::Postgres {
            fit::check(&db, (&self.pepper, &self.master, &audit_key)).await.map_err(failed)?;
        }
        let Self { lock, pepper, master, audit_head, .. } = self;
        Ok(Home { db, pepper, master, audit_key, audit_head, lock })
    }

    /// Begins a new audit key, which the one before signs, unless that is lost.
    ///
    /// # Errors
    /// If it is lost and that is not said, or said and not so; or the store fails.
    pub(crate) async fn begin_audit_key(
        mut self,
        config: &Config,
        is_lost: bool,
    ) -> Result<NewKey, ServeError> {
        let db = self.store(config).await?;
        match (&self.audit_key, is_lost) {
            (Some(_), true) => return Err(self.wrong("the audit-key is not lost: leave --lost out")),
            (None, false) => return Err(self.wrong(LOST_KEY)),
            _ => {}
        }
        let new = AuditKey::new(self.file(NEXT_AUDIT_KEY, secret).await?);
        let head = self.audit_head.clone();
        let begun = audit::begin_new_key(&db, self.audit_key.as_ref(), &new, head).await.map_err(failed)?;
        self.take_next_key(new).await?;
        Ok(begun)
    }

    /// Opens the store; a key that the log has begun and that was not put in its place is.
    async fn store(&mut self, config: &Config) -> Result<Db, ServeError> {
        let opened = Db::open(&config.database, &self.data, config.audit.durability).await;
        let db = opened.map_err(|error| match error {
            StoreError::Locked(place) => ServeError::Locked(place),
            StoreError::Unavailable(cause) | StoreError::Failed(cause) => match config.database {
                Database::Postgres(_) => ServeError::Failed(cause),
                Database::Sqlite => ServeError::Failed(format!("{}: {cause}", self.data.display())),
            },
            StoreError::Conflict => ServeError::Failed("the store is inconsistent".into()),
        })?;
        if let Some(next) = self.next_audit_key.take() {
            if next.is_newest(&db).await.map_err(failed)? {
                self.take_next_key(next).await?;
            } else {
                self.file(NEXT_AUDIT_KEY, |path| fs::remove_file(path)).await?;
            }
        }
        Ok(db)
    }

    async fn take_next_key(&mut self, key: AuditKey) -> Result<(), ServeError> {
        self.file(NEXT_AUDIT_KEY, |path| fs::rename(path, path.with_file_name(AUDIT_KEY))).await?;
        self.audit_key = Some(key);
        Ok(())
    }

    /// Does something with a file of the directory.
    async fn file<T: Send + 'static>(
        &self,
        name: &str,
        work: impl FnOnce(&Path) -> io::Result<T> + Send + 'static,
    ) -> Result<T, ServeError> {
        let path = self.data.join(name);
        let shown = path.display().to_string();
        let done =
            spawn_blocking(move || work(&path)).await.unwrap_or_else(|error| Err(io::Error::other(error)));
        done.map_err(|error| ServeError::Io(shown, error))
    }

    fn wrong(&self, what: &str) -> ServeError {
        ServeError::Failed(format!("{}: {what}", self.data.display()))
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
    if let Some(bytes) = stored(path)? {
        return Ok(bytes);
    }
    let bytes: [u8; 32] = rand::random();
    let new = path.with_extension("new");
    let mut file = OpenOptions::new().create(true).truncate(true).write(true).mode(0o600).open(&new)?;
    file.write_all(&bytes)?;
    file.sync_all()?;
    fs::rename(new, path)?;
    Ok(bytes)
}

/// The 32 bytes of a file, if there is one.
fn stored(path: &Path) -> io::Result<Option<[u8; 32]>> {
    let mut bytes = [0; 32];
    match File::open(path) {
        Ok(mut file) => file.read_exact(&mut bytes).map(|()| Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
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

    #[tokio::test]
    async fn a_log_whose_key_is_gone_is_not_gone_on_with_unless_on_purpose() {
        let home = tempfile::tempdir().unwrap();
        let config = Config::load_with(home.path(), |_| None).unwrap();
        let key = home.path().join("data/audit-key");
        let open = async || read(&config).unwrap().open(&config).await;
        let begin = async |is_lost| read(&config).unwrap().begin_audit_key(&config, is_lost).await;
        let refused = |error: ServeError| error.to_string().contains("audit new-key --lost");
        drop(open().await.unwrap());
        assert!(begin(true).await.is_err(), "it is there");
        let first = begin(false).await.unwrap();
        assert!(first.before.is_some() && first.row == 1, "{first:?}");
        drop(open().await.unwrap());
        fs::remove_file(&key).unwrap();
        assert!(open().await.err().is_some_and(refused) && !key.exists());
        assert!(begin(false).await.err().is_some_and(refused));
        let second = begin(true).await.unwrap();
        assert_eq!((second.before, second.row), (None, 2));
        // As after a crash before the key was put in its place, or before the log had it.
        fs::rename(&key, key.with_extension("next")).unwrap();
        drop(open().await.unwrap());
        assert!(key.exists() && !key.with_extension("next").exists());
        fs::write(key.with_extension("next"), [9; 32]).unwrap();
        let kept = open().await.unwrap();
        assert!(kept.audit_key.newest(&kept.db).await.unwrap().is_some());
        assert!(!key.with_extension("next").exists());
    }

    #[tokio::test]
    async fn a_key_that_the_log_may_have_begun_is_kept_where_the_log_cannot_be_read() {
        let home = tempfile::tempdir().unwrap();
        let config = Config::load_with(home.path(), |_| None).unwrap();
        let next = home.path().join("data/audit-key.next");
        let opened = read(&config).unwrap().open(&config).await.unwrap();
        opened.db.execute("ALTER TABLE audit_checkpoints RENAME TO away", vec![]).await.unwrap();
        drop(opened);
        fs::write(&next, [9; 32]).unwrap();
        assert!(read(&config).unwrap().open(&config).await.is_err());
        assert_eq!(fs::read(&next).unwrap(), [9; 32]);
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
