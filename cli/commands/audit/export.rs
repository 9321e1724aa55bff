//! `katonic audit export`: the log as JSONL, the oldest row first, written as it comes.

use crate::failure::{Answer, Exit, Failure};
use crate::output::counted;
use crate::session::Session;
use clap::Args;
use contract::admin::ExportAudit;
use contract::time::Time;
use contract::wire::analytics::{ExportAuditQuery, ExportEnd};
use futures::StreamExt;
use std::path::PathBuf;
use tokio::fs::OpenOptions;
use tokio::io::{AsyncWriteExt, BufWriter};

/// The end of a file that its last line is looked for in, in bytes.
const END: usize = 1024;

#[derive(Debug, Args)]
pub(super) struct Export {
    /// Where to write it; it must not be there yet
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// From this time on, such as 2026-01-31T00:00:00Z; a part is verified as the rows that it has, not that none is missing
    #[arg(long, value_name = "TIME", value_parser = super::time)]
    from: Option<Time>,
    /// Up to this time
    #[arg(long, value_name = "TIME", value_parser = super::time)]
    to: Option<Time>,
}

pub(super) async fn run(session: &Session, args: Export) -> Result<Answer, Failure> {
    let failed = |error: std::io::Error| Failure::file(&args.file, &error);
    let query = ExportAuditQuery { from: args.from, to: args.to };
    let mut pieces = session.client()?.pieces::<ExportAudit>(&query).await?;
    let mut options = OpenOptions::new();
    let file = options.write(true).create_new(true).mode(0o600).open(&args.file).await.map_err(failed)?;
    let (mut file, mut end) = (BufWriter::new(file), Vec::new());
    while let Some(piece) = pieces.next().await {
        let piece = piece?;
        file.write_all(&piece).await.map_err(failed)?;
        end.extend_from_slice(&piece[piece.len().saturating_sub(END)..]);
        end.drain(..end.len().saturating_sub(END));
    }
    file.flush().await.map_err(failed)?;
    let rows = rows(&end).ok_or_else(|| {
        Failure::new(Exit::Unavailable, format!("The export to {} broke off", args.file.display()))
            .hint("Remove the file and try again; the daemon's log may say why.")
    })?;
    session.output.either(&serde_json::json!({"file": args.file, "rows": rows}), || {
        let rows = counted(usize::try_from(rows).unwrap_or(usize::MAX), "row");
        format!("{rows} are in {}.", args.file.display())
    })?;
    session.output.note(&format!("Verify it anywhere: katonic audit verify --file {}", args.file.display()));
    Ok(Answer::Yes)
}

/// How many rows there are, as the last line says; none where it is missing.
fn rows(end: &[u8]) -> Option<u64> {
    let line = end.strip_suffix(b"\n")?.rsplit(|byte| *byte == b'\n').next()?;
    let end: ExportEnd = serde_json::from_slice(line).ok()?;
    (end.object == "audit.end").then_some(end.rows)
}

#[cfg(test)]
mod tests {
    use super::rows;

    #[test]
    fn an_export_without_its_last_line_is_not_whole() {
        let whole = b"\"seq\":7}\n{\"object\":\"audit.end\",\"rows\":7,\"is_part\":false,\"digest\":\"\",\"at\":\"2026-01-31T00:00:00.000Z\",\
            \"signature\":\"\",\"public_key\":\"\"}\n";
        assert_eq!(rows(whole), Some(7));
        for cut in 1..whole.len() {
            assert_eq!(rows(&whole[..whole.len() - cut]), None, "{cut}");
        }
    }
}
