//! The log as lines of JSON, written as they are read: neither the daemon nor its client holds more than a few of them.

use super::sql::sees_whole;
use super::{Filter, checkpoint, newer};
use crate::app::App;
use crate::error::Error;
use crate::gate::Caller;
use bytes::Bytes;
use contract::wire::analytics::ExportAuditQuery;
use contract::wire::page::{ListQuery, MAX_LIMIT};
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::sync::Arc;
use tokio::sync::mpsc;

/// Blocks of lines that may wait for the client; past that, the export waits.
const BLOCKS: usize = 4;

/// Begins an export of the log up to its last row: checkpoints, rows, and a last line that signs them.
pub(crate) fn export(app: &App, caller: &Arc<Caller>, query: ExportAuditQuery) -> mpsc::Receiver<Bytes> {
    let (sender, lines) = mpsc::channel(BLOCKS);
    let (task, caller) = (app.clone(), Arc::clone(caller));
    app.work.spawn(async move {
        tokio::select! {
            written = write(&task, &caller, query, &sender) => if let Err(error) = written {
                // The client misses the last line.
                tracing::error!(%error, "an export of the audit log broke off");
            },
            () = sender.closed() => {}
            () = task.work.draining.cancelled() => {}
        }
    });
    lines
}

async fn write(
    app: &App,
    caller: &Caller,
    query: ExportAuditQuery,
    sender: &mpsc::Sender<Bytes>,
) -> Result<(), Error> {
    let ledger = &app.books.ledger;
    let is_part = query.from.is_some() || query.to.is_some() || !sees_whole(caller);
    let ((head, hash), mut out) = (ledger.last(), Lines { sender, digest: Sha256::new() });
    let mut page = ListQuery { limit: Some(MAX_LIMIT), after: None };
    loop {
        let found = checkpoint::list(&app.db, ledger.public_key(), &page).await?;
        out.send(&found.data).await?;
        match found.next {
            Some(next) => page.after = Some(next),
            None => break,
        }
    }
    let filter = Filter { from: query.from, to: query.to, raw: true, ..Filter::default() };
    let (mut seq, mut count, mut last) = (0, 0, None);
    loop {
        let (mut rows, next) = newer(&app.db, caller, &filter, seq, head).await?;
        let is_last = next >= head;
        rows.retain(|row| row.seq <= head);
        out.send(&rows).await?;
        count += rows.len() as u64;
        last = rows.pop().map(|row| (row.seq, row.hash)).or(last);
        seq = next;
        if is_last {
            let ends_otherwise = match &last {
                Some((seq, found)) if *seq == head => *found != hash,
                _ => !is_part && head > 0,
            };
            if ends_otherwise {
                return Err(Error::internal("the audit log does not end with the row that was written last"));
            }
            let end = ledger.key().export_end(count, is_part, &out.digest.clone().finalize());
            return out.send(&[end]).await;
        }
    }
}

/// The way to the client, and what went there.
struct Lines<'a> {
    sender: &'a mpsc::Sender<Bytes>,
    digest: Sha256,
}

impl Lines<'_> {
    async fn send(&mut self, lines: &[impl Serialize]) -> Result<(), Error> {
        let mut block = Vec::new();
        for line in lines {
            serde_json::to_writer(&mut block, line)?;
            block.push(b'\n');
        }
        if block.is_empty() {
            return Ok(());
        }
        self.digest.update(&block);
        // Who has gone is noticed by who waits for it.
        self.sender.send(block.into()).await.map_err(|_| Error::internal("the client has gone"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::Entry;
    use crate::call::Ending;
    use crate::config::Config;
    use crate::gate::fixture;
    use crate::gate::role::Role;
    use crate::home;
    use crate::trace::Recorder;
    use contract::time::Time;
    use futures::future::try_join_all;

    #[tokio::test]
    async fn a_log_that_was_changed_at_its_end_or_cut_is_not_signed() {
        for sql in ["UPDATE audit SET hash = 'other' WHERE seq = 2", "DELETE FROM audit WHERE seq = 2"] {
            let folder = tempfile::tempdir().unwrap();
            let config = Config::load_with(folder.path(), |_| None).unwrap();
            let home = home::read(&config).unwrap().open(&config).await.unwrap();
            let app = App::new(config, &home).await.unwrap();
            for _ in 0..2 {
                let record = Recorder::open("Chat", Time::now()).close().unwrap();
                let row = Entry::of(&record, None, Ending { status: 200, label: "completed" });
                app.books.ledger.write(row).await.unwrap();
            }
            let caller = Caller { operator: true, role: Role::Operator, user: None, ..fixture::caller() };
            let caller = Arc::new(caller);
            let ends = async || {
                let (mut lines, mut text) =
                    (export(&app, &caller, ExportAuditQuery::default()), String::new());
                while let Some(block) = lines.recv().await {
                    text.push_str(&String::from_utf8_lossy(&block));
                }
                text.contains("\"object\":\"audit.end\"")
            };
            assert!(ends().await);
            app.db.execute(sql, vec![]).await.unwrap();
            assert!(!ends().await, "{sql}");
        }
    }

    #[tokio::test]
    async fn a_large_log_leaves_in_blocks_which_wait_for_the_client() {
        const ROWS: usize = 5000;
        let folder = tempfile::tempdir().unwrap();
        let config = Config::load_with(folder.path(), |_| None).unwrap();
        let home = home::read(&config).unwrap().open(&config).await.unwrap();
        let app = App::new(config, &home).await.unwrap();
        let record = || Recorder::open("Chat", Time::now()).close().unwrap();
        let row = || Entry::of(&record(), None, Ending { status: 200, label: "completed" });
        try_join_all((0..ROWS).map(|_| app.books.ledger.write(row()))).await.unwrap();
        let caller = Caller { operator: true, role: Role::Operator, user: None, ..fixture::caller() };
        let mut lines = export(&app, &Arc::new(caller), ExportAuditQuery::default());
        while lines.len() < BLOCKS {
            tokio::task::yield_now().await;
        }
        let (mut rows, mut largest) = (0, 0);
        while let Some(block) = lines.recv().await {
            let text = String::from_utf8_lossy(&block);
            rows += text.matches("\"object\":\"audit.row\"").count();
            largest = largest.max(text.lines().count());
        }
        assert_eq!((rows, largest), (ROWS, MAX_LIMIT as usize), "no block has more than a page of rows");
    }
}
