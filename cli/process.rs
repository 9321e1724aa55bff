//! The daemon as a process: what is recorded of it, how it starts apart from us, and how it stops.

use crate::client::Client;
use crate::context::Target;
use crate::failure::{Exit, Failure};
use crate::secret::private_folder;
use crate::tls::Tls;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use std::env;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::net::SocketAddr;
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tokio::time::interval;

/// How long a daemon may take to be ready: migrations of a large store included.
const START: Duration = Duration::from_secs(60);

/// How long a daemon may take to stop: longer than it lets calls under way go on.
const STOP: Duration = Duration::from_secs(60);

/// How often to try the lock, which others touch for a moment to see whether it is held.
const LOCK_TRIES: u32 = 5;

/// How often to look.
const LOOK: Duration = Duration::from_millis(40);

/// A daemon that serves, as `daemon.json` in its home records it while it does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Running {
    /// Its process id.
    pub(crate) pid: u32,
    /// Where it answers.
    pub(crate) url: String,
}

/// What the home records, true or not.
pub(crate) fn recorded(home: &Path) -> Option<Running> {
    serde_json::from_slice(&fs::read(record(home)).ok()?).ok()
}

/// The home's daemon, if one is alive. The lock tells: a process id may belong to somebody else by now.
pub(crate) fn running(home: &Path) -> Option<Running> {
    recorded(home).filter(|_| is_locked(home))
}

/// Marks this process as the home's one daemon, for as long as the file stays open.
///
/// # Errors
/// If another daemon is alive, or the file can't be used.
pub(crate) async fn lock(home: &Path) -> Result<File, Failure> {
    let path = lock_file(home);
    let open = || OpenOptions::new().create(true).append(true).mode(0o600).open(&path);
    let file = private_folder(home).and_then(|()| open()).map_err(|error| Failure::file(&path, &error))?;
    let mut ticks = interval(LOOK);
    for _ in 0..LOCK_TRIES {
        ticks.tick().await;
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) => {}
            Err(TryLockError::Error(error)) => return Err(Failure::file(&path, &error)),
        }
    }
    let whom = recorded(home).map_or_else(String::new, |it| format!(" (process {}, {})", it.pid, it.url));
    Err(Failure::new(Exit::No, format!("A daemon already runs in {}{whom}", home.display()))
        .hint("Stop it with `katonic daemon stop`, or choose another home with KATONIC_HOME."))
}

fn is_locked(home: &Path) -> bool {
    let file = File::open(lock_file(home));
    file.is_ok_and(|file| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)))
}

/// Whether a daemon answers a plain page with success.
pub(crate) async fn answers(url: &str, page: &str) -> bool {
    match Client::new(Target { url: url.to_owned(), credential: None, user: None, tls: Tls::default() }) {
        Ok(client) => client.is_up(page).await,
        Err(_) => false,
    }
}

/// Records this process as the home's daemon.
///
/// # Errors
/// If the file can't be written.
pub(crate) fn write_record(home: &Path, running: &Running) -> Result<(), Failure> {
    let path = record(home);
    let draft = path.with_extension("new");
    let written = fs::write(&draft, serde_json::to_vec(running)?).and_then(|()| fs::rename(&draft, &path));
    written.map_err(|error| Failure::file(&path, &error))
}

/// Takes the record of a process away; that of another stays.
pub(crate) fn remove_record(home: &Path, pid: u32) {
    if recorded(home).is_some_and(|running| running.pid == pid) {
        // What is left is found out to be stale.
        drop(fs::remove_file(record(home)));
    }
}

/// The log of a daemon that runs apart from a terminal.
pub(crate) fn log_file(home: &Path) -> PathBuf {
    home.join("logs").join("daemon.log")
}

/// Starts a daemon that outlives this process, on a database where it is not the configuration's, and waits until it is
/// ready.
///
/// # Errors
/// If it can't be started, or ends or dawdles before it is ready.
pub(crate) async fn start(
    home: &Path,
    listen: SocketAddr,
    database: Option<&SecretString>,
) -> Result<Running, Failure> {
    let log = open_log(home).map_err(|error| Failure::file(&log_file(home), &error))?;
    let child = spawn(home, listen, database, log);
    let mut child =
        child.map_err(|error| Failure::new(Exit::Unavailable, format!("No daemon starts: {error}")))?;
    let pid = child.id();
    let begun = Instant::now();
    let mut ticks = interval(LOOK);
    loop {
        ticks.tick().await;
        if let Some(running) = recorded(home).filter(|running| running.pid == pid)
            && answers(&running.url, "/readyz").await
        {
            return Ok(running);
        }
        if let Ok(Some(status)) = child.try_wait() {
            return Err(ended(home, &format!("The daemon ended at once ({status})")));
        }
        if begun.elapsed() > START {
            // It may have ended by itself just now.
            drop(child.kill());
            return Err(ended(home, &format!("The daemon was not ready within {} s", START.as_secs())));
        }
    }
}

