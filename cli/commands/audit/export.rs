//! `katonic audit export`: the log as JSONL, the oldest row first.

use crate::client::Client;
use crate::failure::{Answer, Failure};
use crate::output::counted;
use crate::session::Session;
use clap::Args;
use contract::admin::ListCheckpoints;
use contract::catalogue::ListAudit;
use contract::time::Time;
use contract::wire::admin::TeamListQuery;
use contract::wire::analytics::ListAuditQuery;
use contract::wire::page::{ListQuery, MAX_LIMIT};
use std::fs::OpenOptions;
use std::io::{BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(super) struct Export {
    /// Where to write it; it must not be there yet
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// From this time on, such as 2026-01-31T00:00:00Z; a part of the log is verified from its first checkpoint on
    #[arg(long, value_name = "TIME", value_parser = super::time)]
    from: Option<Time>,
    /// Up to this time
    #[arg(long, value_name = "TIME", value_parser = super::time)]
    to: Option<Time>,
}

pub(super) async fn run(session: &Session, args: Export) -> Result<Answer, Failure> {
    let failed = |error: std::io::Error| Failure::file(&args.file, &error);
    let client = session.client()?;
    let rows = newest_first(&client, &args).await?;
    let file =
        OpenOptions::new().write(true).create_new(true).mode(0o600).open(&args.file).map_err(failed)?;
    let mut file = BufWriter::new(file);
    for line in checkpoints(&client).await?.iter().chain(rows.iter().rev()) {
        writeln!(file, "{line}").map_err(failed)?;
    }
    file.flush().map_err(failed)?;
    session.output.either(&serde_json::json!({"file": args.file, "rows": rows.len()}), || {
        format!("{} are in {}.", counted(rows.len(), "row"), args.file.display())
    })?;
    session.output.note(&format!("Verify it anywhere: katonic audit verify --file {}", args.file.display()));
    Ok(Answer::Yes)
}

async fn newest_first(client: &Client, args: &Export) -> Result<Vec<String>, Failure> {
    let mut query = ListAuditQuery { from: args.from, to: args.to, raw: true, ..ListAuditQuery::default() };
    query.page.limit = Some(MAX_LIMIT);
    let mut rows = Vec::new();
    loop {
        let page = client.call::<ListAudit>(&query).await?.page;
        for row in &page.data {
            rows.push(serde_json::to_string(row)?);
        }
        match page.next {
            Some(next) => query.page.after = Some(next),
            None => return Ok(rows),
        }
    }
}

async fn checkpoints(client: &Client) -> Result<Vec<String>, Failure> {
    let mut page = ListQuery { limit: Some(MAX_LIMIT), after: None };
    let mut lines = Vec::new();
    loop {
        let query = TeamListQuery { page: page.clone(), team: None };
        let found = client.call::<ListCheckpoints>(&query).await?;
        for checkpoint in &found.data {
            lines.push(serde_json::to_string(checkpoint)?);
        }
        match found.next {
            Some(next) => page.after = Some(next),
            None => return Ok(lines),
        }
    }
}
