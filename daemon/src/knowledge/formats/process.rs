//! A file is read by a process of its own, with bounds on its memory and time, so that the worst that a file can do is to
//! end that process. It has no secrets: all that it is given is the file.

use super::{Content, Refusal, read};
use crate::error::{Error, Kind};
use futures::future::try_join;
use rustix::process::{Resource, Rlimit, nice, setrlimit};
use std::fs::File;
use std::io::{self, Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::Command;
use tokio::sync::Mutex;
use tokio::time::timeout;

/// The hidden command by which this program reads a file.
pub(crate) const COMMAND: &str = "read-file";

/// Most bytes of memory of such a process, beside the program itself.
pub(super) const MOST_MEMORY: u64 = 128 << 20;

/// Keeps the allocator from reserving memory as the program starts, before there are bounds: what it reserved they would not
/// count.
const UNRESERVED: (&str, &str) = ("MIMALLOC_ARENA_RESERVE", "0");

/// Most seconds that it may compute.
const MOST_CPU_SECONDS: u64 = 30;

/// How long it may take in all, where others compute too.
const PATIENCE: Duration = Duration::from_secs(180);

/// Most bytes that it may answer: the text with its blocks, as JSON.
const MOST_ANSWER: u64 = 32 << 20;

/// Most bytes that are kept of what it says as it fails.
const MOST_WORDS: u64 = 4096;

/// How many others go first (`nice`): reading is never in the way of a call.
const NICENESS: i32 = 10;

/// Reads the file on standard input as one whose name has this ending, under bounds of memory and time, and answers on
/// standard output.
///
/// # Errors
/// If the bounds can't be set, or standard input or output fails.
pub fn read_in_child(ending: &str) -> io::Result<()> {
    let most = |most| Rlimit { current: Some(most), maximum: Some(most) };
    setrlimit(Resource::Data, most(MOST_MEMORY))?;
    setrlimit(Resource::Cpu, most(MOST_CPU_SECONDS))?;
    setrlimit(Resource::Core, most(0))?;
    setrlimit(Resource::Fsize, most(0))?;
    nice(NICENESS)?;
    let mut bytes = Vec::new();
    io::stdin().lock().read_to_end(&mut bytes)?;
    let answer = serde_json::to_vec(&read(&bytes, ending))?;
    io::stdout().lock().write_all(&answer)
}

/// Reads files by processes of this program.
#[derive(Debug)]
pub(crate) struct Reader {
    program: PathBuf,
    patience: Duration,
    /// One process at a time: each may have as much memory.
    turn: Mutex<()>,
}

impl Reader {
    /// A reader by this program.
    pub(crate) fn new(program: PathBuf) -> Self {
        Self { program, patience: PATIENCE, turn: Mutex::default() }
    }

    /// What a file holds whose name has this ending, or why it can't be read.
    ///
    /// # Errors
    /// If no process can be started.
    pub(crate) async fn read(&self, file: File, ending: &str) -> Result<Result<Content, Refusal>, Error> {
        let _turn = self.turn.lock().await;
        self.read_now(file, ending).await
    }

    /// The same for a call, which waits only so long for its turn.
    ///
    /// # Errors
    /// If others are read all that time, or no process can be started.
    pub(crate) async fn read_within(
        &self,
        wait: Duration,
        file: File,
        ending: &str,
    ) -> Result<Result<Content, Refusal>, Error> {
        let Ok(_turn) = timeout(wait, self.turn.lock()).await else {
            let message = "Other files are being read. Try again shortly, or upload the text as a file.";
            return Err(Error::new(Kind::Unavailable, "overloaded", message));
        };
        self.read_now(file, ending).await
    }

    async fn read_now(&self, file: File, ending: &str) -> Result<Result<Content, Refusal>, Error> {
        let mut child = Command::new(&self.program)
            .args([COMMAND, "--ending", ending])
            .env_clear()
            .env(UNRESERVED.0, UNRESERVED.1)
            .stdin(file)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| Error::internal(format_args!("{}: {error}", self.program.display())))?;
        let (Some(answers), Some(words)) = (child.stdout.take(), child.stderr.take()) else {
            return Err(Error::internal("a process without pipes"));
        };
        let work = async {
            let said = try_join(all(answers, MOST_ANSWER + 1), all(words, MOST_WORDS)).await?;
            Ok::<_, io::Error>((said, child.wait().await?))
        };
        let Ok(ended) = timeout(self.patience, work).await else {
            return Ok(Err(Refusal::TooSlow(self.patience.as_secs())));
        };
        let ((answer, last_words), status) = ended.map_err(Error::internal)?;
        if answer.len() as u64 > MOST_ANSWER {
            return Ok(Err(Refusal::too_much_text()));
        }
        if status.success() {
            return Ok(serde_json::from_slice(&answer)?);
        }
        Ok(Err(why(status, &String::from_utf8_lossy(&last_words))))
    }
}

