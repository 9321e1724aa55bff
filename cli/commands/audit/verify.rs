//! `katonic audit verify`: the daemon's own log, or one that was exported, which needs no daemon.

use super::described;
use crate::failure::{Answer, Failure};
use crate::session::Session;
use clap::Args;
use contract::catalogue::ListAudit;
use contract::chain::{Walk, link};
use contract::wire::analytics::{AuditRow, Chain, Checkpoint, ListAuditQuery};
use contract::wire::page::ListQuery;
use serde_json::Value;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

#[derive(Debug, Args)]
pub(super) struct Verify {
    /// An exported log, verified here
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// Whose signatures its checkpoints must bear; as its first checkpoint says, if not given
    #[arg(long, value_name = "HEX", requires = "file")]
    public_key: Option<String>,
}

pub(super) async fn run(session: &Session, args: Verify) -> Result<Answer, Failure> {
    let chain = match &args.file {
        Some(file) => of_file(file, args.public_key)?,
        None => of_daemon(session).await?,
    };
    session.output.either(&chain, || described(&chain))?;
    Ok(Answer::of(chain.ok))
}

async fn of_daemon(session: &Session) -> Result<Chain, Failure> {
    let page = ListQuery { limit: Some(1), after: None };
    let query = ListAuditQuery { page, verify: true, ..ListAuditQuery::default() };
    let page = session.client()?.call::<ListAudit>(&query).await?;
    Ok(page.chain.unwrap_or_default())
}

fn of_file(path: &Path, public_key: Option<String>) -> Result<Chain, Failure> {
    let wrong = |n: usize| Failure::usage(format!("{}:{n} is no row of an exported log", path.display()));
    let open = || File::open(path).map_err(|error| Failure::file(path, &error));
    // Checkpoints come first in an exported file, but may stand anywhere.
    let mut checkpoints: Vec<Checkpoint> = Vec::new();
    for (n, line) in lines(open()?, path).enumerate() {
        let value: Value = serde_json::from_str(&line?).map_err(|_| wrong(n + 1))?;
        if value["object"] == "audit.checkpoint" {
            checkpoints.push(serde_json::from_value(value).map_err(|_| wrong(n + 1))?);
        }
    }
    let named = checkpoints.first().map(|checkpoint| checkpoint.public_key.clone());
    let public_key = public_key.or(named).unwrap_or_default();
    let mut walk = Walk::new(&public_key, &checkpoints);
    for (n, line) in lines(open()?, path).enumerate() {
        let value: Value = serde_json::from_str(&line?).map_err(|_| wrong(n + 1))?;
        if value["object"] == "audit.row" {
            let row: AuditRow = serde_json::from_value(value).map_err(|_| wrong(n + 1))?;
            walk.step(&link(&row), &row.prev, &row.hash);
        }
    }
    Ok(walk.end(None))
}

fn lines(file: File, path: &Path) -> impl Iterator<Item = Result<String, Failure>> {
    let lines = BufReader::new(file).lines().map(|line| line.map_err(|error| Failure::file(path, &error)));
    lines.filter(|line| line.as_ref().map_or(true, |line| !line.trim().is_empty()))
}
