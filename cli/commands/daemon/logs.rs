//! `katonic daemon logs`: what a daemon that runs apart from a terminal wrote.

use crate::failure::{Answer, Exit, Failure};
use crate::process::log_file;
use crate::session::Session;
use clap::Args;
use std::fs::File;
use std::io::{ErrorKind, Read, Seek, SeekFrom};
use std::time::Duration;
use tokio::time::sleep;

/// Most bytes of the log's end that are looked at.
const MOST_BYTES: u64 = 8 * 1024 * 1024;

/// How often it is looked for more.
const LOOK: Duration = Duration::from_millis(500);

/// The daemon's log.
#[derive(Debug, Args)]
pub(super) struct Logs {
    /// How many of its last lines
    #[arg(long, short = 'n', default_value_t = 100, value_name = "N")]
    lines: usize,
    /// Go on as more is written
    #[arg(long, short)]
    follow: bool,
}

pub(super) async fn run(session: &Session, args: Logs) -> Result<Answer, Failure> {
    let path = log_file(&session.home);
    let mut file = File::open(&path).map_err(|error| match error.kind() {
        ErrorKind::NotFound => Failure::new(Exit::NotFound, "No daemon of this home wrote a log")
            .hint("One in the foreground writes to its terminal."),
        _ => Failure::file(&path, &error),
    })?;
    let failed = |error| Failure::file(&path, &error);
    let length = file.metadata().map_err(failed)?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(MOST_BYTES))).map_err(failed)?;
    let text = read(&mut file).map_err(failed)?;
    let last: Vec<&str> = text.lines().rev().take(args.lines).collect();
    last.iter().rev().try_for_each(|line| session.output.result(line))?;
    if !args.follow {
        return Ok(Answer::Yes);
    }
    loop {
        sleep(LOOK).await;
        session.output.piece(&read(&mut file).map_err(failed)?)?;
    }
}

/// What was written since.
fn read(file: &mut File) -> std::io::Result<String> {
    let mut bytes = Vec::new();
    file.take(MOST_BYTES).read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