fn open_log(home: &Path) -> io::Result<File> {
    let path = log_file(home);
    private_folder(home)?;
    private_folder(&home.join("logs"))?;
    OpenOptions::new().create(true).append(true).mode(0o600).open(path)
}

fn spawn(home: &Path, listen: SocketAddr, database: Option<&SecretString>, log: File) -> io::Result<Child> {
    let errors = log.try_clone()?;
    let mut command = Command::new(env::current_exe()?);
    if let Some(database) = database {
        // Arguments are shown to everybody on the machine.
        command.env("KATONIC_DATABASE", database.expose_secret());
    }
    command
        .args(["daemon", "start", "--listen", &listen.to_string()])
        .env("KATONIC_HOME", home)
        .current_dir(home)
        .stdin(Stdio::null())
        .stdout(log)
        .stderr(errors)
        .process_group(0)
        .spawn()
}

fn ended(home: &Path, message: &str) -> Failure {
    let path = log_file(home);
    let log = fs::read_to_string(&path).unwrap_or_default();
    let said = log.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let message = if said.is_empty() { message.to_owned() } else { format!("{message}: {}", said.trim()) };
    Failure::new(Exit::Unavailable, message).hint(format!("Read {}, then try again.", path.display()))
}

/// Asks a daemon to stop, and waits until it has: calls under way may end first.
///
/// # Errors
/// If it can't be asked, or goes on.
pub(crate) async fn stop(home: &Path, running: &Running) -> Result<(), Failure> {
    if !terminate(running.pid) {
        return Err(Failure::new(
            Exit::Unavailable,
            format!("Process {} can't be asked to stop", running.pid),
        )
        .hint("Look whether it belongs to another user."));
    }
    let begun = Instant::now();
    let mut ticks = interval(LOOK);
    loop {
        ticks.tick().await;
        if !is_locked(home) {
            remove_record(home, running.pid);
            return Ok(());
        }
        if begun.elapsed() > STOP {
            let message = format!("Process {} still works after {} s", running.pid, STOP.as_secs());
            return Err(Failure::new(Exit::Unavailable, message)
                .hint(format!("Look what it does in {}, or end it by hand.", log_file(home).display())));
        }
    }
}

fn record(home: &Path) -> PathBuf {
    home.join("daemon.json")
}

fn lock_file(home: &Path) -> PathBuf {
    home.join("daemon.lock")
}

/// Asks a process to end, through the shell's own `kill`, which every system has. Ids 0 and 1 would mean a whole
/// group or the system itself.
fn terminate(pid: u32) -> bool {
    if pid <= 1 {
        return false;
    }
    let mut kill = Command::new("sh");
    kill.args(["-c", "kill -TERM \"$1\"", "sh", &pid.to_string()]);
    let status = kill.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
    status.is_ok_and(|status| status.success())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process;
    use tokio::runtime::Builder;

    #[test]
    fn a_process_takes_only_its_own_record_away() {
        let home = tempfile::tempdir().unwrap();
        let running = Running { pid: 4242, url: "http://127.0.0.1:1".into() };
        write_record(home.path(), &running).unwrap();
        remove_record(home.path(), 1);
        assert_eq!(recorded(home.path()), Some(running));
        remove_record(home.path(), 4242);
        assert_eq!(recorded(home.path()), None);
    }

    #[test]
    fn a_record_without_a_living_daemon_is_stale() {
        let home = tempfile::tempdir().unwrap();
        write_record(home.path(), &Running { pid: process::id(), url: "http://127.0.0.1:1".into() }).unwrap();
        assert_eq!(running(home.path()), None);
        let file = block_on(lock(home.path())).unwrap();
        assert!(running(home.path()).is_some());
        assert!(block_on(lock(home.path())).is_err());
        drop(file);
        assert_eq!(running(home.path()), None);
    }

    #[test]
    fn no_signal_goes_to_a_whole_group() {
        assert!(!terminate(0));
        assert!(!terminate(1));
    }

    fn block_on<F: Future>(future: F) -> F::Output {
        Builder::new_current_thread().enable_time().build().unwrap().block_on(future)
    }
}
