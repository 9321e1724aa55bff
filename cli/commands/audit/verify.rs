//! `katonic audit verify`: the daemon's own log, or one that was exported, which needs no daemon.

use super::described;
use crate::failure::{Answer, Failure};
use crate::session::Session;
use clap::Args;
use contract::catalogue::ListAudit;
use contract::chain::{Walk, export_text, is_signature, link};
use contract::version::hex;
use contract::wire::analytics::{AuditRow, Chain, Checkpoint, ExportEnd, ListAuditQuery};
use serde::de::DeserializeOwned;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

#[derive(Debug, Args)]
pub(super) struct Verify {
    /// An exported log, verified here
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// Whose signatures it must bear; as its last line says, if not given
    #[arg(long, value_name = "HEX", requires = "file")]
    public_key: Option<String>,
}

pub(super) async fn run(session: &Session, args: Verify) -> Result<Answer, Failure> {
    let is_given = args.public_key.is_some();
    let chain = match &args.file {
        Some(file) => of_file(file, args.public_key)?,
        None => of_daemon(session).await?,
    };
    session.output.either(&chain, || described(&chain))?;
    if chain.ok && args.file.is_some() && !is_given {
        session.output.note("Anybody can sign with a key of his own: give the daemon's with --public-key.");
    }
    Ok(Answer::of(chain.ok))
}

async fn of_daemon(session: &Session) -> Result<Chain, Failure> {
    let query = ListAuditQuery { limit: Some(1), verify: true, ..ListAuditQuery::default() };
    let page = session.client()?.call::<ListAudit>(&query).await?;
    Ok(page.chain.unwrap_or_default())
}

/// Reads the file twice: checkpoints and the signature over all lines first, then the rows.
fn of_file(path: &Path, public_key: Option<String>) -> Result<Chain, Failure> {
    let mut lines = Lines::open(path)?;
    let (mut checkpoints, mut end, mut rows) = (Vec::<Checkpoint>::new(), None::<ExportEnd>, 0);
    let mut digest = Sha256::new();
    while let Some(line) = lines.next()? {
        match line["object"].as_str() {
            Some("audit.row") => rows += 1,
            Some("audit.checkpoint") => checkpoints.push(lines.read(line)?),
            Some("audit.end") => {
                end = Some(lines.read(line)?);
                break;
            }
            _ => {}
        }
        digest.update(&lines.raw);
    }
    let named = end.as_ref().map(|end| end.public_key.clone()).unwrap_or_default();
    let public_key = public_key.unwrap_or(named);
    let is_as_signed = |end: &ExportEnd| {
        let fits = rows == end.rows && hex(&digest.finalize()) == end.digest;
        fits && is_signature(&end.signature, &export_text(end), &public_key)
    };
    let is_part = end.as_ref().is_some_and(|end| end.is_part);
    let flaw = match end {
        None => Some("its last line is missing, so the file is not whole"),
        Some(_) if lines.next()?.is_some() => Some("lines follow its last one"),
        Some(end) if !is_as_signed(&end) => {
            Some("the signature of its last line doesn't fit the lines before")
        }
        Some(_) => None,
    };
    let chain = walk(path, Walk::new(&public_key, &checkpoints), is_part)?;
    Ok(match flaw {
        Some(flaw) => Chain { ok: false, reason: chain.reason.or(Some(flaw.into())), ..chain },
        None => chain,
    })
}

fn walk(path: &Path, walk: Walk, is_part: bool) -> Result<Chain, Failure> {
    let mut walk = if is_part { walk.of_part() } else { walk };
    let mut lines = Lines::open(path)?;
    while let Some(line) = lines.next()? {
        if line["object"] == "audit.row" {
            let row: AuditRow = lines.read(line)?;
            walk.step(&link(&row), &row.prev, &row.hash);
        }
    }
    Ok(walk.end())
}

/// The lines of an exported log.
struct Lines<'a> {
    path: &'a Path,
    file: BufReader<File>,
    /// The line as it stands there.
    raw: Vec<u8>,
    number: usize,
}

impl<'a> Lines<'a> {
    fn open(path: &'a Path) -> Result<Self, Failure> {
        let file = File::open(path).map_err(|error| Failure::file(path, &error))?;
        Ok(Self { path, file: BufReader::new(file), raw: Vec::new(), number: 0 })
    }

    fn next(&mut self) -> Result<Option<Value>, Failure> {
        self.raw.clear();
        let read =
            self.file.read_until(b'\n', &mut self.raw).map_err(|error| Failure::file(self.path, &error))?;
        self.number += 1;
        (read > 0).then(|| serde_json::from_slice(&self.raw).map_err(|_| self.wrong())).transpose()
    }

    fn read<T: DeserializeOwned>(&self, line: Value) -> Result<T, Failure> {
        serde_json::from_value(line).map_err(|_| self.wrong())
    }

    fn wrong(&self) -> Failure {
        Failure::usage(format!("{}:{} is no line of an exported log", self.path.display(), self.number))
    }
}