/// The first bytes of what a process says; the rest it fails to say.
async fn all(pipe: impl AsyncRead + Unpin, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    pipe.take(most).read_to_end(&mut bytes).await?;
    Ok(bytes)
}

/// Why a process ended before it answered.
fn why(status: ExitStatus, last_words: &str) -> Refusal {
    const KILLED: i32 = 9;
    const OUT_OF_TIME: i32 = 24;
    match status.signal() {
        Some(KILLED | OUT_OF_TIME) => Refusal::TooSlow(MOST_CPU_SECONDS),
        _ if last_words.contains("memory allocation of") || last_words.contains("capacity overflow") => {
            Refusal::too_much_memory()
        }
        _ if last_words.contains("overflowed its stack") => {
            Refusal::Broken("its parts are nested too deep".into())
        }
        _ => Refusal::Broken("it can't be made sense of".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::Permissions;
    use std::os::unix::fs::PermissionsExt;

    /// What a reader says of a file, that a script reads.
    async fn said(script: &str, patience: Duration) -> Result<Content, Refusal> {
        let folder = tempfile::tempdir().unwrap();
        let (program, file) = (folder.path().join("program"), folder.path().join("file"));
        std::fs::write(&file, "text").unwrap();
        std::fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
        std::fs::set_permissions(&program, Permissions::from_mode(0o700)).unwrap();
        let reader = Reader { program, patience, turn: Mutex::default() };
        reader.read(File::open(file).unwrap(), "txt").await.unwrap()
    }

    #[tokio::test]
    async fn a_process_that_fails_in_any_way_refuses_its_file() {
        let said = |script| said(script, PATIENCE);
        assert_eq!(said("exit 101").await, Err(Refusal::Broken("it can't be made sense of".into())));
        assert_eq!(said("kill -XCPU $$").await, Err(Refusal::TooSlow(MOST_CPU_SECONDS)));
        let out_of_memory = "echo 'memory allocation of 9 bytes failed' >&2; kill -ABRT $$";
        assert!(matches!(said(out_of_memory).await, Err(Refusal::TooLarge(_))));
        assert!(matches!(said("cat /dev/zero").await, Err(Refusal::TooLarge(_))));
        assert!(matches!(said("cat /dev/zero >&2").await, Err(Refusal::Broken(_))));
        assert_eq!(said("echo '{\"Err\":\"Encrypted\"}'").await, Err(Refusal::Encrypted));
    }

    #[tokio::test]
    async fn a_call_does_not_wait_for_its_turn_without_end() {
        let file = || File::open("/dev/null").unwrap();
        let reader = Reader::new("/bin/false".into());
        let turn = reader.turn.lock().await;
        let refused = reader.read_within(Duration::ZERO, file(), "md").await.unwrap_err();
        assert_eq!((refused.kind, refused.code), (Kind::Unavailable, "overloaded"));
        drop(turn);
        assert!(reader.read_within(Duration::ZERO, file(), "md").await.is_ok());
    }

    #[tokio::test]
    async fn a_process_that_does_not_end_is_ended() {
        assert_eq!(said("exec sleep 1000", Duration::from_millis(50)).await, Err(Refusal::TooSlow(0)));
    }

    #[tokio::test]
    async fn a_process_is_given_the_file_and_nothing_else() {
        let script =
            "test \"$(cat)\" = text && test -z \"$KATONIC_HOME$HOME\" && echo '{\"Err\":\"NoText\"}'";
        assert_eq!(said(script, PATIENCE).await, Err(Refusal::NoText));
    }
}
